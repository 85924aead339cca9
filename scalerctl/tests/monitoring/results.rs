//! The results of requests are connected: what `status` shows of the ledger, and what `report` shows of the time after the
//! last result.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::Mode,
    lease::{HOLD, LEASE, WATCH, WORK},
};
use serde_json::{Value, json};
use simulator::{ActionPut, Fault, JobState, LambdaFunction, Refusal, Simulator};

use super::{
    run::{Run, scalerctl_with},
    setup::{ENDPOINT, FROM, Function, GROUP, fresh, id, time},
};

const ROUTES: &str =
    r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true,"idle_minutes":1}]"#;
const NAME: &str = "my-scaler";
const TABLE: &str = "reactive-scaler-ledger";

/// Requests whose results are connected.
pub struct Work {
    sim: Simulator,
    function: Function,
    observes: bool,
}

impl Work {
    pub fn on(sim: &Simulator, mode: Mode) -> Self {
        let observes = mode == Mode::Observe;
        deploy(sim, ROUTES, observes, Some(TABLE));
        let function = Function::with(sim, ROUTES, mode);
        Self { sim: sim.clone(), function, observes }
    }

    /// An input is uploaded now. If the function only observes, the owner starts an instance.
    pub async fn upload(&self, key: &str) -> simulator::JobId {
        let job = self.sim.with(|world| world.upload(ENDPOINT));
        self.function
            .invoke(json!({
                "source": "aws.s3",
                "detail-type": "Object Created",
                "time": self.sim.now().to_string(),
                "detail": {
                    "bucket": { "name": "my-inputs" },
                    "object": { "key": key, "sequencer": format!("01{key}") },
                },
            }))
            .await;
        if self.observes && self.sim.with(|world| world.capacity(&id()).1) == 0 {
            self.sim.with(|world| world.scale_by_person(&id(), 1).unwrap());
        }
        job
    }

    async fn result(&self, key: &str) {
        let now = self.sim.now().to_string();
        let message = json!({
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
            "eventTime": now,
            "receivedTime": now,
            "invocationStatus": "Completed",
            "requestParameters": {
                "endpointName": ENDPOINT,
                "inputLocation": format!("s3://my-inputs/{key}"),
            },
            "inferenceId": format!("result-{key}"),
        });
        let sns = json!({ "EventSource": "aws:sns", "Sns": { "Message": message.to_string() } });
        self.function.invoke(json!({ "Records": [sns] })).await;
    }

    /// An upload and, when its job is completed, its result. Returns when it came.
    pub async fn job(&self, key: &str) -> Timestamp {
        let job = self.upload(key).await;
        while !self
            .sim
            .with(|world| matches!(world.job(job).unwrap().state, JobState::Completed(_)))
        {
            self.minutes(1).await;
        }
        self.result(key).await;
        self.sim.now()
    }

    pub async fn ticks_until(&self, until: &str) {
        self.function.ticks_until(time(until)).await;
    }

    pub async fn minutes(&self, minutes: i64) {
        self.function.ticks_until(self.sim.now() + SignedDuration::from_mins(minutes)).await;
    }
}

/// The function as Lambda describes it.
fn deploy(sim: &Simulator, routes: &str, observes: bool, table: Option<&str>) {
    let mode = if observes { "observe" } else { "act" };
    let variables = [("SCALER_ROUTES", routes), ("SCALER_MODE", mode)];
    let table = table.map(|table| ("SCALER_LEDGER", table));
    let function = LambdaFunction::new(NAME, variables.into_iter().chain(table));
    sim.with(|world| world.put_function(function));
}

/// The command, with `--function`, now.
async fn run(sim: &Simulator, arguments: &[&str]) -> Run {
    let now = sim.now().to_string();
    let more = ["--function", NAME, "--now", now.as_str()];
    scalerctl_with(sim, &[], &[arguments, &more].concat()).await
}

async fn status_row(sim: &Simulator) -> Value {
    run(sim, &["status", ENDPOINT, "--json"]).await.document()["endpoints"][0].clone()
}

