//! What a warm container remembers. It saves calls. Decisions never depend on it.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::{
    Done, Failure, Scaler, SignalKind, invocation::KnownUpload, long_wait::Since, registry::Fleet,
};
use crate::{
    config::Route,
    decide::Trigger,
    port::{Aws, Clock, VariantId},
    reason::Reason,
};

type Key = (String, Option<String>);

/// By endpoint, and by variant if the route names one.
#[derive(Debug, Default)]
pub(super) struct Memory {
    quiet: BTreeMap<Key, Quiet>,
    variant_seen: HashMap<String, String>,
    /// Inputs and invocations fail independently: only one of them depends on a write to the ledger.
    failing: BTreeMap<(Key, SignalKind), Failing>,
    pub(super) waiting: HashMap<VariantId, Since>,
    /// Since when the ledger could not be read, by endpoint.
    pub(super) ledger_unreadable: HashMap<String, Timestamp>,
    /// An upload that the ledger has, by endpoint.
    pub(super) known_upload: HashMap<String, KnownUpload>,
    pub(super) fleet: Fleet,
}

impl Memory {
    /// Forgets everything after a change of routes, except since when each endpoint waits.
    pub(super) fn forget_routes(&mut self) {
        *self = Self { waiting: std::mem::take(&mut self.waiting), ..Self::default() };
    }

    /// Remembers a likely variant of an endpoint that was not read yet.
    pub(super) fn guess_variant(&mut self, id: &VariantId) {
        if !self.variant_seen.contains_key(&id.endpoint) {
            self.variant_seen.insert(id.endpoint.clone(), id.variant.clone());
        }
    }
}

/// Inputs need no call to AWS: they would change nothing, for this reason.
#[derive(Debug, Clone, Copy)]
struct Quiet {
    since: Timestamp,
    until: Timestamp,
    reason: Reason,
}

/// Consecutive failed looks for inputs, or for invocations.
#[derive(Debug, Clone)]
struct Failing {
    looks: u32,
    since: Timestamp,
    until: Timestamp,
    reason: Reason,
    failures: Vec<Failure>,
}

/// The answer to an input that needs no look.
pub(super) struct Remembered {
    pub(super) reason: Reason,
    /// Why the last look failed: this input fails for the same reason.
    pub(super) failures: Vec<Failure>,
}

/// Maximum number of endpoints with failed looks that are remembered.
const MOST_FAILING: usize = 1000;

/// How long the result of a look is used for the next inputs if no lease covers them. Many uploads at once
/// cause one look, and a correction by the user takes effect soon.
const MOMENT: SignedDuration = SignedDuration::from_secs(2);

fn key(route: &Route) -> Key {
    (route.endpoint.clone(), route.variant.clone())
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Why an input or an invocation needs no look, if this container knows a reason. Usually it renewed or saw the
    /// lease less than W ago. Otherwise the last looks failed, and the next one is not due yet.
    pub(super) fn remembers(&self, route: &Route, signal: SignalKind) -> Option<Remembered> {
        let now = self.clock.now();
        let key = key(route);
        let memory = self.memory();
        // If the clock was set back, the memory is not used.
        let counts = |since: Timestamp, until: Timestamp| since <= now && now < until;
        if let Some(quiet) = memory.quiet.get(&key)
            && counts(quiet.since, quiet.until)
        {
            return Some(Remembered { reason: quiet.reason, failures: Vec::new() });
        }
        let failing = memory.failing.get(&(key, signal))?;
        counts(failing.since, failing.until)
            .then(|| Remembered { reason: failing.reason, failures: failing.failures.clone() })
    }

    /// Looks at an endpoint that fail repeatedly become less frequent, because the number of calls must not grow
    /// with uploads. After one or two failures, the next input causes a look. From the third consecutive
    /// failure on, inputs in the next 2^(n-2) seconds, at most W, fail without a look. n counts the failures.
    fn remember_failing(&self, route: &Route, done: &Done) {
        let now = self.clock.now();
        let failing = &mut self.memory().failing;
        let key = (key(route), done.subject.signal);
        let existing = failing.remove(&key);
        if done.failures().is_empty() {
            return;
        }
        if failing.len() >= MOST_FAILING {
            failing.clear();
        }
        let looks = existing.map_or(0, |existing| existing.looks) + 1;
        let seconds = if looks < 3 { 0 } else { 1_i64 << (looks - 2).min(6) };
        let until = now + SignedDuration::from_secs(seconds).min(route.policy().renewal_step());
        let failures = done.failures().to_vec();
        failing.insert(key, Failing { looks, since: now, until, reason: done.reason, failures });
    }

    /// Remembers the result of an input or a command if it saves calls for the next input. If no lease covers the
    /// next input, the time counts from the look, because the state was read then.
    pub(super) fn remember(
        &self,
        route: &Route,
        trigger: Trigger,
        looked_at: Timestamp,
        done: &Done,
    ) {
        if matches!(trigger, Trigger::Input | Trigger::InputInLedger | Trigger::Invocation) {
            self.remember_failing(route, done);
        }
        let policy = route.policy();
        let now = self.clock.now();
        let mut memory = self.memory();
        let asks_for_capacity = trigger.requests_capacity();
        // The memory is no longer valid after a sleep or a release, for any variant. After a failure, the next
        // input tries again.
        memory.quiet.retain(|(endpoint, _), _| *endpoint != route.endpoint);
        if !asks_for_capacity || !done.failures().is_empty() {
            return;
        }
        let (until, reason) = match done.reason {
            // An input cannot change anything for these endpoints.
            Reason::NotAsync
            | Reason::Serverless
            | Reason::ManagedInstanceScaling
            | Reason::MinCapacitySet => (Some(looked_at + policy.renewal_step()), done.reason),
            // No lease exists, so nothing would wake the endpoint later for inputs that cause no look.
            Reason::MaxIsZero | Reason::NotRegistered => (Some(looked_at + MOMENT), done.reason),
            // The lease covers an input if it ends at least one idle window after the input.
            _ => {
                let window = now + policy.renewal_step();
                let covered = done.effects.awake_until.map(|end| (end - policy.idle).min(window));
                // Beside a live record, an invocation writes nothing. Many at once cause one look.
                let moment = looked_at + MOMENT;
                let covered = match trigger {
                    Trigger::Invocation => covered.map(|covered| covered.max(moment)),
                    _ => covered,
                };
                (covered, Reason::LeaseFresh)
            }
        };
        if let Some(until) = until.filter(|until| *until > now) {
            memory.quiet.insert(key(route), Quiet { since: now, until, reason });
        }
    }

    /// The variant that the endpoint had last. With it, reads can start at the same time. It is compared with
    /// DescribeEndpoint each time.
    pub(super) fn variant_guess(&self, endpoint: &str) -> Option<String> {
        self.memory().variant_seen.get(endpoint).cloned()
    }

    pub(super) fn remember_variant(&self, endpoint: &str, variant: &str) {
        self.memory().variant_seen.insert(endpoint.to_owned(), variant.to_owned());
    }
}
