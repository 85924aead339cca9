//! Runs one candidate on the scenario, in simulated time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::{SeedableRng, rngs::StdRng};
use reactive_scaler::{
    lease::{LEASE, WATCH, WORK},
    port::{Datapoint, VariantId},
};
use simulator::{
    Actor, CustomMetric, Entry, Event, JobId, JobSpec, MetricName, Refusal, Simulator, World,
};

use super::{
    alarm_names::{cause, comparison_text, needed, not_scaled, short_name, track},
    candidate::{Candidate, Uploads},
    endpoint::{ENDPOINT, VARIANT},
    idle_window::{IdleWindow, Seen},
    invocations::{Input, Invocations},
    policy_effects::findings,
    policy_finding::PolicyFinding,
    results_metric,
    run_record::{CountedDatapoint, Request, RunRecord, Sample, Used},
    scenario::Scenario,
};
use crate::function::RESULT_DELIVERY;

/// Older datapoints are not shown.
const SHOWN_FROM: SignedDuration = SignedDuration::from_mins(10);

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Runs one candidate to the end, and calls `an_hour_passed` for each simulated hour.
///
/// # Errors
///
/// If AWS would reject a policy of the candidate.
pub async fn run_candidate(
    candidate: &Candidate,
    scenario: &Scenario,
    mut an_hour_passed: impl FnMut(),
) -> Result<RunRecord, Refusal> {
    let sim = Simulator::with_settings(scenario.from, scenario.settings.clone());
    let id = VariantId::new(ENDPOINT, VARIANT);
    let found = sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, candidate.min);
        world.register_target(&id, candidate.min, scenario.max.max(candidate.min));
        candidate.set_up(world, &id)?;
        for arrival in &scenario.arrivals {
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
        let found = findings(world, &id, candidate.is_alone());
        Ok([candidate.findings.clone(), found].concat())
    })?;
    let mut run = Run {
        function: candidate.route.clone().map(|route| Invocations::new(&sim, route)),
        random: StdRng::seed_from_u64(scenario.seed),
        read: 0,
        notified: false,
        results: candidate.route.as_ref().is_some_and(|route| route.results).then(Vec::new),
        idle_window: candidate.idle_window.map(IdleWindow::new),
        used: None,
        runs: BTreeMap::new(),
        counted: Vec::new(),
        requests: Vec::new(),
        samples: Vec::new(),
        findings: found,
        scenario,
        sim,
        id,
    };
    let mut events = upload_events(scenario, candidate.uploads).into_iter().peekable();
    run.draw_provisioning();
    let mut values = metric_values(candidate, scenario).into_iter().peekable();
    let mut minute = scenario.from;
    while minute < scenario.until {
        minute += MINUTE;
        while let Some((_, at, metric, value)) = values.next_if(|(seen, ..)| *seen <= minute) {
            run.sim.with(|world| world.put_metric(metric.clone(), at, value));
        }
        while let Some((at, uploads)) = events.next_if(|(at, _)| *at < minute) {
            run.advance_through_events(at).await;
            if let Some(function) = &mut run.function {
                function.uploads(&uploads).await;
            }
        }
        run.advance_through_events(minute).await;
        if minute == scenario.billed_until {
            run.used = Some(run.used());
        }
        if candidate.has_results_metric {
            run.sim.with(results_metric::publish);
        }
        let alarmed = std::mem::take(&mut run.notified);
        if let Some(function) = &mut run.function {
            if alarmed {
                function.alarm(ENDPOINT).await;
            }
            function.tick().await;
        }
        run.sample();
        if minute.duration_since(scenario.from).as_secs() % 3600 == 0 {
            an_hour_passed();
        }
    }
    Ok(run.record(candidate))
}

/// A run that is not finished.
struct Run<'a> {
    scenario: &'a Scenario,
    sim: Simulator,
    id: VariantId,
    function: Option<Invocations>,
    random: StdRng,
    /// Number of journal entries that were read.
    read: usize,
    /// The backstop alarm has notified its topic.
    notified: bool,
    /// Results that are to be delivered, in order. `None` if they are not connected.
    results: Option<Vec<(Timestamp, Input)>>,
    /// The idle window that scales, if one does.
    idle_window: Option<IdleWindow>,
    /// What was used until the end of what is billed, once that is over.
    used: Option<Used>,
    /// By alarm: the number of its datapoints that breached its threshold, and the newest that was counted.
    runs: BTreeMap<String, (u32, Timestamp)>,
    counted: Vec<CountedDatapoint>,
    requests: Vec<Request>,
    samples: Vec<Sample>,
    findings: Vec<PolicyFinding>,
}

