//! Generates the plan of a seed of the family `fleet`: many endpoints, every kind of route, owners
//! who set bounds, and one disruption. `docs/internals/testing.md` explains the purpose.

use std::time::Duration;

use simulator::Fault;

use crate::{
    generate_common::model_settings,
    plan::{
        At, CallTarget, Disruption, EndpointPlan, EventKind, FailureMode, Family, MINUTE,
        OwnerChange, OwnerTrigger, Plan, PlannedEvent, RouteKind, SECOND,
    },
    random::Random,
};

const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"];

/// The subject of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One or two endpoints. Their owners change bounds and schedules.
    Owners,
    /// Every kind of route, and at most one disruption.
    Routes,
    /// A pattern that matches dozens of endpoints, with slow AWS calls.
    WidePattern,
    /// Many endpoints that are awake.
    ManyAwake,
    /// An endpoint that is not ready for hours.
    EndlessWait,
    /// A burst of uploads for an endpoint whose DescribeEndpoint calls fail.
    Burst,
}

struct PlanBuilder {
    chance: Random,
    endpoints: Vec<EndpointPlan>,
    events: Vec<(At, EventKind)>,
    calm_from: At,
    ends: At,
    containers: usize,
    tick_after: At,
}

/// The plan of a seed.
pub fn plan(seed: u64) -> Plan {
    // Uses other random numbers than the family `small`.
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
    let mut builder = PlanBuilder {
        chance,
        endpoints: Vec::new(),
        events: Vec::new(),
        calm_from: 0,
        ends: 0,
        containers,
        tick_after,
    };
    match kind {
        Kind::Owners => builder.owners(),
        Kind::Routes => builder.routes(),
        Kind::WidePattern => builder.wide_pattern(),
        Kind::ManyAwake => builder.many_awake(),
        Kind::EndlessWait => builder.endless_wait(),
        Kind::Burst => builder.burst(),
    }
    builder.finish(seed)
}

impl PlanBuilder {
    fn finish(mut self, seed: u64) -> Plan {
        // Owner events come first, so that their triggers exist before other events at the same
        // time.
        self.events.sort_by_key(|(at, kind)| (*at, !matches!(kind, EventKind::Owner { .. })));
        let numbered = self.events.into_iter().zip(1..);
        Plan {
            seed,
            family: Family::Fleet,
            settings: model_settings(&mut self.chance),
            endpoints: self.endpoints,
            skews: vec![0; self.containers],
            tick_after: self.tick_after,
            tells_status: self.chance.percent(50),
            queue: None,
            backstop: false,
            events: numbered
                .map(|((at, kind), number)| PlannedEvent { number, at, kind })
                .collect(),
            calm_from: self.calm_from,
            ends: self.ends,
        }
    }

    fn endpoint(&mut self, route_kind: RouteKind, idle_minutes: i64) -> usize {
        let number = self.endpoints.len();
        let stem = match route_kind {
            RouteKind::Named => "named",
            RouteKind::Newest => "newest",
            RouteKind::All => "all",
            RouteKind::InKey => "in-key",
            RouteKind::SdkName => "huggingface-pytorch-inference-2030",
            RouteKind::SdkModel => "by-model",
        };
        let chance = &mut self.chance;
        self.endpoints.push(EndpointPlan {
            // If more than 50 names match, the function reads the last ones in alphabetical order
            // (docs/internals/design.md). The newest endpoint therefore gets the last name.
            name: match route_kind {
                RouteKind::Newest => format!("{stem}-{}", 99 - number),
                _ => format!("{stem}-{number}"),
            },
            variant: if chance.percent(25) { "blue" } else { "AllTraffic" },
            route_kind,
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
            results: false,
            // The worlds are short, so `idle_minutes` is the window.
            job_minutes: 3,
        });
        number
    }

    fn upload(&mut self, at: At, endpoints: Vec<usize>) {
        let after = self.chance.within(20, 2500);
        let kind = EventKind::Batch { endpoints, uploads: 1, delivered_after: vec![after] };
        self.events.push((at, kind));
    }

    fn disruption(&mut self, at: At, disruption: Disruption) {
        self.events.push((at, EventKind::Disruption(disruption)));
    }

