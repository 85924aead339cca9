//! `scalerctl wake`.

use simulator::Fault;

use super::setup::{ENDPOINT, Setup, id};

/// Capacity, lease and floor are changed in the same order as by the function.
#[tokio::test]
async fn calls_are_in_the_order_of_the_function() {
    let setup = Setup::with(0).await;
    let (code, document) = setup.json(&["wake", ENDPOINT]).await;
    assert_eq!(code, Some(0), "{document}");
    assert_eq!(
        setup.writes(),
        ["UpdateEndpointWeightsAndCapacities", "PutScheduledAction", "RegisterScalableTarget"]
    );
    assert_eq!(
        (&document["before"]["desired"], &document["after"]["desired"]),
        (&0.into(), &1.into())
    );
    assert_eq!(document["after"]["min_capacity"], 1);
    assert_eq!(document["done"]["action"], "wake");
    assert!(document["after"]["lease_ends"].is_string(), "{document}");
}

#[tokio::test]
async fn a_dry_run_of_any_command_writes_nothing() {
    for instances in [0, 1] {
        let setup = Setup::with(instances).await;
        for arguments in [
            &["wake", ENDPOINT][..],
            &["sleep", ENDPOINT],
            &["sleep", ENDPOINT, "--force"],
            &["hold", ENDPOINT, "--for", "2h"],
            &["release", ENDPOINT],
            &["pause", ENDPOINT],
            &["resume", ENDPOINT],
        ] {
            let run = setup.run(&[arguments, &["--dry-run"]].concat()).await;
            assert_eq!(run.code, Some(0), "{run:?}");
        }
        assert_eq!(setup.writes(), Vec::<String>::new());
        assert!(setup.sim.with(|world| world.calls_total()) > 0);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_awake_keeps_its_instances() {
    let setup = Setup::with(2).await;
    setup.run(&["wake", ENDPOINT]).await.assert(0, &["extend"]);
    assert_eq!(setup.capacity(), (2, 2));
    for (wanted, said) in [
        ("2", ""),
        ("3", "the desired capacity is 2, not 3; to request 3:\n"),
        ("9", "the desired capacity is 2, not 9; to request 4:\n"),
    ] {
        let run = setup.run(&["wake", ENDPOINT, "--wake-to", wanted]).await;
        run.assert(0, &[said]);
        let more = "VariantName=AllTraffic,DesiredInstanceCount=";
        assert_eq!(run.out.contains(more), !said.is_empty(), "{run:?}");
    }
    assert_eq!(setup.capacity(), (2, 2));
}

#[tokio::test]
async fn it_requests_the_given_number_of_instances_within_the_bounds() {
    let less = "note     MaxCapacity is 4: the desired capacity is 4, not 5\n";
    for (wanted, got) in [("4", 4), ("5", 4)] {
        let setup = Setup::with(0).await;
        let run = setup.run(&["wake", ENDPOINT, "--wake-to", wanted]).await;
        run.assert(0, &[]);
        assert_eq!(run.out.contains(less), wanted == "5", "{run:?}");
        assert_eq!(setup.capacity().1, got);
    }
}

#[tokio::test]
async fn waiting_ends_in_service() {
    let setup = Setup::fast(0).await;
    let run = setup.run(&["wake", ENDPOINT, "--wait"]).await;
    run.assert(0, &["Updating, 0 of 1 instances\n", "InService, 1 of 1 instances\n", "waited"]);
    // The output has one line for each change and no terminal control codes.
    assert!(run.errors.lines().count() <= 4, "{run:?}");
    assert!(!run.errors.contains('\u{1b}') && !run.out.contains('\u{1b}'), "{run:?}");
}

#[tokio::test]
async fn waiting_ends_when_the_time_is_up() {
    let setup = Setup::fast(0).await;
    let (code, document) = setup.json(&["wake", ENDPOINT, "--wait", "--timeout", "2m"]).await;
    assert_eq!(code, Some(1), "{document}");
    assert_eq!(document["waited"]["reached"], false);
    assert!(document["refusal"].as_str().unwrap().contains("timed out"), "{document}");
    assert_eq!(setup.capacity().1, 1);
}

#[tokio::test]
async fn insufficient_capacity_is_reported() {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| world.set_capacity_shortage(ENDPOINT, true));
    setup.run(&["wake", ENDPOINT, "--wait"]).await.assert(1, &["back at zero"]);
}

#[tokio::test]
async fn a_refusal_by_a_rule_has_a_reason_and_advice() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| world.set_bounds(&id(), 0, 0));
    setup.run(&["wake", ENDPOINT]).await.assert(1, &["max_is_zero", "--max-capacity 1\n"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}

/// The result is printed, and the exit code reports the failure.
#[tokio::test]
async fn a_lease_that_cannot_be_written_is_a_failure() {
    let setup = Setup::with(0).await;
    let denied = Fault::AccessDenied;
    setup.sim.with(|world| world.faults.fail_next("PutScheduledAction", denied, 1));
    let run = setup.run(&["wake", ENDPOINT]).await;
    run.assert(2, &["after", "application-autoscaling:PutScheduledAction"]);
    assert_eq!(setup.capacity().1, 1);
}

#[tokio::test]
async fn several_variants_are_listed() {
    let setup = Setup::with(0).await;
    setup
        .run(&["wake", ENDPOINT, "--variant", "blue"])
        .await
        .assert(2, &["AllTraffic", "--variant"]);
}
