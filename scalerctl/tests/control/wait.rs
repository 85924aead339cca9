//! `--wait`: what it waits for, how long, and what the message says if the state is not reached.

use reactive_scaler::port::EndpointStatus;

use super::setup::{ENDPOINT, Run, Setup};

/// The time between two reads is 10 s.
#[tokio::test]
async fn a_short_timeout_is_met() {
    for (instances, command) in [(0, &["wake", ENDPOINT][..]), (1, &["sleep", ENDPOINT, "--force"])]
    {
        let setup = Setup::with(instances).await;
        setup.sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
        let command = [command, &["--wait", "--timeout", "2s"]].concat();
        let (_, document) = setup.json(&command).await;
        let waited = document["waited"]["seconds"].as_i64().unwrap();
        assert!(waited < 8, "{document}");
        let run = setup.run(&command).await;
        run.assert(
            1,
            &[
                "timed out: Updating, ",
                "instances; the capacity was not requested",
                "what to do: run the command again with a longer --timeout",
            ],
        );
    }
}

#[tokio::test]
async fn a_timeout_after_the_request_says_that_it_remains() {
    let setup = Setup::fast(0).await;
    let run = setup.run(&["wake", ENDPOINT, "--wait", "--timeout", "2m"]).await;
    run.assert(
        1,
        &[
            "Updating, 0 of 1 instances; the requested capacity remains in effect",
            "what to do: to see when it is done, run\n  scalerctl status my-endpoint --watch\n",
        ],
    );
}

#[tokio::test]
async fn a_shortage_and_a_failed_endpoint_say_what_to_do() {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| world.set_capacity_shortage(ENDPOINT, true));
    let run = setup.run(&["wake", ENDPOINT, "--wait"]).await;
    run.assert(1, &["back at zero", "what to do: run the command again; if AWS has no instance"]);
    let setup = Setup::fast(0).await;
    let child = setup.start(&["wake", ENDPOINT, "--wait"]);
    setup.until(|world| world.calls("RegisterScalableTarget") > 0).await;
    setup.sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::Failed));
    let run: Run = child.wait_with_output().await.unwrap().into();
    run.assert(1, &["the endpoint failed", "what to do: delete the endpoint and create it again"]);
}

/// Without --wait, --wait is suggested. With it, it is not.
#[tokio::test]
async fn wait_is_not_suggested_to_a_command_that_has_it() {
    for (instances, command, dry_run) in [
        (0, &["wake", ENDPOINT][..], "would be queued"),
        (0, &["hold", ENDPOINT, "--for", "1h"], "would be queued"),
        (1, &["sleep", ENDPOINT, "--force"], "would be refused, not_in_service"),
    ] {
        let setup = Setup::with(instances).await;
        setup.sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
        let run = setup.run(&[command, &["--dry-run"]].concat()).await;
        let again = format!("\n  scalerctl {} --dry-run --wait\n", command.join(" "));
        run.assert(1, &[dry_run, "run the command with --wait", &again]);
        let run = setup.run(&[command, &["--dry-run", "--wait"]].concat()).await;
        run.assert(1, &[dry_run, "with --wait, the command waits until then"]);
        let run = setup.run(&[command, &["--wait", "--timeout", "1s"]].concat()).await;
        assert!(!run.errors.contains("--wait"), "{run:?}");
    }
}

/// Nothing is requested until scaling out is resumed, so there is nothing to wait for.
#[tokio::test]
async fn while_scaling_out_is_suspended_wait_says_that_it_has_no_effect() {
    let setup = Setup::with(0).await;
    setup.run(&["pause", ENDPOINT, "out"]).await.assert(0, &[]);
    for command in [&["wake", ENDPOINT][..], &["hold", ENDPOINT, "--for", "1h"]] {
        let run = setup.run(&[command, &["--wait"]].concat()).await;
        run.assert(
            1,
            &["queued", "--wait has no effect", "\n  scalerctl resume my-endpoint out\n"],
        );
        let run = setup.run(command).await;
        assert!(!run.errors.contains("--wait"), "{run:?}");
    }
    assert_eq!(setup.capacity(), (0, 0));
}
