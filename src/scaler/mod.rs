//! The scaler: which endpoints a signal concerns, what is read of them, and what is done.

mod age;
mod capacity;
mod carry_out;
mod deadline;
mod event;
mod failure;
mod long_wait;
mod look;
mod memory;
mod messages;
mod models;
mod newest;
mod record_cleanup;
mod records;
mod registry;
mod registry_lookup;
mod sleep;
mod tick;
mod unit;
mod work;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use futures_util::{StreamExt, join, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use deadline::Waits;
use event::Event;
pub use failure::Failure;
use look::Look;
use memory::Memory;
pub use messages::Messages;
use record_cleanup::Upkeep;
use registry::Admission;
pub use unit::Unit;

use crate::{
    config::{Config, Mode, Policy, Route},
    decide::{
        Action, Decision, Floor, FloorWithheld, Trigger, Verdict, decide, min_outlasts, wake,
    },
    ignored::PassedOver,
    log_limit::Said,
    port::{Aws, AwsFailure, Clock, FailureKind, ScalableTarget},
    rate::Pace,
    rate_limited::Paced,
    reason::Reason,
    signal::{Broken, Decoded},
};

/// Endpoints of one event that are worked on at the same time: one that does not answer keeps none of the
/// others waiting.
const AT_ONCE: usize = 64;

/// What kind of signal led to a decision, in the contract's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// An async input was uploaded.
    Input,
    /// A CloudWatch alarm.
    Alarm,
    /// The schedule.
    Tick,
    /// SageMaker Endpoint State Change.
    EndpointChanged,
    /// An async result.
    Result,
    /// A person's command.
    Command,
}

/// What was decided and done for one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The endpoint.
    pub endpoint: String,
    /// Its variant, where it is known.
    pub variant: Option<String>,
    /// The kind of signal.
    pub signal: SignalKind,
    /// Nothing was written: what was done is what would have been done.
    pub observe_only: bool,
    /// What was done.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// Desired capacity before.
    pub from: Option<i32>,
    /// Desired capacity after; the same where it was left alone.
    pub to: Option<i32>,
    /// Instances in service when it was looked at.
    pub current: Option<i32>,
    /// Until when the later of lease and hold keeps the endpoint awake, as far as known.
    pub awake_until: Option<Timestamp>,
    /// Why the floor is not raised, where that matters: a policy may still scale in.
    pub floor_withheld: Option<FloorWithheld>,
    /// When a look is worth while again.
    pub recheck_in: Option<SignedDuration>,
    /// From the oldest input's event time to the accepted capacity call.
    pub wake_latency: Option<SignedDuration>,
    /// Whether the lease was written.
    pub lease_renewed: bool,
    /// What a `status` shows beyond the decision.
    pub status: Option<look::Status>,
    /// What could not be done.
    pub failures: Vec<Failure>,
    /// The name in the key was cut to fit, and fits other registered endpoints too; or it is that of a model
    /// that several endpoints have. All of them are woken.
    pub name_was_cut: bool,
    /// The input meant several endpoints: that one of them is gone loses nothing.
    pub one_of_several: bool,
    /// Messages of the queue that carried the signal.
    pub messages: Messages,
}

pub use look::Status;

/// What an invocation came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// One per variant concerned.
    pub done: Vec<Done>,
    /// Records that could not be understood.
    pub broken: Vec<Broken>,
    /// What else could not be done, that belongs to no endpoint.
    pub failures: Vec<Failure>,
    /// The event was a batch from a queue.
    pub sqs: bool,
    /// What led to nothing and is to be said; what this container said within the last minute is
    /// left out.
    pub passed_over: Vec<PassedOver>,
}

impl Outcome {
    /// Everything that could not be done, in the order it was tried.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.failures.iter().chain(self.done.iter().flat_map(|done| &done.failures))
    }
}

