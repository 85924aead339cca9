//! The permissions that the function's role needs: one for each call that the function makes.

use reactive_scaler::{
    aws::{ACTIONS, LEDGER_ACTIONS, ROUTES_ACTIONS},
    stored_routes::Place,
};

use super::{Function, TestedUpload, arn::Arn, iam::PermissionQuery, routes::Routes};

/// The queries for this function and endpoint.
pub fn of(function: &Function, subject: &TestedUpload) -> Vec<PermissionQuery> {
    let arn = Arn::of(&function.arn);
    let Arn { partition, region, account, .. } = arn.unwrap_or(Arn::UNKNOWN);
    let here = |service: &str, resource: &str| {
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    };
    let mut queries: Vec<PermissionQuery> = Vec::new();
    let mut add = |action: &'static str, resource: String| match queries
        .iter_mut()
        .find(|query| query.resource == resource)
    {
        Some(query) => query.actions.push(action),
        None => queries.push(PermissionQuery { actions: vec![action], resource }),
    };
    for action in ACTIONS {
        match scope(action) {
            Scope::Endpoint => {
                let Ok(endpoint) = &subject.endpoint else { continue };
                // The ARN of an endpoint contains the name in lower case, and IAM's comparison is case-sensitive.
                let endpoint = endpoint.to_ascii_lowercase();
                add(action, here("sagemaker", &format!("endpoint/{endpoint}")));
            }
            // Each deployment can have a different configuration name, so the query uses an example.
            Scope::EndpointConfig => {
                add(action, here("sagemaker", "endpoint-config/my-endpoint-config"));
            }
            // AWS generates the id when the target is registered, so the query uses an example.
            Scope::Target => add(
                action,
                here("application-autoscaling", &format!("scalable-target/{}", "0".repeat(32))),
            ),
            Scope::Anything => add(action, "*".to_owned()),
        }
    }
    if let Some(table) = &function.ledger {
        for action in LEDGER_ACTIONS {
            add(action, here("dynamodb", &format!("table/{table}")));
        }
    }
    if let Routes::Stored(place) = &subject.routes {
        let (service, resource) = match place {
            Place::Parameter(name) => ("ssm:", here("ssm", &format!("parameter{name}"))),
            Place::Object { bucket, key } => {
                ("s3:", format!("arn:{partition}:s3:::{bucket}/{key}"))
            }
        };
        for action in ROUTES_ACTIONS.iter().filter(|action| action.starts_with(service)) {
            add(action, resource.clone());
        }
    }
    queries
}

/// The resource of an action.
enum Scope {
    /// The endpoint.
    Endpoint,
    /// An endpoint configuration.
    EndpointConfig,
    /// A scalable target.
    Target,
    /// The action does not support a resource.
    Anything,
}

fn scope(action: &str) -> Scope {
    match action.split_once(':') {
        Some(("sagemaker", "DescribeEndpointConfig")) => Scope::EndpointConfig,
        Some(("sagemaker", _)) => Scope::Endpoint,
        Some(("application-autoscaling", name)) if !name.starts_with("Describe") => Scope::Target,
        _ => Scope::Anything,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn asked(routes: Routes) -> Vec<PermissionQuery> {
        let function = Function {
            arn: "arn:aws:lambda:eu-west-1:123456789012:function:scaler".into(),
            state: "Active".into(),
            state_reason: None,
            last_update: "Successful".into(),
            last_update_reason: None,
            role: "arn:aws:iam::123456789012:role/scaler".into(),
            timeout: Duration::from_secs(55),
            log_group: None,
            routes: None,
            mode: None,
            ledger: None,
            variables_unreadable: None,
        };
        let endpoint = Ok("My-Endpoint".to_owned());
        of(&function, &TestedUpload { routes, endpoint, upload: Err("not of interest".into()) })
    }

    #[test]
    fn every_call_is_asked_for_on_what_it_is_granted_on() {
        let queries = asked(Routes::Here(Vec::new()));
        let all: usize = queries.iter().map(|query| query.actions.len()).sum();
        assert_eq!(all, ACTIONS.len());
        let on = |action: &str| {
            let query = queries.iter().find(|query| query.actions.contains(&action));
            query.map(|query| query.resource.clone()).unwrap_or_default()
        };
        assert_eq!(
            on("sagemaker:UpdateEndpointWeightsAndCapacities"),
            "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint"
        );
        assert_eq!(
            on("sagemaker:DescribeEndpointConfig"),
            "arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/my-endpoint-config"
        );
        assert!(on("application-autoscaling:PutScheduledAction").contains(":scalable-target/0"));
        assert_eq!(on("application-autoscaling:DescribeScalableTargets"), "*");
        assert_eq!(on("cloudwatch:GetMetricData"), "*");
    }

    #[test]
    fn stored_routes_must_be_readable() {
        let place = Place::Parameter("/scaler/routes".into());
        let queries = asked(Routes::Stored(place));
        let last = queries.last().map(|query| (query.actions.clone(), query.resource.clone()));
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/scaler/routes".to_owned();
        assert_eq!(last, Some((vec!["ssm:GetParameter"], arn)));
    }
}
