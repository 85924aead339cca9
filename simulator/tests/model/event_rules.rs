//! EventBridge: patterns, rules, what targets receive, and the schedules of rules.

use serde_json::{Value, json};
use simulator::{CallError, Delivery, Simulator, World, http::service_answer};

use crate::setup::*;

const BUS: &str = "arn:aws:events:eu-central-1:123456789012:event-bus/default";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";

/// A call of EventBridge that succeeds.
fn events(sim: &Simulator, operation: &str, body: Value) -> Value {
    let answer = sim.with(|world| service_answer("events", world, operation, body));
    answer.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
}

/// The error of a call that EventBridge refuses.
fn refused(sim: &Simulator, operation: &str, body: Value) -> String {
    match sim.with(|world| service_answer("events", world, operation, body)) {
        Err(CallError::Refused(refusal)) => refusal.code,
        other => panic!("{operation}: {other:?}"),
    }
}

/// A rule with this pattern and this target.
fn with_rule(pattern: Value, target: Value) -> Simulator {
    let sim = Simulator::of(World::new(start()));
    events(&sim, "PutRule", json!({ "Name": "uploads", "EventPattern": pattern.to_string() }));
    let put = events(&sim, "PutTargets", json!({ "Rule": "uploads", "Targets": [target] }));
    assert_eq!(put["FailedEntryCount"], 0);
    sim
}

/// What the function receives when S3 sends the event.
fn received(sim: &Simulator, event: &Value) -> Vec<Value> {
    sim.with(|world| {
        let (at, body) = (world.now(), event.clone());
        world.send(Delivery { at, to: BUS.into(), from: "s3.amazonaws.com".into(), body });
        world.advance(secs(1));
        world.take_invocations().into_iter().map(|it| it.body).collect()
    })
}

fn upload(key: &str) -> Value {
    json!({
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": "2030-01-07T14:00:00Z",
        "detail": { "bucket": { "name": "my-inputs" }, "object": { "key": key, "size": 5 } },
    })
}

