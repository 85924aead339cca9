//! The SDK adapter with `moto_server` from moto 5.2 (PyPI), an independent implementation of AWS.
//!
//! It knows the wire formats and little of the behaviour: a change of capacity is done at once and never refused as
//! busy, registering changes no capacity and refuses no bounds, scheduled actions are stored for anything and at any
//! time and never run, and DescribeEndpoint leaves `AsyncInferenceConfig` out even where the endpoint's configuration
//! has one (`docs/internals/testing.md`, "Contract tests"). The calls are therefore tested here one by one, and the
//! whole flow on the simulator's AWS. Moto does not support CloudWatch's rpcv2Cbor either. A bridge converts it to
//! awsJson1.0, so the members are tested and the encoding is not.
//!
//! The server is `MOTO_SERVER`, or `.venv-moto/bin/moto_server` in this folder, or `moto_server` on
//! `PATH`. If moto is not installed, each test prints a message and passes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "harness/cloudwatch_bridge.rs"]
mod cloudwatch_bridge;
#[path = "harness/moto_admin.rs"]
mod moto_admin;
#[path = "harness/moto_clients.rs"]
mod moto_clients;
#[path = "harness/moto_server.rs"]
mod moto_server;

use aws_config::{Region, SdkConfig};
use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTargetAction, ServiceNamespace, SuspendedState,
};
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum};
use aws_sdk_sagemaker::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_types::DateTime;
use cloudwatch_bridge::CloudWatchBridge;
use jiff::{SignedDuration, Timestamp};
use moto_clients::{config, create_endpoint};
use moto_server::MotoServer;
use reactive_scaler::{
    aws::{SdkAws, SdkStore},
    lease::{HOLD, LEASE, Record},
    port::{
        EndpointStatus, Endpoints, FailureKind, Metrics, ScalableTarget, Scaling, ScheduledAction,
        Suspended, Variant, VariantId,
    },
    stored_routes::{Place, Store},
};

const ENDPOINT: &str = "my-endpoint";
const VARIANT: &str = "AllTraffic";
const NAMESPACE: ServiceNamespace = ServiceNamespace::Sagemaker;
const DIMENSION: ScalableDimension = ScalableDimension::SageMakerVariantDesiredInstanceCount;

fn id() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

/// A server, and the adapter that talks to it.
fn moto() -> Option<(MotoServer, SdkConfig, SdkAws)> {
    let server = MotoServer::start()?;
    let config = config(&server.url());
    let adapter = SdkAws::new(&config);
    Some((server, config, adapter))
}

async fn register(config: &SdkConfig, id: &VariantId, suspended: Option<SuspendedState>) {
    aws_sdk_applicationautoscaling::Client::new(config)
        .register_scalable_target()
        .service_namespace(NAMESPACE)
        .scalable_dimension(DIMENSION)
        .resource_id(id.resource_id())
        .min_capacity(0)
        .max_capacity(4)
        .set_suspended_state(suspended)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn an_endpoint_is_described_and_its_capacity_goes_to_0_and_to_1() {
    let Some((_server, config, aws)) = moto() else { return };
    create_endpoint(&config, ENDPOINT).await;
    for desired in [0, 1, 2, 0] {
        aws.set_capacity(&id(), desired).await.unwrap();
        let endpoint = aws.endpoint(ENDPOINT).await.unwrap().unwrap();
        assert_eq!(endpoint.status, EndpointStatus::InService);
        assert_eq!(endpoint.failure_reason, None);
        let variant = Variant {
            name: VARIANT.into(),
            current: Some(desired),
            desired: Some(desired),
            serverless: false,
            managed: false,
        };
        assert_eq!(endpoint.variants, [variant]);
    }
}

#[tokio::test]
async fn a_missing_endpoint_is_none_and_a_capacity_for_it_fails() {
    let Some((_server, config, aws)) = moto() else { return };
    create_endpoint(&config, "another").await;
    assert_eq!(aws.endpoint(ENDPOINT).await, Ok(None));
    let failure = aws.set_capacity(&id(), 1).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::EndpointMissing);
    assert_eq!(failure.operation, "UpdateEndpointWeightsAndCapacities");
    assert_eq!(failure.resource, "endpoint/my-endpoint/variant/AllTraffic");
    assert!(failure.answer.contains("ValidationException"), "{}", failure.answer);
}

