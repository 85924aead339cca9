//! The services of the table of shapes: which module answers for each.

use serde_json::Value;

use super::{
    autoscaling, cloudwatch, dynamodb, event_bridge, logs, refusals::unknown_operation, sagemaker,
    service_quotas, sns, sqs, stored, sts,
};
use crate::{CallError, CallResult, World};

/// The answer of a service, for example `sns`, to a request whose constraints were checked.
///
/// # Errors
///
/// The errors of AWS.
pub fn answer(
    service: &str,
    world: &mut World,
    operation: &str,
    request: Value,
) -> CallResult<Value> {
    match service {
        "application-autoscaling" => autoscaling::answer(world, operation, request),
        "cloudwatch" => cloudwatch::answer(world, operation, request),
        "dynamodb" => dynamodb::answer(world, operation, request),
        "events" => event_bridge::answer(world, operation, request),
        "logs" => logs::answer(world, operation, request),
        "sagemaker" => sagemaker::answer(world, operation, request),
        "service-quotas" => service_quotas::answer(world, operation, request),
        "sns" => sns::answer(world, operation, request),
        "sqs" => sqs::answer(world, operation, request),
        "ssm" => stored::parameter(world, operation, request),
        "sts" => sts::answer(world, operation, request),
        _ => Err(CallError::Refused(unknown_operation(operation))),
    }
}
