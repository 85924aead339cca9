//! The tick lists all scheduled actions and scalable targets of the namespace. Then it looks at each endpoint that
//! has a record, and at a share of the other endpoints. It looks at endpoints with an ended record before the last
//! page of targets is read, because with slow calls and many targets the pages take a third of the tick.

mod namespace;
mod order;

use std::{
    collections::{HashSet, VecDeque},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use futures_util::{
    FutureExt, Stream, StreamExt,
    future::{BoxFuture, Either, Shared, join, select},
    stream::{self, FuturesUnordered},
};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until, timeout, timeout_at},
};

use super::{
    Done, Effects, Failure, Outcome, Scaler, SignalKind, Subject,
    deadline::Waits,
    look::resolve,
    record_put::Put,
    records::at_release_beside_a_wake,
    result::Conclusion,
    seen::Seen,
    session::{OutOfTime, Session},
};
use crate::{
    config::{Mode, Route},
    decide::{
        Action, Backlog, LedgerSeen, Observed, Read, Trigger, Verdict, decide,
        idle_evidence::LOOK_BACK, tick::runs_out,
    },
    lease::Records,
    port::{Aws, AwsResult, Clock, Datapoint, Metrics, Scaling, Variant, VariantId},
    rate::{MOST, Pace},
    rate_limited::CALL,
    reason::Reason,
};
use namespace::{Actions, Namespace, Targets, by_variant};
pub(super) use order::LookedAt;
use order::{Key, Queue, Turn, in_order, out_of_reach};

/// Looks start within this time after the start of the tick, or within nine tenths of the time until the deadline. The
/// rest is for looks in progress.
const LOOKING: Duration = Duration::from_secs(45);

/// Maximum time that the first look waits for the list of targets, which shows the most urgent endpoints.
const TARGETS_FIRST: Duration = Duration::from_secs(1);

/// Decisions with the backlog start until this time before the last look, because each can make several calls.
const DECIDING: Duration = Duration::from_secs(5);

/// Number of endpoints in progress at the same time, for each call per second. It is the number that is reached if
/// each look ends with a time-out.
const AT_ONCE_PER_CALL_A_SECOND: usize = 5;

/// Maximum time that the first look that needs its backlog waits for others: the time-out of a look.
const GATHER: Duration = CALL;

/// How long the time of a look is remembered. A round over all endpoints takes much less.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// The result of a look.
enum Looked<'a> {
    /// Everything is done.
    Done(Box<(Turn, Done)>),
    /// The decision needs the backlog.
    NeedsBacklog(Box<NeedsBacklog<'a>>),
}

/// A look whose decision waits for the backlog.
struct NeedsBacklog<'a> {
    turn: Turn,
    seen: Seen,
    /// What the look could not read.
    effects: Effects,
    /// Released after the decision, or if the endpoint is left to the next tick.
    _permit: Option<SemaphorePermit<'a>>,
}

/// The limits of a tick.
#[derive(Debug, Clone, Copy)]
struct Limits {
    mode: Mode,
    /// No look starts after this time.
    last_look: Instant,
    /// No decision with the backlog starts after this time.
    last_decision: Instant,
    /// Work that is not done at this time is reported.
    deadline: Instant,
}

