//! The results of requests: what the built function writes into the ledger's table, and when it scales in because of it.

use jiff::Timestamp;
use reactive_scaler::{
    lease::{LEASE, WATCH, WORK},
    ledger::{Location, RequestResult, Standing, Upload},
    port::Ledger,
};
use serde_json::{Value, json};
use simulator::{ActionPut, Fault};

use crate::harness::{
    ENDPOINT, Function, Invoked, TestWorld, VARIANT, ago, ahead, calls, id, in_sns, in_sqs, queued,
    writes,
};

pub const ROUTE: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","results":true,"idle_minutes":0}]"#;

const LEDGER: (&str, &str) = ("SCALER_LEDGER", "reactive-scaler-ledger");

pub fn tick() -> Value {
    json!({ "action": "tick" })
}

/// An S3 notification of this upload.
pub fn upload(key: &str, sequencer: &str) -> Value {
    json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": Timestamp::now().to_string(),
        "s3": { "bucket": { "name": "my-inputs" }, "object": { "key": key, "sequencer": sequencer } },
    }]})
}

/// The text of a result's message.
fn message(input_location: &str, inference_id: &str) -> String {
    let now = Timestamp::now().to_string();
    json!({
        "awsRegion": "eu-west-1",
        "eventTime": now,
        "receivedTime": now,
        "invocationStatus": "Completed",
        "requestParameters": { "endpointName": ENDPOINT, "inputLocation": input_location },
        "inferenceId": inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    })
    .to_string()
}

pub fn result(input_location: &str, inference_id: &str) -> Value {
    in_sns(&[message(input_location, inference_id)])
}

impl TestWorld {
    /// In service with one instance, a raised floor, and a live work record.
    pub async fn at_work() -> Self {
        Self::new(|world| {
            world.add_async_endpoint(ENDPOINT, VARIANT, 1);
            world.register_target(&id(), 1, 1);
            let put = ActionPut::once(WORK, ahead(10) + WATCH, Some(0), None);
            world.plant_action(&id(), &put);
        })
        .await
    }

    pub async fn with_results(&self) -> Function {
        Function::start_with(self.url(), ROUTE, &[LEDGER]).await
    }

    /// Five minutes ago an object was uploaded, and its request is done.
    async fn plant_finished_item(&self) {
        let location = Location::of_object("my-inputs", "async/in/a.json").unwrap();
        let (id, at) = ("01".to_owned(), ago(5));
        let upload = Upload { id, created_at: Some(at) };
        self.sim.add_upload(ENDPOINT, &location, &upload, at).await.unwrap();
        let result = RequestResult { inference_id: "one".to_owned(), received_at: Some(ago(4)) };
        self.sim.add_result(ENDPOINT, &location, &result, ago(4)).await.unwrap();
        assert_eq!(self.standings(), [Standing::Finished]);
        self.sim.with(|world| world.clear_calls());
    }

    fn standings(&self) -> Vec<Standing> {
        self.sim.with(|world| world.ledger(ENDPOINT).map(|item| item.standing()).collect())
    }

    pub fn fail(&self, operation: &str, fault: Fault, times: u32) {
        self.sim.with(|world| world.faults.fail_next(operation, fault, times));
    }
}

pub async fn decided(function: &mut Function, payload: &Value) -> Vec<String> {
    function.invoke(payload).await.decided()
}

fn problem(invoked: Invoked) -> String {
    invoked.result.expect_err("the invocation fails").message
}

