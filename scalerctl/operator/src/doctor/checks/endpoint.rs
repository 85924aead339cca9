//! Findings about the endpoint's type and status.

use super::{Facts, Finding, FindingId};
use crate::doctor::read::ConfigLookup;
use scalerctl_console::suggested::Suggested;

pub fn examine(facts: &Facts, found: &mut Vec<Finding>) {
    let endpoint = &facts.endpoint;
    let name = &endpoint.name;
    if !endpoint.asynchronous {
        let serverless = endpoint.variants.iter().any(|variant| variant.serverless);
        let managed = endpoint.variants.iter().any(|variant| variant.managed);
        // A more specific finding reports each of these.
        if !serverless && !managed {
            found.push(Finding::new(
                FindingId::NotAsync,
                format!("{name} is a real-time endpoint: it has no AsyncInferenceConfig"),
                "create an endpoint configuration with an AsyncInferenceConfig, and create the \
                 endpoint with it",
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
                "create an endpoint configuration without ManagedInstanceScaling, and update the \
                 endpoint to it",
            ));
        }
    }
    let reason = endpoint.failure_reason.as_deref().unwrap_or("no reason given");
    match endpoint.status.as_str() {
        "InService" => {}
        status @ ("Failed" | "OutOfService" | "UpdateRollbackFailed") => {
            let what = format!("{name} is {status}: {reason}");
            found.push(match status {
                "Failed" => {
                    Finding::new(FindingId::EndpointFailed, what, "delete it, and create it again")
                        .command(Suggested::aws(format!(
                            "sagemaker delete-endpoint --endpoint-name {name}"
                        )))
                }
                _ => Finding::new(
                    FindingId::EndpointFailed,
                    what,
                    "update it to an endpoint configuration that worked before; to list them",
                )
                .command(Suggested::aws(
                    "sagemaker list-endpoint-configs --sort-by CreationTime --max-results 20",
                )),
            });
        }
        status => found.push(
            Finding::new(
                FindingId::EndpointNotInService,
                format!("{name} is {status}"),
                "wait until it is InService",
            )
            .command(Suggested::aws(format!(
                "sagemaker wait endpoint-in-service --endpoint-name {name}"
            ))),
        ),
    }
    configuration(facts, found);
}

/// The endpoint configuration: whether it exists, and the instance types.
fn configuration(facts: &Facts, found: &mut Vec<Finding>) {
    let endpoint = &facts.endpoint;
    let config = match &facts.config {
        ConfigLookup::Missing => {
            found.push(
                Finding::new(
                    FindingId::EndpointConfigGone,
                    format!("the endpoint configuration {} does not exist", endpoint.config),
                    "create an endpoint configuration, and update the endpoint to it; to list \
                     those that exist",
                )
                .command(Suggested::aws(
                    "sagemaker list-endpoint-configs --sort-by CreationTime --max-results 20",
                )),
            );
            return;
        }
        ConfigLookup::NotRead => return,
        ConfigLookup::Found(config) => config,
    };
    let burstable = config.variants.iter().filter(|(_, kind)| kind.starts_with("ml.t"));
    for (variant, kind) in burstable {
        found.push(Finding::new(
            FindingId::BurstableInstances,
            format!("the variant {variant} of {} has instances of type {kind}", endpoint.name),
            "create an endpoint configuration with another instance type, and update the endpoint \
             to it",
        ));
    }
}
