//! The result as JSON. Times are in UTC.

use reactive_scaler::{
    report,
    scaler::{Done, Outcome},
};
use serde_json::{Value, json};

use super::{CommandReport, CommandResult, message, wait::Ended};

/// The complete result.
pub fn of(report: &CommandReport) -> String {
    let document = json!({
        "command": report.command,
        "endpoint": report.id.endpoint,
        "variant": report.id.variant,
        "region": report.region,
        "dry_run": report.dry_run,
        "ok": report.verdict.succeeded(),
        "queued": report.verdict.is_queued(),
        "incomplete": report.verdict == CommandResult::Incomplete,
        "refusal": message::of(report).filter(|_| !report.verdict.is_queued()),
        "asked_until": report.asked.as_ref().map(|end| end.at),
        "before": report.before,
        "planned": decision(&report.planned),
        "done": report.done.as_ref().map(decision),
        "after": report.after,
        "waited": report.waited.as_ref().map(|waited| json!({
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
