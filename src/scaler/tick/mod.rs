//! The tick: every record and target of the namespace in pages, then a look at each endpoint that has a
//! record, and of the others at a share in turn.

mod namespace;
mod order;

use std::{
    pin::pin,
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    StreamExt, join,
    stream::{self, FuturesUnordered},
};
use jiff::SignedDuration;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Done, Failure, Outcome, Scaler, SignalKind, observe::Seen};
use crate::{
    config::{Mode, Route},
    decide::{
        Action, Backlog, Observed, Read, Trigger, Verdict, decide, evidence::LOOK_BACK,
        tick::runs_out,
    },
    lease::Records,
    pace::{MOST, Pace},
    paced::CALL,
    port::{Aws, AwsResult, Clock, Datapoint, Metrics, ScalableTarget, Scaling, VariantId},
    reason::Reason,
};
use namespace::Namespace;
pub(super) use order::LookedAt;
use order::{Turn, in_order, out_of_reach};

/// Looks begin within this time from the tick's beginning, or within nine tenths of the time that Lambda leaves it:
/// the rest is for what is under way.
const LOOKING: Duration = Duration::from_secs(45);

/// Looks at the same time: at 10 calls a second, as many as there can be if none is answered before it is given
/// up.
const AT_ONCE: usize = 50;

/// The first look that needs its backlog waits so long at most for others: no longer than for a look that is not
/// answered.
const GATHER: Duration = CALL;

/// For how long it counts that an endpoint was looked at: many times as long as a round takes.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// What a look came to.
enum Looked<'a> {
    /// All that there was to do.
    Done(Done),
    /// The decision needs the backlog.
    NeedsBacklog(NeedsBacklog<'a>),
}

/// A look whose decision waits for the backlog.
struct NeedsBacklog<'a> {
    route: &'a Route,
    seen: Seen,
    done: Done,
}

/// How far a tick may go.
#[derive(Debug, Clone, Copy)]
struct Limits {
    mode: Mode,
    /// No look begins after this.
    last_look: Instant,
    /// What is not done by then is reported.
    deadline: Instant,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Looks at all that may need it. What one endpoint fails at costs no other its turn.
    pub(super) async fn tick(
        &self,
        routes: &[Route],
        mode: Mode,
        deadline: Instant,
        outcome: &mut Outcome,
    ) {
        let begun = Instant::now();
        let last_look = begun + LOOKING.min(deadline.duration_since(begun) * 9 / 10);
        let limits = Limits { mode, last_look, deadline };
        let aws = self.aws_for_ticks();
        let listing = async { join!(aws.targets(), aws.all_actions()) };
        let Ok((targets, actions)) = timeout_at(deadline, listing).await else {
            outcome.failures.push(Failure::OutOfTime { endpoint: "*".into() });
            return;
        };
        for failure in targets.as_ref().err().into_iter().chain(actions.as_ref().err()) {
            outcome.failures.push(Failure::Aws(failure.clone()));
        }
        if let Ok(targets) = &targets {
            self.registry_seen(targets);
        }
        let namespace = Namespace::new(targets, actions);
        let now = self.clock.now();
        let endpoints = namespace.endpoints(routes, now);
        let turns = in_order(endpoints, &self.looked_at(), self.looks_a_tick(), now);
        let done = self.look_at_all(&turns, &namespace, limits).await;
        let (seen, left_out) = turns.split_at(done.len().min(turns.len()));
        let late = out_of_reach(left_out, seen.len(), now);
        if let Some(first) = late.first() {
            outcome.failures.push(Failure::LeftOut {
                endpoint: first.route.endpoint.clone(),
                endpoints: late.len(),
                looks: seen.len(),
            });
        }
        let mut looked_at = self.looked_at();
        looked_at.retain(|_, at| now.duration_since(*at) < REMEMBERED);
        looked_at.extend(seen.iter().map(|turn| (turn.key(), now)));
        drop(looked_at);
        outcome.done.extend(done);
        if let Some(pace) = aws.pace() {
            pace.end_of_tick();
        }
    }

    /// How many looks a tick has time for at the present pace.
    fn looks_a_tick(&self) -> usize {
        let a_second = self.aws_for_ticks().pace().map_or(MOST, Pace::calls_a_second);
        usize::try_from(u64::from(a_second) * LOOKING.as_secs()).unwrap_or(usize::MAX)
    }

    /// Looks at as many as there is time for, in this order, and does what is to be done; what came of each.
    async fn look_at_all(
        &self,
        turns: &[Turn],
        namespace: &Namespace,
        limits: Limits,
    ) -> Vec<Done> {
        let aws = self.aws_for_ticks();
        // One at a time waits for its turn, so that whoever is under way need not wait behind all who are to come.
        let looks = stream::iter(turns)
            .then(|turn| async move {
                aws.turn().await;
                turn
            })
            .take_until(sleep_until(limits.last_look))
            .map(|turn| self.look(&turn.route, namespace, limits))
            .buffer_unordered(AT_ONCE);
        let mut looks = pin!(looks);
        let mut judging = FuturesUnordered::new();
        let (mut done, mut waiting, mut looking) = (Vec::new(), Vec::new(), true);
        let mut gathered = limits.last_look;
        while looking || !judging.is_empty() {
            let mut time_is_up = false;
            tokio::select! {
                biased;
                Some(judged) = judging.next() => done.extend(judged),
                looked = looks.next(), if looking => match looked {
                    Some(Looked::Done(one)) => done.push(one),
                    Some(Looked::NeedsBacklog(one)) => {
                        if waiting.is_empty() {
                            gathered = Instant::now() + GATHER;
                        }
                        waiting.push(one);
                    }
                    None => looking = false,
                },
                () = sleep_until(gathered), if !waiting.is_empty() => time_is_up = true,
            }
            if !waiting.is_empty() && (time_is_up || !looking) {
                judging.push(self.read_backlogs_and_judge(std::mem::take(&mut waiting), limits));
            }
        }
        done.sort_by(|a: &Done, b: &Done| {
            (&a.endpoint, &a.variant).cmp(&(&b.endpoint, &b.variant))
        });
        done
    }

