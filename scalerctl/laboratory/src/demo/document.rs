//! The demo as one JSON document.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    course::Course,
    invocation::{CallView, Invocation},
    replay::Replayed,
    scene,
    story::Story,
    summary::Summary,
    target_tracking::{HIGH, LOW},
    timeline,
};

/// The whole story.
pub fn of_story(story: &Story, instead: &Course, problems: &[String], verbose: bool) -> String {
    pretty(&json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "ok": problems.is_empty(),
        "problems": problems,
        "scene": {
            "endpoint": scene::ENDPOINT,
            "variant": scene::VARIANT,
            "routes": [scene::route()],
            "min_capacity": 0,
            "max_capacity": scene::MAX,
            "metric_lag_seconds": story.metric_lag.as_secs(),
            "started_at": story.started_at,
            "uploaded_at": story.uploaded_at,
            "ended_at": story.ended_at,
        },
        "timeline": timeline::of(story),
        "invocations": invocations(&story.invocations, verbose),
        "end": story.end,
        "summary": Summary::of(story),
        "comparison": {
            "what": "target tracking on the same upload",
            "datapoints_to_scale_out": HIGH,
            "datapoints_to_scale_in": LOW,
            "target_tracking": instead,
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
    // What json! has made can always be written.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    text + "\n"
}
