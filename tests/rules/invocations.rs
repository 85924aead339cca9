//! Invocations that CloudTrail reports, on routes with and without `results`.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WORK},
    ledger::Standing,
};
use serde_json::{Value, json};
use simulator::{Fault, Operation, World};

use crate::{
    results::setup::upload_event,
    setup::{ENDPOINT, Setup, decision, id},
};

const MINUTE: Duration = Duration::from_secs(60);

/// The event of a call at this time.
fn invocation(at: Timestamp) -> Value {
    let mut event: Value =
        serde_json::from_str(include_str!("../../events/cloudtrail-invocation.json")).unwrap();
    event["detail"]["eventTime"] = json!(at.to_string());
    event["time"] = event["detail"]["eventTime"].clone();
    event
}

fn in_queue(events: &[Value]) -> Value {
    let record = |event: &Value| json!({ "eventSource": "aws:sqs", "messageId": "m", "body": event.to_string() });
    json!({ "Records": events.iter().map(record).collect::<Vec<_>>() })
}

fn decided(action: &str, reason: &str) -> (String, String) {
    (action.to_owned(), reason.to_owned())
}

impl Setup {
    /// The function receives the event of a call that was made so many minutes ago.
    async fn invoked(&self, minutes_ago: i64) -> (String, String) {
        let at = self.sim.now() - SignedDuration::from_mins(minutes_ago);
        decision(&self.send(&invocation(at)).await)
    }

    /// At zero, with a finished item in the ledger.
    async fn done() -> Self {
        let setup = Self::with_results();
        let (job, _) = setup.upload_of("a.json", 1).await;
        setup.until_completed(job).await;
        setup.result_of("a.json").await.unwrap();
        assert_eq!(setup.minutes_until_zero(3).await, Some(1));
        assert_eq!(setup.standings(), [Standing::Finished]);
        setup.minutes(3).await;
        setup
    }

    /// When the only item of the ledger was touched.
    fn touched(&self) -> Timestamp {
        self.with(|world| world.ledger(ENDPOINT).next().unwrap().touched_at.unwrap())
    }

    fn count(&self, operation: Operation) -> usize {
        self.calls().iter().filter(|call| call.operation == operation).count()
    }
}

#[tokio::test]
async fn an_invocation_wakes_an_endpoint_at_zero_however_old_its_event_is() {
    for minutes_ago in [0, 15, 6 * 60, 7 * 24 * 60, -5] {
        let setup = Setup::at_zero();
        assert_eq!(setup.invoked(minutes_ago).await, decided("wake", "invocation_seen"));
        assert_eq!((setup.desired(), setup.min()), (1, 1));
        assert!(setup.lease_ends().is_some(), "{minutes_ago}");
    }
}

#[tokio::test]
async fn an_invocation_renews_the_lease_of_an_endpoint_that_is_up() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    let first = setup.lease_ends();
    assert_eq!(setup.invoked(0).await, decided("none", "lease_fresh"));
    assert_eq!(setup.lease_ends(), first);
    setup.minutes(12).await;
    assert_eq!(setup.invoked(10).await, decided("extend", "lease_renewed"));
    assert!(setup.lease_ends() > first);
}

#[tokio::test]
async fn calls_do_not_grow_with_invocations() {
    let setup = Setup::at_zero();
    setup.invoked(0).await;
    setup.with(World::clear_calls);
    for _ in 0..100 {
        assert_eq!(setup.invoked(1).await, decided("none", "lease_fresh"));
    }
    assert_eq!(setup.calls(), []);
}

