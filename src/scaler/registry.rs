//! What is registered, for routes that cover more than one endpoint.
//!
//! A name that stands in the key or the event needs no listing: the scalable target of that one name is
//! read, beside the endpoint, and says whether it is registered. The listing is for what only it can tell:
//! which endpoints match a pattern, which of several names stands in a key, for what a cut name stands.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use super::{
    Scaler, SignalKind, age::is_within, deadline::Waits, event::Event, models::Models,
    newest::Newest,
};
use crate::{
    fleet::Registered,
    port::{Aws, AwsFailure, Clock, ScalableTarget, Scaling},
};
use jiff::{SignedDuration, Timestamp};

/// How long a listing counts for the names that it has.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// How long a name that is not registered is not looked for again. One that was never missed before is
/// looked for at once: a new endpoint's first input does not wait.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);

/// So many names that are not known as registered are looked at within a minute; more of them wait for a
/// listing, one in [`SETTLED`]: uploads for names that nobody registered must not cost calls each.
const MOST_LOOKS: usize = 10;

/// An invocation waits no longer than that for a listing where an older one stands in for it.
const STALE_AFTER: Duration = Duration::from_secs(3);

/// It waits that long where it knows nothing: as long as the SDK tries.
const UNKNOWN_AFTER: Duration = Duration::from_secs(20);

/// Names that are remembered as missing, at most.
const MOST_MISSED: usize = 1000;

/// The names of the registered endpoints. Unknown is not empty.
#[derive(Debug, Clone, Default)]
pub(super) enum Registry {
    /// They were never listed.
    #[default]
    Unknown,
    /// They were listed then; however old, the last listing counts until there is another.
    Known {
        /// The names.
        names: Arc<Registered>,
        /// When they were listed.
        at: Timestamp,
    },
}

impl Registry {
    /// The names, if they were listed no longer ago than that.
    fn names_within(&self, span: SignedDuration, now: Timestamp) -> Option<Arc<Registered>> {
        match self {
            Self::Known { names, at } if is_within(span, *at, now) => Some(Arc::clone(names)),
            Self::Known { .. } | Self::Unknown => None,
        }
    }

    /// The names, however old.
    pub(super) fn names(&self) -> Option<Arc<Registered>> {
        match self {
            Self::Known { names, .. } => Some(Arc::clone(names)),
            Self::Unknown => None,
        }
    }

    fn has(&self, name: &str) -> bool {
        matches!(self, Self::Known { names, .. } if names.contains(name))
    }
}

/// What a container remembers of routes for several endpoints.
#[derive(Debug, Default)]
pub(super) struct Fleet {
    pub(super) registry: Registry,
    /// Names that were found registered one by one since the listing.
    confirmed: HashSet<String>,
    /// Names that were looked for in vain, and when.
    missed: BTreeMap<String, Timestamp>,
    /// Names of [`Self::missed`] that the log has told of.
    said: HashSet<String>,
    /// When names that are not known as registered were looked at, within a minute.
    looks: Vec<Timestamp>,
    pub(super) newest: Newest,
    pub(super) models: Models,
}

impl Fleet {
    /// Whether this name is known as registered.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.registry.has(name) || self.confirmed.contains(name)
    }

    /// Whether this name was looked for in vain a moment ago.
    fn missed_just_now(&self, name: &str, now: Timestamp) -> bool {
        self.missed.get(name).is_some_and(|at| is_within(SETTLED, *at, now))
    }

    /// Whether one more name may be looked at that is not known as registered; then it is counted.
    fn takes_a_look(&mut self, now: Timestamp) -> bool {
        self.looks.retain(|at| is_within(FRESH, *at, now));
        let may = self.looks.len() < MOST_LOOKS;
        if may {
            self.looks.push(now);
        }
        may
    }
}

