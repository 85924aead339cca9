//! DescribeScalableTargets and RegisterScalableTarget.

use reactive_scaler::port::{
    Aws, EndpointStatus, FailureKind, ScalableTarget, Suspended, VariantId,
};
use simulator::{ActionPut, Simulator};

use crate::adapters_agree::*;

contracts! {
    a_target_is_read_with_its_bounds,
    each_part_of_the_suspended_state_is_read,
    an_unregistered_target_is_none,
    a_target_is_distinguished_from_similar_ones,
    all_targets_are_read_over_several_pages,
    an_empty_namespace_has_no_targets,
    a_new_minimum_changes_no_other_field,
    a_new_min_clamps_the_capacity,
    an_unchanged_minimum_also_clamps_the_capacity,
    a_min_clamps_while_scaling_is_suspended_too,
    a_min_clamps_nothing_while_the_endpoint_changes,
    only_a_full_page_is_followed,
    a_min_above_the_max_is_refused,
    a_min_registers_nothing,
    a_min_for_a_missing_endpoint_is_refused,
}

fn target(id: &VariantId, min: i32, max: i32) -> ScalableTarget {
    ScalableTarget { id: id.clone(), min, max, suspended: Suspended::default() }
}

async fn a_target_is_read_with_its_bounds(aws: &impl Aws, sim: &Simulator) {
    for (min, max) in [(0, 4), (1, 1), (0, 0)] {
        sim.with(|world| world.set_bounds(&id(), min, max));
        assert_eq!(aws.target(&id()).await, Ok(Some(target(&id(), min, max))));
    }
}

async fn each_part_of_the_suspended_state_is_read(aws: &impl Aws, sim: &Simulator) {
    let none = Suspended::default();
    let rows = [
        Suspended { scaling_in: true, ..none },
        Suspended { scaling_out: true, ..none },
        Suspended { scheduled: true, ..none },
        none,
    ];
    for suspended in rows {
        sim.with(|world| world.suspend(&id(), suspended));
        assert_eq!(aws.target(&id()).await.unwrap().unwrap().suspended, suspended);
        assert_eq!(aws.targets().await.unwrap()[0].suspended, suspended);
    }
}

async fn an_unregistered_target_is_none(aws: &impl Aws, _: &Simulator) {
    for id in [VariantId::new(ENDPOINT, "other"), VariantId::new("other", VARIANT)] {
        assert_eq!(aws.target(&id).await, Ok(None));
    }
}

async fn a_target_is_distinguished_from_similar_ones(aws: &impl Aws, sim: &Simulator) {
    let neighbours = [
        VariantId::new(ENDPOINT, "AllTraffic-2"),
        VariantId::new("my-endpoint-2", VARIANT),
        VariantId::new("my", VARIANT),
    ];
    sim.with(|world| neighbours.iter().for_each(|id| world.register_target(id, 1, 9)));
    assert_eq!(aws.target(&id()).await, Ok(Some(target(&id(), 0, 4))));
    assert_eq!(aws.target(&neighbours[0]).await, Ok(Some(target(&neighbours[0], 1, 9))));
}

async fn all_targets_are_read_over_several_pages(aws: &impl Aws, sim: &Simulator) {
    let mut ids = (0..100)
        .map(|number| VariantId::new(format!("endpoint-{number:03}"), VARIANT))
        .collect::<Vec<_>>();
    sim.with(|world| ids.iter().for_each(|id| world.register_target(id, 0, 1)));
    ids.push(id());
    let mut found = aws.targets().await.unwrap();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(found.iter().map(|target| &target.id).eq(&ids), "each once: {found:?}");
    assert_eq!(sim.with(|world| world.calls("DescribeScalableTargets")), 3);
    assert_eq!(aws.target(&ids[70]).await, Ok(Some(target(&ids[70], 0, 1))));
}

async fn an_empty_namespace_has_no_targets(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.deregister_target(&id()));
    assert_eq!(aws.targets().await, Ok(vec![]));
    assert_eq!(aws.all_actions().await, Ok(vec![]));
}

