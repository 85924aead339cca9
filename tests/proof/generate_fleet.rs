//! A plan of the second family: many endpoints, every kind of route, owners who set bounds, and one
//! thing that goes wrong. What is to be shown by it is said in `docs/internals/testing.md`.

use std::time::Duration;

use simulator::Fault;

use crate::{
    generate::assumed,
    plan::{
        About, At, Bad, EndpointPlan, Family, Happening, MINUTE, Occasion, OwnerDeed, Plan, Reach,
        SECOND, Trouble, What,
    },
    random::Random,
};

const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"];

/// What a world is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One or two endpoints, whose owners change bounds and schedules.
    Owners,
    /// Every kind of route, with at most one fault.
    Routes,
    /// A pattern over dozens of endpoints, on an AWS that is slow.
    WidePattern,
    /// Many endpoints that are awake.
    ManyAwake,
    /// An endpoint that is not ready for hours.
    EndlessWait,
    /// A burst of uploads for an endpoint that cannot be read.
    Burst,
}

struct Making {
    chance: Random,
    endpoints: Vec<EndpointPlan>,
    happenings: Vec<(At, What)>,
    calm_from: At,
    ends: At,
    containers: usize,
    tick_after: At,
}

/// The world of a seed.
pub fn plan(seed: u64) -> Plan {
    // Another stream of chance than the first family's.
    let mut chance = Random::of(seed, 7);
    let kind = match chance.within(0, 99) {
        0..=44 => Kind::Owners,
        45..=74 => Kind::Routes,
        75..=77 => Kind::WidePattern,
        78..=87 => Kind::ManyAwake,
        88..=93 => Kind::EndlessWait,
        _ => Kind::Burst,
    };
    let containers = usize::try_from(chance.within(1, 3)).unwrap();
    let tick_after = chance.within(0, 59) * SECOND;
    let mut making = Making {
        chance,
        endpoints: Vec::new(),
        happenings: Vec::new(),
        calm_from: 0,
        ends: 0,
        containers,
        tick_after,
    };
    match kind {
        Kind::Owners => making.owners(),
        Kind::Routes => making.routes(),
        Kind::WidePattern => making.wide_pattern(),
        Kind::ManyAwake => making.many_awake(),
        Kind::EndlessWait => making.endless_wait(),
        Kind::Burst => making.burst(),
    }
    making.finish(seed)
}

impl Making {
    fn finish(mut self, seed: u64) -> Plan {
        // What owners wait for is armed before anything else happens in that instant.
        self.happenings.sort_by_key(|(at, what)| (*at, !matches!(what, What::Owner { .. })));
        let numbered = self.happenings.into_iter().zip(1..);
        Plan {
            seed,
            family: Family::Fleet,
            settings: assumed(&mut self.chance),
            endpoints: self.endpoints,
            skews: vec![0; self.containers],
            tick_after: self.tick_after,
            tells_status: self.chance.percent(50),
            backstop: false,
            happenings: numbered
                .map(|((at, what), number)| Happening { number, at, what })
                .collect(),
            calm_from: self.calm_from,
            ends: self.ends,
        }
    }

    fn endpoint(&mut self, reach: Reach, idle_minutes: i64) -> usize {
        let number = self.endpoints.len();
        let stem = match reach {
            Reach::Named => "named",
            Reach::Newest => "newest",
            Reach::All => "all",
            Reach::InKey => "in-key",
            Reach::SdkName => "huggingface-pytorch-inference-2030",
            Reach::SdkModel => "by-model",
        };
        let chance = &mut self.chance;
        self.endpoints.push(EndpointPlan {
            // Of more than 50 names that match, the last in the alphabet are looked at (docs/internals/design.md): the
            // newest has the last name.
            name: match reach {
                Reach::Newest => format!("{stem}-{}", 99 - number),
                _ => format!("{stem}-{number}"),
            },
            variant: if chance.percent(25) { "blue" } else { "AllTraffic" },
            reach,
            model: format!("model-of-{number}"),
            age: 20 + number as u64 * 60 + chance.within(0, 50),
            registered: true,
            max: chance.pick(&[1, 2, 4]),
            wake_to: 1,
            idle_minutes,
            inputs_per_instance: None,
            starts_with: 0,
            provisioning: Duration::from_secs(chance.within(60, 400)),
            scale_in: Duration::from_secs(chance.within(5, 120)),
            concurrency: 4,
        });
        number
    }

