//! Texts of SageMaker and Application Auto Scaling that people report: their kind, and what to do.
//!
//! Sources of the further texts: SageMaker AI Developer Guide, "Check the status of a scaling activity by
//! describing scaling activities" (the activity that reached a quota); IAM User Guide, "Troubleshoot access
//! denied error messages" (the denial that names its policy); public issues (both endings of the quota's text,
//! `InstancePools`, `CapacityError`); moto 5.2 (single quotation marks).

use reactive_scaler::{
    aws_errors::{kind_of, kind_of_reason},
    lease::LEASE,
    port::FailureKind::{self, *},
};
use simulator::{Fault, Refusal};

use crate::harness::{TestWorld, uploads};

const CAPACITY: &str = "UpdateEndpointWeightsAndCapacities";

/// An error answer of SageMaker.
struct Answer {
    code: &'static str,
    text: &'static str,
    kind: FailureKind,
    /// A part of the advice.
    advice: &'static str,
}

const fn answer(
    code: &'static str,
    text: &'static str,
    kind: FailureKind,
    advice: &'static str,
) -> Answer {
    Answer { code, text, kind, advice }
}

const NO_ENDPOINT: &str = "check the route's endpoint name and the function's region";
const NO_CONFIG: &str = "create the endpoint configuration again";
const NO_INSTANCES: &str = "wait, or deploy the endpoint with another instance type";
const QUOTA: &str = "raise the quota 'for endpoint usage' of this instance type";
const DENY: &str = "change the policy that the answer names";

#[rustfmt::skip]
const ANSWERS: &[Answer] = &[
    answer("ValidationException",
        "Could not find endpoint \"arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint\".",
        EndpointMissing, NO_ENDPOINT),
    answer("ValidationException",
        "Could not find endpoint configuration \"arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/my-endpoint-config\".",
        EndpointConfigMissing, NO_CONFIG),
    answer("ValidationException",
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time.",
        InsufficientCapacity, NO_INSTANCES),
    answer("AccessDeniedException",
        "User: arn:aws:sts::123456789012:assumed-role/my-scaler/my-scaler is not authorized to perform: sagemaker:UpdateEndpointWeightsAndCapacities on resource: arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint with an explicit deny in a service control policy",
        ExplicitDeny, DENY),
    answer("ResourceLimitExceeded",
        "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.",
        Quota, QUOTA),
    // Further ones.
    answer("ValidationException",
        "Could not find endpoint configuration 'arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/my-endpoint-config'.",
        EndpointConfigMissing, NO_CONFIG),
    answer("AccessDeniedException",
        "User: arn:aws:sts::123456789012:assumed-role/my-scaler/my-scaler is not authorized to perform: sagemaker:UpdateEndpointWeightsAndCapacities on resource: arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint with an explicit deny in a service control policy: arn:aws:organizations::123456789012:policy/o-example/service_control_policy/p-example",
        ExplicitDeny, DENY),
    answer("ValidationException",
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time. Consider configuring InstancePools in your EndpointConfig with multiple instance types for priority-based fallback to improve capacity availability.",
        InsufficientCapacity, NO_INSTANCES),
    answer("ValidationException",
        "Could not find endpoint \"my-endpoint\"",
        EndpointMissing, NO_ENDPOINT),
];

#[tokio::test]
async fn a_refused_wake_reports_the_text_of_aws_with_advice_and_keeps_its_lease() {
    for Answer { code, text, kind, advice } in ANSWERS {
        assert_eq!(kind_of(code, text, false), *kind, "{text}");
        let test_world = TestWorld::at_zero().await;
        let refused = Fault::Refused(Refusal::new(*code, *text));
        test_world.sim.with(|world| world.faults.fail_next(CAPACITY, refused, 1));
        let invoked = test_world.function().await.invoke(&uploads(1)).await;
        let told = &invoked.error().message;
        let begin = "UpdateEndpointWeightsAndCapacities on endpoint/my-endpoint/variant/AllTraffic \
                     failed: AWS answered";
        let expected = format!("{begin} {code}: {text} (what to do: {advice}");
        assert!(told.contains(&expected), "{expected}\nis missing in\n{told}");
        assert!(test_world.release_of(LEASE).is_some(), "{text}");
    }
}

/// `FailureReason` of DescribeEndpoint, or `StatusMessage` of a scaling activity: without a code.
#[rustfmt::skip]
const REASONS: &[(FailureKind, &str)] = &[
    (InsufficientCapacity,
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time."),
    (Quota,
        "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. ..."),
    // Nothing failed yet.
    (Other,
        "Successfully set desired instance count to 1. Waiting for change to be fulfilled by sagemaker."),
    // Further ones.
    (InsufficientCapacity,
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time. Consider configuring InstancePools in your EndpointConfig with multiple instance types for priority-based fallback to improve capacity availability."),
    (InsufficientCapacity,
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type."),
    (InsufficientCapacity,
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."),
    (Quota,
        "Failed to set desired instance count to 110. Reason: The account-level service limit 'ml.g5.xlarge for endpoint usage' is 1000 Instances, with current utilization of 997 Instances and a request delta of 20 Instances. Please contact AWS support to request an increase for this limit. (Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceLimitExceeded; Request ID: 0a1b2c3d)."),
    (Quota,
        "Failed to set desired instance count to 4. Reason: The account-level service limit 'ml.g5.xlarge for endpoint usage' is 4 Instances, with current utilization of 3 Instances and a request delta of 3 Instances. Please use AWS Service Quotas to request an increase for this quota."),
    (Other,
        "Successfully set desired instance count to 0. Change successfully fulfilled by sagemaker."),
    (Other,
        "Failed to set desired instance count to 1. Reason: Cannot update in-progress endpoint \"arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint\"."),
];

#[test]
fn a_reason_without_a_code_has_the_kind_of_its_text() {
    for (kind, text) in REASONS {
        assert_eq!(kind_of_reason(text), *kind, "{text}");
    }
}

/// A missing endpoint of an input is not a failed call: the route must be corrected.
#[tokio::test]
async fn an_input_of_a_missing_endpoint_says_to_correct_the_route() {
    let test_world = TestWorld::at_zero().await;
    let Answer { code, text, .. } = &ANSWERS[0];
    let refused = Fault::Refused(Refusal::new(*code, *text));
    test_world.sim.with(|world| world.faults.fail_next("DescribeEndpoint", refused, 1));
    let invoked = test_world.function().await.invoke(&uploads(1)).await;
    let told = &invoked.error().message;
    assert!(told.contains("endpoint my-endpoint does not exist in this region"), "{told}");
    assert!(told.contains("what to do: correct SCALER_ROUTES, or create the endpoint"), "{told}");
    assert_eq!(invoked.logged(), ["input none endpoint_missing ?->?"]);
}
