//! The results of requests are connected: the endpoint is scaled in when its work is done, and never over work that the
//! ledger knows.

use std::time::Duration;

use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler,
    lease::{HOLD, LEASE, WORK},
    ledger::Standing,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::{Call, Fault, JobId, JobSpec, JobState, Operation, World};

use crate::{
    setup::{Answer, CAPACITY, ENDPOINT, Setup, decision, id, serve, tick},
    silent_ledger::SilentLedger,
    two_at_once::interleaved,
};

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#;

/// Without results, the endpoint is scaled in after this time: `job_minutes` + 2.
const WINDOW: u32 = 17;

const MINUTE: Duration = Duration::from_secs(60);

/// The S3 notification of an upload. Each `number` is another upload of the key.
pub fn upload_event(setup: &Setup, key: &str, number: u32) -> Value {
    json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": setup.sim.now().to_string(),
        "s3": {
            "bucket": { "name": "my-inputs" },
            "object": { "key": key, "sequencer": format!("00{number}") },
        },
    }]})
}

/// The message of a result, as SNS delivers it.
pub fn result_event(setup: &Setup, key: &str, inference_id: &str) -> Value {
    let now = setup.sim.now().to_string();
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
        "inferenceId": inference_id,
    });
    json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "Message": message.to_string() } }] })
}

impl Setup {
    fn with_results() -> Self {
        Self::with_routes(ROUTES)
    }

    /// An input of this key is uploaded, its request queued, and the function invoked with the event.
    async fn upload_of(&self, key: &str, number: u32) -> (JobId, Answer) {
        let job = self.with(|world| world.upload(ENDPOINT));
        (job, self.send(&upload_event(self, key, number)).await)
    }

    /// So many ticks, until the job is completed.
    async fn until_completed(&self, job: JobId) {
        let is_completed =
            |world: &mut World| matches!(world.job(job).unwrap().state, JobState::Completed(_));
        assert!(self.within(30, is_completed).await);
    }

    async fn result_of(&self, key: &str) -> Answer {
        self.send(&result_event(self, key, &format!("result-{key}"))).await
    }

    /// Ticks until desired capacity is 0, at most so many. The number of minutes.
    async fn minutes_until_zero(&self, most: u32) -> Option<u32> {
        for minute in 1..=most {
            self.minutes(1).await;
            if self.desired() == 0 {
                return Some(minute);
            }
        }
        None
    }

    fn has_record(&self, name: &str) -> bool {
        self.with(|world| world.action(&id(), name).is_some())
    }

    fn standings(&self) -> Vec<Standing> {
        self.with(|world| world.ledger(ENDPOINT).map(|item| item.standing()).collect())
    }
}

#[tokio::test]
async fn the_endpoint_is_scaled_in_within_two_minutes_of_the_last_result() {
    let setup = Setup::with_results();
    let (job, answer) = setup.upload_of("a.json", 1).await;
    assert_eq!(decision(&answer), ("wake".into(), "work_arrived".into()));
    assert!(setup.has_record(WORK) && !setup.has_record(LEASE));
    setup.until_completed(job).await;
    let answer = setup.result_of("a.json").await;
    assert_eq!(decision(&answer), ("none".into(), "result_recorded".into()));
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
    setup.minutes(30).await;
    assert_eq!(setup.desired(), 0, "it stays at zero while the metric shows the old work");
    assert_eq!(setup.min(), 0);
    let cost = setup.with(|world| world.killed(ENDPOINT));
    assert_eq!(cost, 0);
}

#[tokio::test]
async fn the_reason_of_the_sleep_is_the_ledger() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    setup.sim.advance(MINUTE);
    assert_eq!(decision(&setup.tick().await), ("sleep".into(), "work_done".into()));
}

#[tokio::test]
async fn idle_minutes_0_scales_in_on_the_first_tick_after_the_result() {
    let routes =
        r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true,"idle_minutes":0}]"#;
    let setup = Setup::with_routes(routes);
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    setup.tick().await.unwrap();
    assert_eq!(setup.desired(), 0);
}

#[tokio::test]
async fn an_upload_without_a_result_keeps_the_endpoint_awake() {
    let setup = Setup::with_results();
    let (first, _) = setup.upload_of("a.json", 1).await;
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.until_completed(first).await;
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(10).await, None);
    setup.result_of("b.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
}

