//! Amazon EventBridge: awsJson1.1.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Incoming, Shared, json_answer, json_error, page, pattern};

pub(super) fn answer(shared: &Shared, incoming: &Incoming) -> Option<Response> {
    let operation = incoming.target.as_deref()?.strip_prefix("AWSEvents.")?;
    let request: Value = serde_json::from_slice(&incoming.body).unwrap();
    let (operation, answer): (_, fn(&Shared, &Value) -> Response) = match operation {
        "ListRuleNamesByTarget" => ("ListRuleNamesByTarget", names),
        "DescribeRule" => ("DescribeRule", describe),
        "TestEventPattern" => ("TestEventPattern", test),
        other => panic!("EventBridge was asked for {other}"),
    };
    Some(match shared.admits(operation, Value::Null) {
        true => answer(shared, &request),
        false => json_error(
            400,
            "AccessDeniedException",
            &format!(
                "User: arn:aws:iam::123456789012:user/me is not authorized to perform: events:{operation}"
            ),
        ),
    })
}

fn names(shared: &Shared, request: &Value) -> Response {
    let target = request["TargetArn"].as_str().unwrap();
    let rules = shared.deployment.rules.iter().filter(|rule| rule.target == target);
    let names: Vec<&str> = rules.map(|rule| rule.name).collect();
    let marker = request["NextToken"].as_str().map(str::to_owned);
    let (name, next) = page(&names, marker.as_ref());
    let mut answer = json!({ "RuleNames": name.into_iter().collect::<Vec<_>>() });
    if let Some(next) = next {
        answer["NextToken"] = json!(next);
    }
    json_answer(&answer)
}

fn describe(shared: &Shared, request: &Value) -> Response {
    let name = request["Name"].as_str().unwrap();
    let rule = shared.deployment.rules.iter().find(|rule| rule.name == name).unwrap();
    let mut answer = json!({ "Name": name, "Arn": rule.arn(), "State": rule.state });
    match &rule.pattern {
        Some(pattern) => answer["EventPattern"] = json!(pattern.to_string()),
        None => answer["ScheduleExpression"] = json!("rate(1 minute)"),
    }
    json_answer(&answer)
}

fn test(_: &Shared, request: &Value) -> Response {
    let read = |field: &str| serde_json::from_str(request[field].as_str().unwrap()).unwrap();
    let (pattern, event): (Value, Value) = (read("EventPattern"), read("Event"));
    // EventBridge API Reference, TestEventPattern: all of these are mandatory.
    for field in ["id", "account", "source", "time", "region", "resources", "detail-type"] {
        if event.get(field).is_none() {
            let message = format!("Parameter Event is not valid. Reason: {field} is missing");
            return json_error(400, "ValidationException", &message);
        }
    }
    match pattern::matches(&pattern, &event) {
        Ok(result) => json_answer(&json!({ "Result": result })),
        Err(problem) => json_error(400, "InvalidEventPatternException", &problem),
    }
}