#[tokio::test]
async fn a_result_ends_the_wait_and_the_next_tick_scales_in() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    function.invoke(&upload("async/in/a.json", "01")).await.answer();
    assert_eq!(decided(&mut function, &tick()).await, ["tick none lease_live 1->1"]);
    let answer = result("s3://my-inputs/async/in/a.json", "one");
    assert_eq!(decided(&mut function, &answer).await, ["result none result_recorded ?->?"]);
    world.sim.with(|world| world.clear_calls());
    assert_eq!(decided(&mut function, &tick()).await, ["tick sleep work_done 1->0"]);
    assert_eq!(
        writes(&world.sim),
        [
            "PutScheduledAction reactive-scaler-work",
            "RegisterScalableTarget min=0",
            "PutScheduledAction reactive-scaler-no-floor",
            "UpdateEndpointWeightsAndCapacities AllTraffic=0",
        ]
    );
    let queries = calls(&world.sim).into_iter().filter(|call| call == "Query").count();
    assert_eq!(queries, 3, "at the look, at the last look, and after the capacity request");
}

#[tokio::test]
async fn an_upload_and_a_result_are_one_call_each() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    function.invoke(&upload("async/in/a.json", "01")).await.answer();
    world.sim.with(|world| world.clear_calls());
    assert_eq!(
        decided(&mut function, &upload("async/in/b.json", "02")).await,
        ["input none lease_fresh ?->?"]
    );
    function.invoke(&result("s3://my-inputs/async/in/a.json", "one")).await.answer();
    let made: Vec<String> =
        calls(&world.sim).iter().map(|call| call.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(made, ["UpdateItem", "UpdateItem"]);
}

#[tokio::test]
async fn a_wake_from_zero_writes_the_work_record_and_asks_for_capacity_before_it() {
    let world = TestWorld::at_zero().await;
    let mut function = world.with_results().await;
    let woken = decided(&mut function, &upload("async/in/a.json", "01")).await;
    assert_eq!(woken, ["input wake work_arrived 0->1"]);
    assert_eq!(world.release_of(LEASE), None);
    assert!(world.release_of(WORK).is_some());
    let control_plane: Vec<String> =
        writes(&world.sim).into_iter().filter(|call| !call.starts_with("UpdateItem")).collect();
    assert_eq!(
        control_plane,
        [
            "UpdateEndpointWeightsAndCapacities AllTraffic=1",
            "PutScheduledAction reactive-scaler-work",
            "RegisterScalableTarget min=1",
        ]
    );
}

/// The event of a call of `InvokeEndpointAsync` that was made so many minutes ago.
fn invocation(minutes_ago: i64) -> Value {
    let mut event: Value =
        serde_json::from_str(include_str!("../../events/cloudtrail-invocation.json")).unwrap();
    event["detail"]["eventTime"] = json!(ago(minutes_ago).to_string());
    event
}

#[tokio::test]
async fn an_invocation_of_work_that_is_done_writes_nothing_and_any_other_one_wakes() {
    let world = TestWorld::at_zero().await;
    let mut function = world.with_results().await;
    world.plant_finished_item().await;
    assert_eq!(decided(&mut function, &invocation(5)).await, ["input none invocation_seen ?->?"]);
    let made = calls(&world.sim);
    assert!(made.len() == 1 && made[0].starts_with("Query"), "{made:?}");
    assert_eq!(world.capacity(), (0, 0));
    assert_eq!(decided(&mut function, &invocation(30)).await, ["input wake invocation_seen 0->1"]);
    assert!(world.release_of(LEASE).is_some() && world.release_of(WORK).is_none());
}

#[tokio::test]
async fn an_invocation_acts_as_an_alarm_if_the_ledger_cannot_be_read() {
    let world = TestWorld::at_zero().await;
    let mut function = world.with_results().await;
    world.plant_finished_item().await;
    world.fail("Query", Fault::AccessDenied, 10);
    let problem = problem(function.invoke(&invocation(5)).await);
    assert!(problem.contains("Query") && problem.contains("what to do"), "{problem}");
    assert_eq!(world.capacity(), (0, 1));
    assert!(world.release_of(LEASE).is_some());
}