    fn upload(&mut self, at: At, endpoints: Vec<usize>) {
        let after = self.chance.within(20, 2500);
        let what = What::Batch { endpoints, uploads: 1, delivered_after: vec![after] };
        self.happenings.push((at, what));
    }

    fn trouble(&mut self, at: At, trouble: Trouble) {
        self.happenings.push((at, What::Trouble(trouble)));
    }

    fn owners(&mut self) {
        self.calm_from = self.chance.within(40, 75) * MINUTE;
        self.ends = self.calm_from + 25 * MINUTE;
        for number in 0..self.chance.within(1, 2) {
            let reach = self.chance.pick(&[Reach::Named, Reach::Named, Reach::InKey]);
            let endpoint = self.endpoint(reach, 5);
            debug_assert_eq!(endpoint as u64, number);
            if self.chance.percent(15) {
                // Nothing but what IAM forbids: the wake is refused for as long as the world lasts.
                let bad = Bad::Fails(Fault::AccessDenied);
                let lasting = self.calm_from;
                self.trouble(0, Trouble::Asked { about: About::Capacity(endpoint), bad, lasting });
            }
            let mut at = self.chance.within(0, 10 * MINUTE);
            while at < self.calm_from {
                self.upload(at, vec![endpoint]);
                at += self.chance.within(8, 30) * MINUTE + self.chance.within(0, MINUTE);
            }
            for _ in 0..self.chance.within(2, 6) {
                let at = self.chance.within(0, self.calm_from);
                let (on, deed) = (self.occasion(), self.owner_deed());
                self.happenings.push((at, What::Owner { endpoint, on, deed }));
            }
        }
        if self.chance.percent(15) {
            let at = self.chance.within(0, self.calm_from);
            let call = usize::try_from(self.chance.within(0, 9)).unwrap();
            let after_effect = self.chance.percent(50);
            self.trouble(at, Trouble::Kill { call, after_effect });
        }
        if self.chance.percent(15) {
            let at = self.chance.within(0, self.calm_from);
            self.happenings.push((at, What::ExtraTick));
        }
    }

    fn occasion(&mut self) -> Occasion {
        let chance = &mut self.chance;
        let late = match chance.within(0, 2) {
            0 => chance.within(0, 5 * SECOND),
            1 => chance.within(SECOND, 2 * MINUTE),
            _ => chance.within(MINUTE, 11 * MINUTE),
        };
        match chance.within(0, 6) {
            0 => Occasion::Now,
            1 | 2 => Occasion::Zero(late),
            3 => Occasion::FloorUp(late),
            6 => Occasion::FloorDown(late),
            4 => Occasion::Ends(late),
            _ => Occasion::BeforeRelease(late),
        }
    }

    fn owner_deed(&mut self) -> OwnerDeed {
        let chance = &mut self.chance;
        let zone = chance.pick(&ZONES);
        match chance.within(0, 9) {
            0 => OwnerDeed::Min(0),
            1 | 2 => OwnerDeed::Min(1),
            3 | 4 => OwnerDeed::Min(2),
            5 | 6 => OwnerDeed::Max(chance.pick(&[1, 2, 3, 5])),
            7 => OwnerDeed::OfficeHours {
                begins_in: chance.within(1, 30),
                lasting: chance.within(5, 30),
                zone,
            },
            8 => OwnerDeed::Once {
                min: chance.pick(&[0, 1, 2]),
                in_minutes: chance.within(1, 40),
                zone,
            },
            _ => OwnerDeed::Past { zone },
        }
    }

    fn routes(&mut self) {
        self.calm_from = 16 * MINUTE;
        self.ends = self.calm_from + 22 * MINUTE;
        let kinds = [
            Reach::Named,
            Reach::Newest,
            Reach::All,
            Reach::InKey,
            Reach::SdkName,
            Reach::SdkModel,
        ];
        let all: Vec<usize> = (0..self.chance.within(3, 12))
            .map(|_| {
                let reach = self.chance.pick(&kinds);
                self.endpoint(reach, 5)
            })
            .collect();
        let mut at = self.chance.within(10 * SECOND, 2 * MINUTE);
        let first = at;
        while at < 12 * MINUTE {
            let several = self.chance.within(1, 5);
            let mut meant: Vec<usize> = (0..several).map(|_| self.chance.pick(&all)).collect();
            meant.sort_unstable();
            meant.dedup();
            self.upload(at, meant);
            at += self.chance.within(20 * SECOND, 5 * MINUTE);
        }
        if self.chance.percent(85) {
            let before = self.chance.within(0, 5 * SECOND);
            let trouble = self.one_fault(&all);
            self.trouble(first.saturating_sub(before), trouble);
        }
        if self.chance.percent(20) {
            let minutes = self.chance.within(1, 3);
            self.happenings.push((first, What::TicksMissing { minutes }));
        }
    }

