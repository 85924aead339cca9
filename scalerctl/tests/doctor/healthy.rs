//! Accounts in which nothing is wrong.

use reactive_scaler::lease::{HOLD, LEASE, release_time};
use simulator::{ActionPut, JobSpec};

use super::{
    run::doctor,
    world::{ask_for_one, but, healthy, id, minutes, put_wake_by_steps, without_function, *},
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

/// While the function keeps it awake, MinCapacity is its own floor, until the release time and no
/// longer.
#[tokio::test]
async fn the_functions_own_floor_is_no_finding_while_its_record_stands() {
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
        // AWS may drop it up to two minutes late.
        let late = release + minutes(2);
        super::run::doctor_at(&sim, late - seconds(1), &[]).await.assert_finds(&[]);
        super::run::doctor_at(&sim, late, &[]).await.assert_finds(&["min-above-zero"]);
    }
}

/// Work came, an instance served it, and the policy took the instance away.
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
        ask_for_one(&sim, minutes(7));
        sim.advance(minutes(120));
    }
    let done = sim.with(|world| (world.completed(ENDPOINT), world.capacity(&id())));
    assert_eq!(done, (6, (0, 0)), "the policy scaled in");
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// An endpoint that its own policies scale needs no function; that there is none is worth a note.
#[tokio::test]
async fn notes_alone_are_no_failure() {
    let run = doctor(&without_function(put_wake_by_steps), &[]).await;
    run.assert_finds(&["no-function"]);
    assert_eq!(run.code, Some(0));
}

/// The function by name, by ARN, and as the one that covers the endpoint.
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
