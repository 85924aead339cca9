//! What a warm container remembers: only what spares calls, never what a decision rests on.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::{Done, Failure, Scaler, long_wait::Since, registry::Fleet};
use crate::{
    config::Route,
    decide::Trigger,
    port::{Aws, Clock, VariantId},
    reason::Reason,
};

type Key = (String, Option<String>);

/// By endpoint and, where the route names one, variant.
#[derive(Debug, Default)]
pub(super) struct Memory {
    quiet: BTreeMap<Key, Quiet>,
    variant_seen: HashMap<String, String>,
    failing: BTreeMap<Key, Failing>,
    pub(super) waiting: HashMap<VariantId, Since>,
    pub(super) fleet: Fleet,
}

impl Memory {
    /// What outlasts a change of routes: since when each endpoint waits.
    pub(super) fn forget_routes(&mut self) {
        *self = Self { waiting: std::mem::take(&mut self.waiting), ..Self::default() };
    }

    /// Guesses the variant of an endpoint that was not looked at yet.
    pub(super) fn guess_variant(&mut self, id: &VariantId) {
        if !self.variant_seen.contains_key(&id.endpoint) {
            self.variant_seen.insert(id.endpoint.clone(), id.variant.clone());
        }
    }
}

/// Inputs need no look at AWS: they would change nothing, for this reason.
#[derive(Debug, Clone, Copy)]
struct Quiet {
    since: Timestamp,
    until: Timestamp,
    reason: Reason,
}

/// Looks of inputs that failed, one after the other.
#[derive(Debug, Clone)]
struct Failing {
    looks: u32,
    since: Timestamp,
    until: Timestamp,
    reason: Reason,
    failures: Vec<Failure>,
}

/// What an input is answered with that needs no look.
pub(super) struct Remembered {
    pub(super) reason: Reason,
    /// Why the last look failed: this input fails for the same reason.
    pub(super) failures: Vec<Failure>,
}

/// Endpoints whose looks fail, at most: so many are remembered.
const MOST_FAILING: usize = 1000;

/// How long an input's look holds for the next one where no lease remembers either: long enough
/// for a storm, short enough for a person who is just changing it.
const MOMENT: SignedDuration = SignedDuration::from_secs(2);

fn key(route: &Route) -> Key {
    (route.endpoint.clone(), route.variant.clone())
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Why an input needs no look, as far as this container knows: mostly, it renewed or saw the lease less
    /// than W ago. Or the last looks failed, and the next one is not due yet.
    pub(super) fn remembers(&self, route: &Route) -> Option<Remembered> {
        let now = self.clock.now();
        let key = key(route);
        let memory = self.memory();
        // A clock that was set back makes the memory worthless, not eternal.
        let counts = |since: Timestamp, until: Timestamp| since <= now && now < until;
        if let Some(quiet) = memory.quiet.get(&key)
            && counts(quiet.since, quiet.until)
        {
            return Some(Remembered { reason: quiet.reason, failures: Vec::new() });
        }
        let failing = memory.failing.get(&key)?;
        counts(failing.since, failing.until)
            .then(|| Remembered { reason: failing.reason, failures: failing.failures.clone() })
    }

    /// While looks at an endpoint fail, they become rarer: calls must not grow with uploads. Two
    /// failures may be chance, and the next input looks again. After n failures in a row, from the third on,
    /// inputs of the next 2^(n-2) seconds, at most W, fail without a look.
    fn remember_failing(&self, route: &Route, done: &Done) {
        let now = self.clock.now();
        let failing = &mut self.memory().failing;
        let standing = failing.remove(&key(route));
        if done.failures().is_empty() {
            return;
        }
        if failing.len() >= MOST_FAILING {
            failing.clear();
        }
        let looks = standing.map_or(0, |standing| standing.looks) + 1;
        let seconds = if looks < 3 { 0 } else { 1_i64 << (looks - 2).min(6) };
        let until = now + SignedDuration::from_secs(seconds).min(route.policy().renewal_step());
        let failures = done.failures().to_vec();
        failing.insert(
            key(route),
            Failing { looks, since: now, until, reason: done.reason, failures },
        );
    }

    /// Remembers what an input or a command found, where that spares the next input its calls. What no lease
    /// remembers holds from the look on: however long the rest took, it is as old as that.
    pub(super) fn remember(
        &self,
        route: &Route,
        trigger: Trigger,
        looked_at: Timestamp,
        done: &Done,
    ) {
        if trigger == Trigger::Input {
            self.remember_failing(route, done);
        }
        let policy = route.policy();
        let now = self.clock.now();
        let mut memory = self.memory();
        let asks_for_capacity = trigger.requests_capacity();
        // Sleeps, releases and the like end what was known, of whichever variant; and what failed
        // is tried again by whoever comes next.
        memory.quiet.retain(|(endpoint, _), _| *endpoint != route.endpoint);
        if !asks_for_capacity || !done.failures().is_empty() {
            return;
        }
        let (until, reason) = match done.reason {
            // Nothing that an input could move, whatever it does within the next minute.
            Reason::NotAsync
            | Reason::Serverless
            | Reason::ManagedInstanceScaling
            | Reason::MinCapacitySet => (Some(looked_at + policy.renewal_step()), done.reason),
            // No lease stands, so nothing would make good what is passed over meanwhile.
            Reason::MaxIsZero | Reason::NotRegistered => (Some(looked_at + MOMENT), done.reason),
            // The lease covers an input for as long as it ends an idle window later.
            _ => {
                let window = now + policy.renewal_step();
                let covered = done.effects.awake_until.map(|end| (end - policy.idle).min(window));
                (covered, Reason::LeaseFresh)
            }
        };
        if let Some(until) = until.filter(|until| *until > now) {
            memory.quiet.insert(key(route), Quiet { since: now, until, reason });
        }
    }

    /// The variant that the endpoint had last: a guess that lets reads start side by side, checked
    /// against DescribeEndpoint each time.
    pub(super) fn variant_guess(&self, endpoint: &str) -> Option<String> {
        self.memory().variant_seen.get(endpoint).cloned()
    }

    pub(super) fn remember_variant(&self, endpoint: &str, variant: &str) {
        self.memory().variant_seen.insert(endpoint.to_owned(), variant.to_owned());
    }
}
