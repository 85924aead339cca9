//! The requests of the adapter, member by member. They contain no member that would change other settings.

use reactive_scaler::lease::Record;
use reactive_scaler::port::{Endpoints, Scaling, VariantId};
use serde_json::{Value, json};

use crate::{
    adapters_agree::*,
    canned::{Canned, ok},
};

const RESOURCE: &str = "endpoint/my-endpoint/variant/AllTraffic";
const DIMENSION: &str = "sagemaker:variant:DesiredInstanceCount";

async fn server() -> Canned {
    Canned::new([ok(&json!({}))]).await
}

fn only(server: &Canned, target: &str) -> Value {
    let [request] = &server.requests()[..] else { panic!("one request: {target}") };
    assert_eq!(request.operation, target);
    request.json()
}

#[tokio::test]
async fn a_capacity_names_no_weight() {
    let server = server().await;
    server.aws.set_capacity(&id(), 0).await.unwrap();
    let expected = json!({
        "EndpointName": ENDPOINT,
        "DesiredWeightsAndCapacities": [{ "VariantName": VARIANT, "DesiredInstanceCount": 0 }],
    });
    assert_eq!(only(&server, "SageMaker.UpdateEndpointWeightsAndCapacities"), expected);
}

#[tokio::test]
async fn a_min_names_neither_a_max_nor_a_suspended_state() {
    let server = server().await;
    server.aws.set_min(&id(), 1).await.unwrap();
    let expected = json!({
        "ServiceNamespace": "sagemaker",
        "ResourceId": RESOURCE,
        "ScalableDimension": DIMENSION,
        "MinCapacity": 1,
    });
    assert_eq!(only(&server, "AnyScaleFrontendService.RegisterScalableTarget"), expected);
}

#[tokio::test]
async fn a_release_names_a_schedule_and_a_min_of_zero() {
    let server = server().await;
    server.aws.put_record(&id(), "lease", Record::floor(at(600))).await.unwrap();
    let expected = json!({
        "ServiceNamespace": "sagemaker",
        "ResourceId": RESOURCE,
        "ScalableDimension": DIMENSION,
        "ScheduledActionName": "lease",
        "Schedule": "at(2030-01-07T14:10:00)",
        "Timezone": "UTC",
        "ScalableTargetAction": { "MinCapacity": 0 },
    });
    assert_eq!(only(&server, "AnyScaleFrontendService.PutScheduledAction"), expected);
}

#[tokio::test]
async fn a_record_without_a_floor_names_max_capacity_alone() {
    let server = server().await;
    server.aws.put_record(&id(), "lease", Record::plain(at(600), 4)).await.unwrap();
    let request = only(&server, "AnyScaleFrontendService.PutScheduledAction");
    assert_eq!(request["ScalableTargetAction"], json!({ "MaxCapacity": 4 }));
    assert_eq!(request["Timezone"], "UTC");
}

// API reference: a filter by dimension requires a resource id.
#[tokio::test]
async fn a_listing_of_the_namespace_names_no_dimension() {
    let server = server().await;
    server.aws.targets().await.unwrap();
    server.aws.all_actions().await.unwrap();
    for request in server.requests() {
        assert_eq!(request.json(), json!({ "ServiceNamespace": "sagemaker" }), "{request:?}");
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_listing_of_one_variant_names_it_whole() {
    let server = server().await;
    server.aws.target(&id()).await.unwrap();
    server.aws.actions(&VariantId::new("other", "blue")).await.unwrap();
    let expected = [
        (
            "AnyScaleFrontendService.DescribeScalableTargets".to_owned(),
            json!({
                "ServiceNamespace": "sagemaker",
                "ResourceIds": [RESOURCE],
                "ScalableDimension": DIMENSION,
            }),
        ),
        (
            "AnyScaleFrontendService.DescribeScheduledActions".to_owned(),
            json!({
                "ServiceNamespace": "sagemaker",
                "ResourceId": "endpoint/other/variant/blue",
                "ScalableDimension": DIMENSION,
            }),
        ),
    ];
    let asked = server.requests().into_iter().map(|request| {
        let body = request.json();
        (request.operation, body)
    });
    assert_eq!(asked.collect::<Vec<_>>(), expected);
}
