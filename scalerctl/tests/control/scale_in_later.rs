//! What the output says about the end of a wake, a hold and a release: a record's end is known, and that something then
//! scales the endpoint in is not.

use simulator::LambdaFunction;

use super::setup::{ENDPOINT, Setup, id};

const FUNCTION: &str = "my-scaler";
const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;

fn deploy(setup: &Setup, mode: &str) {
    let variables = [("SCALER_ROUTES", ROUTES), ("SCALER_MODE", mode)];
    setup.sim.with(|world| world.put_function(LambdaFunction::new(FUNCTION, variables)));
}

const COMMANDS: [&[&str]; 4] = [
    &["wake", ENDPOINT],
    &["wake", ENDPOINT, "--dry-run"],
    &["hold", ENDPOINT, "--for", "1h"],
    &["hold", ENDPOINT, "--for", "1h", "--dry-run"],
];

/// Without --function, the command does not know whether a function is deployed.
#[tokio::test]
async fn without_a_function_nothing_is_promised() {
    for arguments in COMMANDS {
        let run = Setup::with(0).await.run(arguments).await;
        run.assert(
            0,
            &[
                &format!("{} until ", arguments[0].replace("wake", "lease")),
                "a deployed function with an enabled schedule scales the endpoint to zero",
                "without one, only you or a scaling policy stop the instances",
                "\n           scalerctl doctor my-endpoint\n",
            ],
        );
        assert!(!run.out.contains("awake until"), "{}", run.out);
    }
}

#[tokio::test]
async fn a_function_that_covers_the_endpoint_is_named() {
    for arguments in COMMANDS {
        let setup = Setup::with(0).await;
        deploy(&setup, "act");
        let run = setup.run(&[arguments, &["--function", FUNCTION]].concat()).await;
        run.assert(
            0,
            &[
                "my-scaler scales the endpoint to zero when there is no work, if its schedule is enabled",
                "\n           scalerctl status my-endpoint --function my-scaler\n",
            ],
        );
    }
}

#[tokio::test]
async fn a_function_that_only_observes_stops_nothing() {
    for arguments in COMMANDS {
        let setup = Setup::with(0).await;
        deploy(&setup, "observe");
        let run = setup.run(&[arguments, &["--function", FUNCTION]].concat()).await;
        run.assert(0, &["SCALER_MODE of my-scaler is observe, so it scales nothing"]);
    }
}

#[tokio::test]
async fn while_scaling_in_is_suspended_the_instances_run_on() {
    let suspended = reactive_scaler::port::Suspended { scaling_in: true, ..Default::default() };
    for arguments in COMMANDS {
        let setup = Setup::with(0).await;
        setup.sim.with(|world| world.suspend(&id(), suspended));
        let run = setup.run(arguments).await;
        run.assert(
            0,
            &[
                "MaxCapacity 4, scaling in suspended\n",
                "scaling in is suspended, so the instances run until it is resumed:\n",
                " scalerctl resume my-endpoint in\n",
            ],
        );
        assert!(!run.out.contains("scalerctl doctor"), "{}", run.out);
    }
}

/// A record that exists already and ends later is the one that is printed.
#[tokio::test]
async fn the_later_record_is_named() {
    let setup = Setup::with(0).await;
    setup
        .run(&["wake", ENDPOINT])
        .await
        .assert(0, &["wake, desired instances 0 -> 1, lease until "]);
    setup.run(&["hold", ENDPOINT, "--for", "5m"]).await.assert(0, &["hold, lease until "]);
    setup.run(&["hold", ENDPOINT, "--for", "2h"]).await.assert(0, &["hold, hold until "]);
}

/// A dry run describes nothing as done.
#[tokio::test]
async fn a_dry_run_says_would() {
    for (instances, arguments, action) in [
        (0, &["wake", ENDPOINT][..], "wake, desired instances 0 -> 1"),
        (1, &["wake", ENDPOINT], "extend, lease until"),
        (1, &["sleep", ENDPOINT], "sleep, desired instances 1 -> 0"),
        (0, &["hold", ENDPOINT, "--for", "1h"], "hold, desired instances 0 -> 1"),
        (1, &["hold", ENDPOINT, "--for", "1h"], "hold, hold until"),
        (0, &["pause", ENDPOINT], "set scaling in suspended"),
        (0, &["resume", ENDPOINT], "nothing: already set"),
    ] {
        let setup = Setup::with(instances).await;
        assert_would(&setup, arguments, action).await;
    }
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT, "--for", "1h"]).await.assert(0, &[]);
    assert_would(&setup, &["release", ENDPOINT], "release").await;
    assert_would(&setup, &["wake", ENDPOINT], "nothing (lease_fresh").await;
    assert_would(&setup, &["hold", ENDPOINT, "--for", "5m"], "nothing (held_longer").await;
}

async fn assert_would(setup: &Setup, arguments: &[&str], action: &str) {
    let run = setup.run(&[arguments, &["--dry-run"]].concat()).await;
    run.assert(0, &[&format!("\n  would    {action}"), "\n  dry run  nothing was written\n"]);
    let without = run.out.replace("nothing was written", "");
    for past in [" will ", " was ", " were ", " ended. "] {
        assert!(!without.contains(past), "{past:?} in {without}");
    }
}

#[tokio::test]
async fn a_refusal_of_a_dry_run_says_would() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| world.deregister_target(&id()));
    for arguments in [&["wake", ENDPOINT][..], &["hold", ENDPOINT, "--for", "1h"]] {
        let run = setup.run(&[arguments, &["--dry-run"]].concat()).await;
        run.assert(1, &["would be refused", "register-scalable-target"]);
        let run = setup.run(arguments).await;
        run.assert(1, &["my-endpoint: refused", "register-scalable-target"]);
        // A hold is refused, so the endpoint is not woken.
        assert!(!run.errors.contains("It is woken"), "{run:?}");
    }
    let run = setup.run(&["wake", ENDPOINT, "--yes", "--dry-run"]).await;
    run.assert(0, &["1 instance would run until you stop it:\n"]);
}

/// The suggested registration does not scale in: Application Auto Scaling moves the capacity into the bounds.
#[tokio::test]
async fn a_suggested_registration_keeps_the_instances() {
    let setup = Setup::with(3).await;
    setup.sim.with(|world| world.deregister_target(&id()));
    for arguments in
        [&["sleep", ENDPOINT][..], &["hold", ENDPOINT, "--for", "1h"], &["pause", ENDPOINT]]
    {
        setup.run(arguments).await.assert(1, &["--min-capacity 0 --max-capacity 3\n"]);
    }
}