#[tokio::test]
async fn the_order_of_upload_and_result_and_duplicates_of_both_change_nothing() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    let late = upload_event(&setup, "b.json", 1);
    let other = setup.with(|world| world.upload(ENDPOINT));
    setup.until_completed(job).await;
    setup.until_completed(other).await;
    setup.result_of("b.json").await.unwrap();
    setup.result_of("a.json").await.unwrap();
    for _ in 0..2 {
        setup.send(&late).await.unwrap();
        setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
        setup.result_of("a.json").await.unwrap();
    }
    assert_eq!(setup.standings(), [Standing::Finished, Standing::Finished]);
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
}

#[tokio::test]
async fn a_key_that_is_uploaded_again_is_left_to_the_metric() {
    let setup = Setup::with_results();
    let (first, _) = setup.upload_of("a.json", 1).await;
    let (second, _) = setup.upload_of("a.json", 2).await;
    setup.until_completed(first).await;
    setup.until_completed(second).await;
    setup.send(&result_event(&setup, "a.json", "one")).await.unwrap();
    setup.send(&result_event(&setup, "a.json", "two")).await.unwrap();
    let minutes = setup.minutes_until_zero(40).await.unwrap();
    assert!((8..=WINDOW + 3).contains(&minutes), "{minutes}");
    setup.minutes(30).await;
    assert_eq!((setup.desired(), setup.standings()), (0, vec![Standing::Forgotten]));
}

#[tokio::test]
async fn an_upload_that_nobody_invokes_is_scaled_in_by_the_metric_and_does_not_wake_again() {
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    assert_eq!(setup.desired(), 1);
    let minutes = setup.minutes_until_zero(60).await.unwrap();
    assert!((WINDOW..=2 * WINDOW).contains(&minutes), "{minutes}");
    setup.minutes(60).await;
    assert_eq!((setup.desired(), setup.standings()), (0, vec![Standing::Forgotten]));
}

#[tokio::test]
async fn a_failed_write_leads_to_a_lease_and_the_metric_decides() {
    for fault in
        [Fault::Throttled, Fault::AccessDenied, Fault::NoAnswer, Fault::NoAnswerAfterEffect]
    {
        let setup = Setup::with_results();
        let fail = |world: &mut World| {
            world.faults.fail_next(Operation::UpdateItem.as_str(), fault.clone(), 1);
        };
        setup.with(fail);
        let (job, answer) = setup.upload_of("a.json", 1).await;
        let error = answer.expect_err("the failure is reported");
        assert!(error.message.contains("UpdateItem"), "{error:?}");
        assert_eq!(setup.desired(), 1, "the capacity request does not depend on the ledger");
        assert!(setup.has_record(LEASE), "{fault:?}");
        setup.until_completed(job).await;
        setup.result_of("a.json").await.unwrap();
        let minutes = setup.minutes_until_zero(60).await.unwrap();
        assert!(minutes > 5, "{fault:?}: {minutes}");
    }
}

#[tokio::test]
async fn a_failed_write_leads_to_a_lease_although_the_container_remembers_a_work_record() {
    let setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.with(|world| world.faults.fail_next("UpdateItem", Fault::Throttled, 1));
    setup.upload_of("b.json", 1).await.1.expect_err("the failure is reported");
    assert!(setup.has_record(WORK) && setup.has_record(LEASE));
}

#[tokio::test]
async fn a_second_input_in_the_same_container_makes_one_call() {
    let setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.with(World::clear_calls);
    let (_, answer) = setup.upload_of("b.json", 1).await;
    assert_eq!(decision(&answer), ("none".into(), "lease_fresh".into()));
    let calls: Vec<&str> = setup.calls().iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(calls, ["UpdateItem"]);
}

#[tokio::test]
async fn the_backstop_alarm_of_a_cold_start_does_not_delay_the_end() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.minutes(3).await;
    let answer = setup.send(&alarm(&setup)).await;
    assert_eq!(decision(&answer), ("none".into(), "lease_fresh".into()));
    assert!(!setup.has_record(LEASE));
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
}

/// The alarm without an action that CloudWatch puts on the event bus.
fn alarm(setup: &Setup) -> Value {
    let mut event: Value =
        serde_json::from_str(include_str!("../../events/alarm-eventbridge.json")).unwrap();
    event["time"] = json!(setup.sim.now().to_string());
    event
}

#[tokio::test]
async fn what_the_ledger_does_not_explain_is_not_ended_by_an_old_result() {
    let wake = json!({ "action": "wake", "endpoint": ENDPOINT });
    let hold = json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 60 });
    let cases: [(&str, Option<Value>); 3] =
        [("wake", Some(wake)), ("hold", Some(hold)), ("adoption", None)];
    for (name, command) in cases {
        let setup = Setup::with_results();
        let (job, _) = setup.upload_of("a.json", 1).await;
        setup.until_completed(job).await;
        setup.result_of("a.json").await.unwrap();
        assert_eq!(setup.minutes_until_zero(3).await, Some(1));
        setup.minutes(5).await;
        match command {
            Some(command) => drop(setup.send(&command).await.unwrap()),
            None => {
                setup.minutes(20).await;
                setup.with(|world| world.scale_by_person(&id(), 1).unwrap());
            }
        }
        let minutes = setup.minutes_until_zero(90).await.unwrap();
        assert!(minutes >= 15, "{name}: {minutes}");
    }
}

