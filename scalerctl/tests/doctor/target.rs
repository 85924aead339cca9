//! Findings about the scalable target: registration, bounds, suspension, schedules.

use reactive_scaler::port::Suspended;
use simulator::ActionPut;

use super::{
    case::Case,
    run::{doctor, doctor_at},
    world::{ENDPOINT, but, id, minutes, request_one, seconds},
};

pub fn cases() -> Vec<Case> {
    let suspended = |suspended| but(|world| world.suspend(&id(), suspended));
    let none = Suspended::default();
    vec![
        Case::new(
            "not-registered",
            "nothing is registered",
            but(|world| world.deregister_target(&id())),
            &["the variant AllTraffic is not registered", "scalerctl register my-endpoint"],
        ),
        Case::new(
            "registration-gone",
            "deleted and created again",
            {
                let sim = but(|_| {});
                request_one(&sim, minutes(7));
                sim.advance(minutes(60));
                sim.with(|world| {
                    world.delete_endpoint(ENDPOINT);
                    world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
                });
                sim
            },
            &[
                "the endpoint was created at 2030-01-07 10:07:00 UTC",
                "scalerctl register my-endpoint",
            ],
        ),
        Case::new(
            "min-above-zero",
            "MinCapacity 1 without a lease",
            but(|world| world.set_bounds(&id(), 1, 4)),
            &["MinCapacity is 1", "--min-capacity 0"],
        ),
        Case::new(
            "max-is-zero",
            "MaxCapacity 0",
            but(|world| world.set_bounds(&id(), 0, 0)),
            &["MaxCapacity is 0", "--max-capacity 1"],
        ),
        Case::new(
            "scaling-out-suspended",
            "paused out",
            suspended(Suspended { scaling_out: true, ..none }),
            &["--suspended-state DynamicScalingOutSuspended=false"],
        ),
        Case::new(
            "scaling-in-suspended",
            "paused in",
            suspended(Suspended { scaling_in: true, ..none }),
            &["--suspended-state DynamicScalingInSuspended=false"],
        ),
        Case::new(
            "scheduled-scaling-suspended",
            "schedules paused",
            suspended(Suspended { scheduled: true, ..none }),
            &["--suspended-state ScheduledScalingSuspended=false"],
        ),
        Case::new(
            "foreign-schedule",
            "somebody's nightly minimum",
            but(|world| {
                let put = ActionPut {
                    name: "office-hours".into(),
                    schedule: Some("cron(0 8 * * ? *)".into()),
                    bounds: Some((Some(1), None)),
                    ..ActionPut::default()
                };
                world.plant_action(&id(), &put);
            }),
            &["sets MinCapacity", "describe-scheduled-actions"],
        ),
    ]
}

/// A one-time action that is not the function's counts until its time.
#[tokio::test]
async fn a_past_action_of_another_owner_is_not_a_finding() {
    let sim = but(|world| {
        let at = world.now() + minutes(10);
        world.plant_action(&id(), &ActionPut::once("once", at, Some(1), None));
    });
    let at = sim.now() + minutes(10);
    // The action can run up to two minutes late.
    let late = at + minutes(2);
    doctor_at(&sim, late - seconds(1), &[]).await.assert_finds(&["foreign-schedule"]);
    doctor_at(&sim, late, &[]).await.assert_finds(&[]);
}

/// An action that sets only MaxCapacity does not affect the floor.
#[tokio::test]
async fn an_action_without_a_minimum_is_not_a_finding() {
    let sim = but(|world| {
        let at = world.now() + minutes(10);
        world.plant_action(&id(), &ActionPut::once("once", at, None, Some(2)));
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// Each variant has its own scalable target. A problem of both is reported for both.
#[tokio::test]
async fn every_variant_is_examined() {
    let sim = but(|world| {
        let second = simulator::VariantState::new("Second", 0);
        world.endpoint_mut(ENDPOINT).variants.push(second);
        world.deregister_target(&id());
    });
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&["not-registered", "not-registered"]);
    run.assert_says(&["variant/AllTraffic ", "variant/Second "]);
}