#[tokio::test]
async fn a_target_is_read_and_only_its_minimum_changes() {
    let Some((_server, config, aws)) = moto() else { return };
    assert_eq!(aws.target(&id()).await, Ok(None));
    assert_eq!(aws.targets().await, Ok(vec![]));

    let suspended = SuspendedState::builder()
        .dynamic_scaling_in_suspended(true)
        .dynamic_scaling_out_suspended(false)
        .scheduled_scaling_suspended(true)
        .build();
    register(&config, &id(), Some(suspended)).await;
    let target = |min| ScalableTarget {
        id: id(),
        min,
        max: 4,
        suspended: Suspended { scaling_in: true, scaling_out: false, scheduled: true },
    };
    assert_eq!(aws.target(&id()).await, Ok(Some(target(0))));
    for min in [1, 0] {
        aws.set_min(&id(), min).await.unwrap();
        assert_eq!(aws.target(&id()).await, Ok(Some(target(min))));
    }
}

#[tokio::test]
async fn one_target_is_read_and_all_are_listed() {
    let Some((_server, config, aws)) = moto() else { return };
    let ids = ["one", "two", "three"].map(|name| VariantId::new(name, VARIANT));
    for id in &ids {
        register(&config, id, None).await;
    }
    assert_eq!(aws.target(&ids[1]).await.unwrap().unwrap().id, ids[1]);
    assert_eq!(aws.target(&id()).await, Ok(None));
    let mut listed: Vec<_> =
        aws.targets().await.unwrap().into_iter().map(|target| target.id).collect();
    listed.sort();
    let mut all = ids.to_vec();
    all.sort();
    assert_eq!(listed, all);
}

/// Moto returns 50 targets a page. The token of its second page leads to the second page again (see
/// `adapter/answers.rs`). It returns all scheduled actions on one page.
#[tokio::test]
async fn long_lists_are_read_to_their_end() {
    let Some((_server, config, aws)) = moto() else { return };
    let mut ids = Vec::new();
    for number in 0..60 {
        let id = VariantId::new(format!("endpoint-{number:03}"), VARIANT);
        register(&config, &id, None).await;
        aws.put_record(&id, LEASE, Record::floor("2099-01-07T14:00:00Z".parse().unwrap()))
            .await
            .unwrap();
        ids.push(id);
    }
    let mut targets: Vec<_> =
        aws.targets().await.unwrap().into_iter().map(|target| target.id).collect();
    targets.sort();
    assert_eq!(targets, ids);
    let mut actions: Vec<_> =
        aws.all_actions().await.unwrap().into_iter().map(|action| action.id).collect();
    actions.sort();
    assert_eq!(actions, ids);
}

fn release(name: &str, schedule: &str) -> ScheduledAction {
    ScheduledAction {
        id: id(),
        name: name.into(),
        schedule: schedule.into(),
        timezone: Some("UTC".into()),
        min: Some(0),
        max: None,
    }
}

#[tokio::test]
async fn a_release_is_put_replaced_and_deleted() {
    let Some((_server, config, aws)) = moto() else { return };
    register(&config, &id(), None).await;
    let (first, second) = ("2099-01-07T14:00:00Z", "2099-01-07T14:11:30Z");
    let put = |name, at: &str| {
        let at = at.parse().unwrap();
        let aws = &aws;
        async move { aws.put_record(&id(), name, Record::floor(at)).await.unwrap() }
    };
    put(LEASE, first).await;
    put(LEASE, second).await;
    put(HOLD, first).await;
    let standing =
        vec![release(HOLD, "at(2099-01-07T14:00:00)"), release(LEASE, "at(2099-01-07T14:11:30)")];
    for listed in [aws.actions(&id()).await, aws.all_actions().await] {
        let mut listed = listed.unwrap();
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(listed, standing);
    }
    assert_eq!(aws.actions(&VariantId::new("another", VARIANT)).await, Ok(vec![]));

    aws.delete_action(&id(), HOLD).await.unwrap();
    assert_eq!(aws.actions(&id()).await, Ok(vec![release(LEASE, "at(2099-01-07T14:11:30)")]));
}

#[tokio::test]
async fn deleting_a_missing_action_succeeds() {
    let Some((_server, config, aws)) = moto() else { return };
    register(&config, &id(), None).await;
    assert_eq!(aws.delete_action(&id(), HOLD).await, Ok(()));
}

