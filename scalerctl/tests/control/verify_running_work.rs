//! `scalerctl verify --running-work`: whether the backlog metric counts a request that runs.

use std::time::Duration;

use reactive_scaler::port::Suspended;
use serde_json::{Value, json};
use simulator::{Fault, Pace, World};

use super::setup::{ENDPOINT, Run, Setup, id};

const INPUT: &str = "s3://my-inputs/long.json";

/// The endpoint's requests take this long. The input is in S3.
async fn world(minutes: u64, counts_running: bool) -> Setup {
    let processing = Duration::from_secs(60 * minutes);
    let setup = Setup::fast_at(0, Pace { processing, ..Pace::default() }).await;
    setup.sim.with(|world| {
        world.settings.backlog_counts_running = counts_running;
        world.store(INPUT, "{}");
    });
    setup
}

const ARGUMENTS: [&str; 5] = ["verify", ENDPOINT, "--yes", "--running-work", INPUT];

fn requests(world: &mut World) -> usize {
    world.calls("InvokeEndpointAsync")
}

fn answer(report: &Value) -> &str {
    let answers = report["answers"].as_array().unwrap();
    let answer = answers.iter().find(|answer| answer["id"] == "running-work").unwrap();
    answer["answer"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

fn assert_at_zero(setup: &Setup) {
    assert_eq!(setup.capacity(), (0, 0));
    let min = setup.sim.with(|world| world.target(&id()).unwrap().min);
    assert_eq!((min, setup.records().live(setup.sim.now())), (0, false));
}

/// Both readings of AWS's documentation, told apart. The request's datapoints are no work of others, so the endpoint
/// goes to zero.
#[tokio::test]
async fn both_readings_of_the_metric_are_told_apart() {
    for (counts, begins, value, means) in [
        (true, "counts running work: ApproximateBacklogSize was 1, 1, 1", 1.0, "however long"),
        (
            false,
            "does not count running work: ApproximateBacklogSize was 0, 0, 0",
            0.0,
            "can be cut",
        ),
    ] {
        let setup = world(6, counts).await;
        let (code, report) = setup.json(&ARGUMENTS).await;
        assert_eq!(code, Some(0), "{report}");
        assert!(answer(&report).starts_with(begins), "{report}");
        let measured = &report["running_work"];
        assert_eq!((&measured["counts"], &measured["not_known"]), (&json!(counts), &Value::Null));
        assert!(measured["means"].as_str().unwrap().contains(means), "{measured}");
        let seconds = measured["request_seconds"].as_i64().unwrap();
        assert!((360..480).contains(&seconds), "{measured}");
        for metric in ["ApproximateBacklogSize", "ApproximateBacklogSizePerInstance"] {
            let values = measured["values"][metric].as_array().unwrap();
            assert!(values.len() >= 4 && values.iter().all(|it| *it == value), "{measured}");
        }
        assert_eq!(setup.sim.with(requests), 1);
        assert_at_zero(&setup);
    }
}

/// A request that fails ran as well.
#[tokio::test]
async fn a_request_that_fails_is_an_answer_too() {
    let setup = world(6, true).await;
    setup.sim.with(|world| world.settings.requests_fail = true);
    let run = setup.run(&ARGUMENTS).await;
    run.assert(0, &["counts running work: ", "the request failed after ", "was restored"]);
    assert_at_zero(&setup);
}

/// Without an answer, the exit code is 1, and the endpoint goes to zero.
#[tokio::test]
async fn a_request_that_is_too_short_gives_no_answer() {
    let setup = world(2, true).await;
    let run = setup.run(&ARGUMENTS).await;
    run.assert(
        1,
        &[
            "not known: the request took ",
            "which is shorter than 3 datapoints",
            "choose an input that takes 5 minutes or more",
            "everything was restored",
        ],
    );
    assert_at_zero(&setup);
}

/// Another request makes the datapoints ambiguous, and needs the instance.
#[tokio::test]
async fn another_request_gives_no_answer_and_keeps_its_instance() {
    let setup = world(6, true).await;
    let child = setup.start(&ARGUMENTS);
    setup.until(|world| requests(world) == 1).await;
    setup.sim.with(|world| world.invoke_inline(ENDPOINT));
    let run: Run = child.wait_with_output().await.unwrap().into();
    run.assert(
        1,
        &["not known: other requests arrived: the backlog was 2", "left awake, work arrived"],
    );
    assert_eq!(setup.capacity().1, 1);
}

#[tokio::test]
async fn missing_datapoints_give_no_answer() {
    let setup = world(6, false).await;
    let child = setup.start(&ARGUMENTS);
    setup.until(|world| requests(world) == 1).await;
    setup.sim.with(|world| {
        let from = world.now() + Duration::from_secs(120);
        world.lose_metrics(from, from + Duration::from_secs(120));
    });
    let run: Run = child.wait_with_output().await.unwrap().into();
    run.assert(1, &["datapoints are missing", "everything was restored"]);
    assert_at_zero(&setup);
}

/// More instances change what the metric shows.
#[tokio::test]
async fn a_change_of_capacity_gives_no_answer() {
    let setup = world(6, true).await;
    let child = setup.start(&ARGUMENTS);
    setup.until(|world| requests(world) == 1).await;
    setup.sim.with(|world| world.scale_by_person(&id(), 2).unwrap());
    let run: Run = child.wait_with_output().await.unwrap().into();
    run.assert(1, &["not known: the endpoint was Updating with another number of instances"]);
}

/// A scale-in could cut the request, so the lease ends it all.
#[tokio::test]
async fn an_interrupt_while_the_request_runs_keeps_the_instance() {
    let setup = world(6, true).await;
    let child = setup.start(&ARGUMENTS);
    setup.until(|world| requests(world) == 1).await;
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let run: Run = child.wait_with_output().await.unwrap().into();
    run.assert(1, &["ended early: interrupted", "the request that verify sent may still run"]);
    assert_eq!(setup.capacity(), (1, 1));
    assert!(setup.records().live(setup.sim.now()));
}

/// A call without an answer may have sent the request. It is not repeated.
#[tokio::test]
async fn a_request_without_an_answer_is_sent_once_and_keeps_the_instance() {
    let setup = world(6, true).await;
    setup.sim.with(|world| {
        world.faults.fail_next("InvokeEndpointAsync", Fault::NoAnswerAfterEffect, 1);
    });
    let run = setup.run(&ARGUMENTS).await;
    run.assert(1, &["sagemaker:InvokeEndpointAsync on my-endpoint failed", "may still run"]);
    assert_eq!((setup.sim.with(requests), setup.capacity()), (1, (1, 1)));
    // AWS refused it: there is no request.
    let setup = world(6, true).await;
    setup.sim.with(|world| world.faults.fail_next("InvokeEndpointAsync", Fault::AccessDenied, 1));
    let run = setup.run(&ARGUMENTS).await;
    run.assert(
        1,
        &["allow your own credentials sagemaker:InvokeEndpointAsync", "everything was restored"],
    );
    assert_at_zero(&setup);
}

/// What would give no answer is refused before an instance is started.
#[tokio::test]
async fn nothing_is_started_if_the_input_or_the_result_cannot_be_read() {
    let setup = world(6, true).await;
    let missing = ["verify", ENDPOINT, "--yes", "--running-work", "s3://my-inputs/none.json"];
    let run = setup.run(&missing).await;
    run.assert(1, &["nothing was started: there is no object s3://my-inputs/none.json"]);
    for (nth, said) in [
        (1, "S3 denied HeadObject on s3://my-inputs/long.json"),
        (2, "S3 denied HeadObject under s3://my-outputs/async/"),
    ] {
        let setup = world(6, true).await;
        setup.sim.with(|world| world.faults.fail_nth("HeadObject", nth, Fault::AccessDenied));
        let run = setup.run(&ARGUMENTS).await;
        run.assert(1, &["nothing was started", said, "s3:ListBucket"]);
        assert_eq!(setup.writes(), Vec::<String>::new());
    }
    setup.sim.with(|world| {
        world.suspend(&id(), Suspended { scaling_in: true, ..Suspended::default() });
    });
    setup.run(&ARGUMENTS).await.assert(1, &["nothing was started", "scaling is suspended"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn the_plan_has_the_request_the_instance_and_the_cost() {
    let setup = world(6, true).await;
    let more = ["--job-minutes", "30", "--price-per-hour", "6", "--dry-run"];
    let run = setup.run(&[&ARGUMENTS[..], &more].concat()).await;
    run.assert(
        0,
        &[
            "one instance (ml.g5.xlarge) is started",
            "about 18 to 50 instance minutes, 1.80 to 5.00 at 6 an hour",
            "Request: one, for s3://my-inputs/long.json. It ends after 30 minutes at most.",
        ],
    );
    let (code, plan) = setup.json(&[&ARGUMENTS[..], &more].concat()).await;
    assert_eq!((code, &plan["running_work"]), (Some(0), &json!(INPUT)), "{plan}");
    assert_eq!(plan["instance_minutes"], json!([18, 50]));
    assert_eq!(setup.writes(), Vec::<String>::new());
    for (arguments, said) in [
        (&["--running-work", "long.json"][..], "must be an object in Amazon S3"),
        (&["--job-minutes", "20"], "--running-work"),
        (&["--running-work", INPUT, "--job-minutes", "4"], "from 5 to 60"),
    ] {
        let run = setup.run(&[&["verify", ENDPOINT], arguments].concat()).await;
        run.assert(2, &[said]);
    }
}