#[tokio::test]
async fn a_request_without_an_upload_that_an_alarm_reports_is_not_ended_by_an_old_result() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
    setup.minutes(20).await;
    let spec = JobSpec { inline: true, processing: Some(10 * MINUTE), ..JobSpec::default() };
    let inline = setup.with(|world| world.add_job(ENDPOINT, &spec));
    setup.minutes(3).await;
    setup.send(&alarm(&setup)).await.unwrap();
    setup.until_completed(inline).await;
    assert_eq!(setup.with(|world| world.killed(ENDPOINT)), 0);
}

#[tokio::test]
async fn an_unreadable_ledger_leaves_the_metric() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    setup.with(|world| world.faults.fail_next("Query", Fault::AccessDenied, 10_000));
    setup.sim.advance(MINUTE);
    let error = setup.tick().await.expect_err("each tick fails");
    assert!(error.message.contains("Query"), "{error:?}");
    let minutes = setup.minutes_until_zero(60).await.unwrap();
    assert!((8..=2 * WINDOW).contains(&minutes), "{minutes}");
}

#[tokio::test]
async fn at_zero_an_unreadable_ledger_keeps_the_record_for_an_hour() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
    // The metric does not show the finished work any more.
    setup.minutes(5).await;
    setup.with(|world| world.faults.fail_next("Query", Fault::AccessDenied, 100));
    setup.minutes(30).await;
    assert!(setup.has_record(WORK), "it is kept while the ledger cannot be read");
    setup.minutes(60).await;
    assert!(!setup.has_record(WORK));
    assert_eq!(setup.desired(), 0);
}

#[tokio::test]
async fn an_upload_whose_only_trace_is_the_ledger_wakes_the_endpoint_within_a_tick() {
    let setup = Setup::with_results();
    let other = setup.cold();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    // This container remembers a work record. Another one scales in.
    serve(&other, &setup.sim, &upload_event(&setup, "a.json", 1)).await.unwrap();
    setup.sim.advance(MINUTE);
    setup.tick().await.unwrap();
    assert_eq!(setup.desired(), 0);
    setup.sim.advance(Duration::from_secs(120));
    let late = upload_event(&setup, "b.json", 1);
    let add = |world: &mut World| {
        let location = reactive_scaler::ledger::Location::of_object("my-inputs", "b.json").unwrap();
        let upload = reactive_scaler::ledger::Upload { id: "1".into(), created_at: None };
        let now = world.now();
        world.ledger_add_upload(ENDPOINT, &location, &upload, now).unwrap();
    };
    drop(late);
    setup.with(add);
    setup.minutes(1).await;
    assert_eq!(setup.desired(), 1);
    assert!(setup.has_record(WORK));
}

/// Whether the ledger had the second upload before the last look of the sleep read it.
fn recorded_before_last_look(calls: &[Call]) -> bool {
    let position = |is_it: &dyn Fn(&Call) -> bool| calls.iter().rposition(is_it);
    let upload = position(&|call| call.arguments.contains("upload s3://my-inputs/b.json"));
    let zero =
        position(&|call| call.operation.as_str() == CAPACITY && call.arguments.ends_with("=0"));
    let look = zero
        .and_then(|zero| calls[..zero].iter().rposition(|call| call.operation == Operation::Query));
    matches!((upload, look), (Some(upload), Some(look)) if upload < look)
}

