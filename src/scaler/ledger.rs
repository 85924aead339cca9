//! Records inputs and results in the ledger, and reads it.

use std::{future::ready, time::Duration};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::{Failure, Scaler, event::Event, session::Session, unit::Unit};
use crate::{
    config::{Mode, Policy},
    decide::{LedgerAtSleep, LedgerSeen, Trigger},
    ledger::{Location, Reading, RequestResult, Upload, to_delete},
    port::{Aws, AwsFailure, AwsResult, Clock, Ledger, WithLedger},
    signal::What,
};

/// Maximum time that an invocation waits for the ledger to take its inputs.
const WRITE: Duration = Duration::from_secs(3);

/// Maximum time that it waits for the items.
const READ: Duration = Duration::from_secs(10);

/// Maximum time that a look of a sleep waits for the items. A ledger that does not answer must not make the look slow.
/// Otherwise the metric could not decide without the ledger.
const READ_AT_SLEEP: Duration = Duration::from_millis(2500);

/// Maximum number of calls for items at the same time.
pub(super) const AT_ONCE: usize = 64;

/// Whether the ledger has the inputs of a unit.
#[derive(Debug)]
pub(super) enum Recorded {
    /// The results are not connected, or the unit has no inputs.
    NotUsed,
    /// It has all of them.
    Yes,
    /// It does not have all of them. The failure, unless the event does not identify an upload.
    No(Option<AwsFailure>),
}

impl Recorded {
    /// The trigger of a decision about these inputs.
    pub(super) fn applied(&self, trigger: Trigger) -> Trigger {
        match (self, trigger) {
            (Self::Yes, Trigger::Input) => Trigger::InputInLedger,
            (Self::NotUsed | Self::Yes | Self::No(_), other) => other,
        }
    }

    /// Why the ledger does not have the inputs.
    pub(super) fn failure(self) -> Option<AwsFailure> {
        match self {
            Self::No(failure) => failure,
            Self::NotUsed | Self::Yes => None,
        }
    }
}

/// Of two failed writes, the one that is reported: what a repetition cannot repair, or else the first.
fn worse(first: Option<AwsFailure>, second: Option<AwsFailure>) -> Option<AwsFailure> {
    match (&first, &second) {
        (Some(one), Some(other)) if one.kind.may_pass() && !other.kind.may_pass() => second,
        _ => first.or(second),
    }
}