/// Whether a name of a key or an event is to be looked at.
pub(super) enum Admission {
    /// Yes: it is known as registered, or its target will tell.
    Look,
    /// No: it is not registered.
    NotRegistered,
    /// It cannot be told now.
    Unknown(AwsFailure),
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Takes over what a listing of all scalable targets says.
    pub(super) fn registry_seen(&self, targets: &[ScalableTarget]) {
        let names: Arc<Registered> =
            Arc::new(targets.iter().map(|target| target.id.endpoint.clone()).collect());
        let mut memory = self.memory();
        for target in targets {
            memory.guess_variant(&target.id);
        }
        let fleet = &mut memory.fleet;
        fleet.confirmed.clear();
        fleet.newest.keep_only(&names);
        fleet.models.keep_only(&names);
        fleet.registry = Registry::Known { names, at: self.clock.now() };
    }

    /// A listing, made once in an event.
    pub(super) async fn list(
        &self,
        event: &Event<'_>,
    ) -> Result<Arc<[ScalableTarget]>, AwsFailure> {
        let list = async {
            let listing = self.aws_for(SignalKind::Input).targets();
            let wait = event.waits.at_most(UNKNOWN_AFTER);
            let targets = wait.answer("DescribeScalableTargets", "*", listing).await?;
            self.registry_seen(&targets);
            Ok(targets.into())
        };
        event.listing.get_or_init(|| list).await.clone()
    }

    /// The names of a listing, made once in an event.
    pub(super) async fn list_names(
        &self,
        event: &Event<'_>,
    ) -> Result<Arc<Registered>, AwsFailure> {
        self.list(event).await?;
        Ok(self.memory().fleet.registry.names().unwrap_or_default())
    }

    /// Whether this name, which is in no route, is to be looked at.
    pub(super) async fn admits(&self, name: &str, event: &Event<'_>) -> Admission {
        let now = self.clock.now();
        let listed = {
            let fleet = &mut self.memory().fleet;
            if fleet.knows(name) {
                return Admission::Look;
            }
            if fleet.missed_just_now(name, now) {
                return Admission::NotRegistered;
            }
            if fleet.takes_a_look(now) {
                return Admission::Look;
            }
            fleet.registry.names_within(SETTLED, now)
        };
        let listed = match listed {
            Some(names) => Ok(names),
            None => self.list_names(event).await,
        };
        match listed {
            Ok(names) if names.contains(name) => Admission::Look,
            Ok(_) => Admission::NotRegistered,
            Err(failure) => Admission::Unknown(failure),
        }
    }

    /// Names as far as they were listed, and whether they must be listed again to answer questions about
    /// `lacking`: what the listing has no endpoint for.
    pub(super) fn listed(
        &self,
        lacking: impl FnOnce(&Registered) -> BTreeSet<String>,
    ) -> (Option<Arc<Registered>>, bool) {
        let now = self.clock.now();
        let fleet = &mut self.memory().fleet;
        let Some(names) = fleet.registry.names_within(FRESH, now) else {
            return (fleet.registry.names(), true);
        };
        let is_settled = fleet.registry.names_within(SETTLED, now).is_some();
        let look_again = lacking(&names).iter().any(|name| {
            !fleet.missed_just_now(name, now) && (!is_settled || fleet.takes_a_look(now))
        });
        (Some(names), look_again)
    }

    /// How long questions wait for a listing.
    pub(super) fn patience(&self, known: bool, waits: Waits) -> Duration {
        waits.at_most(if known { STALE_AFTER } else { UNKNOWN_AFTER }).span()
    }

    /// Remembers that this name is registered.
    pub(super) fn confirm(&self, name: &str) {
        let fleet = &mut self.memory().fleet;
        fleet.missed.remove(name);
        if !fleet.knows(name) {
            fleet.confirmed.insert(name.to_owned());
        }
    }

    /// Remembers that what signals meant by this is not registered, and says so once in a container, by the
    /// name that may be said.
    pub(super) fn miss(&self, meant: &str, name: Option<&str>) {
        let now = self.clock.now();
        let fleet = &mut self.memory().fleet;
        if fleet.missed.len() >= MOST_MISSED {
            fleet.missed.clear();
            fleet.said.clear();
        }
        fleet.confirmed.remove(meant);
        fleet.missed.insert(meant.to_owned(), now);
        if let Some(name) = name
            && fleet.said.insert(name.to_owned())
        {
            tracing::info!(
                endpoint = name,
                "ignored: no scalable target is registered for an endpoint of this name"
            );
        }
    }
}
