//! Findings about the recent scaling activities of Application Auto Scaling.

use std::time::Duration;

use reactive_scaler::port::EndpointStatus;
use simulator::{ActionPut, Registration, Simulator};

use super::{
    case::Case,
    run::{doctor, doctor_at},
    world::{ENDPOINT, but, healthy, id, minutes, request_one, seconds},
};

fn over_quota() -> Simulator {
    let sim = but(|world| world.set_quota(ENDPOINT, Some(0)));
    request_one(&sim, Duration::ZERO);
    sim
}

/// One instance runs, which is all of the quota, and Application Auto Scaling requests a second one.
fn above_the_quota() -> Simulator {
    let sim = but(|world| {
        world.scale_by_person(&id(), 1).unwrap();
    });
    sim.advance(minutes(7));
    sim.with(|world| {
        world.set_quota(ENDPOINT, Some(1));
        let two = Registration { min: Some(2), ..Registration::default() };
        world.register_scalable_target(&id(), two).unwrap();
    });
    sim.advance(minutes(1));
    sim.with(|world| world.set_bounds(&id(), 0, 4));
    sim
}

fn out_of_instances() -> Simulator {
    let sim = but(|world| world.set_capacity_shortage(ENDPOINT, true));
    request_one(&sim, minutes(7));
    sim
}

/// The endpoint's last change failed with this `FailureReason`.
fn failed_because(reason: &str) -> Simulator {
    but(|world| world.endpoint_mut(ENDPOINT).failure_reason = Some(reason.to_owned()))
}

/// A scheduled action ran during a deployment.
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

/// An activity that does not end. The endpoint is InService. Otherwise, there is a finding about its status.
fn in_progress(for_long: Duration) -> Simulator {
    let sim = but(|world| world.endpoint_mut(ENDPOINT).pace.provisioning = minutes(120));
    request_one(&sim, for_long);
    sim.with(|world| world.endpoint_mut(ENDPOINT).status = EndpointStatus::InService);
    sim
}

/// The function requested the capacity, so there is no activity.
fn wanted_for(time: Duration) -> Simulator {
    let sim = healthy();
    sim.with(|world| {
        let now = world.now();
        let endpoint = world.endpoint_mut(ENDPOINT);
        endpoint.modified_at = now;
        endpoint.variants.iter_mut().for_each(|variant| variant.desired = 1);
    });
    sim.advance(time);
    sim
}

#[tokio::test]
async fn a_change_in_progress_is_not_a_finding() {
    doctor(&in_progress(minutes(30) - seconds(1)), &[]).await.assert_finds(&["scale-out-late"]);
    doctor(&in_progress(minutes(10)), &[]).await.assert_finds(&[]);
    doctor(&wanted_for(minutes(10)), &[]).await.assert_finds(&[]);
}

/// A person undoes each scale-out after this time.
fn contested(times: usize, apart: Duration) -> Simulator {
    let sim = healthy();
    for time in 0..times {
        if time > 0 {
            sim.advance(apart - minutes(9));
        }
        request_one(&sim, minutes(7));
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
                "--desired-value 1 --quota-code",
            ],
        ),
        Case::new(
            "quota-reached",
            "one instance runs, and a second one is above the quota",
            above_the_quota(),
            &[
                "for endpoint usage' is 1 Instances, with current utilization of 1 Instances",
                "--desired-value 2 --quota-code",
            ],
        ),
        Case::new(
            "quota-reached",
            "a part of the quota is in use, and several instances were requested",
            failed_because(
                "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 1000 Instances, with current \
                 utilization of 997 Instances and a request delta of 20 Instances. Please contact AWS support to \
                 request an increase for this limit. (Service: AmazonSageMaker; Status Code: 400; Error Code: \
                 ResourceLimitExceeded; Request ID: 0a1b2c3d).",
            ),
            &["QuotaName=='ml.g5.xlarge for endpoint usage'", "--desired-value 1017 --quota-code"],
        ),
        Case::new(
            "no-instances",
            "AWS has no instance to give",
            out_of_instances(),
            &["InsufficientInstanceCapacity", "an endpoint configuration with instance pools"],
        ),
        Case::new(
            "no-instances",
            "the other text",
            failed_because(
                "Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
            ),
            &["the endpoint's FailureReason", "an endpoint configuration with instance pools"],
        ),
        Case::new(
            "no-instances",
            "the text that ends without \"or after some time\"",
            failed_because(
                "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please \
                 retry using a different ML instance type.",
            ),
            &["the endpoint's FailureReason", "an endpoint configuration with instance pools"],
        ),
        Case::new(
            "activity-in-progress",
            "for half an hour",
            in_progress(minutes(30)),
            &["has been InProgress for 30 min", "aws sagemaker describe-endpoint"],
        ),
        Case::new(
            "scale-out-late",
            "one instance is wanted, and none is there",
            wanted_for(minutes(10) + seconds(1)),
            &[
                "DesiredInstanceCount of the variant AllTraffic is 1",
                "was last modified 10 min ago",
            ],
        ),
        Case::new(
            "scaling-failed",
            "a schedule during a deployment",
            refused(),
            &["Cannot update in-progress endpoint", "aws sagemaker describe-endpoint"],
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
async fn a_failure_is_reported_for_a_day() {
    let sim = over_quota();
    let day = sim.now() + minutes(24 * 60);
    doctor_at(&sim, day, &[]).await.assert_finds(&["quota-reached"]);
    doctor_at(&sim, day + seconds(1), &[]).await.assert_finds(&[]);
}

#[tokio::test]
async fn a_failure_is_over_once_scaling_out_succeeds() {
    let sim = over_quota();
    sim.with(|world| world.set_quota(ENDPOINT, None));
    request_one(&sim, minutes(7));
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// Two activities with the same capacity, or three in more than an hour, are not reported.
#[tokio::test]
async fn capacity_is_contested_after_three_equal_activities_within_an_hour() {
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
async fn contested_capacity_is_reported_for_a_day() {
    let sim = contested(3, minutes(20));
    let last = sim.with(|world| world.activities().last().unwrap().began_at);
    let day = last + minutes(24 * 60);
    doctor_at(&sim, day, &[]).await.assert_finds(&["capacity-contested"]);
    doctor_at(&sim, day + seconds(1), &[]).await.assert_finds(&[]);
}
