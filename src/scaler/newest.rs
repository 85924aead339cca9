//! Which of the endpoints that match a pattern is the newest.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, timeout_at};

use super::{Scaler, SignalKind, age::is_within, deadline::Waits};
use crate::{
    fleet::Registered,
    port::{Aws, AwsFailure, Clock, EndpointStatus, Endpoints},
};

/// Maximum number of endpoints that are read, all at the same time. If more endpoints match, only the last ones in
/// alphabetical order are read, because names that end with a timestamp sort by age.
const MOST_CANDIDATES: usize = 50;

/// How long a result is used.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// How long a result is used if some endpoints could not be read.
const GUESS: SignedDuration = SignedDuration::from_secs(5);

/// Maximum wait for the first answer.
const FIRST: Duration = Duration::from_secs(10);

/// Maximum wait for the other answers after the first one.
const STRAGGLERS: Duration = Duration::from_secs(2);

/// What a container remembers about the newest endpoints.
#[derive(Debug, Default)]
pub(super) struct Newest {
    found: BTreeMap<String, Found>,
    /// `CreationTime` by name, for candidates that cannot be read now.
    created: HashMap<String, Timestamp>,
}

/// The newest endpoint of a pattern.
#[derive(Debug, Clone)]
struct Found {
    name: String,
    at: Timestamp,
    counts_for: SignedDuration,
}

impl Newest {
    /// Forgets endpoints that are no longer registered.
    pub(super) fn keep_only(&mut self, names: &Registered) {
        self.created.retain(|name, _| names.contains(name));
        self.found.retain(|_, found| names.contains(&found.name));
    }
}

/// The endpoints that an input by pattern is for.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// The newest of those that could be read.
    pub(super) best: Option<String>,
    /// An endpoint that could not be read and may be newer. It is served unless it was created before this time.
    pub(super) perhaps: Option<(String, Option<Timestamp>)>,
    /// Why the newest endpoint is not certain.
    pub(super) failures: Vec<AwsFailure>,
}

/// The order of candidates: whether it can serve, and when it was created.
type Rank = (bool, Option<Timestamp>);

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// The newest async endpoint that is in service or becomes so. If there is none, the newest async endpoint. A
    /// recent result is used again.
    ///
    /// The wait for a candidate that does not answer is at most [`STRAGGLERS`]. If it is known to be older, it is
    /// ignored. Otherwise it may be the newest: one such candidate is served in addition to the newest of the
    /// others, so that its lease covers the input.
    pub(super) async fn newest(&self, pattern: &str, matching: &[&str], waits: Waits) -> Chosen {
        let now = self.clock.now();
        let existing = self.memory().fleet.newest.found.get(pattern).cloned();
        if let Some(found) = existing
            && is_within(found.counts_for, found.at, now)
            && matching.contains(&found.name.as_str())
        {
            return Chosen { best: Some(found.name), ..Chosen::default() };
        }
        let skip = matching.len().saturating_sub(MOST_CANDIDATES);
        let candidates = matching.get(skip..).unwrap_or_default();
        let chosen = match candidates {
            [only] => Chosen { best: Some((*only).to_owned()), ..Chosen::default() },
            several => self.newest_of(several, waits).await,
        };
        let counts_for = if chosen.failures.is_empty() { FRESH } else { GUESS };
        let found = &mut self.memory().fleet.newest.found;
        let perhaps = chosen.perhaps.as_ref().map(|(name, _)| name);
        match chosen.best.as_ref().or(perhaps) {
            Some(name) => {
                let found_now = Found { name: name.clone(), at: now, counts_for };
                found.insert(pattern.to_owned(), found_now);
            }
            None => _ = found.remove(pattern),
        }
        chosen
    }

    async fn newest_of(&self, candidates: &[&str], waits: Waits) -> Chosen {
        let first = waits.at_most(FIRST);
        let stragglers = waits.at_most(STRAGGLERS);
        let mut until = Instant::now() + first.span();
        let mut answers = stream::iter(candidates)
            .map(async |name| (*name, self.aws_for(SignalKind::Input).endpoint(name).await))
            .buffer_unordered(MOST_CANDIDATES);
        let mut unread: BTreeMap<&str, AwsFailure> = candidates
            .iter()
            .map(|name| (*name, stragglers.no_answer("DescribeEndpoint", name)))
            .collect();
        let mut ranks: Vec<(Rank, &str)> = Vec::new();
        while let Ok(Some((name, answer))) = timeout_at(until, answers.next()).await {
            match answer {
                Ok(found) => {
                    unread.remove(name);
                    until = until.min(Instant::now() + stragglers.span());
                    let Some(endpoint) = found.filter(|endpoint| endpoint.asynchronous) else {
                        continue;
                    };
                    if let Some(created) = endpoint.created_at {
                        let memory = &mut self.memory().fleet.newest;
                        memory.created.insert(name.to_owned(), created);
                    }
                    ranks.push(((can_serve(endpoint.status), endpoint.created_at), name));
                }
                Err(failure) => _ = unread.insert(name, failure),
            }
        }
        let mut unknown = Vec::new();
        for name in unread.keys() {
            match self.memory().fleet.newest.created.get(*name) {
                Some(created) => ranks.push(((true, Some(*created)), name)),
                None => unknown.push(*name),
            }
        }
        let best = ranks.into_iter().max_by_key(|(rank, _)| *rank);
        let bar = best.and_then(|((can_serve, created), _)| created.filter(|_| can_serve));
        let best = best.map(|(_, name)| name.to_owned());
        // A candidate with a known creation time is no failure here. If it is the newest, the look at it reports
        // its own failures.
        let perhaps = unknown.last().map(|name| ((*name).to_owned(), bar));
        let failures = unknown.iter().filter_map(|name| unread.remove(name)).collect();
        Chosen { best, perhaps, failures }
    }
}

fn can_serve(status: EndpointStatus) -> bool {
    matches!(
        status,
        EndpointStatus::InService
            | EndpointStatus::Creating
            | EndpointStatus::Updating
            | EndpointStatus::SystemUpdating
            | EndpointStatus::RollingBack
    )
}