#[tokio::test]
async fn an_action_of_another_owner_is_read_unchanged() {
    let Some((_server, config, aws)) = moto() else { return };
    register(&config, &id(), None).await;
    aws_sdk_applicationautoscaling::Client::new(&config)
        .put_scheduled_action()
        .service_namespace(NAMESPACE)
        .scalable_dimension(DIMENSION)
        .resource_id(id().resource_id())
        .scheduled_action_name("office-hours")
        .schedule("cron(0 8 ? * MON-FRI *)")
        .timezone("Europe/Berlin")
        .scalable_target_action(
            ScalableTargetAction::builder().min_capacity(1).max_capacity(3).build(),
        )
        .send()
        .await
        .unwrap();
    let action = ScheduledAction {
        timezone: Some("Europe/Berlin".into()),
        min: Some(1),
        max: Some(3),
        ..release("office-hours", "cron(0 8 ? * MON-FRI *)")
    };
    assert_eq!(aws.actions(&id()).await, Ok(vec![action]));
}

async fn put_backlog(config: &SdkConfig, endpoint: &str, at: Timestamp, value: f64) {
    let datum = MetricDatum::builder()
        .metric_name("ApproximateBacklogSize")
        .dimensions(Dimension::builder().name("EndpointName").value(endpoint).build())
        .timestamp(DateTime::from_secs(at.as_second()))
        .value(value)
        .build();
    aws_sdk_cloudwatch::Client::new(config)
        .put_metric_data()
        .namespace("AWS/SageMaker")
        .metric_data(datum)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn the_backlog_is_read_per_minute_as_its_maximum() {
    let Some(server) = MotoServer::start() else { return };
    let bridge = CloudWatchBridge::start(server.address()).await;
    let config = config(&bridge.url);
    let aws = SdkAws::new(&config);
    // Whole minutes of the recent past. Older data and data of the future are not tested here.
    let now = Timestamp::now();
    let minute = Timestamp::from_second(now.as_second() / 60 * 60).unwrap();
    let at = |minutes: i64, seconds: i64| {
        minute - SignedDuration::from_mins(minutes) + SignedDuration::from_secs(seconds)
    };
    for (time, value) in
        [(at(9, 0), 7.0), (at(5, 10), 0.0), (at(5, 20), 3.0), (at(5, 50), 1.0), (at(3, 0), 0.0)]
    {
        put_backlog(&config, ENDPOINT, time, value).await;
    }
    put_backlog(&config, "another", at(4, 0), 9.0).await;

    let mut read: Vec<(Timestamp, f64)> = aws
        .backlog(ENDPOINT, at(7, 0), at(0, 0))
        .await
        .unwrap()
        .into_iter()
        .map(|datapoint| (datapoint.at, datapoint.value))
        .collect();
    read.sort_by_key(|(at, _)| *at);
    assert_eq!(read, [(at(5, 0), 3.0), (at(3, 0), 0.0)]);
    assert_eq!(aws.backlog("unknown", at(7, 0), at(0, 0)).await, Ok(vec![]));
}

/// moto recomputes each signature with botocore once there is a user: ours are those that AWS's own
/// Python SDK would make.
#[tokio::test]
async fn stored_routes_are_asked_for_with_signatures_that_botocore_makes_too() {
    let Some(server) = MotoServer::start() else { return };
    let moto = server.address();
    let routes = r#"[{"endpoint":"my-endpoint"}]"#;
    moto_admin::put_parameter(moto, "/reactive-scaler/routes", routes);
    moto_admin::put_object(moto, "my-config", "teams/a%20b%2B%C3%BC%20%3D%25.json", routes);
    let user = moto_admin::only_user(moto, &["ssm:GetParameter", "s3:GetObject"]);

    let config = |secret: &str| {
        let key = Credentials::new(&user.key, secret, None, None, "tests");
        let store = config(&server.url()).into_builder();
        let store = store.region(Region::new("us-east-1"));
        SdkStore::new(&store.credentials_provider(SharedCredentialsProvider::new(key)).build())
    };
    for place in ["ssm:/reactive-scaler/routes", "s3://my-config/teams/a b+ü =%.json"] {
        let place = Place::of(place).unwrap().unwrap();
        assert_eq!(config(&user.secret).read(&place).await.as_deref(), Ok(routes), "{place}");
        let forged = config("another-secret").read(&place).await.unwrap_err();
        // moto refuses a call to Parameter Store in XML, which AWS does not and its SDK does not read.
        if matches!(place, Place::Object { .. }) {
            assert!(forged.answer.contains("ignature"), "{forged}");
            assert_eq!(forged.kind, FailureKind::CredentialsInvalid, "{forged}");
        }
    }
}