#[tokio::test]
async fn an_invocation_is_no_input_that_counts_for_the_number_of_instances() {
    let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","inputs_per_instance":1}]"#;
    let setup = Setup::with_routes(routes);
    let events =
        [1, 2, 3].map(|minute| invocation(setup.sim.now() - SignedDuration::from_mins(minute)));
    setup.send(&in_queue(&events)).await.unwrap();
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn the_name_in_the_arn_is_in_lower_case() {
    let setup = Setup::with_routes(r#"[{"endpoint":"My-Endpoint","bucket":"my-inputs"}]"#);
    setup.with(|world| world.add_async_endpoint("My-Endpoint", "AllTraffic", 0).name.clone());
    let answer = setup.send(&invocation(setup.sim.now())).await.unwrap();
    assert_eq!(answer["decisions"][0]["endpoint"], "My-Endpoint");
    assert_eq!(answer["decisions"][0]["reason"], "invocation_seen");
    let id = reactive_scaler::port::VariantId::new("My-Endpoint", "AllTraffic");
    assert_eq!(setup.with(|world| world.capacity(&id).1), 1);
    assert_eq!(setup.desired(), 0);
}

#[tokio::test]
async fn with_results_an_invocation_of_work_that_is_done_does_not_wake() {
    let setup = Setup::done().await;
    setup.with(World::clear_calls);
    assert_eq!(setup.invoked(3).await, decided("none", "invocation_seen"));
    let made: Vec<Operation> = setup.calls().iter().map(|call| call.operation).collect();
    assert_eq!(made, [Operation::Query]);
    assert_eq!(setup.desired(), 0);
}

#[tokio::test]
async fn with_results_an_invocation_of_known_work_writes_nothing_while_the_endpoint_is_up() {
    let setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.minutes(3).await;
    setup.with(World::clear_calls);
    assert_eq!(setup.invoked(3).await, decided("none", "invocation_seen"));
    assert_eq!(setup.writes(), []);
    assert!(!setup.has_record(LEASE));
    // Not even if the work record has ended.
    let end_work = |world: &mut World| {
        let ended = world.now() + SignedDuration::from_mins(9);
        world.plant_action(&id(), &simulator::ActionPut::once(WORK, ended, Some(0), None));
    };
    setup.with(end_work);
    setup.restart_and_clear().await;
}

impl Setup {
    /// A cold container says the same.
    async fn restart_and_clear(mut self) {
        self.restart();
        self.with(World::clear_calls);
        assert_eq!(self.invoked(3).await, decided("none", "invocation_seen"));
        assert_eq!(self.writes(), []);
    }
}

#[tokio::test]
async fn an_upload_explains_an_invocation_up_to_15_minutes_before_and_after_it() {
    const SPAN: i64 = 15 * 60;
    for (seconds, is_explained) in
        [(-SPAN - 1, false), (-SPAN, true), (0, true), (SPAN, true), (SPAN + 1, false)]
    {
        let setup = Setup::done().await;
        setup.sim.advance(20 * MINUTE);
        let at = setup.touched() + SignedDuration::from_secs(seconds);
        let answer = decision(&setup.send(&invocation(at)).await);
        let action = if is_explained { "none" } else { "wake" };
        assert_eq!(answer, decided(action, "invocation_seen"), "{seconds}");
        assert_eq!(setup.desired(), i32::from(!is_explained), "{seconds}");
        assert_eq!(setup.has_record(LEASE), !is_explained, "{seconds}");
    }
}

#[tokio::test]
async fn what_the_ledger_does_not_explain_acts_as_an_alarm() {
    let setup = Setup::with_results();
    assert_eq!(setup.invoked(3).await, decided("wake", "invocation_seen"));
    assert!(setup.has_record(LEASE) && !setup.has_record(WORK));

    // Beside a live record nothing is written.
    let mut setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.minutes(5).await;
    setup.restart();
    setup.with(World::clear_calls);
    assert_eq!(setup.invoked(30).await, decided("none", "lease_fresh"));
    assert_eq!(setup.writes(), []);

    // Without a live record, a lease is written.
    let setup = Setup::with_results();
    setup.with(|world| world.scale_by_person(&id(), 1).unwrap());
    setup.sim.advance(10 * MINUTE);
    assert_eq!(setup.invoked(3).await, decided("extend", "lease_renewed"));
    assert!(setup.has_record(LEASE));
}

#[tokio::test]
async fn uploads_that_were_forgotten_and_results_without_an_upload_explain_nothing() {
    let routes =
        r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true,"job_minutes":1}]"#;
    let setup = Setup::with_routes(routes);
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    let touched = setup.touched();
    assert!(setup.minutes_until_zero(30).await.is_some());
    setup.minutes(3).await;
    assert_eq!(setup.standings(), [Standing::Forgotten]);
    let answer = setup.send(&invocation(touched)).await;
    assert_eq!(decision(&answer), decided("wake", "invocation_seen"));

    let setup = Setup::with_results();
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.standings(), [Standing::ResultOnly]);
    assert_eq!(setup.invoked(0).await, decided("wake", "invocation_seen"));
}

