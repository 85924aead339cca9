//! Service Quotas: how many instances of a type the endpoints of the account may have.

use aws_config::SdkConfig;
use aws_sdk_servicequotas::Client;
use scalerctl_operator::account::{CallError, call_error::CallResult};

/// ListServiceQuotas: the applied quota of instances of this type for endpoints. `None`: AWS lists none. It lists a quota
/// only if its applied value is available (Service Quotas API Reference).
///
/// # Errors
///
/// If the call fails.
pub async fn of_instances(config: &SdkConfig, instance_type: &str) -> CallResult<Option<i64>> {
    let name = format!("{instance_type} for endpoint usage");
    let client = Client::new(config);
    let mut pages = client.list_service_quotas().service_code("sagemaker").into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            CallError::of("servicequotas:ListServiceQuotas", "sagemaker", &error)
        })?;
        let quota = page.quotas().iter().find(|quota| quota.quota_name() == Some(&name));
        if let Some(value) = quota.and_then(|quota| quota.value()) {
            // A number of instances: far below the limit of the type.
            return Ok(Some(value as i64));
        }
    }
    Ok(None)
}