    fn owners(&mut self) {
        self.calm_from = self.chance.within(40, 75) * MINUTE;
        self.ends = self.calm_from + 25 * MINUTE;
        for number in 0..self.chance.within(1, 2) {
            let route_kind =
                self.chance.pick(&[RouteKind::Named, RouteKind::Named, RouteKind::InKey]);
            let endpoint = self.endpoint(route_kind, 5);
            debug_assert_eq!(endpoint as u64, number);
            if self.chance.percent(15) {
                // IAM denies the capacity call for the whole time of the world.
                let mode = FailureMode::Fails(Fault::AccessDenied);
                let lasting = self.calm_from;
                self.disruption(
                    0,
                    Disruption::MatchingCalls {
                        about: CallTarget::Capacity(endpoint),
                        mode,
                        lasting,
                    },
                );
            }
            let mut at = self.chance.within(0, 10 * MINUTE);
            while at < self.calm_from {
                self.upload(at, vec![endpoint]);
                at += self.chance.within(8, 30) * MINUTE + self.chance.within(0, MINUTE);
            }
            for _ in 0..self.chance.within(2, 6) {
                let at = self.chance.within(0, self.calm_from);
                let (on, change) = (self.owner_trigger(), self.owner_change());
                self.events.push((at, EventKind::Owner { endpoint, on, change }));
            }
        }
        if self.chance.percent(15) {
            let at = self.chance.within(0, self.calm_from);
            let call = usize::try_from(self.chance.within(0, 9)).unwrap();
            let after_effect = self.chance.percent(50);
            self.disruption(at, Disruption::Kill { call, after_effect });
        }
        if self.chance.percent(15) {
            let at = self.chance.within(0, self.calm_from);
            self.events.push((at, EventKind::ExtraTick));
        }
    }

    fn owner_trigger(&mut self) -> OwnerTrigger {
        let chance = &mut self.chance;
        let late = match chance.within(0, 2) {
            0 => chance.within(0, 5 * SECOND),
            1 => chance.within(SECOND, 2 * MINUTE),
            _ => chance.within(MINUTE, 11 * MINUTE),
        };
        match chance.within(0, 6) {
            0 => OwnerTrigger::Now,
            1 | 2 => OwnerTrigger::Zero(late),
            3 => OwnerTrigger::FloorUp(late),
            6 => OwnerTrigger::FloorDown(late),
            4 => OwnerTrigger::Ends(late),
            _ => OwnerTrigger::BeforeRelease(late),
        }
    }

    fn owner_change(&mut self) -> OwnerChange {
        let chance = &mut self.chance;
        let zone = chance.pick(&ZONES);
        match chance.within(0, 9) {
            0 => OwnerChange::Min(0),
            1 | 2 => OwnerChange::Min(1),
            3 | 4 => OwnerChange::Min(2),
            5 | 6 => OwnerChange::Max(chance.pick(&[1, 2, 3, 5])),
            7 => OwnerChange::OfficeHours {
                begins_in: chance.within(1, 30),
                lasting: chance.within(5, 30),
                zone,
            },
            8 => OwnerChange::Once {
                min: chance.pick(&[0, 1, 2]),
                in_minutes: chance.within(1, 40),
                zone,
            },
            _ => OwnerChange::Past { zone },
        }
    }

