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

/// Of more matching endpoints than that, the newest is looked for among the last in the alphabet,
/// which is where timestamps put it. All of them are read at the same time.
const MOST_CANDIDATES: usize = 50;

/// How long what was found counts.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// How long it counts where some could not be read.
const GUESS: SignedDuration = SignedDuration::from_secs(5);

/// How long the first answer is waited for.
const FIRST: Duration = Duration::from_secs(10);

/// How long the others are waited for once there is one.
const STRAGGLERS: Duration = Duration::from_secs(2);

/// What a container remembers of them.
#[derive(Debug, Default)]
pub(super) struct Newest {
    found: BTreeMap<String, Found>,
    /// `CreationTime` by name: what a candidate that cannot be read is judged by.
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
    /// Forgets what is not registered any more.
    pub(super) fn keep_only(&mut self, names: &Registered) {
        self.created.retain(|name, _| names.contains(name));
        self.found.retain(|_, found| names.contains(&found.name));
    }
}

/// Whom an input by pattern goes to.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// The newest of those that could be read.
    pub(super) best: Option<String>,
    /// One that could not be read, and may be newer: it is served unless it was created before this.
    pub(super) perhaps: Option<(String, Option<Timestamp>)>,
    /// Why it cannot be told for sure.
    pub(super) failures: Vec<AwsFailure>,
}

/// A candidate: whether it can serve, and since when it exists.
type Rank = (bool, Option<Timestamp>);

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// The newest async endpoint that is in service or on its way; where none is, the newest. What was
    /// found a moment ago is taken as it is.
    ///
    /// A candidate that does not answer holds up nobody for longer than [`STRAGGLERS`]. If it is known to be
    /// older, it is passed over. Else it may be the newest: one of those is served beside the best of the
    /// others, so that its lease remembers the input.
    pub(super) async fn newest(&self, pattern: &str, matching: &[&str], waits: Waits) -> Chosen {
        let now = self.clock.now();
        let standing = self.memory().fleet.newest.found.get(pattern).cloned();
        if let Some(found) = standing
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
        // What is known to be older, or is the best by what is known of it, is no reason to fail: the
        // look at the best says itself what fails there.
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