#[tokio::test]
async fn two_uploads_need_two_results() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    for (key, sequencer) in [("async/in/a.json", "01"), ("async/in/b.json", "02")] {
        function.invoke(&upload(key, sequencer)).await.answer();
    }
    function.invoke(&result("s3://my-inputs/async/in/a.json", "one")).await.answer();
    assert_eq!(decided(&mut function, &tick()).await, ["tick none lease_live 1->1"]);
    function.invoke(&result("s3://my-inputs/async/in/b.json", "two")).await.answer();
    assert_eq!(decided(&mut function, &tick()).await, ["tick sleep work_done 1->0"]);
}

/// A person's wake, a hold, and a lease of a version before the ledger are not ended by it. An alarm beside a live record
/// changes nothing.
#[tokio::test]
async fn the_order_of_events_and_their_duplicates_change_nothing_and_only_work_of_the_ledger_ends()
{
    let uploaded = || upload("async/in/a.json", "01");
    let again = || upload("async/in/a.json", "02");
    let done = || result("s3://my-inputs/async/in/a.json", "one");
    let alarm =
        || serde_json::from_str(include_str!("../../events/alarm-eventbridge.json")).unwrap();
    let command = |action: &str| json!({ "action": action, "endpoint": ENDPOINT, "minutes": 5 });
    let (sleeps, stays) = ("tick sleep work_done 1->0", "tick none lease_live 1->1");
    for (name, events, decision) in [
        ("the result first", vec![done(), uploaded()], sleeps),
        ("duplicates", vec![uploaded(), uploaded(), done(), done(), uploaded()], sleeps),
        ("a key that is uploaded again", vec![uploaded(), again(), done()], stays),
        ("an alarm", vec![uploaded(), alarm(), done()], sleeps),
        ("a wake by a person", vec![uploaded(), done(), command("wake")], stays),
        ("a hold", vec![uploaded(), done(), command("hold")], stays),
    ] {
        let world = TestWorld::at_work().await;
        let mut function = world.with_results().await;
        for event in events {
            function.invoke(&event).await.answer();
        }
        assert_eq!(decided(&mut function, &tick()).await, [decision], "{name}");
    }
    let world = TestWorld::at_work().await;
    let before_upgrade = ActionPut::once(LEASE, ahead(5) + WATCH, Some(0), None);
    world.sim.with(|world| world.plant_action(&id(), &before_upgrade));
    let mut function = world.with_results().await;
    for event in [uploaded(), done()] {
        function.invoke(&event).await.answer();
    }
    assert_eq!(decided(&mut function, &tick()).await, [stays], "a lease from before the upgrade");
}

/// The item is all that this upload leaves: its container remembers the work record.
#[tokio::test]
async fn an_upload_right_before_the_capacity_request_of_the_sleep_is_served() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    function.invoke(&upload("async/in/a.json", "01")).await.answer();
    function.invoke(&result("s3://my-inputs/async/in/a.json", "one")).await.answer();
    world.sim.with(|world| {
        world.endpoint_mut(ENDPOINT).pace.scale_in = std::time::Duration::ZERO;
        world.before_call("UpdateEndpointWeightsAndCapacities", 1, |world, _| {
            let location = Location::of_object("my-inputs", "async/in/b.json").unwrap();
            let now = world.now();
            let upload = Upload { id: "02".to_owned(), created_at: Some(now) };
            world.ledger_add_upload(ENDPOINT, &location, &upload, now).unwrap();
        });
    });
    assert_eq!(decided(&mut function, &tick()).await, ["tick wake work_slipped_in 1->1"]);
    assert_eq!(world.sim.with(|world| world.waiting_hooks()), 0);
    assert_eq!(world.capacity().1, 1);
    let is_live = |release| release > Timestamp::now() + WATCH;
    assert!(world.release_of(WORK).is_some_and(is_live));
}