    fn routes(&mut self) {
        self.calm_from = 16 * MINUTE;
        self.ends = self.calm_from + 22 * MINUTE;
        let kinds = [
            RouteKind::Named,
            RouteKind::Newest,
            RouteKind::All,
            RouteKind::InKey,
            RouteKind::SdkName,
            RouteKind::SdkModel,
        ];
        let all: Vec<usize> = (0..self.chance.within(3, 12))
            .map(|_| {
                let route_kind = self.chance.pick(&kinds);
                self.endpoint(route_kind, 5)
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
            let disruption = self.one_fault(&all);
            self.disruption(first.saturating_sub(before), disruption);
        }
        if self.chance.percent(20) {
            let minutes = self.chance.within(1, 3);
            self.events.push((first, EventKind::TicksMissing { minutes }));
        }
    }

    /// One disruption that lasts some minutes.
    fn one_fault(&mut self, all: &[usize]) -> Disruption {
        let chance = &mut self.chance;
        let lasting = chance.pick(&[30, 90, 240, 400]) * SECOND;
        let one = chance.pick(all);
        let about = match chance.within(0, 9) {
            0..=3 => CallTarget::Listing,
            4..=6 => CallTarget::Endpoint(one),
            7 | 8 => CallTarget::Target(one),
            _ => {
                let per_second = u32::try_from(chance.within(1, 5)).unwrap();
                return Disruption::Limit { per_second, burst: 2 * per_second, lasting };
            }
        };
        let mode = match chance.within(0, 5) {
            0..=2 => FailureMode::Hangs,
            3 => FailureMode::Fails(Fault::Throttled),
            4 => FailureMode::Fails(Fault::ServerError),
            _ => FailureMode::Fails(Fault::AccessDenied),
        };
        Disruption::MatchingCalls { about, mode, lasting }
    }

    fn wide_pattern(&mut self) {
        self.calm_from = 6 * MINUTE;
        self.ends = 10 * MINUTE;
        for _ in 0..self.chance.within(48, 60) {
            self.endpoint(RouteKind::Newest, 5);
        }
        let each = self.chance.within(1500, 2000);
        self.disruption(0, Disruption::Latency { each, lasting: self.calm_from });
        self.upload(10 * SECOND, vec![0]);
    }

    fn many_awake(&mut self) {
        self.calm_from = 14 * MINUTE;
        self.ends = 18 * MINUTE;
        let all: Vec<usize> = (0..self.chance.within(12, 20))
            .map(|_| {
                let route_kind = self.chance.pick(&[RouteKind::Named, RouteKind::InKey]);
                let endpoint = self.endpoint(route_kind, 12);
                self.endpoints[endpoint].starts_with = 1;
                endpoint
            })
            .collect();
        let lasting = 8 * MINUTE;
        if self.chance.percent(25) {
            self.disruption(3 * MINUTE, Disruption::Limit { per_second: 3, burst: 6, lasting });
            return;
        }
        for _ in 0..self.chance.within(1, 3) {
            let about = CallTarget::Endpoint(self.chance.pick(&all));
            self.disruption(
                3 * MINUTE,
                Disruption::MatchingCalls { about, mode: FailureMode::Hangs, lasting },
            );
        }
    }

    fn endless_wait(&mut self) {
        self.containers = 1;
        self.calm_from = 200 * MINUTE;
        self.ends = 201 * MINUTE;
        let endpoint = self.endpoint(RouteKind::Named, 5);
        self.upload(MINUTE, vec![endpoint]);
        let minutes = 200;
        let change = match self.chance.within(0, 3) {
            0 => {
                // The instance never starts.
                self.endpoints[endpoint].provisioning = Duration::from_secs(20_000);
                return;
            }
            1 => crate::plan::OutsideChange::Degrade { minutes },
            2 => crate::plan::OutsideChange::Maintain { minutes },
            _ => crate::plan::OutsideChange::RollBack { minutes },
        };
        let at = self.chance.within(8, 12) * MINUTE;
        self.events.push((at, EventKind::OutsideChange { endpoint, change }));
    }

    fn burst(&mut self) {
        self.containers = 1;
        self.calm_from = 8 * MINUTE;
        self.ends = 12 * MINUTE;
        let endpoint = self.endpoint(RouteKind::Named, 5);
        let fault = self.chance.pick(&[Fault::AccessDenied, Fault::ServerError, Fault::Throttled]);
        let lasting = 4 * MINUTE;
        let about = CallTarget::Endpoint(endpoint);
        self.disruption(
            0,
            Disruption::MatchingCalls { about, mode: FailureMode::Fails(fault), lasting },
        );
        for _ in 0..25 {
            let at = 65 * SECOND + self.chance.within(0, 2 * SECOND);
            let kind = EventKind::Batch {
                endpoints: vec![endpoint],
                uploads: 1,
                delivered_after: vec![20],
            };
            self.events.push((at, kind));
        }
    }
}