// The rows are the operators of "Comparison operators for use in event patterns" in the EventBridge User Guide.
#[test]
fn a_pattern_matches_what_its_operators_say() {
    let sim = Simulator::of(World::new(start()));
    let event = json!({
        "source": "aws.s3",
        "detail": { "name": "In/a.JSON", "size": 300, "empty": "", "none": null, "tags": ["x", "y"],
            "state": { "value": "ALARM" }, "rows": [{ "a": 1 }, { "a": 2 }] },
    });
    let rows = [
        (json!({ "source": ["aws.s3", "other"] }), true),
        (json!({ "source": ["other"] }), false),
        (json!({ "source": ["aws.s3"], "detail": { "size": [301] } }), false),
        (json!({ "detail": { "state": { "value": ["ALARM"] } } }), true),
        (json!({ "detail": { "size": [3.0e2] } }), true),
        (json!({ "detail": { "none": [null] } }), true),
        (json!({ "detail": { "empty": [""] } }), true),
        (json!({ "detail": { "tags": ["y"] } }), true),
        (json!({ "detail": { "rows": { "a": [2] } } }), true),
        (json!({ "detail": { "rows": { "a": [3] } } }), false),
        (json!({ "detail": { "name": [{ "prefix": "In/" }] } }), true),
        (json!({ "detail": { "name": [{ "prefix": "in/" }] } }), false),
        (json!({ "detail": { "name": [{ "prefix": { "equals-ignore-case": "in/" } }] } }), true),
        (json!({ "detail": { "name": [{ "suffix": ".JSON" }] } }), true),
        (json!({ "detail": { "name": [{ "suffix": { "equals-ignore-case": ".json" } }] } }), true),
        (json!({ "detail": { "name": [{ "suffix": ".json" }] } }), false),
        (json!({ "detail": { "name": [{ "equals-ignore-case": "in/A.json" }] } }), true),
        (json!({ "detail": { "name": [{ "wildcard": "In/*.JSON" }] } }), true),
        (json!({ "detail": { "name": [{ "wildcard": "In/?.JSON" }] } }), false),
        (json!({ "detail": { "name": [{ "anything-but": ["b", "c"] }] } }), true),
        (json!({ "detail": { "name": [{ "anything-but": "In/a.JSON" }] } }), false),
        (json!({ "detail": { "name": [{ "anything-but": { "prefix": "In/" } }] } }), false),
        (json!({ "detail": { "name": [{ "anything-but": { "suffix": ["a", "b"] } }] } }), true),
        (json!({ "detail": { "absent": [{ "anything-but": "b" }] } }), false),
        (json!({ "detail": { "size": [{ "numeric": [">", 0, "<=", 300] }] } }), true),
        (json!({ "detail": { "size": [{ "numeric": ["<", 300] }] } }), false),
        (json!({ "detail": { "size": [{ "numeric": ["=", 300] }] } }), true),
        (json!({ "detail": { "size": [{ "exists": true }] } }), true),
        (json!({ "detail": { "absent": [{ "exists": true }] } }), false),
        (json!({ "detail": { "absent": [{ "exists": false }] } }), true),
        (json!({ "detail": { "size": [{ "exists": false }] } }), false),
        (json!({ "$or": [{ "source": ["other"] }, { "detail": { "size": [300] } }] }), true),
        (json!({ "$or": [{ "source": ["other"] }, { "detail": { "size": [1] } }] }), false),
    ];
    for (pattern, expected) in rows {
        let test = json!({ "EventPattern": pattern.to_string(), "Event": event.to_string() });
        assert_eq!(events(&sim, "TestEventPattern", test)["Result"], expected, "{pattern}");
    }
    for pattern in [
        "{}",
        "no JSON",
        r#"{"source":"aws.s3"}"#,
        r#"{"source":[]}"#,
        r#"{"source":[{"like":"a"}]}"#,
        r#"{"source":[{"numeric":["~",1]}]}"#,
    ] {
        let test = json!({ "EventPattern": pattern, "Event": event.to_string() });
        assert_eq!(
            refused(&sim, "TestEventPattern", test),
            "InvalidEventPatternException",
            "{pattern}"
        );
    }
}

#[test]
fn an_event_reaches_the_target_of_a_rule_that_takes_it() {
    let pattern =
        json!({ "source": ["aws.s3"], "detail": { "bucket": { "name": ["my-inputs"] } } });
    let sim = with_rule(pattern, json!({ "Id": "f", "Arn": FUNCTION }));
    let event = &received(&sim, &upload("a"))[0];
    assert_eq!(event["detail"]["object"]["key"], "a");
    assert_eq!(event["account"], "123456789012");
    assert_eq!(event["region"], "eu-central-1");
    assert_eq!(event["version"], "0");
    let mut other = upload("a");
    other["detail"]["bucket"]["name"] = json!("another");
    assert!(received(&sim, &other).is_empty());
    events(&sim, "DisableRule", json!({ "Name": "uploads" }));
    assert!(received(&sim, &upload("a")).is_empty());
    events(&sim, "EnableRule", json!({ "Name": "uploads" }));
    assert_eq!(received(&sim, &upload("a")).len(), 1);
}