#[tokio::test]
async fn a_result_is_understood_however_it_comes_and_however_it_names_its_input() {
    let locations = [
        "s3://my-inputs/async/in/a b.json",
        "s3://my-inputs/async/in/a%20b.json",
        "https://my-inputs.s3.eu-west-1.amazonaws.com/async/in/a+b.json",
        "https://s3.eu-west-1.amazonaws.com/my-inputs/async/in/a%20b.json",
        "https://my-inputs.s3.amazonaws.com/async/in/a%20b.json?versionId=3HL4kqtJlcpXroDTDmJ",
    ];
    for location in locations {
        let text = message(location, "one");
        let in_topic = in_sns(std::slice::from_ref(&text));
        let notification = json!({ "Type": "Notification", "Message": text }).to_string();
        let in_queue = in_sqs(&[queued("m1", &notification)]);
        let raw_in_queue = in_sqs(&[queued("m1", &text)]);
        for payload in [in_topic, in_queue, raw_in_queue] {
            let world = TestWorld::at_work().await;
            let mut function = world.with_results().await;
            function.invoke(&upload("async/in/a+b.json", "01")).await.answer();
            function.invoke(&payload).await.answer();
            assert_eq!(world.standings(), [Standing::Finished], "{location} in {payload}");
            let slept = decided(&mut function, &tick()).await;
            assert_eq!(slept, ["tick sleep work_done 1->0"], "{location}");
        }
    }
}

#[tokio::test]
async fn a_request_that_failed_or_expired_is_done() {
    for status in ["Failed", "Expired"] {
        let world = TestWorld::at_work().await;
        let mut function = world.with_results().await;
        function.invoke(&upload("async/in/a.json", "01")).await.answer();
        let text = message("s3://my-inputs/async/in/a.json", "one").replace("Completed", status);
        function.invoke(&in_sns(&[text])).await.answer();
        assert_eq!(
            decided(&mut function, &tick()).await,
            ["tick sleep work_done 1->0"],
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_result_without_its_input_changes_nothing() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    let mut without: Value = serde_json::from_str(&message("s3://b/k", "one")).unwrap();
    without["requestParameters"] = json!({ "endpointName": ENDPOINT });
    let seen = decided(&mut function, &in_sns(&[without.to_string()])).await;
    assert_eq!(seen, ["result none result_seen ?->?"]);
    assert_eq!(world.standings(), []);
}

/// AWS shows no message of a request that expired. The log says what one looks like, without its contents.
#[tokio::test]
async fn a_result_without_a_status_is_logged_by_the_names_of_its_members() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    let mut expired: Value = serde_json::from_str(&message("s3://b/private-5e1f", "one")).unwrap();
    expired.as_object_mut().unwrap().remove("invocationStatus");
    let invoked = function.invoke(&in_sns(&[expired.to_string()])).await;
    let [line] = &invoked.log[..] else { panic!("{:?}", invoked.log) };
    assert_eq!(line["level"], "WARN");
    let members = line["fields"]["members"].as_str().unwrap();
    assert!(members.contains("receivedTime requestParameters"), "{line}");
    assert!(members.contains("requestParameters.inputLocation"), "{line}");
    assert!(!function.written().contains("private-5e1f"), "{}", function.written());
    assert_eq!(world.standings(), []);
}

#[tokio::test]
async fn a_failed_write_is_reported_and_covered_by_a_lease() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    world.fail("UpdateItem", Fault::AccessDenied, 10);
    let problem = problem(function.invoke(&upload("async/in/a.json", "01")).await);
    assert!(problem.contains("UpdateItem") && problem.contains("what to do"), "{problem}");
    assert!(world.release_of(LEASE).is_some());
    // The ledger has a result, and nothing else.
    world.sim.with(|world| world.faults.clear());
    function.invoke(&result("s3://my-inputs/async/in/b.json", "one")).await.answer();
    assert_eq!(decided(&mut function, &tick()).await, ["tick none lease_live 1->1"]);
    assert_eq!(world.capacity().1, 1);
}

