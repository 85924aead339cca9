//! Answers that AWS can give but the model does not: foreign items, missing members, unusual errors.

use reactive_scaler::port::{EndpointStatus, Endpoints, FailureKind, Scaling};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    adapters_agree::{ENDPOINT, adapter, id},
    canned::{Canned, ok},
};

const RESOURCE: &str = "endpoint/my-endpoint/variant/AllTraffic";
const DIMENSION: &str = "sagemaker:variant:DesiredInstanceCount";

async fn answering(body: Value) -> Canned {
    Canned::new([ok(&body)]).await
}

fn target(resource: &str, dimension: &str) -> Value {
    json!({
        "ServiceNamespace": "sagemaker",
        "ResourceId": resource,
        "ScalableDimension": dimension,
        "MinCapacity": 0,
        "MaxCapacity": 3,
        "RoleARN": "arn:aws:iam::123456789012:role/scaling",
        "CreationTime": 1_893_456_000.5,
    })
}

fn action(name: &str, dimension: &str, end: Option<&str>) -> Value {
    let mut action = json!({
        "ScheduledActionName": name,
        "ScheduledActionARN": "arn:aws:autoscaling:eu-central-1:123456789012:scheduledAction:x",
        "ServiceNamespace": "sagemaker",
        "Schedule": "cron(0 8 * * ? *)",
        "ResourceId": RESOURCE,
        "ScalableDimension": dimension,
        "ScalableTargetAction": { "MinCapacity": 1, "MaxCapacity": 2 },
        "CreationTime": 1_893_456_000,
    });
    if let Some(end) = end {
        let end: jiff::Timestamp = end.parse().unwrap();
        action["EndTime"] = json!(end.as_second());
    }
    action
}

const FOREIGN: &str = "sagemaker:inference-component:DesiredCopyCount";

#[tokio::test]
async fn targets_of_other_dimensions_are_not_seen() {
    let server = answering(json!({
        "ScalableTargets": [
            target("inference-component/my-component", FOREIGN),
            target(RESOURCE, DIMENSION),
            target(RESOURCE, "sagemaker:variant:DesiredProvisionedConcurrency"),
            target("inference-component/my-component", DIMENSION),
        ],
    }))
    .await;
    let targets = server.aws.targets().await.unwrap();
    assert_eq!(targets.iter().map(|target| &target.id).collect::<Vec<_>>(), [&id()]);
    assert_eq!(targets[0].suspended, Default::default(), "absent: nothing is suspended");
}

#[tokio::test]
async fn another_target_is_not_taken_for_the_requested_one() {
    let neighbour = target("endpoint/my-endpoint/variant/AllTraffic-2", DIMENSION);
    let server = answering(json!({ "ScalableTargets": [neighbour] })).await;
    assert_eq!(server.aws.target(&id()).await, Ok(None));
}

#[tokio::test]
async fn a_page_of_foreign_targets_alone_does_not_end_a_listing() {
    let foreign = json!({
        "ScalableTargets": [target("inference-component/my-component", FOREIGN)],
        "NextToken": "more",
    });
    let own = json!({ "ScalableTargets": [target(RESOURCE, DIMENSION)] });
    let server = Canned::new([ok(&foreign), ok(&own)]).await;
    assert_eq!(server.aws.targets().await.unwrap().len(), 1);
    assert_eq!(server.requests()[1].json()["NextToken"], "more");
}

// moto 5.2 does that with more than 100 targets: its second page's token leads to its second page.
#[tokio::test]
async fn a_listing_with_a_repeated_token_is_a_failure() {
    let page = json!({ "ScalableTargets": [], "ScheduledActions": [], "NextToken": "again" });
    let circle = "AWS answered the NextToken again that it was given";
    let server = answering(page.clone()).await;
    let failure = server.aws.targets().await.unwrap_err();
    assert_eq!((failure.operation, failure.answer.as_str()), ("DescribeScalableTargets", circle));
    assert_eq!((failure.kind, failure.resource.as_str()), (FailureKind::Other, "*"));
    assert_eq!(server.requests().len(), 2);

    let server = answering(page).await;
    let failure = server.aws.actions(&id()).await.unwrap_err();
    assert_eq!((failure.operation, failure.answer.as_str()), ("DescribeScheduledActions", circle));
    assert_eq!((failure.kind, failure.resource.as_str()), (FailureKind::Other, RESOURCE));
    assert_eq!(server.requests().len(), 2);
}

