//! IAM: simulates the permissions of the function's role.

use aws_config::SdkConfig;
use aws_sdk_iam::{
    Client,
    types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult},
};

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
    ) -> CallResult<Vec<Simulated>> {
        let mut simulated = Vec::new();
        for question in questions {
            let mut pages = self
                .0
                .simulate_principal_policy()
                .policy_source_arn(role)
                .set_action_names(Some(question.actions.iter().map(ToString::to_string).collect()))
                .resource_arns(&question.resource)
                .set_context_entries(Some(context()))
                .into_paginator()
                .items()
                .send();
            while let Some(result) = pages.next().await {
                let result = result
                    .map_err(|error| CallError::of("iam:SimulatePrincipalPolicy", role, &error))?;
                simulated.push(of_result(&result, &question.resource));
            }
        }
        Ok(simulated)
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
