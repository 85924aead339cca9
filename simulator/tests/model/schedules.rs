//! EventBridge Scheduler: schedules over HTTP, and what their targets receive.

use serde_json::{Value, json};
use simulator::{LoopbackAws, Simulator, World};

use crate::{
    setup::*,
    wire::{loopback, rest},
};

const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";
const ROLE: &str = "arn:aws:iam::123456789012:role/scheduler";

async fn with_schedule(expression: &str, target: Value, more: Value) -> (Simulator, LoopbackAws) {
    let (sim, aws) = loopback(World::new(start())).await;
    let (status, answer) =
        rest(&aws, "POST", "/schedules/ticks", &put(expression, target, more)).await;
    assert_eq!(status, 200, "{answer}");
    let arn = "arn:aws:scheduler:eu-central-1:123456789012:schedule/default/ticks";
    assert_eq!(answer, json!({ "ScheduleArn": arn }));
    (sim, aws)
}

fn put(expression: &str, target: Value, more: Value) -> Value {
    let mut put = json!({
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": { "Arn": FUNCTION, "RoleArn": ROLE },
    });
    put["Target"].as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
    put.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    put
}

/// The times at which the function is invoked within so many minutes.
fn runs(sim: &Simulator, minutes: u64) -> Vec<String> {
    sim.advance(mins(minutes));
    let invocations = sim.with(World::take_invocations);
    invocations.iter().map(|it| it.at.strftime("%H:%M:%S").to_string()).collect()
}

#[tokio::test]
async fn a_schedule_runs_at_its_times() {
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    for (expression, more, expected) in [
        ("rate(2 minutes)", json!({}), &["14:02:00", "14:04:00"][..]),
        (
            "cron(3 15 * * ? *)",
            json!({ "ScheduleExpressionTimezone": "Europe/Berlin" }),
            &["14:03:00"],
        ),
        ("at(2030-01-07T14:04:00)", json!({}), &["14:04:00"]),
        ("at(2030-01-07T13:59:00)", json!({}), &[]),
        ("rate(1 minute)", json!({ "State": "DISABLED" }), &[]),
        (
            "rate(2 minutes)",
            json!({ "StartDate": at("2030-01-07T14:01:00Z"), "EndDate": at("2030-01-07T14:03:00Z") }),
            &["14:01:00", "14:03:00"],
        ),
    ] {
        let (sim, _aws) = with_schedule(expression, json!({}), more).await;
        assert_eq!(runs(&sim, 5), expected, "{expression}");
    }
}

#[tokio::test]
async fn a_target_receives_its_input_or_the_event_of_scheduler() {
    let (sim, _aws) = with_schedule("rate(1 minute)", json!({}), json!({})).await;
    sim.advance(mins(1));
    let own = sim.with(World::take_invocations);
    assert_eq!((own[0].to.as_str(), own[0].from.as_ref()), (FUNCTION, "scheduler.amazonaws.com"));
    assert_eq!(own[0].body["source"], "aws.scheduler");
    assert_eq!(own[0].body["detail-type"], "Scheduled Event");
    assert_eq!(own[0].body["time"], "2030-01-07T14:01:00Z");
    assert_eq!(own[0].body["detail"], "{}");
    let invoke = "arn:aws:scheduler:::aws-sdk:lambda:invoke";
    let request = json!({ "FunctionName": "my-scaler", "Qualifier": "tick", "Payload": r#"{"action":"tick"}"# });
    for (target, to, body) in [
        (
            json!({ "Input": r#"{"at":"<aws.scheduler.scheduled-time>"}"# }),
            FUNCTION,
            json!({ "at": "2030-01-07T14:01:00Z" }),
        ),
        (
            json!({ "Arn": invoke, "Input": request.to_string() }),
            &*format!("{FUNCTION}:tick"),
            json!({ "action": "tick" }),
        ),
    ] {
        let (sim, _aws) = with_schedule("rate(1 minute)", target, json!({})).await;
        sim.advance(mins(1));
        let sent = sim.with(World::take_invocations);
        assert_eq!((sent[0].to.as_str(), &sent[0].body), (to, &body));
    }
}

#[tokio::test]
async fn a_schedule_is_described_updated_listed_and_deleted() {
    let (sim, aws) = with_schedule("rate(1 minute)", json!({ "Input": "{}" }), json!({})).await;
    let (status, described) =
        rest(&aws, "GET", "/schedules/ticks?groupName=default", &Value::Null).await;
    assert_eq!(status, 200);
    for (member, value) in [
        ("Name", json!("ticks")),
        ("GroupName", json!("default")),
        ("State", json!("ENABLED")),
        ("ScheduleExpressionTimezone", json!("UTC")),
        ("Target", json!({ "Arn": FUNCTION, "RoleArn": ROLE, "Input": "{}" })),
        ("FlexibleTimeWindow", json!({ "Mode": "OFF" })),
        ("CreationDate", json!(start().as_second() as f64)),
    ] {
        assert_eq!(described[member], value, "{member}");
    }
    let again = put("rate(1 minute)", json!({}), json!({}));
    assert_eq!(rest(&aws, "POST", "/schedules/ticks", &again).await.0, 409);
    let wrong = put("rate(x)", json!({}), json!({}));
    assert_eq!(rest(&aws, "POST", "/schedules/wrong", &wrong).await.0, 400);
    assert_eq!(rest(&aws, "PUT", "/schedules/absent", &again).await.0, 404);
    sim.advance(secs(30));
    let slower = put("rate(5 minutes)", json!({}), json!({}));
    assert_eq!(rest(&aws, "PUT", "/schedules/ticks", &slower).await.0, 200);
    assert_eq!(runs(&sim, 6), ["14:05:30"]);
    for (query, count) in
        [("", 1), ("?NamePrefix=ti", 1), ("?NamePrefix=x", 0), ("?State=DISABLED", 0)]
    {
        let (_, listed) = rest(&aws, "GET", &format!("/schedules{query}"), &Value::Null).await;
        assert_eq!(listed["Schedules"].as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(rest(&aws, "DELETE", "/schedules/ticks", &Value::Null).await.0, 200);
    assert_eq!(rest(&aws, "GET", "/schedules/ticks", &Value::Null).await.0, 404);
    assert!(runs(&sim, 10).is_empty());
    // A schedule that is deleted after its only run.
    let once =
        put("at(2030-01-07T15:00:00)", json!({}), json!({ "ActionAfterCompletion": "DELETE" }));
    assert_eq!(rest(&aws, "POST", "/schedules/once", &once).await.0, 200);
    assert_eq!(runs(&sim, 60), ["15:00:00"]);
    assert_eq!(rest(&aws, "GET", "/schedules/once", &Value::Null).await.0, 404);
}
