//! `hold`, `release`, `pause` and `resume` on several endpoints.

use reactive_scaler::{
    lease::HOLD,
    port::{EndpointStatus, Suspended, VariantId},
};
use serde_json::json;
use simulator::{Fault, LambdaFunction};

use super::setup::{ENDPOINT, Run, Setup, VARIANT, id};

fn of(endpoint: &str) -> VariantId {
    VariantId::new(endpoint, VARIANT)
}

/// Three of a team at zero, the endpoint, one of another team with an instance, a real-time endpoint, and one that
/// nobody registered.
async fn fleet() -> Setup {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| {
        for (name, instances) in
            [("team-a-1", 0), ("team-a-2", 0), ("team-a-3", 0), ("team-b-1", 1)]
        {
            world.add_async_endpoint(name, VARIANT, instances);
            world.register_target(&of(name), 0, 4);
        }
        world.add_async_endpoint("team-a-real-time", VARIANT, 1);
        world.endpoint_mut("team-a-real-time").asynchronous = false;
        world.register_target(&of("team-a-real-time"), 1, 2);
        world.add_async_endpoint("team-a-nobodys", VARIANT, 0);
        world.clear_calls();
    });
    setup
}

fn holds(setup: &Setup) -> Vec<String> {
    let names = [ENDPOINT, "team-a-1", "team-a-2", "team-a-3", "team-b-1"];
    let is_held = |name: &&str| setup.sim.with(|world| world.action(&of(name), HOLD).is_some());
    names.into_iter().filter(is_held).map(str::to_owned).collect()
}

/// The first two words of each line of the table.
fn results(run: &Run) -> Vec<(String, String)> {
    let lines = run.out.lines().skip(2).take_while(|line| !line.is_empty());
    let cells = lines.map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()));
    cells
        .map(|mut cells| (cells.next().unwrap().to_owned(), cells.next().unwrap().to_owned()))
        .collect()
}

fn each(names: &[&str], result: &str) -> Vec<(String, String)> {
    names.iter().map(|name| ((*name).to_owned(), result.to_owned())).collect()
}