#[tokio::test]
async fn a_result_that_cannot_be_recorded_fails_so_that_it_is_sent_again() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    function.invoke(&upload("async/in/a.json", "01")).await.answer();
    world.fail("UpdateItem", Fault::AccessDenied, 1);
    let payload = in_sqs(&[queued("m1", &message("s3://my-inputs/async/in/a.json", "one"))]);
    let answer = function.invoke(&payload).await.answer().clone();
    assert_eq!(answer["batchItemFailures"], json!([{ "itemIdentifier": "m1" }]));
    assert_eq!(decided(&mut function, &tick()).await, ["tick none lease_live 1->1"]);
    let answer = function.invoke(&payload).await.answer().clone();
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert_eq!(decided(&mut function, &tick()).await, ["tick sleep work_done 1->0"]);
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_keeps_the_endpoint_awake_and_fails_the_tick() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    function.invoke(&upload("async/in/a.json", "01")).await.answer();
    function.invoke(&result("s3://my-inputs/async/in/a.json", "one")).await.answer();
    world.fail("Query", Fault::AccessDenied, 10);
    let problem = problem(function.invoke(&tick()).await);
    assert!(problem.contains("Query on table/reactive-scaler-ledger"), "{problem}");
    assert_eq!(world.capacity().1, 1);
}

#[tokio::test]
async fn only_a_function_that_observes_writes_the_ledger_and_a_request_to_observe_does_not() {
    let world = TestWorld::at_work().await;
    let mut function = world.with_results().await;
    let upload = upload("async/in/a.json", "01");
    let request = json!({ "action": "observe", "event": upload });
    function.invoke(&request).await.answer();
    assert_eq!(world.standings(), []);

    let settings = [LEDGER, ("SCALER_MODE", "observe")];
    let mut observing = Function::start_with(world.url(), ROUTE, &settings).await;
    observing.invoke(&upload).await.answer();
    assert_eq!(world.standings(), [Standing::Outstanding]);
    observing.invoke(&result("s3://my-inputs/async/in/a.json", "one")).await.answer();
    assert_eq!(decided(&mut observing, &tick()).await, ["tick sleep work_done 1->0"]);
    assert_eq!(world.capacity().1, 1, "it says what would be done");
    assert!(writes(&world.sim).iter().all(|call| call.starts_with("UpdateItem")));
}

/// It writes no record, so the ledger alone shows that the endpoint is up for work.
#[tokio::test]
async fn a_function_that_observes_says_when_an_endpoint_that_others_scale_would_sleep() {
    let world = TestWorld::new(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 1);
        world.register_target(&id(), 0, 1);
    })
    .await;
    let settings = [LEDGER, ("SCALER_MODE", "observe")];
    let mut observing = Function::start_with(world.url(), ROUTE, &settings).await;
    assert_eq!(decided(&mut observing, &tick()).await, ["tick extend adopted 1->1"]);
    observing.invoke(&upload("async/in/a.json", "01")).await.answer();
    assert_eq!(decided(&mut observing, &tick()).await, ["tick extend work_outstanding 1->1"]);
    observing.invoke(&result("s3://my-inputs/async/in/a.json", "one")).await.answer();
    let observed = observing.invoke(&tick()).await;
    assert_eq!(observed.decided(), ["tick sleep work_done 1->0"]);
    assert_eq!(observed.decision_lines()[0]["mode"], "observe");
    assert_eq!(world.capacity().1, 1);
    assert!(writes(&world.sim).iter().all(|call| call.starts_with("UpdateItem")));
}

#[tokio::test]
async fn a_route_without_results_makes_no_call_to_the_table() {
    let world = TestWorld::at_zero().await;
    let mut function = Function::start_with(world.url(), crate::harness::ROUTE, &[LEDGER]).await;
    function.invoke(&upload("async/in/a.json", "01")).await.answer();
    let seen = decided(&mut function, &result("s3://my-inputs/async/in/a.json", "one")).await;
    assert_eq!(seen, ["result none result_seen ?->?"]);
    function.invoke(&tick()).await.answer();
    let of_table = ["UpdateItem", "Query", "DeleteItem"];
    let made = calls(&world.sim);
    assert!(made.iter().all(|call| !of_table.iter().any(|it| call.starts_with(it))), "{made:?}");
}
