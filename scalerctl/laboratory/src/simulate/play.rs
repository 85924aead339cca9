//! One policy, one workload, simulated time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::{SeedableRng, rngs::StdRng};
use reactive_scaler::{
    lease::{LEASE, WATCH},
    port::VariantId,
};
use simulator::{Actor, Entry, Event, JobSpec, MetricName, Refusal, Simulator};

use super::{
    alarms::{cause, needed, not_scaled, short_name, track, words},
    conditions::Conditions,
    contender::{Contender, Uploads},
    course::{Counted, Course, Request, Sample},
    endpoint::{ENDPOINT, VARIANT},
    function::Function,
};

/// A datapoint that is older says nothing of now.
const SHOWN_FROM: SignedDuration = SignedDuration::from_mins(10);

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Plays one policy to the end, and tells of each hour that has passed.
///
/// # Errors
///
/// As AWS refuses the contender's policies.
pub async fn play(
    contender: &Contender,
    conditions: &Conditions,
    mut an_hour_passed: impl FnMut(),
) -> Result<Course, Refusal> {
    let sim = Simulator::with_settings(conditions.from, conditions.settings.clone());
    let id = VariantId::new(ENDPOINT, VARIANT);
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, contender.min);
        world.register_target(&id, contender.min, conditions.max.max(contender.min));
        contender.set_up(world, &id)?;
        for arrival in &conditions.arrivals {
            world.add_job(
                ENDPOINT,
                &JobSpec {
                    at: Some(arrival.at),
                    processing: Some(arrival.processing),
                    inline: arrival.inline,
                    invocation_delay: None,
                },
            );
        }
        Ok(())
    })?;
    let mut play = Play {
        function: contender.route.clone().map(|route| Function::new(&sim, route)),
        random: StdRng::seed_from_u64(conditions.seed),
        read: 0,
        notified: false,
        runs: BTreeMap::new(),
        counted: Vec::new(),
        requests: Vec::new(),
        samples: Vec::new(),
        conditions,
        sim,
        id,
    };
    let mut events = upload_events(conditions, contender.uploads).into_iter().peekable();
    play.draw_provisioning();
    let mut minute = conditions.from;
    while minute < conditions.until {
        minute += MINUTE;
        while let Some((at, uploads)) = events.next_if(|(at, _)| *at < minute) {
            play.advance_to(at);
            if let Some(function) = &mut play.function {
                function.uploads(&uploads).await;
            }
        }
        play.advance_to(minute);
        let alarmed = std::mem::take(&mut play.notified);
        if let Some(function) = &mut play.function {
            if alarmed {
                function.alarm(ENDPOINT).await;
            }
            function.tick().await;
        }
        play.sample();
        if minute.duration_since(conditions.from).as_secs() % 3600 == 0 {
            an_hour_passed();
        }
    }
    Ok(play.course(contender))
}

/// A play under way.
struct Play<'a> {
    conditions: &'a Conditions,
    sim: Simulator,
    id: VariantId,
    function: Option<Function>,
    random: StdRng,
    /// Lines of the journal that are known.
    read: usize,
    /// The backstop alarm has told its topic.
    notified: bool,
    /// By alarm: the newest datapoint that it has seen, and how many in a row have breached.
    runs: BTreeMap<String, (Timestamp, u32)>,
    counted: Vec<Counted>,
    requests: Vec<Request>,
    samples: Vec<Sample>,
}

