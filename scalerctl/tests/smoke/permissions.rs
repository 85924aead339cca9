//! The check `permissions`.

use super::{
    control_plane::{Simulation, Statement},
    run::smoke,
    setup,
};

#[tokio::test]
async fn an_action_that_is_not_allowed() {
    let mut deployment = setup::by_event_bridge();
    deployment.statements[0].actions.pop();
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "permissions",
        &[
            "sagemaker:UpdateEndpointWeightsAndCapacities",
            "implicitDeny",
            " --parameter-overrides EndpointName=My-Endpoint\n",
            "or: add the endpoint's ARN, in lower case, to the stack's parameter ExtraEndpointArns\n",
            " | sed 's/..*/&,/')arn:aws:sagemaker:eu-central-1:123456789012:endpoint/my-endpoint\"\n",
        ],
    );
}

/// IAM's comparison of ARNs is case-sensitive, and SageMaker's ARNs are in lower case.
#[tokio::test]
async fn an_arn_that_is_not_in_lower_case() {
    let mut deployment = setup::by_event_bridge();
    deployment.statements[0].resource =
        "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/My-Endpoint".into();
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("permissions", &["endpoint/my-endpoint is not allowed", "lower case"]);
}

#[tokio::test]
async fn conditions_that_do_not_hold() {
    let mut deployment = setup::by_event_bridge();
    deployment.statements[2].conditions[0].1 = "ecs";
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("permissions", &["PutScheduledAction", "allow it in the policy of"]);
}

/// Only SageMaker knows the tags of an endpoint, so the simulation cannot evaluate access by tag.
#[tokio::test]
async fn access_by_tag_is_unknown() {
    let mut deployment = setup::by_event_bridge();
    deployment.statements[0].resource = "*".into();
    deployment.statements[0].conditions = vec![("aws:ResourceTag/reactive-scaler", "true")];
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_skips("permissions", "unknown for sagemaker:DescribeEndpoint");
    run.assert_says(&["it depends on aws:ResourceTag/reactive-scaler"]);
}

/// MiniStack's simulation, for example. What is allowed without a condition is still checked.
#[tokio::test]
async fn a_simulation_that_does_not_support_conditions() {
    let mut deployment = setup::by_event_bridge();
    deployment.simulation = Simulation::WithoutConditions;
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_skips("permissions", "unknown for application-autoscaling:DeleteScheduledAction");
    run.assert_says(&["is allowed 6 of 9 actions", "does not support conditions"]);
}

/// An added policy does not help there either, and the denial is real.
#[tokio::test]
async fn a_permissions_boundary() {
    let mut deployment = setup::by_event_bridge();
    deployment.simulation = Simulation::WithBoundary;
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("permissions", &["is allowed 0 of 9 actions", "implicitDeny"]);
}

/// What is denied counts if it cannot be asked whether conditions are supported.
#[tokio::test]
async fn a_simulation_that_takes_no_added_policy() {
    let mut deployment = setup::by_event_bridge();
    deployment.simulation = Simulation::WithoutAddedPolicies;
    deployment.statements[0].actions.pop();
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("permissions", &["UpdateEndpointWeightsAndCapacities", "implicitDeny"]);
}

/// One more query, and only if an action is denied.
#[tokio::test]
async fn what_the_simulation_supports_is_asked_once() {
    let mut deployment = setup::by_event_bridge();
    let queries = smoke(&deployment, &[]).await.calls("SimulatePrincipalPolicy");
    deployment.statements[0].actions.clear();
    let with_denied = smoke(&deployment, &[]).await.calls("SimulatePrincipalPolicy");
    assert_eq!(with_denied, queries + 1);
}

#[tokio::test]
async fn a_caller_who_may_not_simulate() {
    let mut deployment = setup::by_event_bridge();
    deployment.denied.insert("SimulatePrincipalPolicy");
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_skips("permissions", "you cannot call iam:SimulatePrincipalPolicy");
    run.assert_says(&["the first wake shows the write permissions"]);
}

/// The table of results, if the function has one.
#[tokio::test]
async fn the_actions_on_the_table() {
    let mut deployment = setup::by_event_bridge();
    deployment.variables.insert("SCALER_LEDGER", "my-table".into());
    let on_table = |actions: &[&'static str]| Statement {
        actions: actions.to_vec(),
        resource: "arn:aws:dynamodb:eu-central-1:123456789012:table/my-table".into(),
        conditions: Vec::new(),
    };
    deployment.statements.push(on_table(&["dynamodb:Query", "dynamodb:UpdateItem"]));
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("permissions", &["dynamodb:DeleteItem", "table/my-table is not allowed"]);
    let mut deployment = setup::by_event_bridge();
    deployment.variables.insert("SCALER_LEDGER", "my-table".into());
    deployment.statements.push(on_table(&[
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
    ]));
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
}
