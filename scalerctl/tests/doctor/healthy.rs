//! Accounts without a problem.

use reactive_scaler::lease::{HOLD, LEASE, release_time};
use simulator::{ActionPut, JobSpec};

use super::{
    run::doctor,
    world::{but, healthy, id, minutes, put_wake_by_steps, request_one, without_function, *},
};

#[tokio::test]
async fn a_healthy_endpoint_has_no_finding() {
    let run = doctor(&healthy(), &[]).await;
    run.assert_finds(&[]);
    assert_eq!(run.code, Some(0));
    run.assert_says(&[
        "Endpoint my-endpoint",
        "Function: arn:aws:lambda:eu-central-1:123456789012:function:my-scaler",
        "This command changes nothing.",
        "0 errors, 0 warnings, 0 notes.",
    ]);
    assert_eq!(run.document["endpoint"], "my-endpoint");
    assert_eq!(
        run.document["function"],
        "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler"
    );
}

/// A MinCapacity of 1 is the function's floor until the release time of its record.
#[tokio::test]
async fn the_functions_floor_is_not_a_finding_while_its_record_exists() {
    for name in [LEASE, HOLD] {
        let sim = but(|world| {
            let release = release_time(world.now() + minutes(10));
            world.plant_action(&id(), &ActionPut::once(name, release, Some(0), None));
            world.set_bounds(&id(), 1, 4);
        });
        doctor(&sim, &[]).await.assert_finds(&[]);
        let release = sim.now() + minutes(20);
        let last = release - seconds(1);
        super::run::doctor_at(&sim, last, &[]).await.assert_finds(&[]);
        // AWS can lower it up to two minutes late.
        let late = release + minutes(2);
        super::run::doctor_at(&sim, late - seconds(1), &[]).await.assert_finds(&[]);
        super::run::doctor_at(&sim, late, &[]).await.assert_finds(&["min-above-zero"]);
    }
}

/// Work arrived, an instance processed it, and the policy scaled in.
#[tokio::test]
async fn a_day_of_work_leaves_no_finding() {
    let sim = healthy();
    for _ in 0..2 {
        sim.with(|world| {
            for _ in 0..3 {
                let processing = Some(minutes(4));
                world.add_job(ENDPOINT, &JobSpec { processing, ..JobSpec::default() });
            }
        });
        request_one(&sim, minutes(7));
        sim.advance(minutes(120));
    }
    let done = sim.with(|world| (world.completed(ENDPOINT), world.capacity(&id())));
    assert_eq!(done, (6, (0, 0)), "the policy scaled in");
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// An endpoint with its own scaling policies needs no function. The missing function is reported as a note.
#[tokio::test]
async fn notes_do_not_fail_the_command() {
    let run = doctor(&without_function(put_wake_by_steps), &[]).await;
    run.assert_finds(&["no-function"]);
    assert_eq!(run.code, Some(0));
}

/// The function is given by name or by ARN, or is the one that covers the endpoint.
#[tokio::test]
async fn the_function_may_be_named_or_found() {
    let sim = but(|world| {
        let mut other = routed(r#"[{"endpoint":"another-endpoint"}]"#);
        other.name = "a-scaler-of-others".into();
        world.put_function(other);
    });
    for arguments in [
        &[][..],
        &["--function", FUNCTION],
        &["--function", "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler"],
    ] {
        let run = doctor(&sim, arguments).await;
        run.assert_finds(&[]);
        run.assert_says(&["function:my-scaler"]);
        assert_eq!(run.called.contains("ListFunctions"), arguments.is_empty());
    }
}
