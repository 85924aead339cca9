//! What the function's ledger says about an endpoint: uploads and results.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    aws::SdkAws,
    ledger::{MAX_PAGES, Reading, Verdict},
    port::Ledger,
};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::{
    account::CallError,
    monitoring::{Account, Connection, Source},
};
use scalerctl_console::Failure;

/// Number of endpoints whose items are read at the same time.
const AT_ONCE: usize = 8;

/// The uploads and results of an endpoint that the function has recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Uploads {
    /// The number of uploads without a result.
    pub outstanding: usize,
    /// When the oldest of them was created.
    pub oldest_at: Option<Timestamp>,
    /// Its age.
    pub oldest_seconds: Option<i64>,
    /// When the newest result came.
    pub newest_result_at: Option<Timestamp>,
    /// Every upload has a result, and the newest was `idle_minutes` old at this time. The next tick scales in if the
    /// endpoint is up, without a lease or hold.
    pub done_since: Option<Timestamp>,
}

/// For each endpoint with connected results: its uploads, or why they are not known and what to do.
pub type UploadsByEndpoint = BTreeMap<String, Result<Uploads, String>>;

/// Reads the ledger of the function that the arguments name.
///
/// # Errors
/// [`Failure::NotOk`] if a call did not finish. A call that failed is the result of its endpoint.
pub async fn read_all(
    account: &Account,
    source: &Source,
    endpoints: &[String],
    now: Timestamp,
) -> Result<UploadsByEndpoint, Failure> {
    let mut found = UploadsByEndpoint::new();
    let Some(deployed) = &source.deployed else { return Ok(found) };
    let mut connected = Vec::new();
    for name in endpoints {
        match (deployed.connection(name), &deployed.table) {
            (Connection::NotConnected, _) | (Connection::Unknown, None) => {}
            (Connection::Connected { done_after }, Some(_)) => {
                connected.push((name.clone(), Some(done_after)));
            }
            (Connection::Unknown, Some(_)) => connected.push((name.clone(), None)),
            (Connection::Connected { .. }, None) => {
                let problem = "the route has \"results\": true, but SCALER_LEDGER of the function names no table, so \
                               the function does not start (what to do: set SCALER_LEDGER)";
                found.insert(name.clone(), Err(problem.to_owned()));
            }
        }
    }
    let ledger = Arc::new(account.ledger(deployed.table.as_deref().unwrap_or_default()));
    for chunk in connected.chunks(AT_ONCE) {
        let mut asked = JoinSet::new();
        for (name, done_after) in chunk.iter().cloned() {
            let ledger = ledger.clone();
            asked.spawn(async move {
                let uploads = read(&ledger, &name, done_after, now).await;
                (name, uploads)
            });
        }
        while let Some(answered) = asked.join_next().await {
            let (name, uploads) = answered
                .map_err(|error| Failure::NotOk(format!("a call did not finish: {error}")))?;
            found.insert(name, uploads);
        }
    }
    Ok(found)
}

/// Reads the items of one endpoint to their end, as far as the function does.
async fn read(
    ledger: &SdkAws,
    endpoint: &str,
    done_after: Option<SignedDuration>,
    now: Timestamp,
) -> Result<Uploads, String> {
    let read = ledger.reading(endpoint, now, Timestamp::MAX).await;
    let reading = read.map_err(|failure| CallError::from(failure).with_advice())?;
    if reading.complete {
        return Ok(Uploads::of(&reading, done_after, now));
    }
    Err(format!(
        "dynamodb:Query: the ledger has more than {MAX_PAGES} pages of items of this endpoint, at least {} of them \
         without a result; the function cannot read them either, so only the metric scales in (what to do: wait, \
         ticks delete items an hour after their newest event; if there are always so many, set \"results\": false)",
        Uploads::of(&reading, None, now).outstanding
    ))
}

impl Uploads {
    fn of(reading: &Reading, done_after: Option<SignedDuration>, now: Timestamp) -> Self {
        let summary = reading.summary().unwrap_or_default();
        let done_since = done_after.and_then(|after| match reading.verdict(now, after) {
            Verdict::Done { since } => Some(since + after),
            Verdict::Outstanding { .. } | Verdict::Unknown(_) => None,
        });
        Self {
            outstanding: summary.outstanding,
            oldest_at: summary.oldest_outstanding,
            oldest_seconds: summary
                .oldest_outstanding
                .map(|at| now.duration_since(at).as_secs().max(0)),
            newest_result_at: summary.newest_result,
            done_since,
        }
    }
}
