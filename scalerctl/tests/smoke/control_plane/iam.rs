//! IAM over awsQuery, with a simulation of statements with the effect Allow.

use std::collections::BTreeMap;

use axum::response::Response;
use serde_json::Value;

use super::{Deployment, Incoming, Shared, form, xml_answer};

/// A statement with the effect Allow in the role's policies.
#[derive(Debug, Clone)]
pub struct Statement {
    /// IAM actions.
    pub actions: Vec<&'static str>,
    /// The resource. A `*` at its end matches any characters.
    pub resource: String,
    /// The required values of condition keys.
    pub conditions: Vec<(&'static str, &'static str)>,
}

/// What IAM's simulation does with a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Simulation {
    /// It evaluates statements and conditions.
    Complete,
    /// A condition never holds, and no key is missing. It ignores added policies.
    WithoutConditions,
    /// The role's permissions boundary allows nothing.
    WithBoundary,
    /// It takes no added policy.
    WithoutAddedPolicies,
}

pub(super) fn answer(shared: &Shared, incoming: &Incoming) -> Option<Response> {
    let request = form(&incoming.body);
    let action = request.get("Action").filter(|_| incoming.path == "/")?;
    assert_eq!(action, "SimulatePrincipalPolicy", "IAM was asked for {action}");
    if !shared.admits("SimulatePrincipalPolicy", Value::Null) {
        return Some(error(
            403,
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/me is not authorized to perform: \
             iam:SimulatePrincipalPolicy",
        ));
    }
    if request["PolicySourceArn"] != shared.deployment.role {
        return Some(error(404, "NoSuchEntity", "The role cannot be found."));
    }
    let is_added = request.contains_key("PolicyInputList.member.1");
    if is_added && shared.deployment.simulation == Simulation::WithoutAddedPolicies {
        return Some(error(400, "InvalidInput", "PolicyInputList is not accepted."));
    }
    Some(simulate(&shared.deployment, &request))
}

fn error(status: u16, code: &str, message: &str) -> Response {
    xml_answer(
        status,
        format!(
            r#"<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"#
        ),
    )
}

/// Two results per page.
fn simulate(deployment: &Deployment, request: &BTreeMap<String, String>) -> Response {
    let member = |name: &str| {
        let prefix = format!("{name}.member.");
        let mut members: Vec<(usize, &String)> = request
            .iter()
            .filter_map(|(field, value)| Some((field.strip_prefix(&prefix)?.parse().ok()?, value)))
            .collect();
        members.sort();
        members.into_iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    let actions = member("ActionNames");
    let resources = member("ResourceArns");
    let context: BTreeMap<&str, &str> = (1..)
        .map_while(|number| {
            let entry = format!("ContextEntries.member.{number}");
            let name = request.get(&format!("{entry}.ContextKeyName"))?;
            let value = request.get(&format!("{entry}.ContextKeyValues.member.1"))?;
            Some((name.as_str(), value.as_str()))
        })
        .collect();
    let added =
        member("PolicyInputList").first().map(|policy| serde_json::from_str(policy).unwrap());
    let [resource] = resources.as_slice() else { panic!("one resource, not {resources:?}") };
    let from: usize = request.get("Marker").map_or(0, |marker| marker.parse().unwrap());
    let results: String = actions
        .iter()
        .skip(from)
        .take(2)
        .map(|action| result(deployment, action, resource, &context, added.as_ref()))
        .collect();
    let more = from + 2 < actions.len();
    let marker = if more { format!("<Marker>{}</Marker>", from + 2) } else { String::new() };
    xml_answer(
        200,
        format!(
            r#"<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults><IsTruncated>{more}</IsTruncated>{marker}</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"#
        ),
    )
}

fn result(
    deployment: &Deployment,
    action: &str,
    resource: &str,
    context: &BTreeMap<&str, &str>,
    added: Option<&Value>,
) -> String {
    let nothing = BTreeMap::new();
    let supports_conditions = deployment.simulation != Simulation::WithoutConditions;
    let context = if supports_conditions { context } else { &nothing };
    let mut missing: Vec<&str> = Vec::new();
    let mut allowed = added.is_some_and(|policy| allows(policy, action, context));
    for Statement { actions, resource: on, conditions } in &deployment.statements {
        let covers = match on.strip_suffix('*') {
            Some(prefix) => resource.starts_with(prefix),
            None => resource == on,
        };
        // IAM lists missing keys of all statements, including statements for other actions.
        let keys = conditions.iter().map(|(key, _)| *key);
        missing.extend(keys.filter(|key| supports_conditions && !context.contains_key(key)));
        let holds = conditions.iter().all(|(key, value)| context.get(key) == Some(value));
        allowed |= actions.contains(&action) && covers && holds;
    }
    let bounded = deployment.simulation == Simulation::WithBoundary;
    let decision = if allowed && !bounded { "allowed" } else { "implicitDeny" };
    let boundary = if bounded {
        "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>"
    } else {
        ""
    };
    let keys: String = missing.iter().map(|key| format!("<member>{key}</member>")).collect();
    // For a query with a resource, the missing keys are in the result for that resource.
    let (general, specific) = match resource {
        "*" => (keys, String::new()),
        resource => (
            String::new(),
            format!(
                "<ResourceSpecificResults><member><EvalResourceName>{resource}</EvalResourceName><EvalResourceDecision>{decision}</EvalResourceDecision><MissingContextValues>{keys}</MissingContextValues></member></ResourceSpecificResults>"
            ),
        ),
    };
    format!(
        "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName><EvalDecision>{decision}</EvalDecision><MissingContextValues>{general}</MissingContextValues>{specific}{boundary}</member>"
    )
}

/// Whether an added policy of one statement allows the action.
fn allows(policy: &Value, action: &str, context: &BTreeMap<&str, &str>) -> bool {
    let statement = &policy["Statement"][0];
    let conditions = statement["Condition"]["StringEquals"].as_object().unwrap();
    let holds =
        |(key, value): (&String, &Value)| context.get(key.as_str()).copied() == value.as_str();
    statement["Action"] == action && conditions.iter().all(holds)
}
