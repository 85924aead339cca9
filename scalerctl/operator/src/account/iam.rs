//! IAM: simulates the permissions of the function's role.

use aws_config::SdkConfig;
use aws_sdk_iam::{
    Client,
    types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType},
};
use serde_json::json;

use super::call_error::{CallError, CallResult};

/// The client.
#[derive(Debug)]
pub struct Iam(Client);

/// Actions on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionQuery {
    /// IAM actions.
    pub actions: Vec<&'static str>,
    /// The resource's ARN, or `*`.
    pub resource: String,
}

/// The result of the simulation for one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
    /// Condition keys that the policies use and that have no value in the simulation.
    pub missing: Vec<String>,
}

impl Simulated {
    /// Whether no statement allows it, and no condition key without a value can be the reason.
    fn is_not_granted(&self) -> bool {
        self.decision == "implicitDeny" && self.missing.is_empty()
    }
}

/// The result of all queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// For each action.
    pub results: Vec<Simulated>,
    /// False if this AWS does not evaluate conditions. Some simulators do not. An implicit denial can then be wrong.
    pub supports_conditions: bool,
}

/// The condition keys of the function's own calls.
const CONTEXT: [(&str, &str); 3] = [
    ("application-autoscaling:service-namespace", "sagemaker"),
    ("application-autoscaling:scalable-dimension", "sagemaker:variant:DesiredInstanceCount"),
    // A policy statement for another action uses this key. Without it, IAM reports it as missing
    // for every denied action.
    ("iam:AWSServiceName", "sagemaker.application-autoscaling.amazonaws.com"),
];

impl Iam {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// SimulatePrincipalPolicy for each query.
    pub async fn simulate(
        &self,
        role: &str,
        questions: &[PermissionQuery],
    ) -> CallResult<Simulation> {
        let mut results = Vec::new();
        for question in questions {
            let actions = question.actions.iter().map(ToString::to_string).collect();
            for result in self.ask(role, actions, &question.resource, None).await? {
                results.push(of_result(&result, &question.resource));
            }
        }
        let supports_conditions = match results.iter().find(|it| it.is_not_granted()) {
            // If this cannot be asked, the denial counts.
            Some(denied) => self.supports_conditions(role, denied).await.unwrap_or(true),
            None => true,
        };
        Ok(Simulation { results, supports_conditions })
    }

    /// Adds a policy that allows the denied action under a condition that holds. IAM then allows it, or says that a
    /// permissions boundary or an organization's policy does not.
    async fn supports_conditions(&self, role: &str, denied: &Simulated) -> CallResult<bool> {
        let (key, value) = CONTEXT[0];
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": denied.action,
                "Resource": "*",
                "Condition": { "StringEquals": { key: value } },
            }],
        });
        let actions = vec![denied.action.clone()];
        let results = self.ask(role, actions, &denied.resource, Some(policy.to_string())).await?;
        Ok(results.iter().all(|result| {
            let boundary = result.permissions_boundary_decision_detail();
            let organization = result.organizations_decision_detail();
            result.eval_decision() != &PolicyEvaluationDecisionType::ImplicitDeny
                || boundary.is_some_and(|it| !it.allowed_by_permissions_boundary())
                || organization.is_some_and(|it| !it.allowed_by_organizations())
        }))
    }

    async fn ask(
        &self,
        role: &str,
        actions: Vec<String>,
        resource: &str,
        added_policy: Option<String>,
    ) -> CallResult<Vec<EvaluationResult>> {
        self.0
            .simulate_principal_policy()
            .policy_source_arn(role)
            .set_action_names(Some(actions))
            .resource_arns(resource)
            .set_context_entries(Some(context()))
            .set_policy_input_list(added_policy.map(|policy| vec![policy]))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .map_err(|error| CallError::of("iam:SimulatePrincipalPolicy", role, &error))
    }
}

fn of_result(result: &EvaluationResult, resource: &str) -> Simulated {
    // With a resource, IAM returns the missing keys in the result for this resource.
    let by_resource = result.resource_specific_results().iter();
    let mut missing: Vec<String> = by_resource
        .flat_map(|one| one.missing_context_values())
        .chain(result.missing_context_values())
        .cloned()
        .collect();
    missing.sort();
    missing.dedup();
    Simulated {
        action: result.eval_action_name().to_owned(),
        resource: resource.to_owned(),
        decision: result.eval_decision().as_str().to_owned(),
        missing,
    }
}

fn context() -> Vec<ContextEntry> {
    CONTEXT
        .iter()
        .map(|(key, value)| {
            ContextEntry::builder()
                .context_key_name(*key)
                .context_key_type(ContextKeyTypeEnum::String)
                .context_key_values(*value)
                .build()
        })
        .collect()
}
