//! The registered scalable targets, for routes that cover more than one endpoint.
//!
//! If the key or the event contains the name, no listing is needed: the scalable target of that endpoint is
//! read, and shows whether it is registered. A listing is needed to find the endpoints that match a pattern,
//! the endpoint name in a key where several are possible, and the endpoints that a cut name can mean.

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

/// How long a listing is used for the names that it contains.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// How long a name that is not registered is not looked up again. A name that was not looked up before is
/// looked up immediately, so that the first input of a new endpoint does not wait.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);

/// Maximum number of names not known as registered that are looked up within a minute. Further names wait for
/// a listing, at most one in [`SETTLED`]. Otherwise each upload for an unregistered name would cost a call.
const MOST_LOOKS: usize = 10;

/// Maximum time that an invocation waits for a listing if an older one can be used instead.
const STALE_AFTER: Duration = Duration::from_secs(3);

/// Maximum time that it waits if there is no older listing: as long as the SDK tries.
const UNKNOWN_AFTER: Duration = Duration::from_secs(20);

/// Maximum number of names that are remembered as not registered.
const MOST_MISSED: usize = 1000;

/// The names of the registered endpoints. Unknown is not empty.
#[derive(Debug, Clone, Default)]
pub(super) enum Registry {
    /// They were never listed.
    #[default]
    Unknown,
    /// The last listing. It is used until there is a newer one.
    Known {
        /// The names.
        names: Arc<Registered>,
        /// When they were listed.
        at: Timestamp,
    },
}

impl Registry {
    /// The names, if the listing is not older than `span`.
    fn names_within(&self, span: SignedDuration, now: Timestamp) -> Option<Arc<Registered>> {
        match self {
            Self::Known { names, at } if is_within(span, *at, now) => Some(Arc::clone(names)),
            Self::Known { .. } | Self::Unknown => None,
        }
    }

    /// The names, regardless of the age of the listing.
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

/// What a container remembers for routes for several endpoints.
#[derive(Debug, Default)]
pub(super) struct Fleet {
    pub(super) registry: Registry,
    /// Names that were looked up one by one since the listing, and are registered.
    confirmed: HashSet<String>,
    /// Names that were looked up and are not registered, and when.
    missed: BTreeMap<String, Timestamp>,
    /// Names of [`Self::missed`] that were logged.
    logged: HashSet<String>,
    /// When names that are not known as registered were looked up, within the last minute.
    looks: Vec<Timestamp>,
    pub(super) newest: Newest,
    pub(super) models: Models,
}

impl Fleet {
    /// Whether this name is known as registered.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.registry.has(name) || self.confirmed.contains(name)
    }

    /// Whether this name was looked up a moment ago and is not registered.
    fn missed_just_now(&self, name: &str, now: Timestamp) -> bool {
        self.missed.get(name).is_some_and(|at| is_within(SETTLED, *at, now))
    }

    /// Whether one more name that is not known as registered may be looked up. If so, it is counted.
    fn takes_a_look(&mut self, now: Timestamp) -> bool {
        self.looks.retain(|at| is_within(FRESH, *at, now));
        let may = self.looks.len() < MOST_LOOKS;
        if may {
            self.looks.push(now);
        }
        may
    }
}

/// Whether the endpoint with a name from a key or an event is read.
pub(super) enum Admission {
    /// It is known as registered, or the read of its target will show that.
    Look,
    /// It is not registered.
    NotRegistered,
    /// It is not known now whether it is registered.
    Unknown(AwsFailure),
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Remembers a listing of all scalable targets.
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

    /// A listing. It is made at most once for an event.
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

    /// The names of a listing. It is made at most once for an event.
    pub(super) async fn list_names(
        &self,
        event: &Event<'_>,
    ) -> Result<Arc<Registered>, AwsFailure> {
        self.list(event).await?;
        Ok(self.memory().fleet.registry.names().unwrap_or_default())
    }

    /// Whether the endpoint with this name, which no route names, is read.
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

    /// The names of the last listing, and whether they must be listed again to answer questions about
    /// `lacking`: the names and patterns for which the listing has no endpoint.
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

    /// Remembers that `meant` is not registered. If `name` may be logged, it is logged once in a container.
    pub(super) fn miss(&self, meant: &str, name: Option<&str>) {
        let now = self.clock.now();
        let fleet = &mut self.memory().fleet;
        if fleet.missed.len() >= MOST_MISSED {
            fleet.missed.clear();
            fleet.logged.clear();
        }
        fleet.confirmed.remove(meant);
        fleet.missed.insert(meant.to_owned(), now);
        if let Some(name) = name
            && fleet.logged.insert(name.to_owned())
        {
            tracing::info!(
                endpoint = name,
                "ignored: no scalable target is registered for an endpoint of this name"
            );
        }
    }
}