impl Run<'_> {
    fn advance_to(&mut self, at: Timestamp) {
        self.sim.advance_to(at);
        self.read_journal();
    }

    /// Advances the time, delivers the results that arrive until then, and scales with the idle window. A result is known
    /// when its request ends, so the time advances from one event of the model to the next.
    async fn advance_through_events(&mut self, until: Timestamp) {
        while self.results.is_some() || self.idle_window.is_some() {
            let results = self.results.iter().flatten().map(|(at, _)| *at);
            let now = self.sim.now();
            let window_ends = self.idle_window.as_ref().and_then(|window| window.ends_after(now));
            let due = results.chain(window_ends).min();
            let next = self.sim.with(World::next_event).min(due.unwrap_or(until));
            if next > until {
                break;
            }
            self.advance_to(next);
            self.deliver_results().await;
            self.scale_with_idle_window();
            if next == until {
                break;
            }
        }
        self.advance_to(until);
    }

    /// A request that SageMaker refuses because the endpoint is changing is repeated after the next event.
    fn scale_with_idle_window(&mut self) {
        let Some(window) = &mut self.idle_window else { return };
        let (id, max) = (&self.id, self.scenario.max);
        self.sim.with(|world| {
            let (_, desired) = world.capacity(id);
            let seen = Seen { now: world.now(), backlog: world.backlog(ENDPOINT), desired };
            let to = window.decide(seen);
            if let Some(to) = to.filter(|to| world.scale_by_person(id, *to).is_ok()) {
                // The policies scale above one instance only.
                world.set_bounds(id, to, max);
            }
        });
        self.read_journal();
    }

    fn used(&self) -> Used {
        self.sim.with(|world| Used {
            api_calls: world.calls_total(),
            paid: world.paid(ENDPOINT),
            worked: world.worked(ENDPOINT),
        })
    }

    async fn deliver_results(&mut self) {
        let now = self.sim.now();
        let due: Vec<_> = match &mut self.results {
            Some(results) => results.extract_if(.., |(at, _)| *at <= now).collect(),
            None => Vec::new(),
        };
        if let Some(function) = &mut self.function {
            for (_, input) in due {
                function.result(ENDPOINT, &input).await;
            }
        }
    }

    /// Records requests for capacity, and draws the provisioning time of the next scale-out.
    fn read_journal(&mut self) {
        let (read, requests, notified) = (&mut self.read, &mut self.requests, &mut self.notified);
        let results = &mut self.results;
        let known = requests.len();
        self.sim.with(|world| {
            let entries = world.journal.entries();
            for entry in entries.iter().skip(*read) {
                match entry {
                    Entry::Event(at, Event::CapacityRequested { from, to, by, .. }) => {
                        let (at, from, to, by) = (*at, *from, *to, *by);
                        let cause = match (by, to > from) {
                            (Actor::AutoScaling, _) => cause(world, at),
                            (Actor::Person, true) => Some("a request waits".to_owned()),
                            (Actor::Person, false) => {
                                Some("no request in the idle window".to_owned())
                            }
                            (Actor::Caller, _) => None,
                        };
                        requests.push(Request { at, from, to, by, cause });
                    }
                    Entry::Event(_, Event::AlarmNotified { .. }) => *notified = true,
                    Entry::Event(at, Event::Completed(JobId(number))) => {
                        let job = world.job(JobId(*number));
                        if let (Some(results), Some(job)) = (results.as_mut(), job) {
                            let input = Input { number: *number, at: job.invoked_at };
                            results.push((*at + RESULT_DELIVERY, input));
                        }
                    }
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
        let provisioning = self.scenario.provisioning.draw(&mut self.random);
        self.sim.with(|world| world.endpoint_mut(ENDPOINT).pace.provisioning = provisioning);
    }

    /// Counts the datapoints of each alarm's last evaluation, in its own periods.
    fn count_datapoints(&mut self) {
        let (runs, counted) = (&mut self.runs, &mut self.counted);
        self.sim.with(|world| {
            for alarm in world.alarms() {
                let spec = &alarm.spec;
                let evaluated = world.evaluated(spec);
                let is_breaching =
                    |point: &Datapoint| spec.comparison.breaches(point.value, spec.threshold);
                let needed = needed(alarm);
                let count = match needed == spec.evaluation_periods {
                    true => evaluated.iter().take_while(|it| is_breaching(it)).count(),
                    false => evaluated.iter().filter(|it| is_breaching(it)).count(),
                };
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                let (before, last) = runs.entry(spec.name.clone()).or_insert((0, Timestamp::MIN));
                let is_more = count > std::mem::replace(before, count);
                let Some(newest) = evaluated.iter().find(|it| is_breaching(it)) else { continue };
                // A period is evaluated each minute until the next is complete, and later ones can be missing.
                if is_more && count <= needed && newest.at > *last {
                    *last = newest.at;
                    counted.push(CountedDatapoint {
                        at: world.now(),
                        alarm: short_name(alarm),
                        of: newest.at,
                        period: spec.period,
                        value: newest.value,
                        run: count,
                        needed,
                        breaches: format!(
                            "{} {}",
                            comparison_text(spec.comparison),
                            spec.threshold
                        ),
                    });
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
                leased_until: [LEASE, WORK]
                    .into_iter()
                    .filter_map(|record| world.action(id, record)?.runs_at)
                    .map(|release| release - WATCH)
                    .filter(|end| *end > now)
                    .max(),
            }
        });
        self.samples.push(sample);
    }

    fn record(mut self, candidate: &Candidate) -> RunRecord {
        self.read_journal();
        let used = self.used.unwrap_or_else(|| self.used());
        let (decisions, failed) =
            self.function.map(|function| (function.decisions, function.failed)).unwrap_or_default();
        self.sim.with(|world| RunRecord {
            findings: self.findings,
            notes: candidate.notes.clone(),
            from: self.scenario.from,
            until: self.scenario.until,
            billed_until: self.scenario.billed_until,
            desired_at_first: candidate.min,
            jobs: world.jobs().to_vec(),
            requests: self.requests,
            samples: self.samples,
            counted: self.counted,
            events: world.journal.events().map(|(at, event)| (at, event.clone())).collect(),
            alarms: world.alarms().map(|alarm| track(world, alarm, self.scenario.from)).collect(),
            not_scaled: not_scaled(world),
            decisions,
            failed,
            used,
        })
    }
}

/// When each value of the user's metrics is visible, its time, the metric, and the value.
fn metric_values<'a>(
    candidate: &'a Candidate,
    scenario: &Scenario,
) -> Vec<(Timestamp, Timestamp, &'a CustomMetric, f64)> {
    let late = MINUTE + SignedDuration::try_from(scenario.settings.metric_lag).unwrap_or_default();
    let minute = |at: Timestamp| at - SignedDuration::from_secs(at.as_second().rem_euclid(60));
    let mut values = Vec::new();
    for series in &candidate.values {
        let of = |(at, value): &(Timestamp, f64)| (minute(*at) + late, *at, &series.metric, *value);
        values.extend(series.values.iter().map(of));
    }
    values.sort_by_key(|(seen, ..)| *seen);
    values
}

/// When the function is invoked, and with which uploads.
fn upload_events(scenario: &Scenario, uploads: Uploads) -> Vec<(Timestamp, Vec<Input>)> {
    let mut events: Vec<(Timestamp, Vec<Input>)> = Vec::new();
    let arrivals = scenario.arrivals.iter().enumerate();
    for (number, arrival) in arrivals.filter(|(_, arrival)| !arrival.inline) {
        let upload = Input { number, at: arrival.at };
        let delivered = upload.at + scenario.event_delay;
        let Uploads::Batched { window, most } = uploads else {
            events.push((delivered, vec![upload]));
            continue;
        };
        match events.last_mut() {
            Some((due, batch)) if delivered < *due && batch.len() < most => {
                batch.push(upload);
                if batch.len() == most {
                    *due = delivered;
                }
            }
            _ => events.push((delivered + window, vec![upload])),
        }
    }
    events
}
