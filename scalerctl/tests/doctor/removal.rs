//! Instances that run, and nothing that removes them.

use reactive_scaler::lease::NAMES;
use simulator::{ActionPut, Fault, Simulator, World};

use super::{
    case::Case,
    run::doctor,
    world::{
        POLICY, ROUTES, function, id, idle_alarm, minutes, put_steps, put_wake_by_steps,
        request_one, routed, without_function,
    },
};

/// An account in which nothing scales in, with this change, and an instance.
fn running(change: impl FnOnce(&mut World)) -> Simulator {
    let sim = without_function(|world| {
        world.delete_scaling_policy(&id(), POLICY);
        put_wake_by_steps(world);
        super::world::put_tick(world, super::world::FUNCTION);
        change(world);
    });
    request_one(&sim, minutes(7));
    sim
}

const REMOVE: &str = "\n         aws sagemaker update-endpoint-weights-and-capacities --endpoint-name \
                      my-endpoint --desired-weights-and-capacities \
                      VariantName=AllTraffic,DesiredInstanceCount=0\n";

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "no-way-to-zero",
            "one instance, no policy that scales in, and no function",
            running(|_| {}),
            &[
                "1 instance runs, and nothing will remove it: no policy scales in, and no function \
                 covers the endpoint",
                REMOVE,
                "put-scaling-policy",
                "\n         scalerctl sleep my-endpoint --variant AllTraffic\n",
            ],
        ),
        Case::new(
            "no-way-to-zero",
            "two instances",
            {
                let sim = running(|_| {});
                sim.with(|world| world.scale_by_person(&id(), 2).unwrap());
                sim.advance(minutes(7));
                sim
            },
            &["2 instances run, and nothing will remove them"],
        ),
    ]
}

const ERROR: &str = "no-way-to-zero";

#[tokio::test]
async fn an_instance_that_starts_is_reported() {
    let sim = running(|_| {});
    sim.with(|world| world.scale_by_person(&id(), 2).unwrap());
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&[ERROR, "endpoint-not-in-service"]);
    run.assert_says(&["2 instances start, and nothing will remove them"]);
}

/// A policy without its alarm, and one whose alarm cannot trigger it, do not scale in.
#[tokio::test]
async fn a_policy_that_cannot_act_removes_nothing() {
    let sim = running(|world| {
        put_steps(world, "in", -1, idle_alarm(15));
        world.delete_alarm("idle");
    });
    doctor(&sim, &[]).await.assert_finds(&[ERROR, "alarm-missing"]);
    let sim = running(|world| {
        let mut alarm = idle_alarm(15);
        alarm.actions_enabled = false;
        put_steps(world, "in", -1, alarm);
    });
    doctor(&sim, &[]).await.assert_finds(&[ERROR, "alarm-actions-disabled"]);
    let sim = running(|world| put_steps(world, "in", -1, idle_alarm(15)));
    doctor(&sim, &[]).await.assert_finds(&["no-function"]);
}

/// A function that does not manage the endpoint does not remove the instance.
#[tokio::test]
async fn a_function_removes_it_only_if_it_manages_the_endpoint() {
    let warning = "no-scale-in-policy";
    let observes = [("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "observe")];
    let sim = running(|world| world.put_function(function(&observes)));
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&[ERROR, "observe-mode", "not-readable"]);
    run.assert_says(&["function:my-scaler does not manage it"]);
    let sim = running(|world| world.put_function(routed(ROUTES)));
    doctor(&sim, &[]).await.assert_finds(&[warning, "not-readable"]);
    // It is not known whether a function manages it.
    let sim = running(|world| world.faults.fail_next("ListFunctions", Fault::AccessDenied, 9));
    doctor(&sim, &[]).await.assert_finds(&[warning, "not-readable"]);
    let sim = running(|world| world.put_function(routed("ssm:/my-stack/routes")));
    doctor(&sim, &[]).await.assert_finds(&[warning, "routes-not-seen"]);
}

#[tokio::test]
async fn without_a_registration_no_policy_and_no_function_removes_it() {
    let sim = running(|_| {});
    sim.with(|world| world.deregister_target(&id()));
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&["not-registered", ERROR]);
    run.assert_says(&["the variant is not registered", REMOVE]);
}

/// The minimum keeps an instance, which is reported as such.
#[tokio::test]
async fn instances_up_to_the_minimum_are_not_reported() {
    let sim = running(|_| {});
    sim.with(|world| world.set_bounds(&id(), 1, 4));
    doctor(&sim, &[]).await.assert_finds(&["min-above-zero", "no-scale-in-policy", "no-function"]);
}

/// A record of the function does not count as a scheduled action of the user. The work record is one.
#[tokio::test]
async fn a_record_of_the_function_removes_nothing() {
    for name in NAMES {
        let sim = running(|world| {
            let at = world.now() + minutes(30);
            world.plant_action(&id(), &ActionPut::once(name, at, None, Some(0)));
        });
        doctor(&sim, &[]).await.assert_finds(&[ERROR]);
    }
}

/// A scheduled action of the user that lowers MaxCapacity removes it, unless it is over.
#[tokio::test]
async fn a_schedule_that_lowers_the_maximum_removes_it() {
    let sim = running(|world| {
        let schedule = Some("cron(0 20 * * ? *)".to_owned());
        let (name, bounds) = ("night".into(), Some((None, Some(0))));
        world.plant_action(&id(), &ActionPut { name, schedule, bounds, ..ActionPut::default() });
    });
    doctor(&sim, &[]).await.assert_finds(&["no-scale-in-policy", "no-function"]);
    let sim = running(|world| {
        let at = world.now() + minutes(1);
        world.plant_action(&id(), &ActionPut::once("once", at, None, Some(4)));
    });
    doctor(&sim, &[]).await.assert_finds(&[ERROR]);
}