async fn report(sim: &Simulator, more: &[&str]) -> Value {
    let arguments = [&["report", ENDPOINT, "--json", "--since", FROM], more].concat();
    run(sim, &arguments).await.document()["endpoints"][0].clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[tokio::test]
async fn outstanding_uploads_the_oldest_and_the_newest_result_are_shown() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Act);
    work.upload("a.json").await;
    work.minutes(2).await;
    work.upload("b.json").await;
    work.result("b.json").await;
    work.upload("c.json").await;
    sim.advance(std::time::Duration::from_secs(90));
    let row = status_row(&sim).await;
    assert_eq!(row["uploads"]["outstanding"], 2, "{row}");
    assert_eq!(row["uploads"]["oldest_at"], FROM);
    assert_eq!(row["uploads"]["oldest_seconds"], 210);
    assert_eq!(row["uploads"]["newest_result_at"], "2030-01-07T00:02:00Z");
    assert_eq!(row["uploads"]["done_since"], Value::Null);
    assert_eq!(row["kept_awake"]["by"], "work");
    run(&sim, &["status"]).await.assert_says(&[
        "work record until",
        "2 without a result, oldest 3 min; newest result 1 min ago",
    ]);
}

#[tokio::test]
async fn the_time_at_which_all_work_was_done_is_shown() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Act);
    let done = work.job("a.json").await;
    run(&sim, &["status"]).await.assert_says(&["all have a result, newest 0 s ago\n"]);
    sim.advance(std::time::Duration::from_secs(60));
    let row = status_row(&sim).await;
    let idle = SignedDuration::from_mins(1);
    assert_eq!(row["uploads"]["done_since"], json!((done + idle).to_string()), "{row}");
    run(&sim, &["status"]).await.assert_says(&["newest 1 min ago, work done since "]);
}

#[tokio::test]
async fn the_ledger_is_read_only_where_results_are_connected() {
    let sim = fresh();
    let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;
    sim.with(|world| world.add_log_group(GROUP));
    for (routes, table, reads) in [
        (routes, Some(TABLE), false),
        (r#"[{"endpoint":"another","results":true}]"#, Some(TABLE), false),
        (ROUTES, Some(TABLE), true),
        ("ssm:/routes", Some(TABLE), true),
        ("ssm:/routes", None, false),
    ] {
        deploy(&sim, routes, false, table);
        let run = run(&sim, &["status", ENDPOINT]).await;
        assert_eq!(run.code, Some(0), "{}", run.text);
        assert_eq!(run.called.contains("Query"), reads, "{routes}");
        assert_eq!(run.text.contains("uploads        none recorded"), reads, "{}", run.text);
    }
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_is_a_problem_with_what_to_do() {
    let sim = fresh();
    Work::on(&sim, Mode::Act);
    let missing = Refusal::new("ResourceNotFoundException", "Requested resource not found");
    for (fault, parts) in [
        (Fault::AccessDenied, ["dynamodb:Query on table/reactive-scaler-ledger", "allow your own"]),
        (Fault::Refused(missing), ["ResourceNotFoundException", "correct SCALER_LEDGER"]),
    ] {
        sim.with(|world| world.faults.fail_next("Query", fault, 1));
        let run = run(&sim, &["status", ENDPOINT]).await;
        run.assert_refused(1, &["not everything could be read of: my-endpoint"]);
        for part in parts {
            assert!(run.text.contains(part), "no {part:?} in:\n{}", run.text);
        }
        assert!(run.text.contains("InService"), "the rest is shown: {}", run.text);
    }
    deploy(&sim, ROUTES, false, None);
    let run = run(&sim, &["status", ENDPOINT]).await;
    run.assert_refused(1, &["my-endpoint"]);
    assert!(run.text.contains("set SCALER_LEDGER"), "{}", run.text);
}

#[tokio::test]
async fn too_many_pages_are_a_problem_and_not_a_number() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Act);
    sim.with(|world| world.settings.ledger_page_size = 1);
    for number in 0..20 {
        work.upload(&format!("{number}.json")).await;
    }
    assert_eq!(status_row(&sim).await["uploads"]["outstanding"], 20);
    work.upload("one more.json").await;
    let run = run(&sim, &["status", ENDPOINT]).await;
    run.assert_refused(1, &["my-endpoint"]);
    for part in ["more than 20 pages", "at least 20 of them without a result", "what to do"] {
        assert!(run.text.contains(part), "no {part:?} in:\n{}", run.text);
    }
}