// The rows are as in "Amazon EventBridge input transformation".
#[test]
fn a_target_receives_its_input() {
    let pattern = json!({ "source": ["aws.s3"] });
    let transformer = |template: &str| {
        let paths = json!({ "key": "$.detail.object.key", "bucket": "$.detail.bucket", "no": "$.detail.no" });
        json!({ "InputTransformer": { "InputPathsMap": paths, "InputTemplate": template } })
    };
    for (input, expected) in [
        (json!({ "Input": r#"{"action":"tick"}"# }), json!({ "action": "tick" })),
        (json!({ "InputPath": "$.detail.object" }), json!({ "key": "a \"b\"", "size": 5 })),
        (
            transformer(r#"{"key": <key>, "text": "got <key>", "in": <bucket>}"#),
            json!({ "key": "a \"b\"", "text": "got a \"b\"", "in": { "name": "my-inputs" } }),
        ),
        (transformer(r#""<key> <no>""#), json!("a \"b\" ")),
        (
            transformer(
                r#"{"rule": <aws.events.rule-name>, "at": "<aws.events.event.ingestion-time>"}"#,
            ),
            json!({ "rule": "uploads", "at": "2030-01-07T14:00:00Z" }),
        ),
    ] {
        let mut target = json!({ "Id": "f", "Arn": FUNCTION });
        target.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        let sim = with_rule(pattern.clone(), target.clone());
        assert_eq!(received(&sim, &upload("a \"b\"")), std::slice::from_ref(&expected), "{input}");
        let listed = events(&sim, "ListTargetsByRule", json!({ "Rule": "uploads" }));
        assert_eq!(listed["Targets"], json!([target]));
    }
}

#[test]
fn queues_and_topics_are_targets_too() {
    let sim = with_rule(json!({ "source": ["mine"] }), json!({ "Id": "f", "Arn": FUNCTION }));
    let queue = sim.with(|world| world.put_queue("events"));
    let topic = sim.with(|world| world.topic_arn("events"));
    sim.with(|world| {
        world.put_topic(&topic, vec![simulator::Subscription::new("lambda", FUNCTION)]);
    });
    let input = r#"{"a":1}"#;
    let targets = json!([
        { "Id": "q", "Arn": queue, "Input": input }, { "Id": "t", "Arn": topic, "Input": input },
    ]);
    events(&sim, "PutTargets", json!({ "Rule": "uploads", "Targets": targets }));
    let entries = json!([
        { "Source": "mine", "DetailType": "Done", "Detail": "{\"b\":2}" },
        { "Source": "aws.s3", "DetailType": "Done", "Detail": "{}" },
        { "Source": "mine", "DetailType": "Done", "Detail": "[" },
        { "Source": "mine", "Detail": "{}" },
    ]);
    let put = events(&sim, "PutEvents", json!({ "Entries": entries }));
    assert_eq!(put["FailedEntryCount"], 3);
    let codes = put["Entries"].as_array().unwrap().iter().skip(1).map(|it| &it["ErrorCode"]);
    assert!(codes.eq(["NotAuthorizedForSourceException", "MalformedDetail", "InvalidArgument"]));
    sim.advance(secs(1));
    let invocations = sim.with(World::take_invocations);
    let event = &invocations[0].body;
    assert_eq!(event["id"], put["Entries"][0]["EventId"]);
    assert_eq!((&event["source"], &event["detail-type"]), (&json!("mine"), &json!("Done")));
    assert_eq!((&event["detail"], &event["resources"]), (&json!({ "b": 2 }), &json!([])));
    assert_eq!(event["time"], "2030-01-07T14:00:00Z");
    assert_eq!(invocations[1].body["Records"][0]["Sns"]["Message"], input);
    let batch = sim.with(|world| world.receive_for_function(&queue, 1)).unwrap();
    assert_eq!(batch.event["Records"][0]["body"], input);
}

#[test]
fn rules_are_put_described_listed_and_deleted() {
    let sim = with_rule(json!({ "source": ["aws.s3"] }), json!({ "Id": "f", "Arn": FUNCTION }));
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    let put = json!({
        "Name": "ticks", "ScheduleExpression": "rate(5 minutes)", "State": "DISABLED", "Description": "Ticks", "Tags": tags,
    });
    let arn = events(&sim, "PutRule", put)["RuleArn"].clone();
    assert_eq!(arn, "arn:aws:events:eu-central-1:123456789012:rule/ticks");
    let described = events(&sim, "DescribeRule", json!({ "Name": "ticks" }));
    let mut expected = json!({
        "Name": "ticks", "Arn": arn, "ScheduleExpression": "rate(5 minutes)", "State": "DISABLED",
        "Description": "Ticks", "EventBusName": "default", "CreatedBy": "123456789012",
    });
    assert_eq!(described, expected);
    expected.as_object_mut().unwrap().remove("CreatedBy");
    assert_eq!(
        events(&sim, "ListRules", json!({ "NamePrefix": "ti" }))["Rules"],
        json!([expected])
    );
    let page = events(&sim, "ListRules", json!({ "Limit": 1 }));
    let next = events(&sim, "ListRules", json!({ "Limit": 1, "NextToken": page["NextToken"] }));
    assert_eq!(
        (&page["Rules"][0]["Name"], &next["Rules"][0]["Name"]),
        (&json!("ticks"), &json!("uploads"))
    );
    let names = events(&sim, "ListRuleNamesByTarget", json!({ "TargetArn": FUNCTION }));
    assert_eq!(names["RuleNames"], json!(["uploads"]));
    assert_eq!(events(&sim, "ListTagsForResource", json!({ "ResourceARN": arn }))["Tags"], tags);
    assert_eq!(refused(&sim, "DeleteRule", json!({ "Name": "uploads" })), "ValidationException");
    events(&sim, "RemoveTargets", json!({ "Rule": "uploads", "Ids": ["f"] }));
    events(&sim, "DeleteRule", json!({ "Name": "uploads" }));
    let gone = json!({ "Name": "uploads" });
    assert_eq!(refused(&sim, "DescribeRule", gone), "ResourceNotFoundException");
    for (wrong, error) in [
        (json!({}), "ValidationException"),
        (json!({ "ScheduleExpression": "rate(1 minutes)" }), "ValidationException"),
        (json!({ "ScheduleExpression": "rate(5 minute)" }), "ValidationException"),
        (json!({ "ScheduleExpression": "at(2030-01-07T15:00:00)" }), "ValidationException"),
        (json!({ "ScheduleExpression": "cron(* * *)" }), "ValidationException"),
        (json!({ "EventPattern": "{}" }), "InvalidEventPatternException"),
        (
            json!({ "EventPattern": r#"{"a":["b"]}"#, "EventBusName": "other" }),
            "ResourceNotFoundException",
        ),
    ] {
        let mut put = json!({ "Name": "wrong" });
        put.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(refused(&sim, "PutRule", put), error, "{wrong}");
    }
}

// The event is that of "Creating a rule that runs on a schedule" in the EventBridge User Guide.
#[test]
fn a_rule_with_a_schedule_sends_its_event() {
    let sim = Simulator::of(World::new(start() + secs(30)));
    for (name, expression) in [("each-minute", "rate(1 minute)"), ("at-two", "cron(2 14 * * ? *)")]
    {
        events(&sim, "PutRule", json!({ "Name": name, "ScheduleExpression": expression }));
        let targets = json!([{ "Id": "f", "Arn": FUNCTION }]);
        events(&sim, "PutTargets", json!({ "Rule": name, "Targets": targets }));
    }
    sim.advance(secs(120));
    let invocations = sim.with(World::take_invocations);
    let seen = invocations.iter().map(|it| {
        let rule = it.body["resources"][0].as_str().unwrap().rsplit('/').next().unwrap();
        (rule.to_owned(), it.body["time"].as_str().unwrap()[11..19].to_owned())
    });
    let expected =
        [("each-minute", "14:01:30"), ("at-two", "14:02:00"), ("each-minute", "14:02:30")];
    let expected = expected.map(|(rule, time)| (rule.to_owned(), time.to_owned()));
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    let event = &invocations[0].body;
    assert_eq!(event["detail-type"], "Scheduled Event");
    assert_eq!(event["source"], "aws.events");
    assert_eq!(event["detail"], json!({}));
    assert_eq!(invocations[0].from, "events.amazonaws.com");
    // A disabled rule does not run, and an enabled one begins anew.
    events(&sim, "DisableRule", json!({ "Name": "each-minute" }));
    sim.advance(mins(5));
    assert!(sim.with(World::take_invocations).is_empty());
    events(&sim, "EnableRule", json!({ "Name": "each-minute" }));
    sim.advance(secs(59));
    assert!(sim.with(World::take_invocations).is_empty());
    sim.advance(secs(1));
    assert_eq!(sim.with(World::take_invocations).len(), 1);
}
