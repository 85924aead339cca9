//! The scaler: finds the endpoints that a signal concerns, reads their state, decides, and makes changes.

mod age;
mod capacity;
mod carry_out;
mod deadline;
mod effects;
mod event;
mod failure;
mod invocation;
mod ledger;
mod long_wait;
mod look;
mod memory;
mod messages;
mod models;
mod newest;
mod record_cleanup;
mod record_put;
mod records;
mod registry;
mod registry_lookup;
mod replaced;
mod result;
mod seen;
mod session;
mod signal_kind;
mod sleep;
mod tick;
mod unit;
mod unseen;
mod work;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use futures_util::{StreamExt, future::join, join, stream};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use capacity::Requested;
use deadline::Waits;
pub use effects::Effects;
use event::Event;
pub use failure::Failure;
use ledger::Recorded;
use look::Look;
use memory::{Memory, Remembered};
pub use messages::Messages;
use registry::Admission;
pub use result::{Done, Outcome, Subject};
use seen::Seen;
pub use seen::{Instances, Status};
use session::{OutOfTime, Session};
pub use signal_kind::SignalKind;
use tick::LookedAt;
pub use unit::Unit;

use crate::{
    config::{Config, Mode, Policy, Route},
    decide::{Decision, Trigger, Verdict, decide, observing, tick::wakes_for_owners_one},
    ignored::IgnoredSignal,
    log_limit::RecentlyLogged,
    port::{Aws, Clock, Scaling},
    rate::Pace,
    rate_limited::Paced,
    reason::Reason,
    signal::Decoded,
};

/// Maximum number of endpoints of one event that are served at the same time. One that does not answer does not
/// delay the others.
const AT_ONCE: usize = 64;

/// Decides and acts. There is one for the life of a container. What it remembers only saves calls.
#[derive(Debug)]
pub struct Scaler<A, C> {
    aws: Paced<A>,
    /// The client for ticks, if they have their own.
    for_ticks: Option<Paced<A>>,
    clock: C,
    config: RwLock<Arc<Config>>,
    memory: Mutex<Memory>,
    recently_logged: Mutex<RecentlyLogged>,
    /// When ticks looked at each endpoint.
    looked_at: Mutex<LookedAt>,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// A scaler with an empty memory, as after a cold start.
    pub fn new(aws: A, clock: C, config: Config) -> Self {
        Self {
            aws: Paced::without_pace(aws),
            for_ticks: None,
            clock,
            config: RwLock::new(Arc::new(config)),
            memory: Mutex::default(),
            recently_logged: Mutex::default(),
            looked_at: Mutex::default(),
        }
    }

    /// Ticks use this client, at this rate.
    pub fn with_ticks_by(self, aws: A, pace: Pace) -> Self {
        Self { for_ticks: Some(Paced::at(aws, pace)), ..self }
    }

    /// The present settings.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether nothing is written but the ledger.
    fn only_observes(&self) -> bool {
        self.config().mode == Mode::Observe
    }

    /// Uses other routes from the next invocation on. Forgets what it remembers because of the old routes.
    pub fn replace_routes(&self, routes: Vec<Route>) {
        let mut config = self.config.write().unwrap_or_else(PoisonError::into_inner);
        if config.routes != routes {
            *config = Arc::new(Config { routes, mode: config.mode });
            self.memory().forget_routes();
        }
    }

    /// The session for one unit.
    fn session(&self, unit: &Unit<'_>, mode: Mode, waits: Waits) -> Session<'_, A, C> {
        Session {
            oldest_input: unit.oldest_input(),
            ..self.session_of(Subject::of(unit, mode), waits)
        }
    }

    /// The session for this subject.
    fn session_of(&self, subject: Subject, waits: Waits) -> Session<'_, A, C> {
        Session {
            aws: self.aws_for(subject.signal),
            clock: &self.clock,
            waits,
            subject,
            oldest_input: None,
            effects: Effects::default(),
            ended_work: None,
        }
    }

