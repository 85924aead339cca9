//! The endpoint's type and status.

use super::{Facts, Finding, FindingId};

pub fn examine(facts: &Facts, found: &mut Vec<Finding>) {
    let endpoint = &facts.endpoint;
    let name = &endpoint.name;
    let describe = format!("aws sagemaker describe-endpoint --endpoint-name {name}");
    if !endpoint.asynchronous {
        let serverless = endpoint.variants.iter().any(|variant| variant.serverless);
        let managed = endpoint.variants.iter().any(|variant| variant.managed);
        // Each of these says it more exactly.
        if !serverless && !managed {
            found.push(Finding::new(
                FindingId::NotAsync,
                format!("{name} is a real-time endpoint: it has no AsyncInferenceConfig"),
                "create an endpoint configuration with an AsyncInferenceConfig, and create the \
                 endpoint with it: aws sagemaker create-endpoint-config --async-inference-config \
                 ...",
            ));
        }
    }
    for variant in &endpoint.variants {
        let of = format!("the variant {} of {name}", variant.name);
        if variant.serverless {
            found.push(Finding::new(
                FindingId::Serverless,
                format!("{of} is serverless"),
                "nothing, it scales to zero itself; for an async endpoint, create a configuration \
                 with InstanceType and without ServerlessConfig",
            ));
        }
        if variant.managed {
            found.push(Finding::new(
                FindingId::ManagedInstanceScaling,
                format!("{of} has managed instance scaling"),
                "create a configuration without ManagedInstanceScaling, and update the endpoint \
                 to it: aws sagemaker update-endpoint",
            ));
        }
    }
    let reason = endpoint.failure_reason.as_deref().unwrap_or("no reason given");
    match endpoint.status.as_str() {
        "InService" => {}
        status @ ("Failed" | "OutOfService" | "UpdateRollbackFailed") => {
            found.push(Finding::new(
                FindingId::EndpointFailed,
                format!("{name} is {status}: {reason}"),
                match status {
                    "Failed" => format!(
                        "delete it and create it again: aws sagemaker delete-endpoint \
                         --endpoint-name {name}"
                    ),
                    _ => format!(
                        "update it to a configuration that works: aws sagemaker update-endpoint \
                         --endpoint-name {name} --endpoint-config-name CONFIGURATION"
                    ),
                },
            ));
        }
        status => found.push(Finding::new(
            FindingId::EndpointNotInService,
            format!("{name} is {status}"),
            format!("wait, and check again: {describe} --query EndpointStatus"),
        )),
    }
}