/// Judges and acts. One for the life of a container; what it remembers only spares calls.
#[derive(Debug)]
pub struct Scaler<A, C> {
    aws: Paced<A>,
    /// Ticks' own client, where they have one.
    for_ticks: Option<Paced<A>>,
    clock: C,
    config: RwLock<Arc<Config>>,
    memory: Mutex<Memory>,
    said: Mutex<Said>,
    /// When ticks looked at each endpoint.
    looked_at: Mutex<tick::LookedAt>,
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
            said: Mutex::default(),
            looked_at: Mutex::default(),
        }
    }

    /// Ticks call AWS by a client of their own, at a pace.
    pub fn with_ticks_by(self, aws: A, pace: Pace) -> Self {
        Self { for_ticks: Some(Paced::at(aws, pace)), ..self }
    }

    /// Its settings as they are now.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes other routes from the next invocation on. What was remembered by the old ones, and
    /// only spared calls, is forgotten.
    pub fn replace_routes(&self, routes: Vec<Route>) {
        let mut config = self.config.write().unwrap_or_else(PoisonError::into_inner);
        if config.routes != routes {
            *config = Arc::new(Config { routes, mode: config.mode });
            self.memory().forget_routes();
        }
    }

    /// Serves everything that an event says. What is not done at `deadline` is left to the next
    /// tick and reported.
    pub async fn serve(&self, decoded: Decoded, deadline: Instant) -> Outcome {
        let mut outcome =
            Outcome { broken: decoded.broken, sqs: decoded.sqs, ..Outcome::default() };
        let config = self.config();
        let mode = if decoded.observe { Mode::Observe } else { config.mode };
        let event = Event::new(&config.routes, mode, Waits { deadline });
        let work = work::plan(&config.routes, &decoded.signals);
        outcome.failures.extend(work.failures);
        let mut passed_over = work.passed_over;
        let ignored = decoded.ignored.iter();
        passed_over.extend(ignored.filter_map(|it| PassedOver::ignored(&config.routes, it)));
        if !passed_over.is_empty() {
            outcome.passed_over = self.news(passed_over);
        }
        if work.tick {
            Box::pin(self.tick(&config.routes, mode, deadline, &mut outcome)).await;
        }
        let mut units = work.units;
        // Mostly there is one, and it needs no queue.
        if work.questions.is_empty()
            && units.len() == 1
            && let Some(unit) = units.pop()
        {
            match self.serve_unit(&unit, &event).await {
                Some(done) => outcome.done.push(done),
                None => outcome.done = Box::pin(self.serve_stranger(&unit, &event)).await,
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
        outcome.passed_over.extend(self.news(answered.passed_over));
        // Endpoints that were served by another signal of the same event: by now that is remembered.
        outcome.done.extend(Box::pin(self.serve_units(answered.repeated, &event)).await);
        outcome
    }

    /// Serves all of them at the same time. The decisions come in the units' order.
    async fn serve_units(&self, units: Vec<Unit<'_>>, event: &Event<'_>) -> Vec<Done> {
        let mut served: Vec<(usize, Vec<Done>)> = stream::iter(units.into_iter().enumerate())
            .map(async |(number, unit)| match self.serve_unit(&unit, event).await {
                Some(done) => (number, vec![done]),
                None => (number, Box::pin(self.serve_stranger(&unit, event)).await),
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        served.sort_by_key(|(number, _)| *number);
        served.into_iter().flat_map(|(_, done)| done).collect()
    }

    /// Serves one variant; `None` where it is none of ours.
    async fn serve_unit(&self, unit: &Unit<'_>, event: &Event<'_>) -> Option<Done> {
        let mut done = Done::of(unit, event.mode);
        let trigger = unit.trigger(self.clock.now());
        if trigger == Some(Trigger::Input)
            && let Some(quiet) = self.remembers(&unit.route)
        {
            done.reason = quiet.reason;
            done.failures = quiet.failures;
            return Some(done);
        }
        if unit.sdk_name.is_some_and(|name| self.is_known_model(name)) {
            return None;
        }
        if unit.must_be_registered {
            match Box::pin(self.admits(&unit.route.endpoint, event)).await {
                Admission::Look => {}
                Admission::NotRegistered => return None,
                Admission::Unknown(failure) => {
                    done.registry_unknown(&failure);
                    return Some(done);
                }
            }
        }
        let Some(trigger) = trigger else {
            done.reason = Reason::ResultSeen;
            return Some(done);
        };
        // Boxed: most inputs end above, and what the calls to AWS need is large.
        let look = Box::pin(self.look_and_act(unit, trigger, event, &mut done));
        match tokio::time::timeout_at(event.waits.deadline, look).await {
            Ok(Whose::Ours) => Some(done),
            Ok(Whose::NotOurs) => None,
            Err(_) => {
                done.out_of_time();
                Some(done)
            }
        }
    }

    async fn look_and_act(
        &self,
        unit: &Unit<'_>,
        trigger: Trigger,
        event: &Event<'_>,
        done: &mut Done,
    ) -> Whose {
        let policy = unit.route.policy().for_known_work(unit.inputs());
        let looked_at = self.clock.now();
        match self.observe(unit, trigger, &policy, event, done).await {
            Look::Seen(seen, asked) => {
                self.judge_and_act(trigger, unit.oldest_input(), *seen, asked, &policy, done).await;
            }
            Look::NoEndpoint(target) => {
                self.without_sight(trigger, target, &policy, event, done).await;
            }
            Look::NotOurs => return Whose::NotOurs,
        }
        // What was only asked leaves nothing behind in a container that acts.
        if !done.observe_only || self.config().mode == Mode::Observe {
            self.remember(&unit.route, trigger, looked_at, done);
        }
        Whose::Ours
    }

    /// From observation to outcome, for one variant.
    async fn judge_and_act(
        &self,
        trigger: Trigger,
        oldest_input: Option<Timestamp>,
        mut seen: look::Seen,
        asked: Option<capacity::Requested>,
        policy: &Policy,
        done: &mut Done,
    ) {
        let now = self.clock.now();
        done.variant = Some(seen.id.variant.clone());
        done.from = seen.observed.variant.desired;
        done.to = done.from;
        done.current = seen.observed.variant.current;
        done.awake_until = seen.records().and_then(|records| records.ends_at());
        if trigger == Trigger::Status {
            done.status = Some(seen.status(now));
        }
        let mut verdict = decide(trigger, &seen.observed, policy, now);
        if verdict == Verdict::ReadBacklog {
            seen.observed.backlog = self.read_backlog(&seen.id, now, done).await;
            verdict = decide(trigger, &seen.observed, policy, self.clock.now());
        }
        let decision = match verdict {
            Verdict::Decided(decision) => decision,
            // Not reached: the backlog is read or unreadable by now. Doing nothing is safe.
            Verdict::ReadBacklog => Decision::none(Reason::BacklogUnknown),
        };
        done.action = decision.action;
        done.reason = decision.reason;
        done.floor_withheld = decision.floor_withheld;
        done.recheck_in = decision.recheck_in;
        self.watch_waits(&seen, &decision, now, done);
        if decision.unserved {
            done.failures.push(Failure::Unserved {
                endpoint: done.endpoint.clone(),
                reason: decision.reason,
            });
        }
        if done.observe_only {
            done.to = decision.capacity.or(done.to);
            return;
        }
        let is_unchanged = if decision.action == Action::Sleep {
            self.sleep(&seen, &decision, policy, done).await;
            false
        } else {
            self.act(&seen, &decision, asked, oldest_input, done).await
        };
        // A decision that lowers the floor writes what cancels floor records itself.
        let lowers = decision.action == Action::Sleep || decision.floor == Some(Floor::Lower);
        if matches!(trigger, Trigger::Tick | Trigger::EndpointChanged) && !lowers {
            // After a refusal too: ticks are refused each minute, perhaps until a record of ours runs.
            let which = if is_unchanged { Upkeep::All } else { Upkeep::NoFloor };
            self.keep_up(&seen, policy, which, done).await;
        }
    }

    /// DescribeEndpoint could not be read: an input's lease is written where the target is known, so that
    /// the ticks make the wake good.
    async fn without_sight(
        &self,
        trigger: Trigger,
        target: Option<ScalableTarget>,
        policy: &Policy,
        event: &Event<'_>,
        done: &mut Done,
    ) {
        let Some(target) = target else { return };
        if !trigger.requests_capacity()
            || done.reason != Reason::EndpointUnreadable
            || done.observe_only
        {
            return;
        }
        let Some(records) = self.read_records(&target.id, event.waits, done).await else { return };
        if min_outlasts(&target, &records) || target.max < 1 {
            return;
        }
        done.variant = Some(target.id.variant.clone());
        done.awake_until = records.ends_at();
        if let Some(end) = wake::renewal(&records, policy, self.clock.now()) {
            let at_release = records::at_release_unseen(Some(&target), &records);
            self.write_lease(&target.id, end, at_release, &records, done).await;
            if done.lease_renewed {
                done.action = Action::Extend;
            }
        }
    }

    /// The client for calls on behalf of this signal.
    fn aws_for(&self, signal: SignalKind) -> &Paced<A> {
        match signal {
            SignalKind::Tick => self.aws_for_ticks(),
            SignalKind::Input
            | SignalKind::Alarm
            | SignalKind::EndpointChanged
            | SignalKind::Result
            | SignalKind::Command => &self.aws,
        }
    }

    fn aws_for_ticks(&self) -> &Paced<A> {
        self.for_ticks.as_ref().unwrap_or(&self.aws)
    }

    fn news(&self, passed_over: BTreeSet<PassedOver>) -> Vec<PassedOver> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.news(passed_over, self.clock.now())
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        // What it holds only spares calls: a panic elsewhere makes it no less true.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a signal was ours to serve.
enum Whose {
    Ours,
    NotOurs,
}

impl Done {
    /// Nothing yet, for this unit.
    fn of(unit: &Unit<'_>, mode: Mode) -> Self {
        Self {
            name_was_cut: unit.name_was_cut,
            one_of_several: unit.one_of_several,
            messages: unit.messages(),
            ..Self::blank(&unit.route, unit.signal, mode)
        }
    }

    fn blank(route: &Route, signal: SignalKind, mode: Mode) -> Self {
        Self {
            endpoint: route.endpoint.clone(),
            variant: route.variant.clone(),
            signal,
            observe_only: mode == Mode::Observe,
            action: Action::None,
            reason: Reason::OutOfTime,
            from: None,
            to: None,
            current: None,
            awake_until: None,
            floor_withheld: None,
            recheck_in: None,
            wake_latency: None,
            lease_renewed: false,
            status: None,
            failures: Vec::new(),
            name_was_cut: false,
            one_of_several: false,
            messages: Messages::default(),
        }
    }

    fn fail(&mut self, failure: AwsFailure) {
        self.failures.push(Failure::Aws(failure));
    }

    /// There is nothing to decide.
    fn unresolved(&mut self, unresolved: look::Unresolved) {
        self.reason = unresolved.reason;
        self.failures.extend(unresolved.failure);
    }

    /// Whether the endpoint is registered could not be told.
    fn registry_unknown(&mut self, failure: &AwsFailure) {
        self.reason = Reason::TargetUnreadable;
        let endpoint = self.endpoint.clone();
        self.failures.push(Failure::RegistryUnknown { endpoint, problem: failure.to_string() });
    }

    fn out_of_time(&mut self) {
        self.reason = Reason::OutOfTime;
        self.failures.push(Failure::OutOfTime { endpoint: self.endpoint.clone() });
    }

    /// Whether AWS refused because the endpoint is being changed at this moment.
    fn is_busy(failure: &AwsFailure) -> bool {
        failure.kind == FailureKind::Busy
    }
}