#[tokio::test]
async fn the_latest_record_is_named_and_plot_lists_each() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Act);
    work.upload("a.json").await;
    work.minutes(1).await;
    for (name, minutes, by) in [(LEASE, 30, "lease"), (HOLD, 40, "hold"), (WORK, 50, "work")] {
        let at = sim.now() + SignedDuration::from_mins(minutes) + WATCH;
        sim.with(|world| world.plant_action(&id(), &ActionPut::once(name, at, Some(0), None)));
        assert_eq!(status_row(&sim).await["kept_awake"]["by"], by);
    }
    run(&sim, &["plot", ENDPOINT]).await.assert_says(&[
        "has a lease until 2030",
        ", a work record until 2030",
        ", a hold until",
    ]);
}

#[tokio::test]
async fn the_idle_time_after_the_last_result_of_each_wake_is_reported() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Act);
    let first = work.job("a.json").await;
    work.minutes(30).await;
    let second = work.job("b.json").await;
    work.minutes(30).await;
    let endpoint = report(&sim, &["--price-per-hour", "6"]).await;
    let after = &endpoint["figures"]["after_results"];
    assert_eq!(after["connected"], true);
    let wakes = after["wakes"].as_array().unwrap();
    assert_eq!(wakes.len(), 2, "{after}");
    for (wake, result) in wakes.iter().zip([first, second]) {
        assert_eq!(wake["scaled_in_by"], "work_done", "{wake}");
        assert_eq!(wake["last_result_at"], result.to_string());
        let scaled_in: Timestamp = wake["scaled_in_at"].as_str().unwrap().parse().unwrap();
        let minutes = scaled_in.duration_since(result).as_secs_f64() / 60.0;
        assert!((1.0..=2.0).contains(&minutes), "{wake}");
        assert_eq!(number(&wake["idle"]["minutes"]), minutes);
        assert_eq!(wake["work_done_at"], Value::Null);
    }
    let sum: f64 = wakes.iter().map(|wake| number(&wake["idle"]["minutes"])).sum();
    assert_eq!(number(&after["idle"]["minutes"]), sum);
    assert_eq!(number(&endpoint["idle_price"]), number(&after["idle"]["instance_minutes"]) / 10.0);
    assert_eq!(number(&endpoint["would_save"]), 0.0);
    let run = run(&sim, &["report", "--since", FROM, "--price-per-hour", "6"]).await;
    run.assert_says(&[
        "idle after the last result",
        &format!("{sum:.1} min, 2 wakes"),
        "price of this idle time",
        "my-endpoint: wakes with a result",
    ]);
    assert!(!run.text.contains("would save"), "{}", run.text);
    run.assert_fits(86);
}

/// Two instances cost twice as much as one.
#[tokio::test]
async fn the_price_counts_instances() {
    let sim = fresh();
    sim.with(|world| world.add_log_group(GROUP));
    deploy(&sim, ROUTES, false, Some(TABLE));
    let line = |at: &str, signal: &str, reason: &str, counts: Option<(i32, i32)>| {
        let line = json!({
            "message": "decision", "_aws": {}, "endpoint": ENDPOINT, "variant": "AllTraffic",
            "signal": signal, "action": if reason == "work_done" { "sleep" } else { "none" },
            "reason": reason, "from": counts.map(|it| it.0), "to": counts.map(|it| it.1),
        });
        sim.with(|world| world.log_at(GROUP, time(at), line.to_string()));
    };
    line("2030-01-07T01:00:00Z", "input", "work_arrived", Some((0, 2)));
    line("2030-01-07T01:10:00Z", "result", "result_recorded", None);
    line("2030-01-07T01:12:00Z", "tick", "lease_live", Some((2, 2)));
    line("2030-01-07T01:13:00Z", "tick", "work_done", Some((2, 0)));
    sim.with(|world| world.advance_to(time("2030-01-07T04:00:00Z")));
    let endpoint = report(&sim, &["--price-per-hour", "10"]).await;
    let after = &endpoint["figures"]["after_results"];
    assert_eq!(after["idle"], json!({ "minutes": 3.0, "instance_minutes": 6.0 }), "{after}");
    assert_eq!(endpoint["idle_price"], 1.0);
}

