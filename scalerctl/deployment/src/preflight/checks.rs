//! The checks, from what was read. No I/O.

use scalerctl_console::{advice::Advice, suggested::Suggested};
use scalerctl_operator::account::CallError;

use super::{
    check::{Check, CheckId},
    facts::Facts,
};
use crate::{calls::tags::TAG, owner};

/// All checks.
pub fn all(facts: &Facts, planned_max: Option<i32>) -> Vec<Check> {
    let max = max_capacity(facts, planned_max);
    vec![
        endpoint(facts),
        asynchronous(facts),
        variant(facts),
        name(facts),
        registered(facts),
        instances(facts, max),
        topics(facts),
        quota(facts, max),
    ]
}

/// The only check of an endpoint that does not exist.
pub fn without_endpoint(name: &str, region: &str) -> Vec<Check> {
    let list = Suggested::aws("sagemaker list-endpoints --query 'Endpoints[].EndpointName'");
    let advice = "correct the name, or set its region with --region; to list the names,";
    let text = format!("there is no endpoint {name} in {region}");
    vec![Check::problem(CheckId::Endpoint, text, Advice::with(advice, list))]
}

fn unreadable(id: CheckId, error: &CallError) -> Check {
    Check::problem(id, format!("not known: {error}"), error.advice())
}

fn max_capacity(facts: &Facts, planned: Option<i32>) -> i32 {
    let registered = facts.target.as_ref().ok().and_then(Option::as_ref);
    planned.or(registered.map(|(target, _)| target.max)).unwrap_or_else(|| present(facts).max(1))
}

fn present(facts: &Facts) -> i32 {
    facts.variant().and_then(|variant| variant.desired).unwrap_or_default()
}

fn endpoint(facts: &Facts) -> Check {
    let status = &facts.endpoint.status;
    let text = format!("{} is {status}", facts.endpoint.arn);
    match status.as_str() {
        "Failed" | "UpdateRollbackFailed" | "OutOfService" | "Deleting" => {
            let advice = "repair or create the endpoint first: its capacity cannot be changed";
            Check::problem(CheckId::Endpoint, text, advice)
        }
        _ => Check::ok(CheckId::Endpoint, text),
    }
}

fn asynchronous(facts: &Facts) -> Check {
    match facts.endpoint.asynchronous {
        true => Check::ok(CheckId::Async, "it has an AsyncInferenceConfig"),
        false => Check::problem(
            CheckId::Async,
            "it has no AsyncInferenceConfig",
            "deploy it with one: only an async endpoint has a queue and can have zero instances",
        ),
    }
}

fn variant(facts: &Facts) -> Check {
    let problem = |text: String, advice: &str| Check::problem(CheckId::Variant, text, advice);
    let Some(variant) = facts.variant() else {
        let names: Vec<_> = facts.endpoint.variants.iter().map(|it| it.name.as_str()).collect();
        return problem(
            format!("it has the variants {}", names.join(", ")),
            "name one in VariantName with Routing=Name; register it with --variant",
        );
    };
    if variant.serverless {
        return problem(
            format!("{} is serverless", variant.name),
            "use a variant with instances: a serverless one has nothing to scale",
        );
    }
    if variant.managed {
        return problem(
            format!("{} has ManagedInstanceScaling", variant.name),
            "turn it off: SageMaker scales this variant itself",
        );
    }
    Check::ok(CheckId::Variant, variant.name.clone())
}

fn name(facts: &Facts) -> Check {
    let name = &facts.endpoint.name;
    if !name.chars().any(|it| it.is_ascii_uppercase()) {
        return Check::ok(CheckId::Name, "no capital letters");
    }
    match &facts.tag {
        Ok(Some(value)) => Check::ok(
            CheckId::Name,
            format!(
                "capital letters; the tag {TAG}={value} is set, for a stack with EndpointTag={value}"
            ),
        ),
        Ok(None) => Check::problem(
            CheckId::Name,
            "capital letters: SageMaker writes the name in lowercase in the ARN, so EndpointName gives no permission",
            format!(
                "deploy the stack with ExtraEndpointArns={}, or with EndpointTag=yes",
                facts.endpoint.arn
            ),
        ),
        Err(error) => unreadable(CheckId::Name, error),
    }
}

