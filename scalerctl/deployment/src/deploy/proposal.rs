//! The parameters of a new stack, each with its reason. No I/O.

use super::{args::DeployArgs, facts::Facts, parameter::Parameter};
use crate::preflight::facts::Facts as EndpointFacts;

/// The template's default of `VariantName`.
const VARIANT: &str = "AllTraffic";

/// The value of the tag that lets the function scale an endpoint.
const TAG_VALUE: &str = "yes";

/// What a new stack is deployed with. An error says why nothing can be proposed, and what to do.
///
/// # Errors
///
/// If no endpoint is named, and the SDK's bucket does not exist.
pub fn parameters(arguments: &DeployArgs, facts: &Facts) -> Result<Vec<Parameter>, String> {
    let sdk_bucket = facts.sdk_bucket();
    let is_sdk = arguments.prefix.is_none()
        && arguments.suffix.is_none()
        && arguments.bucket.as_ref().map_or(facts.has_sdk_bucket, |named| *named == sdk_bucket);
    let mut proposed = match (&facts.endpoint, is_sdk) {
        (_, true) => of_sdk(&sdk_bucket),
        (Some(endpoint), false) => of_one(arguments, endpoint),
        (None, false) => {
            return Err(format!(
                "no endpoint is named, and the SageMaker SDK's default bucket {sdk_bucket} does not exist (what to do: \
                 name an endpoint, or create the bucket: the SDK creates it when you first use it)"
            ));
        }
    };
    for given in &arguments.parameters {
        proposed.retain(|it| it.name != given.name);
        proposed.push(given.clone());
    }
    Ok(proposed)
}

/// The parameters that the user gave, for a stack that keeps the others.
pub fn given(arguments: &DeployArgs) -> Vec<Parameter> {
    let of = |name, value: &Option<String>| {
        value.as_ref().map(|value| Parameter::new(name, value, "you set it"))
    };
    let options = [
        of("InputBucket", &arguments.bucket),
        of("InputPrefix", &arguments.prefix),
        of("InputSuffix", &arguments.suffix),
    ];
    options.into_iter().flatten().chain(arguments.parameters.iter().cloned()).collect()
}

fn of_sdk(bucket: &str) -> Vec<Parameter> {
    vec![
        Parameter::new(
            "Routing",
            "SageMakerSdk",
            "the SageMaker SDK names the endpoint in each key",
        ),
        Parameter::new("ScalableTarget", "Existing", "each endpoint is registered by itself"),
        Parameter::new("InputBucket", bucket, "the SDK's default bucket"),
        Parameter::new(
            "EndpointTag",
            TAG_VALUE,
            "the function may scale the endpoints with this tag",
        ),
    ]
}

fn of_one(arguments: &DeployArgs, endpoint: &EndpointFacts) -> Vec<Parameter> {
    let name = &endpoint.endpoint.name;
    let mut all = vec![Parameter::new("EndpointName", name, "you named it")];
    if let Some(variant) = endpoint.variant().filter(|variant| variant.name != VARIANT) {
        all.push(Parameter::new("VariantName", &variant.name, "its only variant"));
    }
    let registered = endpoint.target.as_ref().ok().and_then(Option::as_ref);
    all.push(match registered {
        Some(_) => {
            let reason = "the variant is registered already: its bounds and policies stay";
            Parameter::new("ScalableTarget", "Existing", reason)
        }
        None => {
            let present = endpoint.variant().and_then(|it| it.desired).unwrap_or_default();
            match arguments.max_capacity {
                Some(max) => Parameter::new("MaxCapacity", max.to_string(), "you set it"),
                None => {
                    let max = present.max(1).to_string();
                    let reason = format!("{present} instances now, and at least 1");
                    Parameter::new("MaxCapacity", max, reason)
                }
            }
        }
    });
    all.extend(given(&DeployArgs { parameters: Vec::new(), ..arguments.clone() }));
    if name.chars().any(|it| it.is_ascii_uppercase()) {
        let reason = "capital letters: IAM compares the ARN, which has the name in lowercase";
        all.push(Parameter::new("ExtraEndpointArns", &endpoint.endpoint.arn, reason));
    }
    all
}