    async fn look<'a>(
        &self,
        route: &'a Route,
        namespace: &Namespace,
        limits: Limits,
    ) -> Looked<'a> {
        let mut done = Done::blank(route, SignalKind::Tick, limits.mode);
        let look = Box::pin(self.tick_one(route, namespace, &mut done));
        match timeout_at(limits.deadline, look).await {
            Ok(None) => Looked::Done(done),
            Ok(Some(seen)) => Looked::NeedsBacklog(NeedsBacklog { route, seen, done }),
            Err(_) => {
                done.out_of_time();
                Looked::Done(done)
            }
        }
    }

    /// Looks at one endpoint, and does what is to be done; what was seen, where that depends on the backlog.
    async fn tick_one(
        &self,
        route: &Route,
        namespace: &Namespace,
        done: &mut Done,
    ) -> Option<Seen> {
        let answer = self.aws_for_ticks().endpoint_in_turn(&route.endpoint).await;
        let Some((endpoint, variant)) = self.resolve(route, answer, done) else {
            if done.reason == Reason::EndpointUnreadable {
                self.keep_record(route, namespace, done).await;
            }
            return None;
        };
        let id = VariantId::new(&route.endpoint, &variant.name);
        self.remember_variant(&id.endpoint, &id.variant);
        let now = self.clock.now();
        // A failed listing is reported once, by the tick as a whole.
        let target = match &namespace.targets {
            Ok(targets) => Read::Known(targets.get(&id).cloned()),
            Err(_) => Read::Failed,
        };
        let records = match &namespace.actions {
            Ok(actions) => {
                let actions = actions.get(&id).map(Vec::as_slice).unwrap_or_default();
                Read::Known(Records::read(actions, &id, now))
            }
            Err(_) => Read::Failed,
        };
        let observed = Observed { endpoint, variant, target, records, backlog: Backlog::NotRead };
        let seen = Seen { id, observed };
        let policy = route.policy();
        if decide(Trigger::Tick, &seen.observed, &policy, now) == Verdict::ReadBacklog {
            return Some(seen);
        }
        self.judge_and_act(Trigger::Tick, None, seen, None, &policy, done).await;
        None
    }

    /// Reads the backlogs in one call, then judges each by its own.
    async fn read_backlogs_and_judge(
        &self,
        waiting: Vec<NeedsBacklog<'_>>,
        limits: Limits,
    ) -> Vec<Done> {
        let names: Vec<&str> = waiting.iter().map(|one| one.seen.id.endpoint.as_str()).collect();
        let now = self.clock.now();
        let (from, until) = (now - LOOK_BACK, now + SignedDuration::from_mins(1));
        let reading = self.aws_for_ticks().backlogs(&names, from, until);
        // Without an answer by the deadline, each is out of time.
        let mut answers =
            timeout_at(limits.deadline, reading).await.unwrap_or_default().into_iter();
        let judged = waiting.into_iter().map(|one| self.judge(one, answers.next(), limits));
        stream::iter(judged).buffer_unordered(AT_ONCE).collect().await
    }

    async fn judge(
        &self,
        looked: NeedsBacklog<'_>,
        backlog: Option<AwsResult<Vec<Datapoint>>>,
        limits: Limits,
    ) -> Done {
        let NeedsBacklog { route, mut seen, mut done } = looked;
        seen.observed.backlog = match backlog {
            Some(Ok(datapoints)) => Backlog::Read(datapoints),
            Some(Err(failure)) => {
                done.fail(failure);
                Backlog::Unreadable
            }
            None => {
                done.out_of_time();
                return done;
            }
        };
        let policy = route.policy();
        let acting = self.judge_and_act(Trigger::Tick, None, seen, None, &policy, &mut done);
        if timeout_at(limits.deadline, Box::pin(acting)).await.is_err() {
            done.out_of_time();
        }
        done
    }

    /// An outage of DescribeEndpoint must not outlast what remembers the work: a record that would
    /// run out is kept, with its end at now, so that the first tick that sees again judges.
    async fn keep_record(&self, route: &Route, namespace: &Namespace, done: &mut Done) {
        let Ok(actions) = &namespace.actions else { return };
        if done.observe_only {
            return;
        }
        let of_route = actions.iter().filter(|(id, _)| {
            id.endpoint == route.endpoint
                && route.variant.as_ref().is_none_or(|variant| *variant == id.variant)
        });
        for (id, actions) in of_route {
            let now = self.clock.now();
            let records = Records::read(actions, id, now);
            if records.stand() && runs_out(records.release_at(), now) {
                self.write_lease(id, now, done).await;
                done.action = if done.lease_renewed { Action::Extend } else { Action::None };
            }
        }
    }

    fn looked_at(&self) -> MutexGuard<'_, LookedAt> {
        // What it holds only says who comes first.
        self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a tick has listed, for whoever needs to know what is registered.
    fn registry_seen(&self, _targets: &[ScalableTarget]) {}
}