async fn a_new_minimum_changes_no_other_field(aws: &impl Aws, sim: &Simulator) {
    let suspended = Suspended { scaling_in: true, ..Suspended::default() };
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 2);
        world.register_target(&id(), 0, 4);
        world.suspend(&id(), suspended);
    });
    aws.set_min(&id(), 1).await.unwrap();
    let expected = ScalableTarget { suspended, ..target(&id(), 1, 4) };
    assert_eq!(aws.target(&id()).await, Ok(Some(expected)));
    aws.set_min(&id(), 0).await.unwrap();
    assert_eq!(aws.target(&id()).await.unwrap().unwrap().min, 0);
    assert_eq!(sim.with(|world| world.capacity(&id())), (2, 2));
}

async fn a_new_min_clamps_the_capacity(aws: &impl Aws, sim: &Simulator) {
    aws.set_min(&id(), 1).await.unwrap();
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 1));
}

async fn an_unchanged_minimum_also_clamps_the_capacity(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.scale_by_person(&id(), 4)).unwrap();
    sim.advance(mins(6));
    sim.with(|world| world.set_bounds(&id(), 0, 3));
    aws.set_min(&id(), 0).await.unwrap();
    assert_eq!(sim.with(|world| world.capacity(&id())), (4, 3));
}

// Suspension does not stop RegisterScalableTarget from clamping.
async fn a_min_clamps_while_scaling_is_suspended_too(aws: &impl Aws, sim: &Simulator) {
    let all = Suspended { scaling_in: true, scaling_out: true, scheduled: true };
    sim.with(|world| world.suspend(&id(), all));
    aws.set_min(&id(), 1).await.unwrap();
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 1));
    assert_eq!(aws.target(&id()).await.unwrap().unwrap().suspended, all);
}

async fn a_min_clamps_nothing_while_the_endpoint_changes(aws: &impl Aws, sim: &Simulator) {
    for status in [EndpointStatus::Updating, EndpointStatus::SystemUpdating] {
        sim.with(|world| world.set_status(ENDPOINT, status));
        aws.set_min(&id(), 2).await.unwrap();
        assert_eq!(aws.target(&id()).await, Ok(Some(target(&id(), 2, 4))), "{status:?}");
        assert_eq!(sim.with(|world| world.capacity(&id())), (0, 0), "{status:?}");
    }
}

async fn only_a_full_page_is_followed(aws: &impl Aws, sim: &Simulator) {
    let mut registered = 1;
    for (count, pages) in [(49, 1), (50, 1), (51, 2), (100, 2), (101, 3)] {
        while registered < count {
            let id = VariantId::new(format!("endpoint-{registered:03}"), VARIANT);
            sim.with(|world| {
                world.register_target(&id, 0, 1);
                world.plant_action(&id, &ActionPut::once("lease", at(600), Some(0), None));
            });
            registered += 1;
        }
        sim.with(|world| {
            // Its own action, so that there are as many actions as targets.
            world.plant_action(&id(), &ActionPut::once("lease", at(600), Some(0), None));
            world.clear_calls();
        });
        assert_eq!(aws.targets().await.unwrap().len(), count);
        assert_eq!(aws.all_actions().await.unwrap().len(), count);
        let calls = |operation| sim.with(|world| world.calls(operation));
        assert_eq!(calls("DescribeScalableTargets"), pages, "{count}");
        assert_eq!(calls("DescribeScheduledActions"), pages, "{count}");
    }
}

async fn a_min_above_the_max_is_refused(aws: &impl Aws, sim: &Simulator) {
    aws.set_min(&id(), 4).await.unwrap();
    let failure = aws.set_min(&id(), 5).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Other);
    assert!(failure.answer.contains("ValidationException"), "{failure}");
    assert_eq!(sim.with(|world| world.target(&id())), Some(target(&id(), 4, 4)));
}

async fn a_min_registers_nothing(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.deregister_target(&id()));
    let failure = aws.set_min(&id(), 1).await.unwrap_err();
    assert_eq!(failure.operation, "RegisterScalableTarget");
    assert_eq!(failure.resource, "endpoint/my-endpoint/variant/AllTraffic");
    assert_eq!(failure.kind, FailureKind::Other);
    assert!(failure.answer.contains("MaxCapacity"), "{failure}");
    assert_eq!(aws.target(&id()).await, Ok(None));
}

async fn a_min_for_a_missing_endpoint_is_refused(aws: &impl Aws, _: &Simulator) {
    let failure = aws.set_min(&VariantId::new("missing", VARIANT), 1).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::EndpointMissing);
}
