//! The result as JSON. Times are in UTC.

use reactive_scaler::{
    report,
    scaler::{Done, Outcome},
};
use serde_json::{Value, json};

use super::{Account, wait::Ended};

/// The complete result.
pub fn of(account: &Account) -> String {
    let document = json!({
        "command": account.command,
        "endpoint": account.id.endpoint,
        "variant": account.id.variant,
        "region": account.region,
        "dry_run": account.dry_run,
        "ok": account.verdict.is_so(),
        "queued": account.verdict.is_queued(),
        "refusal": account.verdict.message(&account.id).filter(|_| !account.verdict.is_queued()),
        "before": account.before,
        "planned": decision(&account.planned),
        "done": account.done.as_ref().map(decision),
        "after": account.after,
        "waited": account.waited.as_ref().map(|waited| json!({
            "seconds": waited.time.as_secs(),
            "reached": waited.ended == Ended::Reached,
        })),
    });
    format!("{document:#}\n")
}

/// The decision in the format of the function's answer.
fn decision(done: &Done) -> Value {
    let outcome = Outcome { done: vec![done.clone()], ..Outcome::default() };
    report::answer(&outcome)["decisions"][0].take()
}
