//! Nested messages.

use crate::{examples::meanings, expected::*, names_and_times::*, sent::*};

#[test]
fn an_event_means_the_same_however_it_is_wrapped() {
    let commands = |name: &str| name.starts_with("command-") || name == "schedule-scheduler-input";
    let sources = meanings()
        .into_iter()
        .filter(|(name, expected)| !commands(name) && expected.broken.is_empty() && !expected.sqs);
    for (name, expected) in sources {
        // An SNS record is already a message of a topic, so it is not wrapped again.
        let bare = if name.ends_with("-in-sns") || name.contains("-in-sns-") {
            message_of(name)
        } else {
            event(name)
        };
        let whats: Vec<What> = expected.signals.iter().map(|s| s.what.clone()).collect();
        let wrappings =
            [in_sns(&bare), in_sqs(&bare), in_sqs(&enveloped(&bare)), in_sqs(&in_sns(&bare))];
        for (index, wrapped) in wrappings.iter().enumerate() {
            let decoded = read(wrapped);
            let found: Vec<What> = decoded.signals.iter().map(|s| s.what.clone()).collect();
            assert_eq!(found, whats, "{name} in wrapping {index}");
            assert_eq!(decoded.ignored.len(), expected.ignored.len(), "{name}");
            assert_eq!(decoded.broken, [], "{name}");
            let id = (index > 0).then(|| "m-1".to_owned());
            assert!(decoded.signals.iter().all(|signal| signal.message_id == id), "{name}");
            assert_eq!(decoded.sqs, index > 0);
        }
    }
}

#[test]
fn records_of_several_sources_can_be_in_one_event() {
    let mut mixed = vec![s3_record("plain")];
    mixed.push(sqs_record("m-1", &records([s3_record("queued")]).to_string()));
    mixed.push(in_sns(&records([s3_record("published")]))["Records"][0].clone());
    let decoded = read(&records(mixed));
    let ids: Vec<Option<&str>> =
        decoded.signals.iter().map(|signal| signal.message_id.as_deref()).collect();
    assert_eq!(ids, [None, Some("m-1"), None]);
    assert!(decoded.sqs);
    assert_eq!(decoded.broken, []);
}

#[test]
fn a_message_that_cannot_be_read_is_broken() {
    let body = |body: Value| {
        records([json!({"eventSource": "aws:sqs", "messageId": "m-1", "body": body})])
    };
    let message =
        |message: Value| records([json!({"EventSource": "aws:sns", "Sns": {"Message": message}})]);
    let cases = [
        (body(json!("secret, not JSON")), "Records[0].body: is not JSON"),
        (body(json!("")), "Records[0]: body is empty"),
        (body(json!(null)), "Records[0]: body is null, not a string"),
        (body(json!("[\"secret\"]")), "Records[0].body: unknown event: an array, not an object"),
        (
            body(json!("{\"z\":\"secret\",\"a\":1}")),
            "Records[0].body: unknown event, with the top-level keys [a, z]",
        ),
        (
            body(json!("{\"Records\":\"secret\"}")),
            "Records[0].body: `Records` is a string, not an array",
        ),
        (
            body(json!("{\"Type\":\"Notification\",\"Message\":\"secret\"}")),
            "Records[0].body.Message: is not JSON",
        ),
        (
            body(json!("{\"Type\":\"SubscriptionConfirmation\",\"Token\":\"secret\"}")),
            "Records[0].body: unknown event, with the top-level keys [Token, Type]",
        ),
        (message(json!("secret, not JSON")), "Records[0].Sns.Message: is not JSON"),
        (
            message(json!("\"secret\"")),
            "Records[0].Sns.Message: unknown event: a string, not an object",
        ),
        (
            message(json!("{\"key\":\"secret\"}")),
            "Records[0].Sns.Message: unknown event, with the top-level keys [key]",
        ),
        (message(json!({"Records": []})), "Records[0]: Sns.Message is an object, not a string"),
        (records([json!({"EventSource": "aws:sns"})]), "Records[0]: Sns.Message is missing"),
    ];
    for (payload, problem) in cases {
        let decoded = read(&payload);
        assert_eq!(decoded.signals, [], "{problem}");
        assert_eq!(problems(&decoded), [problem]);
        let id = decoded.broken[0].message_id.as_deref();
        assert_eq!(id, decoded.sqs.then_some("m-1"), "{problem}");
    }
}