impl Play<'_> {
    fn advance_to(&mut self, at: Timestamp) {
        self.sim.advance_to(at);
        self.read_journal();
    }

    /// Keeps what was asked for, and draws how long the next scale-out takes.
    fn read_journal(&mut self) {
        let (read, requests, notified) = (&mut self.read, &mut self.requests, &mut self.notified);
        let known = requests.len();
        self.sim.with(|world| {
            let entries = world.journal.entries();
            for entry in entries.iter().skip(*read) {
                match entry {
                    Entry::Event(at, Event::CapacityRequested { from, to, by, .. }) => {
                        let (at, from, to, by) = (*at, *from, *to, *by);
                        let cause = (by == Actor::AutoScaling).then(|| cause(world, at)).flatten();
                        requests.push(Request { at, from, to, by, cause });
                    }
                    Entry::Event(_, Event::AlarmNotified { .. }) => *notified = true,
                    _ => {}
                }
            }
            *read = entries.len();
        });
        if self.requests.len() > known {
            self.draw_provisioning();
        }
    }

    fn draw_provisioning(&mut self) {
        let provisioning = self.conditions.provisioning.draw(&mut self.random);
        self.sim.with(|world| world.endpoint_mut(ENDPOINT).pace.provisioning = provisioning);
    }

    /// Counts the datapoints that have become visible since the last minute.
    fn count_datapoints(&mut self) {
        let (runs, counted) = (&mut self.runs, &mut self.counted);
        self.sim.with(|world| {
            let now = world.now();
            for alarm in world.alarms() {
                let spec = &alarm.spec;
                let Some(metric) = spec.metric.published() else { continue };
                let (last, run) = runs.entry(spec.name.clone()).or_insert((Timestamp::MIN, 0));
                for point in world.visible(metric, &spec.endpoint, now - SHOWN_FROM, now) {
                    if point.at <= *last {
                        continue;
                    }
                    *last = point.at;
                    let breaches = spec.comparison.breaches(point.value, spec.threshold);
                    *run = if breaches { *run + 1 } else { 0 };
                    let needed = needed(alarm);
                    if breaches && *run <= needed {
                        counted.push(Counted {
                            at: now,
                            alarm: short_name(alarm),
                            of: point.at,
                            value: point.value,
                            run: *run,
                            needed,
                            breaches: format!("{} {}", words(spec.comparison), spec.threshold),
                        });
                    }
                }
            }
        });
    }

    fn sample(&mut self) {
        self.read_journal();
        self.count_datapoints();
        let id = &self.id;
        let sample = self.sim.with(|world| {
            let now = world.now();
            let recently = now - SHOWN_FROM;
            let shown = world.visible(MetricName::BacklogSize, ENDPOINT, recently, now);
            let (current, desired) = world.capacity(id);
            Sample {
                at: now,
                backlog: world.backlog(ENDPOINT),
                shown: shown.last().map(|datapoint| datapoint.value),
                desired,
                current,
                floor: world.target(id).map_or(0, |target| target.min),
                leased_until: world
                    .action(id, LEASE)
                    .and_then(|action| action.runs_at)
                    .map(|release| release - WATCH)
                    .filter(|end| *end > now),
            }
        });
        self.samples.push(sample);
    }

    fn course(mut self, contender: &Contender) -> Course {
        self.read_journal();
        let (decided, failed) =
            self.function.map(|function| (function.decided, function.failed)).unwrap_or_default();
        self.sim.with(|world| Course {
            from: self.conditions.from,
            until: self.conditions.until,
            desired_at_first: contender.min,
            jobs: world.jobs().to_vec(),
            requests: self.requests,
            samples: self.samples,
            counted: self.counted,
            events: world.journal.events().map(|(at, event)| (at, event.clone())).collect(),
            alarms: world.alarms().map(|alarm| track(alarm, self.conditions.from)).collect(),
            not_scaled: not_scaled(world),
            decided,
            failed,
            api_calls: world.calls_total(),
            paid: world.paid(ENDPOINT),
            worked: world.worked(ENDPOINT),
        })
    }
}

/// When the function is invoked, and with which uploads.
fn upload_events(conditions: &Conditions, uploads: Uploads) -> Vec<(Timestamp, Vec<Timestamp>)> {
    let mut events: Vec<(Timestamp, Vec<Timestamp>)> = Vec::new();
    let uploaded = conditions.arrivals.iter().filter(|arrival| !arrival.inline);
    for upload in uploaded.map(|arrival| arrival.at) {
        let told = upload + conditions.event_delay;
        let Uploads::Buffered { window, most } = uploads else {
            events.push((told, vec![upload]));
            continue;
        };
        match events.last_mut() {
            Some((due, batch)) if told < *due && batch.len() < most => {
                batch.push(upload);
                if batch.len() == most {
                    *due = told;
                }
            }
            _ => events.push((told + window, vec![upload])),
        }
    }
    events
}
