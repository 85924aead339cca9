//! The resource-based policy of a function.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Asked, functions::revision};
use crate::{CallResult, FunctionReference, Operation, Refusal, World, function};

pub(super) fn policy(world: &mut World, wanted: &FunctionReference) -> CallResult<Value> {
    world.on_function(Operation::GetPolicy, wanted, String::new(), |function, _| {
        let missing = || function::not_found("The resource you requested does not exist.".into());
        let policy = function.policy(wanted.qualifier()).ok_or_else(missing)?;
        Ok(json!({ "Policy": policy.to_string(), "RevisionId": revision(function) }))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Permission {
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
}

pub(super) fn add_permission(
    world: &mut World,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> CallResult<Value> {
    let new: Permission = asked.read()?;
    let resource = world.function_arn(&wanted.text());
    let (operation, id) = (Operation::AddFunctionPermission, new.statement_id.clone());
    world.on_function(operation, wanted, id, |function, _| {
        let mut statements = function.permissions.iter();
        if statements.any(|(of, it)| of == wanted.qualifier() && it["Sid"] == new.statement_id) {
            let message = format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement.",
                new.statement_id
            );
            return Err(Refusal::new("ResourceConflictException", message));
        }
        let kind = if new.principal.contains(".amazonaws.com") { "Service" } else { "AWS" };
        let mut statement = json!({
            "Sid": new.statement_id,
            "Effect": "Allow",
            "Principal": { kind: new.principal },
            "Action": new.action,
            "Resource": resource,
        });
        if let Some(arn) = new.source_arn {
            statement["Condition"]["ArnLike"]["AWS:SourceArn"] = json!(arn);
        }
        if let Some(account) = new.source_account {
            statement["Condition"]["StringEquals"]["AWS:SourceAccount"] = json!(account);
        }
        function.permissions.push((wanted.qualifier().to_owned(), statement.clone()));
        Ok(json!({ "Statement": statement.to_string() }))
    })
}

pub(super) fn remove_permission(
    world: &mut World,
    wanted: &FunctionReference,
    id: &str,
) -> CallResult<Value> {
    let operation = Operation::RemoveFunctionPermission;
    world.on_function(operation, wanted, id.to_owned(), |function, _| {
        let is_it = |(of, it): &(String, Value)| of == wanted.qualifier() && it["Sid"] == id;
        let found = function.permissions.iter().position(is_it).ok_or_else(|| {
            function::not_found(format!("Statement {id} is not found in resource policy."))
        })?;
        function.permissions.remove(found);
        Ok(Value::Null)
    })
}