fn registered(facts: &Facts) -> Check {
    let (target, actions) = match &facts.target {
        Ok(Some(found)) => found,
        Ok(None) => return Check::ok(CheckId::Registered, "no"),
        Err(error) => return unreadable(CheckId::Registered, error),
    };
    let text = format!("MinCapacity {}, MaxCapacity {}", target.min, target.max);
    match owner::set_minimum(target, actions, facts.now) {
        false => {
            Check::ok(CheckId::Registered, format!("{text}: deploy with ScalableTarget=Existing"))
        }
        true => {
            let command =
                Suggested::scalerctl(format!("register {} --allow-zero", facts.endpoint.name));
            Check::problem(
                CheckId::Registered,
                format!("{text}: the owner's minimum keeps it above zero"),
                Advice::with(
                    "if the function may stop all instances, deploy it, and then",
                    command,
                ),
            )
        }
    }
}

fn instances(facts: &Facts, max: i32) -> Check {
    let present = present(facts);
    let text = format!("{present} now, MaxCapacity {max}");
    match present > max {
        false => Check::ok(CheckId::Instances, text),
        true => Check::problem(
            CheckId::Instances,
            format!("{text}: at registration, AWS would remove instances at once"),
            format!("use a MaxCapacity of {present} or more"),
        ),
    }
}

fn topics(facts: &Facts) -> Check {
    let problem = |text: String, advice: &str| Check::problem(CheckId::Topics, text, advice);
    let config = match &facts.config {
        Ok(config) => config,
        Err(error) => return unreadable(CheckId::Topics, error),
    };
    match (&config.topics, &facts.missing_topics) {
        (_, Err(error)) => unreadable(CheckId::Topics, error),
        ([None, None], _) => Check::ok(CheckId::Topics, "none: results are not used"),
        (_, Ok(missing)) if !missing.is_empty() => problem(
            format!("do not exist: {}", missing.join(", ")),
            "update the endpoint to a configuration with topics that exist, or with none",
        ),
        ([Some(success), Some(error)], _) => {
            Check::ok(CheckId::Topics, format!("{success}, {error}"))
        }
        ([Some(only), None] | [None, Some(only)], _) => problem(
            format!("only {only}"),
            "set SuccessTopic and ErrorTopic, or none: a result that is not published counts as work",
        ),
    }
}

fn quota(facts: &Facts, max: i32) -> Check {
    let quota = match &facts.quota {
        Some(Ok(quota)) => quota,
        Some(Err(error)) => return unreadable(CheckId::Quota, error),
        None => return Check::ok(CheckId::Quota, "not checked: the instance type is not known"),
    };
    let name = format!("{} for endpoint usage", quota.instance_type);
    let (Some(value), Some(in_use)) = (quota.value, quota.in_use) else {
        let text = match quota.value {
            None => format!("{name}: AWS lists no applied quota"),
            Some(value) => {
                format!("{name}: {value}; not counted, there are more than 100 endpoints")
            }
        };
        return Check::ok(CheckId::Quota, text);
    };
    let free = (value - in_use).max(0);
    let text = format!("{name}: {in_use} of {value} in use, {free} free");
    let more = i64::from(max - present(facts));
    if more <= free {
        return Check::ok(CheckId::Quota, text);
    }
    let list = Suggested::aws(format!(
        "service-quotas list-service-quotas --service-code sagemaker --query \"Quotas[?QuotaName=='{name}']\""
    ));
    Check::problem(
        CheckId::Quota,
        format!("{text}; MaxCapacity {max} needs {more}"),
        Advice::with("request an increase of the quota; to show it,", list),
    )
}