    /// One thing that goes wrong, for some minutes.
    fn one_fault(&mut self, all: &[usize]) -> Trouble {
        let chance = &mut self.chance;
        let lasting = chance.pick(&[30, 90, 240, 400]) * SECOND;
        let one = chance.pick(all);
        let about = match chance.within(0, 9) {
            0..=3 => About::Listing,
            4..=6 => About::Endpoint(one),
            7 | 8 => About::Target(one),
            _ => {
                let per_second = u32::try_from(chance.within(1, 5)).unwrap();
                return Trouble::Limit { per_second, burst: 2 * per_second, lasting };
            }
        };
        let bad = match chance.within(0, 5) {
            0..=2 => Bad::Hangs,
            3 => Bad::Fails(Fault::Throttled),
            4 => Bad::Fails(Fault::ServerError),
            _ => Bad::Fails(Fault::AccessDenied),
        };
        Trouble::Asked { about, bad, lasting }
    }

    fn wide_pattern(&mut self) {
        self.calm_from = 6 * MINUTE;
        self.ends = 10 * MINUTE;
        for _ in 0..self.chance.within(48, 60) {
            self.endpoint(Reach::Newest, 5);
        }
        let each = self.chance.within(1500, 2000);
        self.trouble(0, Trouble::Latency { each, lasting: self.calm_from });
        self.upload(10 * SECOND, vec![0]);
    }

    fn many_awake(&mut self) {
        self.calm_from = 14 * MINUTE;
        self.ends = 18 * MINUTE;
        let all: Vec<usize> = (0..self.chance.within(12, 20))
            .map(|_| {
                let reach = self.chance.pick(&[Reach::Named, Reach::InKey]);
                let endpoint = self.endpoint(reach, 12);
                self.endpoints[endpoint].starts_with = 1;
                endpoint
            })
            .collect();
        let lasting = 8 * MINUTE;
        if self.chance.percent(25) {
            self.trouble(3 * MINUTE, Trouble::Limit { per_second: 3, burst: 6, lasting });
            return;
        }
        for _ in 0..self.chance.within(1, 3) {
            let about = About::Endpoint(self.chance.pick(&all));
            self.trouble(3 * MINUTE, Trouble::Asked { about, bad: Bad::Hangs, lasting });
        }
    }

    fn endless_wait(&mut self) {
        self.containers = 1;
        self.calm_from = 200 * MINUTE;
        self.ends = 201 * MINUTE;
        let endpoint = self.endpoint(Reach::Named, 5);
        self.upload(MINUTE, vec![endpoint]);
        let minutes = 200;
        let deed = match self.chance.within(0, 3) {
            0 => {
                // The instance never comes.
                self.endpoints[endpoint].provisioning = Duration::from_secs(20_000);
                return;
            }
            1 => crate::plan::Deed::Degrade { minutes },
            2 => crate::plan::Deed::Maintain { minutes },
            _ => crate::plan::Deed::RollBack { minutes },
        };
        let at = self.chance.within(8, 12) * MINUTE;
        self.happenings.push((at, What::Deed { endpoint, deed }));
    }

    fn burst(&mut self) {
        self.containers = 1;
        self.calm_from = 8 * MINUTE;
        self.ends = 12 * MINUTE;
        let endpoint = self.endpoint(Reach::Named, 5);
        let fault = self.chance.pick(&[Fault::AccessDenied, Fault::ServerError, Fault::Throttled]);
        let lasting = 4 * MINUTE;
        let about = About::Endpoint(endpoint);
        self.trouble(0, Trouble::Asked { about, bad: Bad::Fails(fault), lasting });
        for _ in 0..25 {
            let at = 65 * SECOND + self.chance.within(0, 2 * SECOND);
            let what =
                What::Batch { endpoints: vec![endpoint], uploads: 1, delivered_after: vec![20] };
            self.happenings.push((at, what));
        }
    }
}
