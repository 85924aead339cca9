//! What a warm container remembers: only what spares calls, never what a decision rests on.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::{Done, Scaler, overdue::Since, registry::Listing};
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
    pub(super) waiting: HashMap<VariantId, Since>,
    pub(super) listing: Option<Listing>,
    /// Names that were looked for in vain among what is registered, and said so.
    pub(super) missed: HashSet<String>,
}

impl Memory {
    /// What outlasts a change of routes: since when each endpoint waits.
    pub(super) fn forget_routes(&mut self) {
        *self = Self { waiting: std::mem::take(&mut self.waiting), ..Self::default() };
    }
}

/// Inputs need no look at AWS: they would change nothing, for this reason.
#[derive(Debug, Clone, Copy)]
struct Quiet {
    since: Timestamp,
    until: Timestamp,
    reason: Reason,
}

/// How long an input's look holds for the next one where no lease remembers either: long enough
/// for a storm, short enough for a person who is just changing it.
const MOMENT: SignedDuration = SignedDuration::from_secs(2);

fn key(route: &Route) -> Key {
    (route.endpoint.clone(), route.variant.clone())
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Why an input changes nothing, as far as this container knows: mostly, it renewed or saw
    /// the lease less than W ago.
    pub(super) fn remembers_quiet(&self, route: &Route) -> Option<Reason> {
        let now = self.clock.now();
        let quiet = self.memory().quiet.get(&key(route)).copied();
        // A clock that was set back makes the memory worthless, not eternal.
        quiet.filter(|quiet| quiet.since <= now && now < quiet.until).map(|quiet| quiet.reason)
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
        let policy = route.policy();
        let now = self.clock.now();
        let mut memory = self.memory();
        let asks_for_capacity = trigger.requests_capacity();
        // Sleeps, releases and the like end what was known, of whichever variant; and what failed
        // is tried again by whoever comes next.
        memory.quiet.retain(|(endpoint, _), _| *endpoint != route.endpoint);
        if !asks_for_capacity || !done.failures.is_empty() {
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
                let covered = done.awake_until.map(|end| (end - policy.idle).min(window));
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
