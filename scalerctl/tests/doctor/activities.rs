//! What Application Auto Scaling did lately, and what became of it.

use std::time::Duration;

use simulator::{ActionPut, Simulator};

use super::{
    case::Case,
    run::{doctor, doctor_at},
    world::{ENDPOINT, ask_for_one, but, healthy, id, minutes, seconds},
};

fn over_quota() -> Simulator {
    let sim = but(|world| world.set_quota(ENDPOINT, Some(0)));
    ask_for_one(&sim, Duration::ZERO);
    sim
}

fn out_of_instances() -> Simulator {
    let sim = but(|world| world.set_capacity_shortage(ENDPOINT, true));
    ask_for_one(&sim, minutes(7));
    sim
}

/// A schedule fell into a deployment.
fn refused() -> Simulator {
    let sim = but(|world| {
        let at = world.now() + minutes(1);
        world.plant_action(&id(), &ActionPut::once("once", at, Some(1), None));
        world.begin_deployment(ENDPOINT, minutes(5));
    });
    sim.advance(minutes(6));
    sim.with(|world| world.set_bounds(&id(), 0, 4));
    sim
}

/// A person undoes each scale-out; between one and the next lies so much.
fn contested(times: usize, apart: Duration) -> Simulator {
    let sim = healthy();
    for time in 0..times {
        if time > 0 {
            sim.advance(apart - minutes(9));
        }
        ask_for_one(&sim, minutes(7));
        sim.with(|world| world.scale_by_person(&id(), 0).unwrap());
        sim.advance(minutes(2));
    }
    sim
}

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "quota-reached",
            "the account's quota is 0",
            over_quota(),
            &[
                "for endpoint usage' is 0 Instances",
                "QuotaName=='ml.",
                "request-service-quota-increase",
                "--desired-value 1",
            ],
        ),
        Case::new(
            "no-instances",
            "AWS has no instance to give",
            out_of_instances(),
            &["InsufficientInstanceCapacity", "use another instance type"],
        ),
        Case::new(
            "scaling-failed",
            "a schedule during a deployment",
            refused(),
            &["Cannot update in-progress endpoint", "see the message, and: aws"],
        ),
        Case::new(
            "capacity-contested",
            "a person against Application Auto Scaling",
            contested(3, minutes(20)),
            &["set 1 instances 3 times within an hour", "aws cloudtrail lookup-events"],
        ),
    ]
}

#[tokio::test]
async fn a_failure_is_told_for_a_day() {
    let sim = over_quota();
    let day = sim.now() + minutes(24 * 60);
    doctor_at(&sim, day, &[]).await.assert_finds(&["quota-reached"]);
    doctor_at(&sim, day + seconds(1), &[]).await.assert_finds(&[]);
}

#[tokio::test]
async fn a_failure_is_over_once_scaling_out_succeeds() {
    let sim = over_quota();
    sim.with(|world| world.set_quota(ENDPOINT, None));
    ask_for_one(&sim, minutes(7));
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// Two of the same are no fight yet, and three in more than an hour are none.
#[tokio::test]
async fn contested_are_three_of_the_same_within_an_hour() {
    for (times, apart, found) in [
        (2, minutes(20), &[][..]),
        (3, minutes(30), &["capacity-contested"]),
        (3, minutes(30) + seconds(1), &[]),
    ] {
        let sim = contested(times, apart);
        doctor(&sim, &[]).await.assert_finds(found);
    }
}

#[tokio::test]
async fn a_fight_is_told_for_a_day() {
    let sim = contested(3, minutes(20));
    let last = sim.with(|world| world.activities().last().unwrap().began_at);
    let day = last + minutes(24 * 60);
    doctor_at(&sim, day, &[]).await.assert_finds(&["capacity-contested"]);
    doctor_at(&sim, day + seconds(1), &[]).await.assert_finds(&[]);
}