#[tokio::test]
async fn an_unreadable_ledger_leaves_an_alarm_and_is_reported() {
    for fault in [Fault::Throttled, Fault::AccessDenied, Fault::NoAnswer] {
        let setup = Setup::done().await;
        setup.with(|world| {
            world.clear_calls();
            world.faults.fail_next(Operation::Query.as_str(), fault.clone(), 10);
        });
        let at = setup.sim.now();
        let error = setup.send(&invocation(at)).await.expect_err("the failure is reported");
        assert!(error.message.contains("Query"), "{error:?}");
        assert_eq!(setup.desired(), 1, "{fault:?}");
        assert!(setup.has_record(LEASE), "{fault:?}");
    }
}

#[tokio::test]
async fn an_invocation_without_a_time_is_explained_by_nothing() {
    let setup = Setup::done().await;
    let mut event = invocation(setup.sim.now());
    event["time"] = json!(null);
    event["detail"]["eventTime"] = json!(null);
    assert_eq!(decision(&setup.send(&event).await), decided("wake", "invocation_seen"));
}

#[tokio::test]
async fn each_invocation_of_a_batch_must_be_explained() {
    let setup = Setup::done().await;
    let now = setup.sim.now();
    let (known, unknown) = (invocation(now), invocation(now - SignedDuration::from_mins(60)));
    let none = setup.send(&in_queue(&[known.clone(), known.clone()])).await;
    assert_eq!(decision(&none), decided("none", "invocation_seen"));
    let woken = setup.send(&in_queue(&[known, unknown])).await;
    assert_eq!(decision(&woken), decided("wake", "invocation_seen"));
}

#[tokio::test]
async fn an_upload_beside_an_invocation_of_a_batch_is_served_as_an_upload() {
    let setup = Setup::with_results();
    setup.with(|world| world.upload(ENDPOINT));
    let upload = upload_event(&setup, "a.json", 1);
    let answer = setup.send(&in_queue(&[invocation(setup.sim.now()), upload])).await.unwrap();
    assert_eq!(answer["decisions"].as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(setup.standings(), [Standing::Outstanding]);
    assert!(setup.has_record(WORK));
}

#[tokio::test]
async fn with_results_calls_do_not_grow_with_invocations() {
    // Known work: one read of the ledger in W.
    let setup = Setup::done().await;
    setup.with(World::clear_calls);
    for _ in 0..100 {
        assert_eq!(setup.invoked(1).await, decided("none", "invocation_seen"));
    }
    assert_eq!(setup.calls().len(), 1);
    setup.sim.advance(MINUTE);
    setup.invoked(1).await;
    assert_eq!(setup.count(Operation::Query), 2);

    // Other work beside a record: one look in 2 seconds.
    let mut setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.minutes(5).await;
    setup.restart();
    setup.with(World::clear_calls);
    for _ in 0..100 {
        assert_eq!(setup.invoked(60).await, decided("none", "lease_fresh"));
    }
    assert_eq!(setup.count(Operation::DescribeEndpoint), 1);
    assert_eq!(setup.count(Operation::Query), 1);
    setup.sim.advance(Duration::from_secs(2));
    setup.invoked(60).await;
    assert_eq!(setup.count(Operation::DescribeEndpoint), 2);

    // While looks fail, they become less frequent.
    let setup = Setup::with_results();
    setup.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::AccessDenied, 1_000));
    for _ in 0..100 {
        setup.send(&invocation(setup.sim.now())).await.expect_err("the failure is reported");
    }
    assert_eq!(setup.count(Operation::DescribeEndpoint), 3);
}

#[tokio::test]
async fn a_request_without_an_upload_is_not_ended_by_an_old_result() {
    let setup = Setup::done().await;
    setup.minutes(20).await;
    let job = setup.with(|world| world.upload(ENDPOINT));
    assert_eq!(setup.invoked(0).await, decided("wake", "invocation_seen"));
    setup.until_completed(job).await;
    assert_eq!(setup.with(|world| world.killed(ENDPOINT)), 0);
    assert!(setup.minutes_until_zero(60).await.is_some());
}
