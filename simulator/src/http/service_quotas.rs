//! Service Quotas over awsJson1.1.

use serde_json::{Value, json};

use super::{json::epoch, refusals::unknown_operation};
use crate::{
    CallError, CallResult, Refusal, World,
    world::service_quotas::{InstanceQuota, QUOTA_CODE},
};

/// The service code of SageMaker.
const SAGEMAKER: &str = "sagemaker";

pub(super) fn answer(world: &mut World, operation: &str, request: Value) -> CallResult<Value> {
    match operation {
        "ListServiceQuotas" => {
            let quotas = world.list_instance_quotas()?;
            check_service(&request).map_err(CallError::Refused)?;
            let quotas = quotas.iter().map(|quota| described(world, quota));
            Ok(json!({ "Quotas": quotas.collect::<Vec<_>>() }))
        }
        "RequestServiceQuotaIncrease" => request_increase(world, &request),
        _ => Err(CallError::Refused(unknown_operation(operation))),
    }
}

fn request_increase(world: &mut World, request: &Value) -> CallResult<Value> {
    // A number of instances. The conversion of a larger number saturates.
    let value = request["DesiredValue"].as_f64().unwrap_or_default() as i32;
    let quota = world.request_instance_quota(value, |present| {
        check_service(request)?;
        if request["QuotaCode"].as_str() != Some(QUOTA_CODE) {
            return Err(missing());
        }
        if value <= present.value {
            // The wording is an assumption.
            let message = format!(
                "You must provide a quota value greater than or equal to the current quota value of {}.",
                present.value
            );
            return Err(Refusal::new("InvalidResourceStateException", message));
        }
        Ok(())
    })?;
    let now = epoch(world.now());
    let mut requested = described(world, &quota);
    requested["Id"] = json!(world.request_id());
    requested["DesiredValue"] = json!(f64::from(value));
    requested["Status"] = json!("APPROVED");
    requested["Created"] = now.clone();
    requested["LastUpdated"] = now;
    if let Some(members) = requested.as_object_mut() {
        members.retain(|member, _| !matches!(member.as_str(), "Value" | "Adjustable"));
    }
    Ok(json!({ "RequestedQuota": requested }))
}

fn check_service(request: &Value) -> Result<(), Refusal> {
    match request["ServiceCode"].as_str() {
        Some(SAGEMAKER) => Ok(()),
        _ => Err(missing()),
    }
}

/// The wording is an assumption.
fn missing() -> Refusal {
    Refusal::new(
        "NoSuchResourceException",
        "The request failed because the specified service or quota does not exist.",
    )
}

fn described(world: &World, quota: &InstanceQuota) -> Value {
    let (region, account) = (&world.settings.region, &world.settings.account);
    json!({
        "ServiceCode": SAGEMAKER,
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": format!("arn:aws:servicequotas:{region}:{account}:{SAGEMAKER}/{QUOTA_CODE}"),
        "QuotaCode": QUOTA_CODE,
        "QuotaName": quota.name,
        "Value": f64::from(quota.value),
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
    })
}