/// A write that was not answered in time.
fn no_answer(endpoint: &str) -> AwsFailure {
    AwsFailure::unanswered("UpdateItem", endpoint)
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Whether the ledger records the signals of this unit. A request to observe writes nothing. A function that only
    /// observes writes its ledger, so that its answers say what would be done.
    pub(super) fn records_in_ledger(&self, unit: &Unit<'_>, event: &Event<'_>) -> bool {
        unit.route.results
            && !unit.one_of_several
            && !unit.name_was_cut
            && (event.mode == Mode::Act || self.only_observes())
    }

    /// Records the inputs of a unit.
    pub(super) async fn record_inputs(&self, unit: &Unit<'_>, event: &Event<'_>) -> Recorded {
        if !self.records_in_ledger(unit, event) {
            return Recorded::NotUsed;
        }
        let inputs = unit.in_event(event.signals).filter_map(|what| match what {
            What::Input { bucket, key, at, upload_id } => Some((bucket, key, at, upload_id)),
            _ => None,
        });
        let endpoint = unit.route.endpoint.as_str();
        let now = self.clock.now();
        let aws = &self.aws;
        let writes = stream::iter(inputs)
            .map(async |(bucket, key, at, upload_id)| {
                let (Some(location), Some(id)) = (Location::of_object(bucket, key), upload_id)
                else {
                    return Err(None);
                };
                let upload = Upload { id: id.clone(), created_at: *at };
                aws.ledger().add_upload(endpoint, &location, &upload, now).await.map_err(Some)
            })
            .buffer_unordered(AT_ONCE);
        let (mut has_all, mut failed) = (true, None);
        let all = writes.for_each(|one| {
            if let Err(failure) = one {
                (has_all, failed) = (false, worse(failed.take(), failure));
            }
            ready(())
        });
        let until = (Instant::now() + WRITE).min(event.waits.deadline);
        let is_over = timeout_at(until, all).await.is_err();
        if has_all && !is_over {
            return Recorded::Yes;
        }
        // A failure says more than the end of the wait for the other writes.
        Recorded::No(failed.or_else(|| is_over.then(|| no_answer(endpoint))))
    }

    /// Records the results of a unit. Returns whether there was one to record, and what failed.
    pub(super) async fn record_results(
        &self,
        unit: &Unit<'_>,
        event: &Event<'_>,
    ) -> (bool, Option<AwsFailure>) {
        if !self.records_in_ledger(unit, event) {
            return (false, None);
        }
        let results: Vec<(&Location, RequestResult)> = unit
            .in_event(event.signals)
            .filter_map(|what| match what {
                What::Result {
                    input: Some(input),
                    inference_id: Some(inference_id),
                    received_at,
                    ..
                } => {
                    let (inference_id, received_at) = (inference_id.clone(), *received_at);
                    Some((input, RequestResult { inference_id, received_at }))
                }
                _ => None,
            })
            .collect();
        let endpoint = unit.route.endpoint.as_str();
        let now = self.clock.now();
        let aws = &self.aws;
        let writes = stream::iter(&results)
            .map(|(location, result)| aws.ledger().add_result(endpoint, location, result, now))
            .buffer_unordered(AT_ONCE);
        let mut failed = None;
        let all = writes.for_each(|one| {
            failed = worse(failed.take(), one.err());
            ready(())
        });
        let is_over = timeout_at(event.waits.deadline, all).await.is_err();
        (!results.is_empty(), failed.or_else(|| is_over.then(|| no_answer(endpoint))))
    }

    /// What the ledger says about an endpoint. `since` of an unreadable ledger is remembered by the container.
    pub(super) fn ledger_seen(
        &self,
        endpoint: &str,
        answer: AwsResult<Reading>,
        session: &mut Session<'_, A, C>,
        young: Timestamp,
    ) -> LedgerSeen {
        let since = self.clock.now();
        let seen = session.ledger_seen(endpoint, answer, young, since);
        let unreadable = &mut self.memory().ledger_unreadable;
        match seen {
            LedgerSeen::Unreadable { part, .. } => {
                let since = *unreadable.entry(endpoint.to_owned()).or_insert(since);
                LedgerSeen::Unreadable { since, part }
            }
            LedgerSeen::Read(_) | LedgerSeen::NotRead => {
                unreadable.remove(endpoint);
                seen
            }
        }
    }
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// Reads the items of an endpoint, until an outstanding one is found that was touched at `young` or later.
    pub(super) async fn items(&self, endpoint: &str, young: Timestamp) -> AwsResult<Reading> {
        self.items_within(READ, endpoint, young).await
    }

    pub(super) async fn items_within(
        &self,
        bound: Duration,
        endpoint: &str,
        young: Timestamp,
    ) -> AwsResult<Reading> {
        let reading = self.aws.ledger().reading(endpoint, self.clock.now(), young);
        self.waits.at_most(bound).answer("Query", endpoint, reading).await
    }

    /// What the items say. A ledger that is too large to be read to its end counts as unreadable, unless what was read
    /// shows work.
    pub(super) fn ledger_seen(
        &mut self,
        endpoint: &str,
        answer: AwsResult<Reading>,
        young: Timestamp,
        now: Timestamp,
    ) -> LedgerSeen {
        let Some(reading) = self.read(answer).known() else {
            return LedgerSeen::Unreadable { since: now, part: Vec::new() };
        };
        if reading.complete
            || reading.summary().is_some_and(|summary| summary.young_outstanding(young))
        {
            return LedgerSeen::Read(reading);
        }
        let too_large = Failure::LedgerTooLarge { endpoint: endpoint.to_owned() };
        // The looks of a sleep find the same.
        if !self.effects.failures.contains(&too_large) {
            self.effects.failures.push(too_large);
        }
        LedgerSeen::Unreadable { since: now, part: reading.items }
    }

    /// Reads the ledger for a look of a sleep. `None` if the sleep does not depend on it.
    pub(super) async fn read_ledger_at_sleep(
        &self,
        endpoint: &str,
        ledger: LedgerAtSleep,
    ) -> Option<AwsResult<Reading>> {
        match ledger {
            LedgerAtSleep::NotUsed => None,
            LedgerAtSleep::Done | LedgerAtSleep::NoneSince(_) => {
                Some(self.items_within(READ_AT_SLEEP, endpoint, ledger.since()).await)
            }
        }
    }

    /// What a look of a sleep has read.
    pub(super) fn seen_at_sleep(
        &mut self,
        endpoint: &str,
        answer: Option<AwsResult<Reading>>,
        ledger: LedgerAtSleep,
    ) -> LedgerSeen {
        let now = self.clock.now();
        match answer {
            Some(answer) => self.ledger_seen(endpoint, answer, ledger.since(), now),
            None => LedgerSeen::NotRead,
        }
    }

    /// Deletes the items that are no longer needed.
    pub(super) async fn delete_old_items(&mut self, endpoint: &str, seen: &LedgerSeen) {
        let items = match seen {
            LedgerSeen::Read(reading) => &reading.items,
            LedgerSeen::Unreadable { part, .. } => part,
            LedgerSeen::NotRead => return,
        };
        let aws = self.aws;
        let old = to_delete(items, self.clock.now());
        let deleting = stream::iter(old)
            .map(|item| aws.ledger().delete_unchanged(endpoint, item))
            .buffer_unordered(AT_ONCE);
        let answers: Vec<_> = deleting.collect().await;
        // The table deletes them later if this fails.
        answers.into_iter().filter_map(Result::err).for_each(|failure| self.fail(failure));
    }
}

impl Policy {
    /// Outstanding items that were touched at this time or later prevent every sleep by the metric at `now` or before.
    pub(super) fn young(&self, now: Timestamp) -> Timestamp {
        self.last_input(now)
    }
}
