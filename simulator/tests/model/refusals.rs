//! SageMaker: the changes of capacity that it refuses, and the messages.

use reactive_scaler::port::{EndpointStatus, VariantId};
use simulator::{Refusal, Settings, VariantState, World};

use crate::setup::*;

const ARN: &str = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/my-endpoint";

fn busy() -> Refusal {
    Refusal::validation(format!("Cannot update in-progress endpoint \"{ARN}\"."))
}

// AWS models only ResourceLimitExceeded. All other errors are a ValidationException with different
// messages.
#[test]
fn an_endpoint_that_is_updating_refuses_until_it_is_done() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 1).unwrap();
    assert_eq!(refusal(set_capacity(&mut world, 1)), busy());
    world.advance(secs(359));
    assert_eq!(refusal(set_capacity(&mut world, 0)), busy());
    world.advance(secs(1));
    set_capacity(&mut world, 0).unwrap();
}

// API reference, EndpointStatus. `OutOfService` and `UpdateRollbackFailed` are an assumption.
#[test]
fn each_status_accepts_or_refuses_an_update() {
    use EndpointStatus::*;
    let refused = |status: EndpointStatus| {
        Refusal::validation(format!(
            "Cannot update endpoint \"{ARN}\" with status {}.",
            status.as_str()
        ))
    };
    let rows = [
        (InService, true, None),
        (Updating, true, Some(busy())),
        (SystemUpdating, true, Some(busy())),
        (RollingBack, true, Some(busy())),
        (Creating, true, Some(busy())),
        (Deleting, true, Some(busy())),
        (Failed, true, Some(refused(Failed))),
        (Failed, false, Some(refused(Failed))),
        (OutOfService, true, None),
        (OutOfService, false, Some(refused(OutOfService))),
        (UpdateRollbackFailed, true, None),
        (UpdateRollbackFailed, false, Some(refused(UpdateRollbackFailed))),
    ];
    for (status, update_accepted_when_degraded, expected) in rows {
        let settings = Settings { update_accepted_when_degraded, ..Settings::default() };
        let mut world = endpoint_with(0, settings);
        world.set_status(ENDPOINT, status);
        match expected {
            None => set_capacity(&mut world, 1).unwrap(),
            Some(expected) => {
                assert_eq!(refusal(set_capacity(&mut world, 1)), expected, "{status:?}");
                assert_eq!(world.capacity(&id()), (0, 0), "{status:?}");
            }
        }
    }
}

#[test]
fn a_change_in_progress_keeps_the_endpoint_busy_in_every_status() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 1).unwrap();
    world.set_status(ENDPOINT, EndpointStatus::OutOfService);
    assert_eq!(refusal(set_capacity(&mut world, 0)), busy());
    world.advance(mins(6));
    set_capacity(&mut world, 0).unwrap();
    world.advance(mins(10));
    assert_eq!(world.capacity(&id()), (0, 0));
}

// The message that users published. Its ending varies.
#[test]
fn the_quota_refuses_one_instance_too_many_and_names_the_numbers() {
    let rows = [(0, 2, 2, None), (0, 3, 2, Some((0, 3))), (1, 3, 2, Some((1, 2)))];
    for (count, wanted, quota, refused) in rows {
        let mut world = endpoint_at(count);
        world.set_quota(ENDPOINT, Some(quota));
        let result = set_capacity(&mut world, wanted);
        let Some((utilization, delta)) = refused else {
            result.unwrap();
            continue;
        };
        let Refusal { code, message } = refusal(result);
        assert_eq!(code, "ResourceLimitExceeded");
        let expected = format!(
            "The account-level service limit 'ml.g5.xlarge for endpoint usage' is {quota} \
             Instances, with current utilization of {utilization} Instances and a request delta \
             of {delta} Instances. "
        );
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(world.capacity(&id()), (count, count));
    }
}

#[test]
fn the_quota_never_refuses_fewer_instances_and_can_be_raised() {
    let mut world = endpoint_at(3);
    world.set_quota(ENDPOINT, Some(1));
    set_capacity(&mut world, 2).unwrap();
    world.advance(mins(1));
    assert_eq!(refusal(set_capacity(&mut world, 3)).code, "ResourceLimitExceeded");
    world.set_quota(ENDPOINT, Some(3));
    set_capacity(&mut world, 3).unwrap();
}

#[test]
fn a_missing_resource_is_refused_with_its_name() {
    let mut world = endpoint_at(0);
    let missing = world.update_endpoint_weights_and_capacities("other", &[("x".into(), Some(1))]);
    assert_eq!(
        refusal(missing).message,
        "Could not find endpoint \"arn:aws:sagemaker:eu-central-1:123456789012:endpoint/other\"."
    );
    let described = refusal(world.describe_endpoint("other"));
    assert!(described.message.starts_with("Could not find endpoint"), "{described}");
    let other = VariantId::new(ENDPOINT, "other");
    let message = world.scale_by_person(&other, 1).unwrap_err().message;
    assert!(message.starts_with("The variant name(s) \"other\" is/are not present"), "{message}");
}

// The SageMaker guide: only async endpoints scale to zero. Serverless variants have no instances.
#[test]
fn a_count_that_the_variant_cannot_have_is_refused() {
    let rows = [
        ("async to zero", true, false, 0, true),
        ("async below zero", true, false, -1, false),
        ("real-time to one", false, false, 1, true),
        ("real-time to zero", false, false, 0, false),
        ("serverless", true, true, 1, false),
    ];
    for (label, asynchronous, serverless, to, accepted) in rows {
        let mut world = World::new(start());
        let variant = VariantState { serverless, ..VariantState::new(VARIANT, 1) };
        world.add_endpoint(ENDPOINT, vec![variant], asynchronous);
        assert_eq!(set_capacity(&mut world, to).is_ok(), accepted, "{label}");
    }
}

#[test]
fn one_call_changes_the_capacity_of_one_variant() {
    let mut world = World::new(start());
    let variants = ["blue", "green"].map(|name| VariantState::new(name, 0)).to_vec();
    world.add_endpoint(ENDPOINT, variants, true);
    let wanted = |blue, green| [("blue".to_owned(), blue), ("green".to_owned(), green)];
    let both = world.update_endpoint_weights_and_capacities(ENDPOINT, &wanted(Some(1), Some(1)));
    assert_eq!(refusal(both).code, "ValidationException");
    world.update_endpoint_weights_and_capacities(ENDPOINT, &wanted(None, Some(1))).unwrap();
    assert_eq!(world.capacity(&VariantId::new(ENDPOINT, "blue")), (0, 0));
    assert_eq!(world.capacity(&VariantId::new(ENDPOINT, "green")), (0, 1));
}
