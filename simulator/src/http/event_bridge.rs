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
struct ListRuleNamesByTarget {
    target_arn: String,
    limit: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeRule {
    name: String,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    match operation {
        "ListRuleNamesByTarget" => {
            let list: ListRuleNamesByTarget = request(body)?;
            let paging = Paging { max_results: list.limit, next_token: list.next_token };
            let page = world.list_rule_names_by_target(&list.target_arn, &paging)?;
            Ok(compact(json!({ "RuleNames": page.items, "NextToken": page.next_token })))
        }
        "DescribeRule" => {
            let DescribeRule { name } = request(body)?;
            let rule = world.describe_rule(&name)?;
            Ok(json!({
                "Name": rule.name,
                "Arn": world.arn("events", &format!("rule/{}", rule.name)),
                "ScheduleExpression": rule.expression,
                "State": rule.state(),
                "EventBusName": "default",
            }))
        }
        other => Err(CallError::Refused(unknown_operation(other))),
    }
}
