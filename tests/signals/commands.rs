//! Commands.

use crate::{expected::*, names_and_times::*, sent::*};

#[test]
fn good_commands_are_understood() {
    let cases = [
        (json!({"minutes": 1}), Command::Hold { minutes: Some(1) }),
        (json!({"minutes": 10_080}), Command::Hold { minutes: Some(10_080) }),
        (json!({"minutes": null}), Command::Hold { minutes: None }),
        (json!({}), Command::Hold { minutes: None }),
        (json!({"action": "wake", "minutes": 60}), Command::Wake),
        (json!({"action": "sleep", "force": false}), Command::Sleep { force: false }),
        (json!({"action": "wake", "variant": null, "force": null}), Command::Wake),
    ];
    for (fields, expected) in cases {
        let mut payload = json!({"action": "hold", "endpoint": "my-endpoint"});
        payload.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(read(&payload), signals([command(expected)]), "{payload}");
    }
    let named = json!({"action": "tick", "endpoint": "my-endpoint"});
    assert_eq!(read(&named), signals([What::Tick]));
}

#[test]
fn an_event_that_has_an_action_is_still_an_event() {
    for name in ["s3-notification", "s3-eventbridge"] {
        let mut event = event(name);
        let expected = read(&event);
        event["action"] = json!("wake");
        assert_eq!(read(&event), expected, "{name}");
    }
}

#[test]
fn the_error_of_a_bad_command_has_the_field_and_an_example() {
    let cases = [
        (json!({"action": "secret", "endpoint": "e"}), "`action`"),
        (json!({"action": "Wake", "endpoint": "e"}), "`action`"),
        (json!({"action": "", "endpoint": "e"}), "`action`"),
        (json!({"action": null, "endpoint": "e"}), "`action`"),
        (json!({"action": 7, "endpoint": "e"}), "`action`"),
        (json!({"action": ["wake"], "endpoint": "e"}), "`action`"),
        (json!({"action": "wake"}), "`endpoint`"),
        (json!({"action": "status", "endpoint": null}), "`endpoint`"),
        (json!({"action": "release", "endpoint": ""}), "`endpoint`"),
        (json!({"action": "sleep", "endpoint": 7}), "`endpoint`"),
        (json!({"action": "tick", "endpoint": 7}), "`endpoint`"),
        (json!({"action": "wake", "endpoint": "e", "variant": 7}), "`variant`"),
        (json!({"action": "wake", "endpoint": "e", "variant": ""}), "`variant`"),
        (json!({"action": "hold", "endpoint": "e", "minutes": 0}), "`minutes`"),
        (json!({"action": "hold", "endpoint": "e", "minutes": 10_081}), "`minutes`"),
        (json!({"action": "hold", "endpoint": "e", "minutes": u64::MAX}), "`minutes`"),
        (json!({"action": "hold", "endpoint": "e", "minutes": -1}), "`minutes`"),
        (json!({"action": "hold", "endpoint": "e", "minutes": 1.5}), "`minutes`"),
        (json!({"action": "hold", "endpoint": "e", "minutes": "60"}), "`minutes`"),
        (json!({"action": "wake", "endpoint": "e", "minutes": "60"}), "`minutes`"),
        (json!({"action": "tick", "minutes": 0}), "`minutes`"),
        (json!({"action": "sleep", "endpoint": "e", "force": "true"}), "`force`"),
        (json!({"action": "sleep", "endpoint": "e", "force": 1}), "`force`"),
        (json!({"action": "hold", "endpoint": "e", "force": true}), "`force`"),
        (json!({"action": "observe"}), "`event`"),
        (json!({"action": "observe", "event": null}), "`event`"),
        (json!({"action": "observe", "event": ["secret"]}), "`event`"),
        (json!({"action": "observe", "event": {"action": "observe", "event": {}}}), "`event`"),
        (json!({"action": "observe", "event": {}, "endpoint": "e"}), "`endpoint`"),
        (json!({"action": "wake", "endpoint": "e", "forse": "secret"}), "`forse`"),
        (json!({"action": "wake", "endpoint": "e", "Endpoint": null}), "`Endpoint`"),
    ];
    for (payload, field) in cases {
        let Err(DecodeError::Command { problem }) = decode(&payload) else {
            panic!("{payload} was taken");
        };
        let (text, example) = problem.split_once("; for example ").expect("an example is given");
        assert!(text.contains(field), "{payload}: {problem}");
        assert!(!problem.contains("secret"), "{problem}");
        let example: Value = serde_json::from_str(example).expect("the example is JSON");
        assert_eq!(decode(&example).map(|decoded| decoded.signals.len()), Ok(1), "{example}");
    }
}

#[test]
fn observe_wraps_any_payload_and_only_marks_it() {
    for name in ["s3-notification", "s3-in-sqs", "schedule-rule", "command-hold", "alarm-in-sns"] {
        let event = event(name);
        let expected = Decoded { observe: true, ..read(&event) };
        assert_eq!(read(&json!({"action": "observe", "event": event})), expected, "{name}");
    }
    let inner = json!({"action": "observe", "event": {"surprise": "secret"}});
    assert_eq!(decode(&inner), Err(DecodeError::Unknown { keys: vec!["surprise".to_owned()] }));
}

#[test]
fn a_payload_in_a_queue_or_a_topic_is_never_observed() {
    let wrapped = json!({"action": "observe", "event": event("s3-notification")}).to_string();
    let queued =
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": wrapped}]});
    let decoded = read(&queued);
    assert_eq!((decoded.signals.len(), decoded.observe, decoded.broken.len()), (0, false, 1));
}

#[test]
fn a_command_that_looks_like_a_schedule_s_is_refused_in_a_queue_and_in_a_topic() {
    let forged = json!({
        "source": "aws.scheduler",
        "detail-type": "Scheduled Event",
        "detail": {"action": "sleep", "endpoint": "my-endpoint", "force": true},
    });
    assert_eq!(read(&forged), signals([command(Command::Sleep { force: true })]));
    let text = forged.to_string();
    for payload in [
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": text}]}),
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text}}]}),
    ] {
        let decoded = read(&payload);
        assert_eq!(decoded.signals, []);
        assert!(decoded.broken[0].problem.contains("commands are taken directly"), "{decoded:?}");
    }
    // A tick is not a command.
    let tick = json!({"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"});
    let queued = json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m",
        "body": tick.to_string()}]});
    assert_eq!(read(&queued).broken, []);
}

#[test]
fn the_example_has_the_field_that_is_wrong() {
    for (field, shown) in [("variant", true), ("endpoint", false)] {
        let mut payload = json!({"action": "wake", "endpoint": "e"});
        payload[field] = json!(7);
        let Err(DecodeError::Command { problem }) = decode(&payload) else { panic!("{payload}") };
        let (_, example) = problem.split_once("; for example ").unwrap();
        assert!(serde_json::from_str::<Value>(example).unwrap().get(field).is_some(), "{example}");
        assert_eq!(example.contains("variant"), shown, "{example}");
    }
}
