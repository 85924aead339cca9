//! The JSON document of the demo.

use super::*;

#[test]
fn has_its_lines_in_order_of_time() {
    let document = demo();
    let times: Vec<Timestamp> =
        array(&document["timeline"]).iter().map(|line| time(&line["at"])).collect();
    assert!(times.is_sorted());
    let uploaded_at = time(&document["scene"]["uploaded_at"]);
    for line in array(&document["timeline"]) {
        let since = time(&line["at"]).duration_since(uploaded_at);
        assert_eq!(line["since_upload_seconds"], since.as_secs());
    }
}

#[test]
fn has_capacity_requested_first_and_before_any_tick() {
    let document = demo();
    let uploaded_at = time(&document["scene"]["uploaded_at"]);
    let after: Vec<&Value> = array(&document["invocations"])
        .iter()
        .filter(|one| time(&one["at"]) >= uploaded_at)
        .collect();
    assert_eq!(after[0]["trigger"], "upload");
    assert_eq!(after[0]["answer"]["decisions"][0]["action"], "wake");
    assert_eq!(after[0]["answer"]["decisions"][0]["reason"], "work_arrived");
    let writes = array(&after[0]["calls"]).iter().filter(|call| call["write"] == true);
    let writes: Vec<&str> = writes.map(|call| call["operation"].as_str().unwrap()).collect();
    assert_eq!(
        writes,
        ["UpdateEndpointWeightsAndCapacities", "PutScheduledAction", "RegisterScalableTarget"]
    );
    let first_tick = after.iter().find(|one| one["trigger"] == "tick").unwrap();
    let requested = document["summary"]["capacity_requested_after_seconds"].as_f64().unwrap();
    let tick = time(&first_tick["at"]).duration_since(uploaded_at).as_secs_f64();
    assert!(requested < tick, "{requested} s, the first tick after {tick} s");
}

#[test]
fn has_the_endpoint_back_at_zero_in_time() {
    let document = demo();
    let line = |kind: &str| {
        let found = array(&document["timeline"]).iter().find(|line| line["kind"] == kind);
        time(&found.unwrap_or_else(|| panic!("no {kind}"))["at"])
    };
    let route = &document["scene"]["routes"][0];
    let window = SignedDuration::from_mins(route["job_minutes"].as_i64().unwrap() + 2);
    let lag = document["scene"]["metric_lag_seconds"].as_i64().unwrap();
    let allowed = window + SignedDuration::from_secs(lag) + SignedDuration::from_mins(3);
    assert!(line("at_zero").duration_since(line("completed")) <= allowed);
    assert!(line("lease_over") <= line("scale_in"));
    let end = &document["end"];
    assert_eq!((&end["desired"], &end["min"]), (&0.into(), &0.into()));
    assert!(time(&document["scene"]["ended_at"]) > line("at_zero"));
    // The function deleted both records before they ran.
    let calls = &document["summary"]["calls"];
    assert_eq!(calls["DeleteScheduledAction"], 2, "{calls}");
}

#[test]
fn counts_every_call_once() {
    let document = demo();
    let summary = &document["summary"];
    let listed: usize = array(&document["invocations"])
        .iter()
        .map(|invocation| array(&invocation["calls"]).len())
        .sum();
    assert_eq!(summary["calls_total"], listed);
    let by_name: u64 =
        summary["calls"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(summary["calls_total"], by_name);
}

#[test]
fn compares_the_run_with_target_tracking() {
    let document = demo();
    let number = |of: &Value, name: &str| of[name].as_f64().unwrap();
    let (ours, theirs) = (&document["summary"], &document["comparison"]["target_tracking"]);
    for field in [
        "capacity_requested_after_seconds",
        "completed_after_seconds",
        "at_zero_after_seconds",
        "paid_idle_minutes",
    ] {
        assert!(number(ours, field) < number(theirs, field), "{field}");
    }
}

#[test]
fn has_log_lines_only_if_verbose() {
    let first = |document: &Value| document["invocations"][0].clone();
    assert!(first(&demo()).get("log").is_none());
    let verbose = document(&scalerctl(&["demo", "--json", "--verbose"]));
    assert_eq!(first(&verbose)["log"][0]["message"], "decision");
}
