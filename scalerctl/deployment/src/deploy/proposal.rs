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
    let proposed = match (&facts.endpoint, is_sdk) {
        (_, true) => of_sdk(&sdk_bucket),
        (Some(endpoint), false) => of_one(arguments, facts, endpoint),
        (None, false) => {
            return Err(format!(
                "no endpoint is named, and the SageMaker SDK's default bucket {sdk_bucket} does not exist (what to do: \
                 name an endpoint, or create the bucket: the SDK creates it when you first use it)"
            ));
        }
    };
    Ok(with(proposed, &arguments.parameters))
}

/// The user's parameters instead of those with the same name.
fn with(mut proposed: Vec<Parameter>, given: &[Parameter]) -> Vec<Parameter> {
    for given in given {
        proposed.retain(|it| it.name != given.name);
        proposed.push(given.clone());
    }
    proposed
}

/// The parameters that the user gave, for a stack that keeps the others. A stack that registers the variant also changes
/// its maximum; for another one, `MaxCapacity` has no effect.
pub fn given(arguments: &DeployArgs) -> Vec<Parameter> {
    let max = arguments.max_capacity.map(max_capacity);
    with(max.into_iter().chain(of_bucket(arguments)).collect(), &arguments.parameters)
}

fn max_capacity(max: i32) -> Parameter {
    Parameter::new("MaxCapacity", max.to_string(), "you set it")
}

fn of_bucket(arguments: &DeployArgs) -> impl Iterator<Item = Parameter> {
    let options = [
        ("InputBucket", &arguments.bucket),
        ("InputPrefix", &arguments.prefix),
        ("InputSuffix", &arguments.suffix),
    ];
    let given = |(name, value): (_, &Option<String>)| {
        value.as_ref().map(|value| Parameter::new(name, value, "you set it"))
    };
    options.into_iter().filter_map(given)
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

fn of_one(arguments: &DeployArgs, facts: &Facts, endpoint: &EndpointFacts) -> Vec<Parameter> {
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
        None if arguments.observes(facts.observes) => {
            let reason = "the function only observes, so something else must wake the endpoint";
            Parameter::new("ScalableTarget", "Existing", reason)
        }
        None => {
            let present = endpoint.variant().and_then(|it| it.desired).unwrap_or_default();
            match arguments.max_capacity {
                Some(max) => max_capacity(max),
                None => {
                    let max = present.max(1).to_string();
                    let reason = format!("{present} instances now, and at least 1");
                    Parameter::new("MaxCapacity", max, reason)
                }
            }
        }
    });
    all.extend(of_bucket(arguments));
    if name.chars().any(|it| it.is_ascii_uppercase()) {
        let reason = "capital letters: IAM compares the ARN, which has the name in lowercase";
        all.push(Parameter::new("ExtraEndpointArns", &endpoint.endpoint.arn, reason));
    }
    all
}