#[tokio::test]
async fn without_connected_results_the_report_says_so() {
    let sim = fresh();
    let function = Function::on(&sim);
    deploy(&sim, r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#, false, None);
    function.uploads(1).await;
    function.ticks_until(time("2030-01-07T01:00:00Z")).await;
    run(&sim, &["report"]).await.assert_says(&["results not connected"]);
    assert_eq!(report(&sim, &[]).await["figures"]["after_results"]["connected"], false);
    deploy(&sim, ROUTES, false, Some(TABLE));
    run(&sim, &["report"]).await.assert_says(&["no result"]);
    let now = sim.now().to_string();
    sim.with(|world| world.faults.fail_next("ListFunctions", Fault::AccessDenied, 1));
    let by_metrics = scalerctl_with(&sim, &[], &["report", "--now", &now]).await;
    by_metrics.assert_says(&["for the idle time after the last result, use --function NAME"]);
}

#[tokio::test]
async fn a_function_that_observes_shows_when_it_would_have_scaled_in_and_what_that_saves() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Observe);
    let result = work.job("a.json").await;
    work.minutes(2).await;
    run(&sim, &["status"]).await.assert_says(&[
        "all have a result",
        "work done since",
        "sleep: work_done, not carried out (observe), 00",
    ]);
    assert_eq!(sim.with(|world| world.capacity(&id()).1), 1, "nothing was carried out");
    // The owner's policy scales in much later.
    work.minutes(60).await;
    let endpoint = report(&sim, &["--price-per-hour", "6"]).await;
    let figures = &endpoint["figures"];
    assert_eq!((&figures["wakes"], &figures["sleeps"]), (&json!(0), &json!(0)), "{figures}");
    let after = &figures["after_results"];
    let wake = &after["wakes"][0];
    assert_eq!(wake["scaled_in_by"], Value::Null, "{wake}");
    let at = |name: &str| wake[name].as_str().unwrap().parse::<Timestamp>().unwrap();
    let done = at("work_done_at");
    assert!((60..=120).contains(&done.duration_since(result).as_secs()), "{wake}");
    let minutes = at("scaled_in_at").duration_since(done).as_secs_f64() / 60.0;
    assert!(minutes > 10.0, "{wake}");
    assert_eq!(number(&wake["would_save"]["minutes"]), minutes);
    assert_eq!(number(&after["would_save"]["instance_minutes"]), minutes);
    assert_eq!(number(&endpoint["would_save"]), minutes / 10.0);
    assert_eq!(after["further_wakes"], 0);
    let run = run(&sim, &["report", "--since", FROM, "--price-per-hour", "6"]).await;
    run.assert_says(&["work_done would save", &format!("{minutes:.1} min")]);
    run.assert_fits(86);
}

/// Such an upload would have found the endpoint at zero.
#[tokio::test]
async fn an_upload_ends_what_would_be_saved_and_counts_as_one_more_wake() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Observe);
    work.job("a.json").await;
    work.minutes(5).await;
    work.job("b.json").await;
    work.minutes(60).await;
    let endpoint = report(&sim, &[]).await;
    let after = &endpoint["figures"]["after_results"];
    assert_eq!(after["wakes"].as_array().unwrap().len(), 1, "{after}");
    assert_eq!(after["further_wakes"], 1);
    let wake = &after["wakes"][0];
    let saved = number(&wake["would_save"]["minutes"]);
    let idle = number(&wake["idle"]["minutes"]);
    assert!(saved > idle && saved < idle + 5.0, "4 minutes more than after the last: {wake}");
    run(&sim, &["report"]).await.assert_says(&[", 1 more wake"]);
}

#[tokio::test]
async fn plot_marks_what_was_not_carried_out() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Observe);
    work.job("a.json").await;
    work.minutes(10).await;
    let run = run(&sim, &["plot", ENDPOINT, "--since", FROM]).await;
    let sleep = ["sleep: work_done, 1 to 0, ", " times, not carried out (observe mode)"];
    run.assert_says(&sleep);
    run.assert_says(&["o: a decision that was not carried out"]);
    assert_eq!(run.text.matches(sleep[0]).count(), 1, "each tick decides it again: {}", run.text);
}

/// A function that only observes counts what it would do at each tick. Its metrics are read without `--function`.
#[tokio::test]
async fn what_is_only_observed_counts_in_no_total() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Observe);
    work.job("a.json").await;
    work.minutes(10).await;
    let now = sim.now().to_string();
    let arguments = ["report", ENDPOINT, "--json", "--since", FROM, "--now", &now];
    let run = scalerctl_with(&sim, &[], &arguments).await;
    let figures = run.document()["endpoints"][0]["figures"].clone();
    assert_eq!((&figures["wakes"], &figures["sleeps"]), (&json!(0), &json!(0)), "{figures}");
    // The log shows that it decided to.
    let observed = report(&sim, &[]).await;
    assert!(
        number(&observed["figures"]["after_results"]["would_save"]["minutes"]) > 5.0,
        "{observed}"
    );
}