    /// The client for calls because of this kind of signal.
    fn aws_for(&self, signal: SignalKind) -> &Paced<A> {
        match signal {
            SignalKind::Tick => self.aws_for_ticks(),
            SignalKind::Input
            | SignalKind::Invocation
            | SignalKind::Alarm
            | SignalKind::EndpointChanged
            | SignalKind::Result
            | SignalKind::Command => &self.aws,
        }
    }

    fn aws_for_ticks(&self) -> &Paced<A> {
        self.for_ticks.as_ref().unwrap_or(&self.aws)
    }

    /// Those that this container did not log within the last minute.
    fn to_log(&self, ignored_signals: BTreeSet<IgnoredSignal>) -> Vec<IgnoredSignal> {
        let mut recently_logged =
            self.recently_logged.lock().unwrap_or_else(PoisonError::into_inner);
        recently_logged.to_log(ignored_signals, self.clock.now())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // A panic does not make it wrong: what it remembers only saves calls.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn looked_at(&self) -> MutexGuard<'_, LookedAt> {
        // A panic does not make it wrong: it only determines the order.
        self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Serves an event. What is not done at `deadline` is reported and left to the next tick.
    pub async fn serve(&self, decoded: Decoded, deadline: Instant) -> Outcome {
        let mut outcome =
            Outcome { broken: decoded.broken, sqs: decoded.sqs, ..Outcome::default() };
        let config = self.config();
        let mode = if decoded.observe { Mode::Observe } else { config.mode };
        let event = Event::new(&decoded.signals, &config.routes, mode, Waits { deadline });
        let work = work::plan(&config.routes, &decoded.signals);
        outcome.failures.extend(work.failures);
        let mut ignored_signals = work.ignored_signals;
        let ignored = decoded.ignored.iter();
        ignored_signals.extend(ignored.filter_map(|it| IgnoredSignal::ignored(&config.routes, it)));
        if !ignored_signals.is_empty() {
            outcome.ignored_signals = self.to_log(ignored_signals);
        }
        if work.tick {
            Box::pin(self.tick(&config.routes, mode, deadline, &mut outcome)).await;
        }
        let mut units = work.units;
        // Most events have one unit. It needs no queue.
        if work.questions.is_empty()
            && units.len() == 1
            && let Some(unit) = units.pop()
        {
            match self.serve_unit(&unit, &event).await {
                Some(done) => outcome.done.push(done),
                None => outcome.done = Box::pin(self.serve_not_registered(&unit, &event)).await,
            }
            return outcome;
        }
        let shares: BTreeSet<unit::Share> = units.iter().map(Unit::share).collect();
        let (done, answered) = join!(
            Box::pin(self.serve_units(units, &event)),
            Box::pin(self.serve_questions(work.questions, &shares, &event)),
        );
        outcome.done.extend(done);
        outcome.done.extend(answered.done);
        outcome.failures.extend(answered.failures);
        outcome.ignored_signals.extend(self.to_log(answered.ignored_signals));
        // Variants that were served because of another signal of the event: the memory knows them now.
        outcome.done.extend(Box::pin(self.serve_units(answered.repeated, &event)).await);
        outcome
    }

    /// Serves units at the same time. The results are in the order of the units.
    async fn serve_units(&self, units: Vec<Unit<'_>>, event: &Event<'_>) -> Vec<Done> {
        let mut served: Vec<(usize, Vec<Done>)> = stream::iter(units.into_iter().enumerate())
            .map(async |(number, unit)| match self.serve_unit(&unit, event).await {
                Some(done) => (number, vec![done]),
                None => (number, Box::pin(self.serve_not_registered(&unit, event)).await),
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        served.sort_by_key(|(number, _)| *number);
        served.into_iter().flat_map(|(_, done)| done).collect()
    }

    /// Serves one variant. `None`: the endpoint is not ours.
    async fn serve_unit(&self, unit: &Unit<'_>, event: &Event<'_>) -> Option<Done> {
        let subject = || Subject::of(unit, event.mode);
        let trigger = unit.trigger(self.clock.now());
        if matches!(trigger, Some(Trigger::Input | Trigger::Invocation))
            && let Some(quiet) = self.remembers(&unit.route, unit.signal)
        {
            let answered = |quiet: Remembered| {
                Some(Done::without_a_look(subject(), quiet.reason, quiet.failures))
            };
            if !unit.route.results || trigger == Some(Trigger::Invocation) {
                return answered(quiet);
            }
            let recorded = Box::pin(self.record_inputs(unit, event)).await;
            // After several failed looks, no further look is made for each upload.
            if !matches!(recorded, Recorded::No(_)) || !quiet.failures.is_empty() {
                let mut quiet = quiet;
                quiet.failures.extend(recorded.failure().map(Failure::Aws));
                return answered(quiet);
            }
            // The remembered record can be one that the ledger ends, so a lease is needed.
            return Box::pin(self.serve_variant(unit, Trigger::Input, Some(recorded), event)).await;
        }
        if unit.sdk_name.is_some_and(|name| self.is_known_model(name)) {
            return None;
        }
        if unit.must_be_registered {
            match Box::pin(self.admits(&unit.route.endpoint, event)).await {
                Admission::Look => {}
                Admission::NotRegistered => return None,
                Admission::Unknown(failure) => {
                    return Some(Done::registry_unknown(subject(), &failure));
                }
            }
        }
        match trigger {
            Some(Trigger::Invocation) if unit.route.results => {
                Box::pin(self.serve_invocations(unit, event)).await
            }
            // Boxed: most inputs end above, and the calls to AWS need a large future.
            Some(trigger) => Box::pin(self.serve_variant(unit, trigger, None, event)).await,
            None => Some(Box::pin(self.serve_results(unit, event)).await),
        }
    }

    /// Records the results of requests, if the route says that they are connected.
    async fn serve_results(&self, unit: &Unit<'_>, event: &Event<'_>) -> Done {
        let (recorded, failed) = self.record_results(unit, event).await;
        let reason = if recorded { Reason::ResultRecorded } else { Reason::ResultSeen };
        let failures = failed.into_iter().map(Failure::Aws).collect();
        Done::without_a_look(Subject::of(unit, event.mode), reason, failures)
    }

    /// Looks at the variant, decides, carries out the decision, and remembers the result. `recorded`: whether the ledger
    /// has its inputs, if that is known. `None`: the endpoint is not ours.
    async fn serve_variant(
        &self,
        unit: &Unit<'_>,
        trigger: Trigger,
        recorded: Option<Recorded>,
        event: &Event<'_>,
    ) -> Option<Done> {
        let policy = unit.route.policy().for_known_work(unit.inputs());
        let looked_at = self.clock.now();
        let deadline = event.waits.deadline;
        let mut session = self.session(unit, event.mode, event.waits);
        let looking = self.look(unit, trigger, &policy, event, &mut session);
        let looking = timeout_at(deadline, looking);
        let records = trigger == Trigger::Input && unit.route.results && recorded.is_none();
        // A name in a key is recorded only if the endpoint is registered. The look may be what shows that.
        let is_known = !unit.must_be_registered || self.memory().fleet.knows(&unit.route.endpoint);
        let (look, recorded) = match records && is_known {
            // The capacity request does not wait for the ledger.
            true => Box::pin(join(looking, self.record_inputs(unit, event))).await,
            false => (looking.await, recorded.unwrap_or(Recorded::NotUsed)),
        };
        let recorded = match &look {
            Ok(Look::Seen(..)) if records && !is_known => self.record_inputs(unit, event).await,
            _ => recorded,
        };
        let trigger = recorded.applied(trigger);
        if let Some(failure) = recorded.failure() {
            session.fail(failure);
        }
        let served = match look {
            Ok(Look::Seen(seen, requested)) => {
                self.decide_and_carry_out(trigger, *seen, requested, &policy, session).await
            }
            Ok(Look::NotSeen(reason, target)) => {
                session.renew_unseen(trigger, reason, target, &policy).await
            }
            Ok(Look::NotOurs) => return None,
            Err(_) => Err(session.out_of_time(None, None)),
        };
        let done = match served {
            Ok(done) => done,
            Err(OutOfTime(done)) => return Some(done),
        };
        // In a container that acts, a request to observe leaves nothing in the memory.
        if !done.subject.observe_only || self.only_observes() {
            self.remember(&unit.route, trigger, looked_at, &done);
        }
        Some(done)
    }

    /// Decides about what was seen, and carries out the decision.
    async fn decide_and_carry_out(
        &self,
        trigger: Trigger,
        mut seen: Seen,
        requested: Option<Requested>,
        policy: &Policy,
        mut session: Session<'_, A, C>,
    ) -> Result<Done, OutOfTime> {
        let deadline = session.waits.deadline;
        let now = self.clock.now();
        session.effects.awake_until = seen.records().and_then(|records| records.ends_at());
        let deciding = self.decide(trigger, &mut seen, policy, now, &mut session);
        let Ok(decision) = timeout_at(deadline, deciding).await else {
            return Err(session.out_of_time(Some(&seen), None));
        };
        let carrying_out = session.carry_out(trigger, &seen, &decision, requested, policy);
        let Ok(conclusion) = timeout_at(deadline, carrying_out).await else {
            return Err(session.out_of_time(Some(&seen), Some(&decision)));
        };
        if trigger == Trigger::Tick && (!session.subject.observe_only || self.only_observes()) {
            let deleting = session.delete_old_items(&seen.id.endpoint, &seen.observed.ledger);
            // The next tick continues.
            _ = timeout_at(deadline, deleting).await;
        }
        let status = (trigger == Trigger::Status).then(|| seen.status(now));
        Ok(Done { status, ..session.result(Some(&seen), conclusion) })
    }

    /// Decides about what was seen at `now`. Reads the backlog if the decision depends on it.
    async fn decide(
        &self,
        trigger: Trigger,
        seen: &mut Seen,
        policy: &Policy,
        now: Timestamp,
        session: &mut Session<'_, A, C>,
    ) -> Decision {
        let mut verdict = decide(trigger, &seen.observed, policy, now);
        if let Verdict::Decided(decision) = &verdict
            && matches!(trigger, Trigger::Tick | Trigger::EndpointChanged)
            && wakes_for_owners_one(decision, &seen.observed)
        {
            let answer = session.aws.target(&seen.id).await;
            seen.observed.target = session.read(answer);
            verdict = decide(trigger, &seen.observed, policy, now);
        }
        if verdict == Verdict::ReadBacklog {
            seen.observed.backlog = session.read_backlog(&seen.id, now).await;
            verdict = decide(trigger, &seen.observed, policy, self.clock.now());
        }
        let decision = match verdict {
            Verdict::Decided(decision) => decision,
            // Not reached: the backlog is known or unreadable now. It is safe to change nothing.
            Verdict::ReadBacklog => Decision::none(Reason::BacklogUnknown),
        };
        let decision = match trigger {
            Trigger::Tick if self.only_observes() => {
                observing::with_work_record(decision, &seen.observed, policy, now)
            }
            _ => decision,
        };
        let long_wait = self.long_wait(seen, &decision, now);
        // The other signals are answered as usual.
        let long_wait = long_wait.filter(|_| session.subject.signal == SignalKind::Tick);
        let failures = &mut session.effects.failures;
        let endpoint = || seen.id.endpoint.clone();
        failures
            .extend(long_wait.as_ref().and_then(|long_wait| long_wait.failure(endpoint(), now)));
        if decision.unserved {
            failures.push(Failure::Unserved { endpoint: endpoint(), reason: decision.reason });
        }
        let reason = long_wait.map_or(decision.reason, |long_wait| long_wait.reason(&decision));
        Decision { reason, ..decision }
    }
}