#[test]
fn a_message_id_is_not_used_for_the_next_record() {
    let nameless = json!({"eventSource": "aws:sqs", "body": event("s3-eventbridge").to_string()});
    let first = sqs_record("m-1", &event("s3-eventbridge").to_string());
    let decoded = read(&records([first, nameless]));
    let ids: Vec<_> = decoded.signals.iter().map(|signal| signal.message_id.as_deref()).collect();
    assert_eq!(ids, [Some("m-1"), None]);
}

// Amazon SQS Developer Guide: at most 100 characters. The ID is kept for each item of the message.
#[test]
fn a_message_id_longer_than_those_of_sqs_is_ignored() {
    for (length, kept) in [(1, true), (36, true), (100, true), (101, false), (5_000, false)] {
        let id = "i".repeat(length);
        let decoded = read(&records([sqs_record(&id, &records([json!(0)]).to_string())]));
        assert!(decoded.sqs);
        assert_eq!(decoded.broken[0].message_id, kept.then_some(id), "{length}");
    }
}

#[test]
fn twenty_problems_of_each_message_are_reported() {
    for (count, reported) in [(19, 19), (20, 20), (21, 21), (22, 21), (5_000, 21)] {
        let message = records(vec![json!(0); count]).to_string();
        let decoded = read(&records([sqs_record("a", &message), sqs_record("b", &message)]));
        let of = |id: &str| {
            let of_message =
                decoded.broken.iter().filter(|broken| broken.message_id.as_deref() == Some(id));
            of_message.count()
        };
        assert_eq!((of("a"), of("b")), (reported, reported), "{count}");
        let last = &decoded.broken[reported - 1].problem;
        assert_eq!(last.contains("and more of the message"), count > 20, "{count}: {last}");
        let in_a_topic = read(&in_sns(&records(vec![json!(0); count])));
        assert_eq!(in_a_topic.broken.len(), reported, "{count}");
    }
}

#[test]
fn three_wrappings_are_opened_and_a_fourth_is_not() {
    let two = enveloped(&enveloped(&event("s3-notification")));
    assert_eq!(read(&in_sqs(&two)), {
        let Decoded { signals, .. } = read(&event("s3-notification"));
        queued(signals.into_iter().map(|signal| ("m-1", signal.what)))
    });
    let decoded = read(&in_sqs(&enveloped(&two)));
    assert_eq!(decoded.signals, []);
    assert_eq!(
        problems(&decoded),
        ["Records[0].body.Message.Message.Message: is wrapped too deeply"]
    );
}

#[test]
fn a_queue_inside_something_else_is_not_answered_for() {
    let inner = in_sqs(&event("s3-notification"));
    let decoded = read(&in_sns(&inner));
    assert!(!decoded.sqs);
    assert_eq!(decoded.signals[0].message_id, None);

    let decoded = read(&records([sqs_record("outer", &inner.to_string())]));
    assert_eq!(decoded.signals[0].message_id.as_deref(), Some("outer"));
}

#[test]
fn only_direct_invocations_and_schedules_may_command() {
    for command in ["command-sleep-force", "command-tick"] {
        for wrapped in [in_sns(&event(command)), in_sqs(&event(command))] {
            let decoded = read(&wrapped);
            assert_eq!(decoded.signals, [], "{command}");
            assert_eq!(decoded.broken.len(), 1, "{command}");
        }
    }
}