/// The lists that a tick reads before it looks at endpoints.
struct Lists<'a> {
    /// Read during the first looks.
    targets: Shared<BoxFuture<'a, Arc<Targets>>>,
    actions: Actions,
    routes: &'a [Route],
    /// When they were read.
    now: Timestamp,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Looks at all endpoints that may need action. A failure at one endpoint does not affect the others.
    pub(super) async fn tick(
        &self,
        routes: &[Route],
        mode: Mode,
        deadline: Instant,
        outcome: &mut Outcome,
    ) {
        let begun = Instant::now();
        let looking = LOOKING.min(deadline.duration_since(begun) * 9 / 10);
        let limits = Limits {
            mode,
            last_look: begun + looking,
            last_decision: begun + looking - DECIDING.min(looking / 9),
            deadline,
        };
        let aws = self.aws_for_ticks();
        let targets = self.list_targets().boxed().shared();
        // Both lists are read at the same time. Each look continues to read the targets.
        let actions = async {
            match select(pin!(aws.all_actions()), targets.clone()).await {
                Either::Left((actions, _)) => actions,
                Either::Right((_, actions)) => actions.await,
            }
        };
        let Ok(actions) = timeout_at(deadline, actions).await else {
            outcome.failures.push(Failure::OutOfTime { endpoint: "*".into() });
            return;
        };
        // If the list is late, the look that needs it waits for it.
        let _ = timeout(TARGETS_FIRST, targets.clone()).await;
        let actions = by_variant(actions);
        let lists = Lists { targets, actions, routes, now: self.clock.now() };
        let (done, unread) = self.look_at_all(&lists, limits).await;
        outcome.failures.extend(unread);
        let Ok(targets) = timeout_at(deadline, lists.targets.clone()).await else {
            outcome.failures.push(Failure::OutOfTime { endpoint: "*".into() });
            return;
        };
        let unlisted =
            targets.as_ref().as_ref().err().into_iter().chain(lists.actions.as_ref().err());
        outcome.failures.extend(unlisted.cloned().map(Failure::Aws));
        let looks: HashSet<Key> = done.iter().map(|(turn, _)| turn.key()).collect();
        let turns = self.order(&lists, Some(&targets));
        let left_out: Vec<&Turn> =
            turns.iter().filter(|turn| !looks.contains(&turn.key())).collect();
        let late = out_of_reach(&left_out, looks.len(), lists.now);
        if let Some(first) = late.first() {
            outcome.failures.push(Failure::LeftOut {
                endpoint: first.route.endpoint.clone(),
                endpoints: late.len(),
                looks: looks.len(),
            });
        }
        let mut looked_at = self.looked_at();
        looked_at.retain(|_, at| lists.now.duration_since(*at) < REMEMBERED);
        looked_at.extend(looks.into_iter().map(|key| (key, lists.now)));
        drop(looked_at);
        outcome.done.extend(done.into_iter().map(|(_, done)| done));
        if let Some(pace) = aws.pace() {
            pace.end_of_tick();
        }
    }

    async fn list_targets(&self) -> Arc<Targets> {
        let targets = self.aws_for_ticks().targets().await;
        if let Ok(targets) = &targets {
            self.registry_seen(targets);
        }
        Arc::new(
            targets.map(|targets| {
                targets.into_iter().map(|target| (target.id.clone(), target)).collect()
            }),
        )
    }

    /// The endpoints to look at, in order. `targets` if they are already listed.
    fn order(&self, lists: &Lists<'_>, targets: Option<&Targets>) -> Vec<Turn> {
        let namespace = Namespace { targets, actions: &lists.actions };
        let endpoints = namespace.endpoints(lists.routes, lists.now);
        in_order(endpoints, &self.looked_at(), self.looks_a_tick(), lists.now)
    }

    /// The current call rate of ticks.
    fn calls_a_second(&self) -> usize {
        let pace = self.aws_for_ticks().pace().map_or(MOST, Pace::calls_a_second);
        usize::try_from(pace).unwrap_or(usize::MAX)
    }

    /// The number of looks that a tick has time for at the current call rate.
    fn looks_a_tick(&self) -> usize {
        let seconds = usize::try_from(LOOKING.as_secs()).unwrap_or(usize::MAX);
        self.calls_a_second().saturating_mul(seconds)
    }

    /// The endpoints to look at, one after the other, each as soon as a call may be made for it.
    fn turns<'a>(
        &'a self,
        lists: &'a Lists<'_>,
        unfinished: &'a Semaphore,
    ) -> impl Stream<Item = (Turn, Option<SemaphorePermit<'a>>)> {
        let queue = Queue::before_targets(self.order(lists, None));
        stream::unfold(queue, move |mut queue| async move {
            if queue.is_empty() {
                let targets = lists.targets.clone().await;
                queue.with_targets(|| self.order(lists, Some(&targets)));
            }
            if queue.is_empty() {
                return None;
            }
            // Only one look waits for its turn, so that looks in progress do not wait behind all later ones.
            let permit = unfinished.acquire().await.ok();
            self.aws_for_ticks().turn().await;
            if let Some(targets) = lists.targets.peek() {
                queue.with_targets(|| self.order(lists, Some(targets)));
            }
            let turn = queue.next()?;
            Some(((turn, permit), queue))
        })
    }

    /// Looks at as many endpoints as there is time for, and carries out the decisions. Returns the result of each, and
    /// what looks could not read whose decision is left to the next tick.
    async fn look_at_all(
        &self,
        lists: &Lists<'_>,
        limits: Limits,
    ) -> (Vec<(Turn, Done)>, Vec<Failure>) {
        let a_second = self.calls_a_second();
        let unfinished = &Semaphore::new(a_second * AT_ONCE_PER_CALL_A_SECOND);
        let looks = self
            .turns(lists, unfinished)
            .take_until(sleep_until(limits.last_look))
            .map(|(turn, permit)| self.look_in_turn(turn, permit, lists, limits))
            .buffer_unordered(a_second * AT_ONCE_PER_CALL_A_SECOND);
        let mut looks = pin!(looks);
        let (mut reading, mut deciding) = (FuturesUnordered::new(), FuturesUnordered::new());
        let (mut waiting, mut read, mut done) = (Vec::new(), VecDeque::new(), Vec::new());
        let (mut looking, mut gathered) = (true, limits.last_look);
        let mut unread = Vec::new();
        while looking || !reading.is_empty() || !deciding.is_empty() {
            let mut time_is_up = false;
            tokio::select! {
                biased;
                Some(decided) = deciding.next() => done.push(decided),
                Some(answered) = reading.next() => read.extend(answered),
                looked = looks.next(), if looking => match looked {
                    Some(Looked::Done(one)) => done.push(*one),
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
            if Instant::now() >= limits.last_decision {
                // Decisions that did not start in time are left to the next tick.
                let unfinished = waiting.drain(..).flat_map(|one| one.effects.failures);
                unread.extend(unfinished.chain(read.drain(..).flat_map(failures)));
            }
            let gathered_all = time_is_up || !looking || waiting.len() >= a_second * 2;
            if gathered_all && !waiting.is_empty() {
                reading.push(self.read_backlogs(std::mem::take(&mut waiting)));
            }
            while deciding.len() < a_second * 2
                && let Some((one, backlog)) = read.pop_front()
            {
                deciding.push(self.decide_with_backlog(one, backlog, limits));
            }
        }
        done.sort_by(|(_, a), (_, b)| {
            (a.endpoint(), a.variant()).cmp(&(b.endpoint(), b.variant()))
        });
        (done, unread)
    }

    async fn look_in_turn<'a>(
        &self,
        turn: Turn,
        permit: Option<SemaphorePermit<'a>>,
        lists: &Lists<'_>,
        limits: Limits,
    ) -> Looked<'a> {
        let mut session = self.session_of_tick(&turn.route, limits);
        let looking = Box::pin(self.look_at_one(&turn.route, lists, &mut session));
        let done = match timeout_at(limits.deadline, looking).await {
            Ok(Ok(seen)) => {
                let policy = turn.route.policy();
                let verdict = decide(Trigger::Tick, &seen.observed, &policy, self.clock.now());
                if verdict == Verdict::ReadBacklog {
                    let effects = session.effects;
                    let one = NeedsBacklog { turn, seen, effects, _permit: permit };
                    return Looked::NeedsBacklog(Box::new(one));
                }
                self.decide_for(&turn.route, seen, session).await
            }
            Ok(Err(conclusion)) => session.result(None, conclusion),
            Err(_) => session.out_of_time(None, None).0,
        };
        Looked::Done(Box::new((turn, done)))
    }

    fn session_of_tick(&self, route: &Route, limits: Limits) -> Session<'_, A, C> {
        let subject = Subject::of_route(route, SignalKind::Tick, limits.mode);
        self.session_of(subject, Waits { deadline: limits.deadline })
    }

    /// Reads one endpoint. The conclusion if there is nothing to decide.
    async fn look_at_one(
        &self,
        route: &Route,
        lists: &Lists<'_>,
        session: &mut Session<'_, A, C>,
    ) -> Result<Seen, Conclusion> {
        let described = session.aws.endpoint_in_turn(&route.endpoint);
        let (answer, targets) = join(described, lists.targets.clone()).await;
        let namespace = Namespace { targets: Some(&targets), actions: &lists.actions };
        let (endpoint, variant) = match resolve(route, answer, false) {
            Ok(found) => found,
            Err(unresolved) => {
                session.effects.failures.extend(unresolved.failure);
                let mut conclusion = Conclusion::nothing(unresolved.reason);
                if unresolved.reason == Reason::EndpointUnreadable
                    && session.keep_record(route, &namespace).await
                {
                    conclusion.action = Action::Extend;
                }
                return Err(conclusion);
            }
        };
        let id = VariantId::new(&route.endpoint, &variant.name);
        self.remember_variant(&id.endpoint, &id.variant);
        let now = self.clock.now();
        // A list that could not be read is reported once, by the tick.
        let target = match targets.as_ref() {
            Ok(targets) => Read::Known(targets.get(&id).cloned()),
            Err(_) => Read::Failed,
        };
        let records = match &lists.actions {
            Ok(actions) => {
                let actions = actions.get(&id).map(Vec::as_slice).unwrap_or_default();
                Read::Known(Records::read(actions, &id, now))
            }
            Err(_) => Read::Failed,
        };
        let ledger = match &records {
            Read::Known(records)
                if route.results
                    && (records.watched(now) || self.only_observes() && is_up(&variant)) =>
            {
                let young = route.policy().young(now);
                let answer = session.items(&route.endpoint, young).await;
                self.ledger_seen(&route.endpoint, answer, session, young)
            }
            _ => LedgerSeen::NotRead,
        };
        let backlog = Backlog::NotRead;
        let observed = Observed { endpoint, variant, target, records, backlog, ledger };
        Ok(Seen { id, observed })
    }

    /// Decides about one endpoint, and carries out the decision.
    async fn decide_for(&self, route: &Route, seen: Seen, session: Session<'_, A, C>) -> Done {
        let policy = route.policy();
        let deciding =
            Box::pin(self.decide_and_carry_out(Trigger::Tick, seen, None, &policy, session));
        deciding.await.unwrap_or_else(|OutOfTime(done)| done)
    }

    /// Reads the backlogs in one call.
    async fn read_backlogs<'a>(
        &self,
        waiting: Vec<Box<NeedsBacklog<'a>>>,
    ) -> impl Iterator<Item = (Box<NeedsBacklog<'a>>, AwsResult<Vec<Datapoint>>)> + use<'a, A, C>
    {
        let names: Vec<&str> = waiting.iter().map(|one| one.seen.id.endpoint.as_str()).collect();
        let now = self.clock.now();
        let (from, until) = (now - LOOK_BACK, now + SignedDuration::from_mins(1));
        let answers = self.aws_for_ticks().backlogs(&names, from, until).await;
        waiting.into_iter().zip(answers)
    }

    async fn decide_with_backlog(
        &self,
        looked: Box<NeedsBacklog<'_>>,
        backlog: AwsResult<Vec<Datapoint>>,
        limits: Limits,
    ) -> (Turn, Done) {
        let NeedsBacklog { turn, mut seen, effects, _permit } = *looked;
        let mut session = Session { effects, ..self.session_of_tick(&turn.route, limits) };
        let datapoints = session.read(backlog).known();
        seen.observed.backlog = datapoints.map_or(Backlog::Unreadable, Backlog::Read);
        let done = self.decide_for(&turn.route, seen, session).await;
        (turn, done)
    }
}

