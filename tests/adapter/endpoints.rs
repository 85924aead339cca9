//! DescribeEndpoint and DescribeEndpointConfig.

use reactive_scaler::port::{Aws, Endpoint, EndpointStatus, FailureKind, Variant};
use simulator::{Fault, Refusal, Simulator, VariantState};

use crate::adapters_agree::*;

contracts! {
    an_endpoint_is_read_with_all_fields,
    each_status_is_read,
    a_change_of_capacity_shows_current_and_desired,
    variants_keep_their_order_and_their_kind,
    counts_are_absent_while_an_endpoint_is_created,
    a_real_time_endpoint_is_not_asynchronous,
    the_reason_of_a_failure_is_read,
    a_missing_endpoint_is_none,
    a_configuration_is_read_with_its_models,
    a_missing_configuration_is_none,
}

fn plain(name: &str, current: i32, desired: i32) -> Variant {
    Variant {
        name: name.into(),
        current: Some(current),
        desired: Some(desired),
        serverless: false,
        managed: false,
    }
}

async fn read(aws: &impl Aws, name: &str) -> Endpoint {
    aws.endpoint(name).await.unwrap().unwrap()
}

async fn an_endpoint_is_read_with_all_fields(aws: &impl Aws, _: &Simulator) {
    let expected = Endpoint {
        status: EndpointStatus::InService,
        asynchronous: true,
        variants: vec![plain(VARIANT, 0, 0)],
        failure_reason: None,
        created_at: Some(start()),
        config: Some(format!("{ENDPOINT}-config")),
    };
    assert_eq!(read(aws, ENDPOINT).await, expected);
}

async fn each_status_is_read(aws: &impl Aws, sim: &Simulator) {
    use EndpointStatus::*;
    let statuses = [
        OutOfService,
        Creating,
        Updating,
        SystemUpdating,
        RollingBack,
        Deleting,
        Failed,
        UpdateRollbackFailed,
        Other,
        InService,
    ];
    for status in statuses {
        sim.with(|world| world.set_status(ENDPOINT, status));
        assert_eq!(read(aws, ENDPOINT).await.status, status);
    }
}

async fn a_change_of_capacity_shows_current_and_desired(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.scale_by_person(&id(), 3)).unwrap();
    let seen = read(aws, ENDPOINT).await;
    assert_eq!(seen.status, EndpointStatus::Updating);
    assert_eq!(seen.variants, [plain(VARIANT, 0, 3)]);
    sim.advance(mins(6));
    assert_eq!(read(aws, ENDPOINT).await.variants, [plain(VARIANT, 3, 3)]);
}

async fn variants_keep_their_order_and_their_kind(aws: &impl Aws, sim: &Simulator) {
    let variants = vec![
        VariantState::new("second", 2),
        VariantState { serverless: true, ..VariantState::new("serverless", 0) },
        VariantState { managed: true, ..VariantState::new("managed", 1) },
    ];
    sim.with(|world| {
        world.add_endpoint("many", variants, true);
    });
    let expected = [
        plain("second", 2, 2),
        Variant { current: None, desired: None, serverless: true, ..plain("serverless", 0, 0) },
        Variant { managed: true, ..plain("managed", 1, 1) },
    ];
    assert_eq!(read(aws, "many").await.variants, expected);
}

async fn counts_are_absent_while_an_endpoint_is_created(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::Creating));
    let variant = read(aws, ENDPOINT).await.variants.remove(0);
    assert_eq!((variant.current, variant.desired), (None, None));
}

async fn a_real_time_endpoint_is_not_asynchronous(aws: &impl Aws, sim: &Simulator) {
    let variants = vec![VariantState::new(VARIANT, 1)];
    sim.with(|world| {
        world.add_endpoint("real-time", variants, false);
    });
    assert!(!read(aws, "real-time").await.asynchronous);
    assert!(read(aws, ENDPOINT).await.asynchronous);
}

async fn the_reason_of_a_failure_is_read(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| {
        world.set_capacity_shortage(ENDPOINT, true);
        world.scale_by_person(&id(), 1).unwrap();
        world.advance(mins(6));
    });
    let reason = read(aws, ENDPOINT).await.failure_reason.unwrap();
    assert!(reason.contains("InsufficientInstanceCapacity"), "{reason}");
}

async fn a_missing_endpoint_is_none(aws: &impl Aws, sim: &Simulator) {
    assert_eq!(aws.endpoint("missing").await, Ok(None));
    sim.with(|world| world.delete_endpoint(ENDPOINT));
    assert_eq!(aws.endpoint(ENDPOINT).await, Ok(None));
    assert_eq!(sim.with(|world| world.calls("DescribeEndpoint")), 2, "neither is asked twice");
}

async fn a_configuration_is_read_with_its_models(aws: &impl Aws, sim: &Simulator) {
    let of = |name: &str, model: &str| VariantState {
        model: Some(model.to_owned()),
        ..VariantState::new(name, 1)
    };
    sim.with(|world| {
        let variants = vec![of("blue", "my-model-2"), of("green", "my-model-1")];
        world.add_endpoint("deployed", variants, true).config = "deployed-2".into();
    });
    assert_eq!(read(aws, "deployed").await.config.as_deref(), Some("deployed-2"));
    let models = aws.models("deployed-2").await.unwrap().unwrap();
    assert_eq!(models, ["my-model-2", "my-model-1"]);
}

// An endpoint continues to exist if its configuration is deleted, so one answer does not imply the other.
async fn a_missing_configuration_is_none(aws: &impl Aws, sim: &Simulator) {
    assert_eq!(aws.models("missing").await, Ok(None));
    assert_eq!(aws.models(ENDPOINT).await, Ok(None), "an endpoint's name is no configuration's");
    let other = Refusal::validation("Could not find endpoint configuration \"arn:x\".".to_owned());
    sim.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::Refused(other), 1));
    let failure = aws.endpoint(ENDPOINT).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::EndpointConfigMissing);
    let endpoint = Refusal::validation("Could not find endpoint \"arn:x\".".to_owned());
    sim.with(|world| world.faults.fail_next("DescribeEndpointConfig", Fault::Refused(endpoint), 1));
    let failure = aws.models("my-endpoint-config").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::EndpointMissing);
}
