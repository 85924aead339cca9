//! Rules with a schedule: EventBridge over awsJson1.1.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    json::{compact, request},
    refusals::unknown_operation,
};
use crate::{CallError, CallResult, Paging, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRules {
    limit: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListTargetsByRule {
    rule: String,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    match operation {
        "ListRules" => {
            let list: ListRules = request(body)?;
            let paging = Paging { max_results: list.limit, next_token: list.next_token };
            let page = world.list_rules(&paging)?;
            let rules = page.items.iter().map(|rule| {
                json!({
                    "Name": rule.name,
                    "Arn": world.arn("events", &format!("rule/{}", rule.name)),
                    "ScheduleExpression": rule.expression,
                    "State": rule.state(),
                    "EventBusName": "default",
                })
            });
            let rules = rules.collect::<Vec<_>>();
            Ok(compact(json!({ "Rules": rules, "NextToken": page.next_token })))
        }
        "ListTargetsByRule" => {
            let ListTargetsByRule { rule } = request(body)?;
            let rule = world.list_targets_by_rule(&rule)?;
            let template = rule.input_template.as_ref();
            let others = rule
                .other_targets
                .iter()
                .enumerate()
                .map(|(row, target)| json!({ "Id": format!("other-{row}"), "Arn": target }));
            let first = compact(json!({
                "Id": "function",
                "Arn": rule.target,
                "Input": rule.input,
                "InputPath": rule.input_path,
                "InputTransformer": template.map(|text| json!({ "InputTemplate": text })),
            }));
            Ok(json!({ "Targets": others.chain([first]).collect::<Vec<_>>() }))
        }
        other => Err(CallError::Refused(unknown_operation(other))),
    }
}