#[tokio::test]
async fn a_dry_run_plans_each_and_writes_nothing() {
    let setup = fleet().await;
    let run = setup.run(&["hold", "team-a-*", "--for", "2h", "--dry-run"]).await;
    run.assert(0, &["hold (eu-central-1)\n", "0 -> 1 instances, awake until "]);
    assert_eq!(results(&run), each(&["team-a-1", "team-a-2", "team-a-3"], "would be held"));
    let totals =
        "3 endpoints: 3 would be held; 3 instances would start. Dry run: nothing was written.\n";
    assert!(run.out.ends_with(totals), "{run:?}");
    assert_eq!(run.errors, "");
    assert_eq!(setup.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn more_than_one_instance_needs_a_confirmation() {
    let setup = fleet().await;
    let run = setup.run(&["hold", "team-a-*", "--for", "2h"]).await;
    let said =
        "hold changes 3 endpoints and starts 3 instances, and each costs money until it stops\n";
    run.assert(2, &[said, "nothing was changed: there is no terminal", "--yes"]);
    assert_eq!((run.out.as_str(), setup.writes().len()), ("", 0));
    let run = setup.run(&["hold", "team-a-*", "--for", "2h", "--yes"]).await;
    run.assert(0, &[said, "3 endpoints: 3 held; 3 instances start.\n"]);
    assert_eq!(results(&run), each(&["team-a-1", "team-a-2", "team-a-3"], "held"));
    assert_eq!(holds(&setup), ["team-a-1", "team-a-2", "team-a-3"]);
    // One that runs already starts no instance, so nothing is asked.
    let run = setup.run(&["hold", "team-b-*", "team-a-1", "--for", "1h"]).await;
    run.assert(0, &["hold changes 1 endpoint and starts no instance\n", "1 no change, 1 held"]);
}

#[tokio::test]
async fn each_outcome_has_a_line_and_the_exit_code_is_the_worst() {
    let setup = fleet().await;
    setup.sim.with(|world| {
        world.set_bounds(&of("team-a-1"), 0, 0);
        world.set_status("team-a-2", EndpointStatus::Updating);
    });
    let arguments = ["hold", "team-a-*", "team-a-nobodys", "--for", "1h", "--yes"];
    let run = setup.run(&arguments).await;
    run.assert(
        1,
        &["max_is_zero", "\n  aws application-autoscaling", "more endpoints did not succeed"],
    );
    let wanted = [
        ("team-a-1", "refused"),
        ("team-a-2", "queued"),
        ("team-a-3", "held"),
        ("team-a-nobodys", "refused"),
    ];
    let wanted = wanted.map(|(name, result)| (name.to_owned(), result.to_owned()));
    assert_eq!(results(&run), wanted);
    let (code, document) = setup.json(&[&arguments[..], &["no-such-endpoint"]].concat()).await;
    assert_eq!(code, Some(2));
    assert_eq!(document["totals"]["results"]["failed"], 1, "{document}");
    assert_eq!(document["endpoints"].as_array().unwrap().len(), 5);
    assert_eq!(document["ok"], false);
}

/// A call that fails for one endpoint ends nothing for the others.
#[tokio::test]
async fn a_failure_of_one_does_not_stop_the_others() {
    let setup = fleet().await;
    setup.sim.with(|world| {
        world.faults.fail_next("PutScheduledAction", Fault::AccessDenied, 1);
    });
    let run = setup.run(&["hold", "team-a-*", "--for", "1h", "--yes"]).await;
    run.assert(2, &["application-autoscaling:PutScheduledAction"]);
    assert_eq!(results(&run).iter().filter(|(_, result)| result == "held").count(), 2, "{run:?}");
    assert_eq!(holds(&setup).len(), 2);
}

#[tokio::test]
async fn release_and_all() {
    let setup = fleet().await;
    setup.run(&["hold", "team-a-*", "--for", "1h", "--yes"]).await.assert(0, &[]);
    let run = setup.run(&["release", "--all"]).await;
    run.assert(0, &["release changes 3 endpoints", "5 endpoints: 2 no change, 3 released."]);
    assert_eq!(holds(&setup), Vec::<String>::new());
    for arguments in [&["release", "--all", ENDPOINT][..], &["pause", ENDPOINT, "in", "--all"]] {
        setup.run(arguments).await.assert(2, &["--all means every endpoint"]);
    }
    setup.run(&["release"]).await.assert(2, &["required"]);
}

/// A real-time endpoint that the owner scales keeps its scaling.
#[tokio::test]
async fn pause_and_resume_leave_real_time_endpoints_alone() {
    let setup = fleet().await;
    let suspended = |name: &str| setup.sim.with(|world| world.target(&of(name)).unwrap().suspended);
    let run = setup.run(&["pause", "team-a-*", "in", "--dry-run"]).await;
    run.assert(0, &["3 endpoints: 3 would be paused. Dry run: nothing was written."]);
    assert_eq!(setup.writes(), Vec::<String>::new());
    let run = setup.run(&["pause", "--all", "in"]).await;
    run.assert(0, &["pause changes 5 endpoints and starts no instance", "5 endpoints: 5 paused."]);
    let paused_in = Suspended { scaling_in: true, ..Suspended::default() };
    assert_eq!(suspended("team-b-1"), paused_in);
    assert_eq!(suspended("team-a-real-time"), Suspended::default());
    let run = setup.run(&["resume", "team-a-?"]).await;
    run.assert(0, &["3 endpoints: 3 resumed."]);
    assert_eq!((suspended("team-a-1"), suspended("team-b-1")), (Suspended::default(), paused_in));
    let run = setup.run(&["resume", "--all", "--dry-run"]).await;
    run.assert(0, &["3 not paused", "2 would be resumed"]);
}

#[tokio::test]
async fn a_pattern_without_a_match_is_refused() {
    let setup = fleet().await;
    for command in [&["hold", "--for", "1h"][..], &["release"], &["pause"], &["resume"]] {
        let run = setup.run(&[command, &["team-c-*"]].concat()).await;
        run.assert(2, &["no registered async endpoint matches team-c-*"]);
    }
    let run = setup.run(&["hold", "team-a-*", "--for", "1h", "--wait", "--yes"]).await;
    run.assert(2, &["--wait is for one endpoint"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}

/// A wake by the function's route starts as many instances as the function does.
#[tokio::test]
async fn the_settings_of_the_only_function_with_a_route_are_used() {
    let setup = Setup::with(0).await;
    let put = |name: &str| {
        let routes = json!([{ "endpoint": ENDPOINT, "bucket": "my-inputs", "wake_to": 3 }]);
        let routes = routes.to_string();
        let function = LambdaFunction::new(name, [("SCALER_ROUTES", routes.as_str())]);
        setup.sim.with(|world| world.put_function(function));
    };
    put("my-scaler");
    let run = setup.run(&["wake", ENDPOINT, "--dry-run"]).await;
    run.assert(
        0,
        &["desired instances 0 -> 3", "after the lease, my-scaler scales the endpoint to zero"],
    );
    // A setting of one's own comes first.
    let run = setup.run(&["wake", ENDPOINT, "--wake-to", "1", "--dry-run"]).await;
    run.assert(0, &["desired instances 0 -> 1"]);
    setup.sim.with(|world| world.faults.fail_next("ListFunctions", Fault::AccessDenied, 1));
    let run = setup.run(&["wake", ENDPOINT, "--dry-run"]).await;
    run.assert(0, &["desired instances 0 -> 1"]);
    put("second-scaler");
    let run = setup.run(&["wake", ENDPOINT, "--dry-run"]).await;
    run.assert(0, &["desired instances 0 -> 1"]);
    let run = setup.run(&["sleep", ENDPOINT]).await;
    run.assert(2, &["several functions have a route for my-endpoint: my-scaler, second-scaler"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
    assert_eq!(setup.sim.with(|world| world.capacity(&id())), (0, 0));
}