#[tokio::test]
async fn an_upload_during_the_sleep_is_served_wherever_they_meet() {
    let mut met = 0;
    for (before, between) in (0..20).flat_map(|n| (1..10).map(move |m| (n, m))) {
        for sleep_first in [true, false] {
            let setup = Setup::with_results();
            let (job, _) = setup.upload_of("a.json", 1).await;
            setup.until_completed(job).await;
            setup.result_of("a.json").await.unwrap();
            setup.sim.advance(MINUTE);
            let other = setup.cold();
            setup.with(|world| world.upload(ENDPOINT));
            let event = upload_event(&setup, "b.json", 1);
            let payload = tick();
            let sleeping = setup.send(&payload);
            let served = serve(&other, &setup.sim, &event);
            let result = match sleep_first {
                true => {
                    interleaved(&setup.sim, (before, sleeping), (between, served)).await.is_some()
                }
                false => {
                    interleaved(&setup.sim, (before, served), (between, sleeping)).await.is_some()
                }
            };
            setup.with(World::clear_hooks);
            if !result {
                continue;
            }
            met += 1;
            let known = recorded_before_last_look(&setup.calls());
            setup.minutes(2).await;
            assert!(setup.desired() >= 1, "{before} {between} {sleep_first}: no instance");
            setup.minutes(20).await;
            let killed = setup.with(|world| world.killed(ENDPOINT));
            assert!(killed == 0 || !known, "{before} {between} {sleep_first}: known work was cut");
            let completed = setup.with(|world| world.completed(ENDPOINT));
            assert_eq!(completed + killed, 2, "{before} {between} {sleep_first}");
        }
    }
    assert!(met > 60, "{met}");
}

#[tokio::test]
async fn a_lease_from_before_the_upgrade_is_honoured() {
    let setup = Setup::with_routes(crate::setup::ROUTES);
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    let upgraded = crate::setup::container(&setup.sim, ROUTES);
    serve(&upgraded, &setup.sim, &result_event(&setup, "a.json", "one")).await.unwrap();
    for _ in 0..5 {
        setup.sim.advance(MINUTE);
        serve(&upgraded, &setup.sim, &tick()).await.unwrap();
    }
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn a_forced_sleep_is_refused_over_known_work_and_forgets_what_nobody_invoked() {
    let force = json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true });
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    setup.minutes(10).await;
    assert_eq!(decision(&setup.send(&force).await), ("none".into(), "outstanding".into()));
    let hold = json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 120 });
    setup.send(&hold).await.unwrap();
    setup.minutes(20).await;
    assert_eq!(decision(&setup.send(&force).await), ("sleep".into(), "requested".into()));
    setup.minutes(20).await;
    assert_eq!((setup.desired(), setup.has_record(HOLD)), (0, false));
    assert_eq!(setup.standings(), [Standing::Forgotten]);
}

#[tokio::test]
async fn finished_items_are_deleted_after_an_hour_and_before_a_day() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    setup.minutes(30).await;
    assert_eq!(setup.standings(), [Standing::Finished]);
    setup.minutes(60).await;
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.minutes(2).await;
    assert_eq!(setup.standings(), [Standing::Outstanding]);
}

#[tokio::test]
async fn a_route_without_results_makes_no_call_to_the_ledger() {
    let setup = Setup::at_zero();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    assert_eq!(decision(&setup.result_of("a.json").await), ("none".into(), "result_seen".into()));
    setup.minutes(30).await;
    let of_ledger = ["UpdateItem", "Query", "DeleteItem"];
    assert!(setup.calls().iter().all(|call| !of_ledger.contains(&call.operation.as_str())));
}

#[tokio::test]
async fn calls_do_not_grow_with_uploads_while_the_ledger_cannot_be_written() {
    let setup = Setup::with_results();
    let fail = |world: &mut World| world.faults.fail_next("UpdateItem", Fault::AccessDenied, 1_000);
    setup.with(fail);
    for number in 1..=3 {
        setup.upload_of("a.json", number).await.1.expect_err("the failure is reported");
    }
    setup.with(World::clear_calls);
    for number in 4..=50 {
        let error = setup.upload_of("a.json", number).await.1.expect_err("it is reported");
        assert_eq!(
            error.message.matches("UpdateItem on my-endpoint failed").count(),
            2,
            "the last look's and its own"
        );
    }
    let others = setup.calls();
    let others = others.iter().filter(|call| call.operation != Operation::UpdateItem);
    assert_eq!(others.count(), 0);
    setup.with(|world| world.faults.clear());
    setup.sim.advance(MINUTE);
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.upload_of("c.json", 1).await.1.unwrap();
}

#[tokio::test]
async fn each_tick_fails_while_the_ledger_cannot_be_read_whatever_it_decides() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.with(|world| world.faults.fail_next("Query", Fault::AccessDenied, 10_000));
    for minute in 0..40 {
        setup.sim.advance(MINUTE);
        let is_watched = setup.has_record(WORK);
        let answer = setup.tick().await;
        assert!(answer.is_err() || !is_watched, "{minute}: {answer:?}");
    }
    assert_eq!(setup.desired(), 0);
}

#[tokio::test]
async fn without_results_an_alarm_renews_the_lease() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    setup.minutes(12).await;
    let answer = setup.send(&alarm(&setup)).await;
    assert_eq!(decision(&answer), ("extend".into(), "lease_renewed".into()));
}

