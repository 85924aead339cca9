//! Findings about durations that are too short, on both sides of each limit.

use simulator::{AdjustmentType, StepAdjustment, StepScaling, TargetTracking};

use super::{
    case::Case,
    run::doctor,
    world::{
        POLICY, but, healthy, id, idle_alarm, minutes, put, put_steps, request_one, routed,
        seconds, tracking,
    },
};

const SHORT_IDLE: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","suffix":".json","idle_minutes":4,"job_minutes":2}]"#;

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "cooldown-below-metric-lag",
            "cooldowns of a minute",
            but(|world| {
                let (scale_out_cooldown, scale_in_cooldown) = (seconds(60), seconds(60));
                let short = TargetTracking { scale_out_cooldown, scale_in_cooldown, ..tracking() };
                world.put_scaling_policy(&id(), POLICY, short).unwrap();
            }),
            &[
                "ScaleOutCooldown is 60 s and ScaleInCooldown is 60 s",
                "set it to 300 s",
                "--policy-names backlog-per-instance",
            ],
        ),
        Case::new(
            "window-below-metric-lag",
            "scaling in after two minutes",
            but(|world| put_steps(world, "in", -1, idle_alarm(2))),
            &["the alarm idle of the scale-in policy in evaluates 120 s", "--alarm-names idle"],
        ),
        Case::new(
            "idle-below-metric-lag",
            "idle after four minutes",
            but(|world| world.put_function(routed(SHORT_IDLE))),
            &["idle_minutes is 4, and job_minutes 2", "IdleMinutes to 5"],
        ),
        Case::new(
            "ttl-below-provisioning",
            "requests that live five minutes",
            healthy(),
            &["a request expires after 300 s, and an instance may take 600 s to start, as reported by users"],
        )
        .with(&["--request-ttl", "300"]),
        Case::new(
            "requests-expired",
            "requests that expired",
            but(|world| {
                let of = [("EndpointName", "my-endpoint"), ("VariantName", "AllTraffic")];
                put(world, "AWS/SageMaker", "ExpiredRequests", &of, 3.0);
            }),
            &["3 requests expired in the last day", "RequestTTLSeconds"],
        ),
    ]
}

#[tokio::test]
async fn either_cooldown_below_180_seconds_is_short() {
    let short = &["cooldown-below-metric-lag"][..];
    for (out, back, found) in [(180, 180, &[][..]), (179, 180, short), (180, 179, short)] {
        let sim = but(|world| {
            let (scale_out_cooldown, scale_in_cooldown) = (seconds(out), seconds(back));
            let policy = TargetTracking { scale_out_cooldown, scale_in_cooldown, ..tracking() };
            world.put_scaling_policy(&id(), POLICY, policy).unwrap();
        });
        doctor(&sim, &[]).await.assert_finds(found);
    }
    for (cooldown, found) in [(180, &[][..]), (179, short)] {
        let sim = but(|world| {
            put_steps(world, "in", -1, idle_alarm(15));
            let step = StepAdjustment::new(None, Some(0.0), -1);
            let mut steps = StepScaling::new(AdjustmentType::ChangeInCapacity, vec![step]);
            steps.cooldown = seconds(cooldown);
            world.put_scaling_policy(&id(), "in", steps).unwrap();
        });
        doctor(&sim, &[]).await.assert_finds(found);
    }
}

#[tokio::test]
async fn a_scale_in_window_below_180_seconds_is_short() {
    for (periods, found) in [(2, &["window-below-metric-lag"][..]), (3, &[])] {
        let sim = but(|world| put_steps(world, "in", -1, idle_alarm(periods)));
        doctor(&sim, &[]).await.assert_finds(found);
    }
}

#[tokio::test]
async fn an_idle_window_below_5_minutes_is_short() {
    let short = &["idle-below-metric-lag"][..];
    for (idle, job, found) in [(4, 2, short), (5, 2, &[]), (4, 3, &[]), (4, 15, &[])] {
        let routes = SHORT_IDLE.replace("s\":4", &format!("s\":{idle}"));
        let routes = routes.replace("s\":2", &format!("s\":{job}"));
        let sim = but(|world| world.put_function(routed(&routes)));
        doctor(&sim, &[]).await.assert_finds(found);
    }
}

/// The provisioning time is ten minutes, or the longest time in the activities.
#[tokio::test]
async fn the_time_to_live_must_exceed_the_provisioning_time() {
    let short = &["ttl-below-provisioning"][..];
    let unmeasured = healthy();
    for (ttl, found) in [("599", short), ("600", &[])] {
        doctor(&unmeasured, &["--request-ttl", ttl]).await.assert_finds(found);
    }
    let measured = healthy();
    request_one(&measured, minutes(7));
    for (ttl, found) in [("359", short), ("360", &[])] {
        doctor(&measured, &["--request-ttl", ttl]).await.assert_finds(found);
    }
    let run = doctor(&measured, &["--request-ttl", "359"]).await;
    run.assert_says(&["an instance may take 360 s to start, according to the scaling activities"]);
}

/// Requests that expired more than a day ago are not reported.
#[tokio::test]
async fn expired_requests_are_reported_for_a_day() {
    let sim = but(|world| {
        let of = [("EndpointName", "my-endpoint"), ("VariantName", "AllTraffic")];
        put(world, "AWS/SageMaker", "ExpiredRequests", &of, 3.0);
    });
    let at = sim.now() - minutes(60);
    let day = at + minutes(24 * 60);
    super::run::doctor_at(&sim, day, &[]).await.assert_finds(&["requests-expired"]);
    super::run::doctor_at(&sim, day + minutes(1), &[]).await.assert_finds(&[]);
}

/// The arguments have the same limits as InvokeEndpointAsync.
#[tokio::test]
async fn a_time_to_live_is_from_60_to_21600_seconds() {
    let sim = healthy();
    for ttl in ["59", "21601"] {
        doctor(&sim, &["--request-ttl", ttl]).await.assert_refused(&["from 60 to 21600"]);
    }
    doctor(&sim, &["--request-ttl", "21600"]).await.assert_finds(&[]);
    doctor(&sim, &["--request-ttl", "60"]).await.assert_finds(&["ttl-below-provisioning"]);
}
