//! The scaler: which endpoints a signal concerns, what is read of them, and what is done.

mod act;
mod memory;
mod observe;
mod overdue;
mod registry;
mod sleep;
mod tick;
mod upkeep;
mod work;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

pub use act::Failure;
use memory::Memory;
pub use work::Unit;

use crate::{
    config::{Config, Mode, Policy, Route},
    decide::{Action, Decision, FloorWithheld, Trigger, Verdict, decide, min_outlasts},
    lease::{AtRelease, LEASE, Records},
    pace::Pace,
    paced::Paced,
    port::{Aws, AwsFailure, Clock, FailureKind, Scaling, VariantId},
    reason::Reason,
    signal::{Broken, Decoded},
};

/// Endpoints that are worked on at the same time.
const CONCURRENCY: usize = 8;

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
    pub status: Option<observe::Status>,
    /// What could not be done.
    pub failures: Vec<Failure>,
    /// The name in the key was cut to fit, and fits other registered endpoints too: all of them
    /// are woken.
    pub name_was_cut: bool,
    /// The input meant several endpoints: that one of them is gone loses nothing.
    pub one_of_several: bool,
    /// Messages of the queue that carried the signal.
    pub message_ids: Vec<String>,
}

pub use observe::Status;

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
        let look_up = self.fleet(&config.routes, &decoded.signals, &mut outcome);
        let Ok(fleet) = tokio::time::timeout_at(deadline, look_up).await else {
            outcome.failures.push(Failure::OutOfTime { endpoint: "*".into() });
            return outcome;
        };
        let work = work::plan(&config.routes, &fleet, decoded.signals);
        outcome.failures.extend(work.failures);
        if work.tick {
            Box::pin(self.tick(&config.routes, mode, deadline, &mut outcome)).await;
        }
        let mut units = work.units.into_iter();
        // Mostly there is one, and it needs no queue.
        if units.len() == 1
            && let Some(unit) = units.next()
        {
            outcome.done.push(self.serve_unit(unit, mode, deadline).await);
            return outcome;
        }
        let served = stream::iter(units)
            .map(|unit| self.serve_unit(unit, mode, deadline))
            .buffered(CONCURRENCY)
            .collect::<Vec<Done>>();
        outcome.done.extend(Box::pin(served).await);
        outcome
    }

    async fn serve_unit(&self, unit: Unit<'_>, mode: Mode, deadline: Instant) -> Done {
        let mut done = Done::blank(&unit.route, unit.signal, mode);
        done.message_ids.clone_from(&unit.message_ids);
        done.name_was_cut = unit.name_was_cut;
        done.one_of_several = unit.one_of_several;
        let Some(trigger) = unit.trigger(self.clock.now()) else {
            done.reason = Reason::ResultSeen;
            return done;
        };
        if trigger == Trigger::Input
            && let Some(reason) = self.remembers_quiet(&unit.route)
        {
            done.reason = reason;
            return done;
        }
        // Boxed: most inputs end above, and what the calls to AWS need is large.
        let look = Box::pin(self.look_and_act(&unit, trigger, &mut done));
        if tokio::time::timeout_at(deadline, look).await.is_err() {
            done.out_of_time();
        }
        done
    }

    async fn look_and_act(&self, unit: &Unit<'_>, trigger: Trigger, done: &mut Done) {
        let policy = unit.route.policy().for_known_work(unit.inputs);
        let looked_at = self.clock.now();
        match self.observe(&unit.route, done).await {
            Some(mut seen) => {
                let asked = self.read_records(trigger, &policy, &mut seen, done).await;
                self.judge_and_act(trigger, unit.oldest_input, seen, asked, &policy, done).await;
                // What was only asked leaves nothing behind in a container that acts.
                if !done.observe_only || self.config().mode == Mode::Observe {
                    self.remember(&unit.route, trigger, looked_at, done);
                }
            }
            None => self.without_sight(trigger, &unit.route, &policy, done).await,
        }
    }

    /// From observation to outcome, for one variant.
    async fn judge_and_act(
        &self,
        trigger: Trigger,
        oldest_input: Option<Timestamp>,
        mut seen: observe::Seen,
        asked: Option<act::Asked>,
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
        if decision.action == Action::Sleep {
            self.sleep(&seen, &decision, policy, done).await;
        } else {
            self.act(&seen, &decision, asked, oldest_input, done).await;
        }
        if matches!(trigger, Trigger::Tick | Trigger::EndpointChanged) && decision.writes_nothing()
        {
            self.keep_up(&seen, policy, done).await;
        }
    }

    /// DescribeEndpoint gave nothing to judge: an input's lease is written where the target is
    /// known, so that the ticks make the wake good.
    async fn without_sight(
        &self,
        trigger: Trigger,
        route: &Route,
        policy: &Policy,
        done: &mut Done,
    ) {
        if !trigger.requests_capacity()
            || done.reason != Reason::EndpointUnreadable
            || done.observe_only
        {
            return;
        }
        let Some(target) = self.target_without_endpoint(route, done).await else { return };
        let actions = match self.aws_for(done.signal).actions(&target.id).await {
            Ok(actions) => actions,
            Err(failure) => return done.fail(failure),
        };
        let now = self.clock.now();
        let records = Records::read(&actions, &target.id, now);
        if min_outlasts(&target, &records) || target.max < 1 {
            return;
        }
        done.variant = Some(target.id.variant.clone());
        let end = now + policy.idle + policy.renewal_step();
        if records.ends_at().is_none_or(|standing| standing < end) {
            // Whether somebody raises the floor at this moment is not known: DescribeEndpoint would tell.
            let at_release = match records.foreign_min || target.suspended.scheduled {
                true => act::at_release(Some(&target), &records, LEASE),
                false => AtRelease::DropFloor,
            };
            self.write_lease(&target.id, end, at_release, &records, done).await;
            if done.lease_renewed {
                done.action = Action::Extend;
            }
        }
    }

    async fn target_without_endpoint(
        &self,
        route: &Route,
        done: &mut Done,
    ) -> Option<crate::port::ScalableTarget> {
        let found = match &route.variant {
            Some(variant) => {
                self.aws_for(done.signal).target(&VariantId::new(&route.endpoint, variant)).await
            }
            None => self.aws_for(done.signal).targets().await.map(|targets| {
                let mut of_endpoint =
                    targets.into_iter().filter(|target| target.id.endpoint == route.endpoint);
                let only = of_endpoint.next();
                only.filter(|_| of_endpoint.next().is_none())
            }),
        };
        found.unwrap_or_else(|failure| {
            done.fail(failure);
            None
        })
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

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        // What it holds only spares calls: a panic elsewhere makes it no less true.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Done {
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
            message_ids: Vec::new(),
        }
    }

    fn fail(&mut self, failure: AwsFailure) {
        self.failures.push(Failure::Aws(failure));
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