/// What could not be read for a decision that is left to the next tick.
fn failures(
    (looked, backlog): (Box<NeedsBacklog<'_>>, AwsResult<Vec<Datapoint>>),
) -> impl Iterator<Item = Failure> {
    looked.effects.failures.into_iter().chain(backlog.err().map(Failure::Aws))
}

fn is_up(variant: &Variant) -> bool {
    variant.desired.is_some_and(|desired| desired > 0)
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// DescribeEndpoint failed. A record that would end soon is kept, with its end set to now, so that the
    /// first tick that reads the endpoint decides. Returns whether a record was written.
    async fn keep_record(&mut self, route: &Route, namespace: &Namespace<'_>) -> bool {
        let Ok(actions) = namespace.actions else { return false };
        if self.subject.observe_only {
            return false;
        }
        let of_route = actions.iter().filter(|(id, _)| {
            id.endpoint == route.endpoint
                && route.variant.as_ref().is_none_or(|variant| *variant == id.variant)
        });
        let mut written = false;
        for (id, actions) in of_route {
            let now = self.clock.now();
            let records = Records::read(actions, id, now);
            if records.exist() && runs_out(records.release_at(), now) {
                let target = namespace.target(id);
                let kept = records.to_extend();
                let at_release = at_release_beside_a_wake(target, &records, kept);
                let put = self.extend(id, (kept, now), at_release, &records).await;
                written = matches!(put, Put::Written(_));
            }
        }
        written
    }
}
