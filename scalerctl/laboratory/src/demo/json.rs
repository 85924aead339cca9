//! The demo as one JSON document.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    example,
    invocation::{CallView, Invocation},
    replay::Replayed,
    summary::Summary,
    target_tracking::{HIGH, LOW},
    timeline,
    upload_run::{Compared, UploadRun},
};

/// A run of the demo.
pub fn of_upload_run(
    run: &UploadRun,
    compared: &Compared,
    problems: &[String],
    verbose: bool,
) -> String {
    pretty(&json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "ok": problems.is_empty(),
        "problems": problems,
        "scene": {
            "endpoint": example::ENDPOINT,
            "variant": example::VARIANT,
            "routes": [run.route],
            "min_capacity": 0,
            "max_capacity": example::MAX,
            "metric_lag_seconds": run.metric_lag.as_secs(),
            "started_at": run.started_at,
            "uploaded_at": run.uploaded_at,
            "ended_at": run.ended_at,
        },
        "timeline": timeline::of(run),
        "invocations": invocations(&run.invocations, verbose),
        "end": run.end,
        "summary": Summary::of(run),
        "comparison": {
            "what": "target tracking on the same upload",
            "datapoints_to_scale_out": HIGH,
            "datapoints_to_scale_in": LOW,
            "target_tracking": compared.target_tracking,
            "without_results": compared.without_results,
        },
    }))
}

/// Replayed events.
pub fn of_replay(replayed: &Replayed, problems: &[String], verbose: bool) -> String {
    pretty(&json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "ok": problems.is_empty(),
        "problems": problems,
        "scene": { "routes": replayed.routes },
        "invocations": invocations(&replayed.invocations, verbose),
    }))
}

fn invocations(invocations: &[Invocation], verbose: bool) -> Vec<Value> {
    invocations.iter().map(|invocation| of_invocation(invocation, verbose)).collect()
}

fn of_invocation(invocation: &Invocation, verbose: bool) -> Value {
    let calls: Vec<CallView<'_>> = invocation.calls.iter().map(CallView::of).collect();
    let mut value = json!({
        "at": invocation.at,
        "trigger": invocation.trigger,
        "took_ms": invocation.took_ms(),
        "calls": calls,
        "after": invocation.after,
    });
    match &invocation.answer {
        Ok(answer) => value["answer"] = answer.clone(),
        Err(error) => {
            value["error"] = json!({ "errorType": error.kind, "errorMessage": error.message });
        }
    }
    if verbose {
        value["log"] = json!(invocation.log);
    }
    value
}

fn pretty(document: &impl Serialize) -> String {
    // A `Value` can always be serialized.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    text + "\n"
}