// EndTime of PutScheduledAction: from then on, a recurring action never runs again.
#[tokio::test]
async fn an_action_that_is_over_sets_no_bounds() {
    let server = answering(json!({
        "ScheduledActions": [
            action("foreign", FOREIGN, None),
            action("over", DIMENSION, Some("2020-01-01T00:00:00Z")),
            action("lasting", DIMENSION, Some("2200-01-01T00:00:00Z")),
            action("endless", DIMENSION, None),
        ],
    }))
    .await;
    let actions = server.aws.actions(&id()).await.unwrap();
    let seen = actions.iter().map(|action| (action.name.as_str(), action.min, action.max));
    let expected =
        [("over", None, None), ("lasting", Some(1), Some(2)), ("endless", Some(1), Some(2))];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn managed_instance_scaling_counts_unless_it_is_disabled() {
    let rows = [("ENABLED", true), ("DISABLED", false), ("SOMETHING_NEW", true)];
    for (status, managed) in rows {
        let server = answering(json!({
            "EndpointName": ENDPOINT,
            "EndpointArn": "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/my-endpoint",
            "EndpointStatus": "InService",
            "CreationTime": 1_893_456_000,
            "LastModifiedTime": 1_893_456_000,
            "ProductionVariants": [{
                "VariantName": "AllTraffic",
                "ManagedInstanceScaling": { "Status": status },
            }],
        }))
        .await;
        let endpoint = server.aws.endpoint(ENDPOINT).await.unwrap().unwrap();
        assert_eq!(endpoint.variants[0].managed, managed, "{status}");
        assert_eq!(endpoint.variants[0].desired, None, "absent is not zero");
    }
}

#[tokio::test]
async fn an_unknown_or_absent_status_is_read_as_other() {
    for status in [Some("Pausing"), None] {
        let mut body = json!({ "EndpointName": ENDPOINT });
        if let Some(status) = status {
            body["EndpointStatus"] = json!(status);
        }
        let endpoint = answering(body).await.aws.endpoint(ENDPOINT).await.unwrap().unwrap();
        assert_eq!(endpoint.status, EndpointStatus::Other, "{status:?}");
        assert!(!endpoint.asynchronous, "{status:?}");
    }
}

#[tokio::test]
async fn an_answer_in_an_unknown_format_is_a_failure() {
    let page = b"<html>a proxy's page</html>".to_vec();
    let failure = Canned::new([(200, page)]).await.aws.targets().await.unwrap_err();
    assert_eq!((failure.operation, failure.resource.as_str()), ("DescribeScalableTargets", "*"));
}

#[tokio::test]
async fn an_error_of_a_gateway_counts_as_no_answer() {
    for body in ["{}", r#"{"message":"in its own words"}"#, "<html>Service Unavailable</html>", ""]
    {
        let failure = Canned::new([(503, body.into())]).await.aws.targets().await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NoAnswer, "{body}: {failure}");
    }
}

#[tokio::test]
async fn an_address_without_a_server_gives_no_answer() {
    let free = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let failure = adapter(&url).endpoint(ENDPOINT).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NoAnswer, "{failure}");
    assert!(failure.answer.starts_with("no answer from AWS: "), "{failure}");
}

#[tokio::test]
async fn an_error_code_is_read_without_its_namespace() {
    let body = json!({
        "__type": "com.amazonaws.applicationautoscaling#ObjectNotFoundException",
        "Message": "No scalable target registered",
    });
    let server = Canned::new([(400, body.to_string().into_bytes())]).await;
    let failure = server.aws.set_min(&id(), 0).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotRegistered);
    let expected = "AWS answered ObjectNotFoundException: No scalable target registered";
    assert_eq!(failure.answer, expected);
}
