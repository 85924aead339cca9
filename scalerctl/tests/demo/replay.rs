//! `--events`: payloads from files.

use super::*;

#[test]
fn every_payload_of_the_project_is_served() {
    let mut served = 0;
    for entry in fs::read_dir(events()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let output = replayed(&[name]);
        let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
        // The only payload of which the function reports a part as failed.
        let ok = name != "sqs-one-broken-record.json";
        assert_eq!(document["ok"], ok, "{name}");
        assert_eq!(output.status.success(), ok, "{name}");
        assert!(document["invocations"][0].get("answer").is_some(), "{name}");
        served += 1;
    }
    assert!(served >= 20, "{served} payloads");
}

#[test]
fn decides_as_the_function_does() {
    for (file, signal, action, reason, desired) in [
        ("s3-notification.json", "input", "wake", "work_arrived", 1),
        ("s3-eventbridge.json", "input", "wake", "work_arrived", 1),
        ("s3-in-sns-in-sqs.json", "input", "wake", "work_arrived", 1),
        ("alarm-in-sns.json", "alarm", "wake", "alarm_fired", 1),
        ("alarm-composite-in-sns.json", "alarm", "wake", "alarm_fired", 1),
        ("cloudtrail-invocation.json", "input", "wake", "invocation_seen", 1),
        ("schedule-scheduler-default.json", "tick", "none", "asleep", 0),
        ("async-result-completed-in-sns.json", "result", "none", "result_seen", 0),
        ("command-hold.json", "command", "hold", "held", 1),
        ("command-sleep.json", "command", "none", "asleep", 0),
    ] {
        let document = document(&replayed(&[file]));
        let invocation = &document["invocations"][0];
        let decision = &invocation["answer"]["decisions"][0];
        let decided = [&decision["signal"], &decision["action"], &decision["reason"]];
        assert_eq!(decided, [signal, action, reason], "{file}");
        assert_eq!(invocation["after"][0]["desired"], desired, "{file}");
    }
}

#[test]
fn a_broken_record_is_returned_to_its_queue_and_reported() {
    let output = replayed(&["sqs-one-broken-record.json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let answer = &document["invocations"][0]["answer"];
    let [failed] = array(&answer["batchItemFailures"]) else { panic!("{answer}") };
    let id = failed["itemIdentifier"].as_str().unwrap();
    assert_eq!(answer["decisions"][0]["action"], "wake");
    assert!(stderr(&output).contains("batchItemFailures"), "{}", stderr(&output));
    assert!(document["problems"][0].as_str().unwrap().contains(id), "{document}");
}

#[test]
fn several_files_are_events_of_one_endpoint() {
    let document = document(&replayed(&["command-wake.json", "command-status.json"]));
    let [wake, status] = array(&document["invocations"]) else { panic!("{document}") };
    assert_eq!(wake["answer"]["decisions"][0]["to"], 1);
    assert_eq!(status["answer"]["decisions"][0]["from"], 1);
    assert!(time(&wake["at"]) < time(&status["at"]));
}

#[test]
fn endpoints_and_buckets_that_events_name_are_created() {
    let alarm = fs::read_to_string(events().join("alarm-direct.json")).unwrap();
    let upload = fs::read_to_string(events().join("s3-eventbridge.json")).unwrap();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (of_alarm, of_upload) = (directory.join("alarm.json"), directory.join("upload.json"));
    fs::write(&of_alarm, alarm.replace("my-endpoint", "llama")).unwrap();
    fs::write(&of_upload, upload.replace("my-inputs", "llama-inputs")).unwrap();
    let (of_alarm, of_upload) = (of_alarm.to_str().unwrap(), of_upload.to_str().unwrap());
    let both = ["demo", "--json", "--events", of_upload, "--events", of_alarm];
    let document = document(&scalerctl(&both));
    assert_eq!(document["scene"]["routes"][0]["bucket"], "llama-inputs");
    let decision = &document["invocations"][0]["answer"]["decisions"][0];
    assert_eq!((&decision["endpoint"], &decision["action"]), (&"llama".into(), &"wake".into()));
}

#[test]
fn the_text_has_answer_calls_and_state() {
    let path = events().join("s3-notification.json");
    let output = scalerctl(&["demo", "--events", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert_in_order(
        &stdout(&output),
        &[
            "s3-notification.json",
            "wake (work_arrived)",
            "answer {",
            "6 AWS calls",
            "* UpdateEndpointWeightsAndCapacities AllTraffic=1",
            "desired capacity 1",
        ],
    );
}

/// No route is made for an event without records, so none could match.
#[test]
fn an_event_without_records_is_not_a_missing_route() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-records.json");
    fs::write(&path, r#"{"Records":[]}"#).unwrap();
    let output = scalerctl(&["demo", "--events", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("nothing to do: the event has no record"), "{text}");
    assert!(!text.contains("no route matches"), "{text}");
}
