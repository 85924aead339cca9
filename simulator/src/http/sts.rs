//! STS: who calls.

use serde_json::{Value, json};

use super::refusals::unknown_operation;
use crate::{CallError, CallResult, Operation, World};

pub(super) fn answer(world: &mut World, operation: &str, _: Value) -> CallResult<Value> {
    if operation != "GetCallerIdentity" {
        return Err(CallError::Refused(unknown_operation(operation)));
    }
    world.call(Operation::GetCallerIdentity, "*", String::new(), |world| {
        let account = &world.settings.account;
        // The user whose access key is `local`.
        let arn = format!("arn:aws:iam::{account}:user/local");
        Ok(json!({ "UserId": "AIDALOCALLOCALLOCAL00", "Account": account, "Arn": arn }))
    })
}
