//! UpdateEndpointWeightsAndCapacities.

use reactive_scaler::port::{Aws, AwsFailure, EndpointStatus, FailureKind, VariantId};
use simulator::{Simulator, VariantState};

use crate::adapters_agree::*;

contracts! {
    a_capacity_is_set_once_and_for_one_variant,
    zero_is_a_capacity,
    the_current_capacity_is_accepted,
    a_capacity_on_its_way_is_busy_even_with_itself,
    a_busy_endpoint_refuses,
    a_missing_endpoint_refuses,
    a_missing_variant_refuses,
    the_quota_refuses_in_its_own_words,
    an_invalid_capacity_is_refused,
}

async fn refused(aws: &impl Aws, id: &VariantId, desired: i32) -> AwsFailure {
    let failure = aws.set_capacity(id, desired).await.unwrap_err();
    assert_eq!(failure.operation, "UpdateEndpointWeightsAndCapacities");
    assert_eq!(failure.resource, id.resource_id());
    failure
}

async fn a_capacity_is_set_once_and_for_one_variant(aws: &impl Aws, sim: &Simulator) {
    let variants = ["blue", "green"].map(|name| VariantState::new(name, 1)).to_vec();
    sim.with(|world| {
        world.add_endpoint("two", variants, true);
    });
    let [blue, green] = ["blue", "green"].map(|name| VariantId::new("two", name));
    aws.set_capacity(&green, 3).await.unwrap();
    sim.with(|world| {
        assert_eq!(world.capacity(&blue), (1, 1));
        assert_eq!(world.capacity(&green), (1, 3));
        assert_eq!(world.calls_total(), 1);
    });
}

async fn zero_is_a_capacity(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 1);
    });
    aws.set_capacity(&id(), 0).await.unwrap();
    assert_eq!(sim.with(|world| world.capacity(&id())), (1, 0));
}

async fn the_current_capacity_is_accepted(aws: &impl Aws, sim: &Simulator) {
    aws.set_capacity(&id(), 0).await.unwrap();
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 0));
    aws.set_capacity(&id(), 1).await.unwrap();
}

async fn a_capacity_on_its_way_is_busy_even_with_itself(aws: &impl Aws, sim: &Simulator) {
    aws.set_capacity(&id(), 1).await.unwrap();
    assert_eq!(refused(aws, &id(), 1).await.kind, FailureKind::Busy);
    sim.advance(mins(6));
    aws.set_capacity(&id(), 1).await.unwrap();
    assert_eq!(sim.with(|world| world.capacity(&id())), (1, 1));
}

async fn a_busy_endpoint_refuses(aws: &impl Aws, sim: &Simulator) {
    use EndpointStatus::*;
    for status in [Updating, SystemUpdating, RollingBack, Creating, Deleting] {
        sim.with(|world| world.set_status(ENDPOINT, status));
        let failure = refused(aws, &id(), 1).await;
        assert_eq!(failure.kind, FailureKind::Busy, "{status:?}");
        let words = "Cannot update in-progress endpoint \"arn:aws:sagemaker:";
        assert!(failure.answer.contains(words), "{failure}");
    }
    sim.with(|world| world.set_status(ENDPOINT, InService));
    aws.set_capacity(&id(), 1).await.unwrap();
}

async fn a_missing_endpoint_refuses(aws: &impl Aws, _: &Simulator) {
    let failure = refused(aws, &VariantId::new("missing", VARIANT), 1).await;
    assert_eq!(failure.kind, FailureKind::EndpointMissing);
    assert!(failure.answer.contains("Could not find endpoint"), "{failure}");
}

async fn a_missing_variant_refuses(aws: &impl Aws, _: &Simulator) {
    let failure = refused(aws, &VariantId::new(ENDPOINT, "missing"), 1).await;
    assert_eq!(failure.kind, FailureKind::Other);
    assert!(failure.answer.contains("The variant name(s) \"missing\""), "{failure}");
}

async fn the_quota_refuses_in_its_own_words(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.set_quota(ENDPOINT, Some(1)));
    let failure = refused(aws, &id(), 2).await;
    assert_eq!(failure.kind, FailureKind::Quota);
    let words = "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 1 Instances";
    assert!(failure.answer.contains(words), "{failure}");
    assert!(failure.to_string().contains("raise the quota"), "{failure}");
    aws.set_capacity(&id(), 1).await.unwrap();
}

async fn an_invalid_capacity_is_refused(aws: &impl Aws, sim: &Simulator) {
    let failure = refused(aws, &id(), -1).await;
    assert_eq!(failure.kind, FailureKind::Other);
    let variants = vec![VariantState::new(VARIANT, 1)];
    sim.with(|world| {
        world.add_endpoint("real-time", variants, false);
    });
    let failure = refused(aws, &VariantId::new("real-time", VARIANT), 0).await;
    assert_eq!(failure.kind, FailureKind::Other);
}