#[tokio::test]
async fn a_tick_that_meets_a_wake_writes_no_lease_beside_its_work_record() {
    let mut met = 0;
    for (before, between) in (0..8).flat_map(|n| (1..8).map(move |m| (n, m))) {
        let setup = Setup::with_results();
        let other = setup.cold();
        setup.with(|world| world.upload(ENDPOINT));
        let event = upload_event(&setup, "a.json", 1);
        let payload = tick();
        let served = serve(&other, &setup.sim, &event);
        let both = interleaved(&setup.sim, (before, served), (between, setup.send(&payload))).await;
        setup.with(World::clear_hooks);
        if both.is_none() {
            continue;
        }
        met += 1;
        // A tick that looked before the input wrote its record adopts the endpoint.
        let calls = setup.calls();
        let put = |name: &str| {
            calls.iter().position(|call| {
                call.operation == Operation::PutScheduledAction && call.arguments.contains(name)
            })
        };
        let looked = |lease: usize| {
            calls[..lease].iter().rposition(|call| {
                call.operation == Operation::DescribeScheduledActions && call.resource != "*"
            })
        };
        if let (Some(work), Some(lease)) = (put(WORK), put(LEASE)) {
            assert!(looked(lease) < Some(work), "{before} {between}");
        }
    }
    assert!(met > 5, "{met}");
}

#[tokio::test]
async fn a_forced_sleep_of_a_variant_that_is_not_registered_is_refused_over_known_work() {
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    setup.minutes(10).await;
    setup.with(|world| world.deregister_target(&id()));
    let force = json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true });
    assert_eq!(decision(&setup.send(&force).await), ("none".into(), "outstanding".into()));
    setup.minutes(20).await;
    assert_eq!(decision(&setup.send(&force).await), ("sleep".into(), "requested".into()));
    assert_eq!(setup.standings(), [Standing::Forgotten]);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_does_not_answer_leaves_the_metric() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    let config = Config { routes: routes_from_json(ROUTES).unwrap(), mode: Mode::Act };
    let scaler = Scaler::new(SilentLedger(setup.sim.clone()), setup.sim.clone(), config);
    for _ in 0..60 {
        setup.sim.advance(MINUTE);
        let deadline = tokio::time::Instant::now() + 50 * Duration::from_secs(1);
        let answer = handler::serve(&scaler, &setup.sim, &tick(), None, deadline, |_| {}).await;
        if setup.desired() == 0 {
            answer.expect_err("the tick fails");
            return;
        }
    }
    panic!("it is still awake");
}

#[tokio::test]
async fn finished_work_that_the_metric_still_shows_leads_to_no_more_instances() {
    let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true,"idle_minutes":5,
        "job_minutes":1,"inputs_per_instance":1}]"#;
    let setup = Setup::with_routes(routes);
    let (first, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(first).await;
    setup.result_of("a.json").await.unwrap();
    // The work record ends while the metric shows two requests, which have both completed.
    setup.minutes(1).await;
    let (second, _) = setup.upload_of("b.json", 1).await;
    let (third, _) = setup.upload_of("c.json", 1).await;
    while setup.with(|world| !matches!(world.job(third).unwrap().state, JobState::Completed(_))) {
        setup.sim.advance(Duration::from_secs(5));
    }
    assert!(setup.with(|world| matches!(world.job(second).unwrap().state, JobState::Completed(_))));
    setup.result_of("b.json").await.unwrap();
    setup.result_of("c.json").await.unwrap();
    let end_work = |world: &mut World| {
        let ended = world.now() + jiff::SignedDuration::from_mins(9);
        world.plant_action(&id(), &simulator::ActionPut::once(WORK, ended, Some(0), None));
    };
    setup.with(end_work);
    setup.minutes(1).await;
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn an_upload_that_waited_long_for_an_update_is_served_without_the_metric() {
    let setup = Setup::with_results();
    setup.with(|world| world.begin_deployment(ENDPOINT, 25 * MINUTE));
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.minutes(24).await;
    setup.with(|world| {
        let (from, until) = (world.now() - 30 * MINUTE, world.now() + 60 * MINUTE);
        world.lose_metrics(from, until);
        world.set_backlog_override(ENDPOINT, Some(Vec::new()));
        // The ticks extended the record while the endpoint could not be updated. Now it has ended.
        let ended = world.now() + jiff::SignedDuration::from_mins(10);
        world.plant_action(&id(), &simulator::ActionPut::once(WORK, ended, None, Some(4)));
    });
    setup.minutes(4).await;
    assert_eq!(setup.desired(), 1);
}
