//! S3 notifications and their keys.

use crate::{expected::*, names_and_times::*, sent::*};

#[test]
fn only_created_objects_are_inputs() {
    let cases = [
        ("ObjectCreated:Put", true),
        ("ObjectCreated:Copy", true),
        ("s3:ObjectCreated:Post", true),
        ("ObjectCreatedElsewhere", false),
        ("s3:ObjectRemoved:DeleteMarkerCreated", false),
        ("ObjectRestore:Completed", false),
        ("ReducedRedundancyLostObject", false),
    ];
    for (name, is_input) in cases {
        let decoded = read(&with("s3-notification", "/Records/0/eventName", json!(name)));
        let counts = (decoded.signals.len(), decoded.ignored.len(), decoded.broken.len());
        let expected = if is_input { (1, 0, 0) } else { (0, 1, 0) };
        assert_eq!(counts, expected, "{name}");
    }
    let deleted = with("s3-eventbridge", "/detail-type", json!("Object Deleted"));
    assert_eq!(read(&deleted), ignored("", no_creation()));
}

#[test]
fn notification_keys_are_decoded_exactly() {
    let cases = [
        ("red+flower.jpg", "red flower.jpg"),
        ("red%20flower.jpg", "red flower.jpg"),
        ("1%2B1%3D2%26x.json", "1+1=2&x.json"),
        ("a=b&c=d", "a=b&c=d"),
        ("%e2%82%ac%E2%82%AC", "€€"),
        ("100%25", "100%"),
        ("%2525", "%25"),
        ("100%", "100%"),
        ("%4", "%4"),
        ("%zz%4G", "%zz%4G"),
        ("%%41", "%A"),
        ("%25+%", "% %"),
        ("caf\u{e9}", "caf\u{e9}"),
        ("nul%00", "nul\0"),
    ];
    for (encoded, key) in cases {
        let decoded = read(&records([s3_record(encoded)]));
        assert_eq!(decoded, signals([input_at(key, UPLOADED)]), "{encoded}");
    }
}

#[test]
fn a_key_that_is_not_utf8_is_broken_and_never_guessed() {
    for encoded in ["%FF", "a%C3", "%C3%28", "%ED%A0%80"] {
        let decoded = read(&records([s3_record(encoded)]));
        assert_eq!(decoded.signals, [], "{encoded}");
        let problem = "Records[0]: s3.object.key is not UTF-8 once decoded";
        assert_eq!(problems(&decoded), [problem]);
    }
}

#[test]
fn the_longest_keys_are_not_cut() {
    // 1,024 bytes of UTF-8: the maximum length of an S3 key.
    let key = "async/in/".to_owned() + &"é+%€ ".repeat(126) + "1234567";
    assert_eq!(key.len(), 1024);
    let encoded: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let notification = records([s3_record(&encoded)]);
    let on_bus = with("s3-eventbridge", "/detail/object/key", json!(key));

    assert_eq!(read(&notification), signals([input_at(&key, UPLOADED)]));
    assert_eq!(read(&on_bus), signals([input_at(&key, ON_THE_BUS)]));
}

#[test]
fn the_event_time_is_optional() {
    let millis = Some("2026-03-02T09:20:00.123Z".parse().unwrap());
    let cases = [
        (json!("2026-03-02T09:20:00.123Z"), millis),
        (json!("2026-03-02T10:20:00.123+01:00"), millis),
        (json!("2026-03-02T09:20:00.123+0000"), millis),
        (json!("1772443200123"), millis),
        (json!(1_772_443_200_123_i64), millis),
        (json!("yesterday"), None),
        (json!(""), None),
        (json!(i64::MAX), None),
        (json!("9223372036854775808"), None),
        (json!(1e300), None),
        (json!(null), None),
        (json!({}), None),
    ];
    let places = [("s3-notification", "/Records/0/eventTime"), ("s3-eventbridge", "/time")];
    for (name, pointer) in places {
        for (time, expected) in &cases {
            let decoded = read(&with(name, pointer, time.clone()));
            let What::Input { at, .. } = &decoded.signals[0].what else { panic!("{decoded:?}") };
            assert_eq!(at, expected, "{name} {time}");
        }
    }
    let timeless = read(&without("s3-notification", "/Records/0", "eventTime"));
    assert!(matches!(timeless.signals[0].what, What::Input { at: None, .. }));
}

#[test]
fn an_invalid_record_is_named_by_its_index_and_the_others_are_read() {
    let at = |pointer: &str, value: Value| {
        with("s3-notification", &format!("/Records/0{pointer}"), value)["Records"][0].clone()
    };
    let lacking = |parent: &str, field: &str| {
        without("s3-notification", &format!("/Records/0{parent}"), field)["Records"][0].clone()
    };
    let cases = [
        (lacking("", "s3"), "s3.bucket.name is missing"),
        (lacking("/s3", "bucket"), "s3.bucket.name is missing"),
        (lacking("/s3/bucket", "name"), "s3.bucket.name is missing"),
        (lacking("/s3/object", "key"), "s3.object.key is missing"),
        (lacking("", "eventName"), "eventName is missing"),
        (at("/eventName", json!(7)), "eventName is a number, not a string"),
        (at("/s3", json!("secret")), "s3.bucket.name is missing"),
        (at("/s3/bucket/name", json!(["secret"])), "s3.bucket.name is an array, not a string"),
        (at("/s3/object/key", json!({"secret": 1})), "s3.object.key is an object, not a string"),
        (at("/s3/object/key", json!(null)), "s3.object.key is null, not a string"),
        (at("/s3/object/key", json!(true)), "s3.object.key is a boolean, not a string"),
        (at("/s3/object/key", json!("")), "s3.object.key is empty"),
        (json!("secret"), "is a string, not an object"),
        (json!(null), "is null, not an object"),
        (
            json!({"eventSource": "aws:secret", "b": "secret"}),
            "is of no known event source, with the keys [b, eventSource]",
        ),
        (
            json!({"eventSource": 3, "s3": {}}),
            "is of no known event source, with the keys [eventSource, s3]",
        ),
        (json!({}), "is of no known event source, with the keys []"),
    ];
    for (record, problem) in cases {
        let decoded = read(&records([s3_record("first"), record.clone(), s3_record("third")]));
        let served = signals([input_at("first", UPLOADED), input_at("third", UPLOADED)]);
        assert_eq!(decoded.signals, served.signals, "{record}");
        assert_eq!(problems(&decoded), [format!("Records[1]: {problem}")]);
        assert_eq!(decoded.broken[0].message_id, None);
    }
}

#[test]
fn fields_that_are_not_needed_may_be_anything() {
    let mut record = s3_record("key");
    for field in ["eventVersion", "awsRegion", "userIdentity", "requestParameters"] {
        record[field] = json!([{"unexpected": 1}]);
    }
    record["s3"]["object"]["size"] = json!("huge");
    record["s3"]["bucket"]["ownerIdentity"] = json!(null);
    assert_eq!(read(&records([record])), signals([input_at("key", UPLOADED)]));
}

#[test]
fn ten_thousand_records_keep_their_order() {
    let name = |index: usize| format!("async/in/{index:05}");
    let payload = records((0..10_000).map(|index| match index % 10 {
        7 => json!(index),
        _ => s3_record(&name(index)),
    }));
    let expected: Vec<usize> = (0..10_000).filter(|index| index % 10 != 7).collect();

    // At most twenty problems of one message, and a note that there are more. All problems of a
    // bucket.
    let rows = [
        (payload.clone(), 1_000, "Records[9997]: is a number, not an object"),
        (
            in_sqs(&payload),
            21,
            "Records[0].body.Records[207]: and more of the message cannot be read",
        ),
    ];
    for (payload, problems, last) in rows {
        let decoded = read(&payload);
        let keys: Vec<&str> = decoded
            .signals
            .iter()
            .map(|signal| match &signal.what {
                What::Input { key, .. } => key.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(keys, expected.iter().map(|&index| name(index)).collect::<Vec<_>>());
        assert_eq!(decoded.broken.len(), problems);
        assert_eq!(decoded.broken[problems - 1].problem, last);
    }
}

/// A value cannot contain them, but a text can.
#[test]
fn a_text_with_a_repeated_field_or_another_notation_is_decoded_like_its_values() {
    let plain = records([s3_record("in/a.json")]).to_string();
    let escaped = plain.replace("in/a.json", r"in\/\u0061.json").replace("my-", r"\u006dy-");
    let twice = plain.replacen('{', r#"{"Records":[],"#, 1);
    let key_twice = plain.replace(r#""key":"#, r#""key":"other","key":"#);
    let more = plain.replacen('{', r#"{"more":1,"#, 1);
    let spaced = plain.replace(',', " ,\n");
    for text in [&plain, &escaped, &twice, &key_twice, &more, &spaced] {
        let payload: Value = serde_json::from_str(text).unwrap();
        assert_eq!(decode_text(text), signal::decode(&payload), "{text}");
        assert_eq!(decode_text(text).unwrap().signals.len(), 1, "{text}");
    }
    for broken in ["", "{", r#"{"Records":[{]}"#] {
        assert!(matches!(decode_text(broken), Err(DecodeError::Unreadable { .. })), "{broken}");
    }
}

/// A record of a notification, and the same object as an EventBridge event.
fn created(key: &str, size: &Value) -> [Value; 2] {
    let mut record = s3_record(key);
    record["s3"]["object"]["size"] = size.clone();
    let mut on_bus = with("s3-eventbridge", "/detail/object/key", json!(key));
    on_bus["detail"]["object"]["size"] = size.clone();
    [records([record]), on_bus]
}

#[test]
fn a_folder_of_the_console_is_no_input_and_an_object_with_content_is_one() {
    let cases = [
        ("async/in/", json!(0), false),
        ("async/in/", json!(null), false),
        ("async/in/", json!("huge"), false),
        ("/", json!(0), false),
        ("async/in/", json!(1), true),
        ("async/in", json!(0), true),
        ("async/in/a.json", json!(0), true),
        ("async/in/ ", json!(0), true),
    ];
    for (key, size, is_input) in cases {
        for event in created(key, &size) {
            let wrappings =
                [event.clone(), in_sns(&event), in_sqs(&event), in_sqs(&enveloped(&event))];
            for payload in wrappings {
                let decoded = read(&payload);
                assert_eq!(decoded.signals.len(), usize::from(is_input), "{key:?} {size}");
                let why: Vec<&Why> = decoded.ignored.iter().map(|ignored| &ignored.why).collect();
                let expected = if is_input { vec![] } else { vec![folder_marker()] };
                assert_eq!(why, expected.iter().collect::<Vec<_>>(), "{key:?} {size}");
            }
        }
    }
    for encoded in ["async%2Fin%2F", "red+flower/"] {
        let [notification, _] = created(encoded, &json!(0));
        assert_eq!(read(&notification).signals, [], "{encoded}");
    }
    // Keys in EventBridge events are not encoded.
    let [_, on_bus] = created("async%2F", &json!(0));
    assert_eq!(read(&on_bus).signals.len(), 1);
}

#[test]
fn inputs_next_to_a_folder_are_read() {
    let mut folder = s3_record("async/in/");
    folder["s3"]["object"]["size"] = json!(0);
    let decoded = read(&records([s3_record("first"), folder, s3_record("third")]));
    let served = signals([input_at("first", UPLOADED), input_at("third", UPLOADED)]);
    assert_eq!(decoded.signals, served.signals);
    assert_eq!(decoded.ignored, ignored("Records[1]", folder_marker()).ignored);
}

#[test]
fn an_upload_is_identified_by_its_sequencer_or_by_etag_and_time() {
    let notification = ("s3-notification", "/Records/0/s3/object", "eTag", UPLOADED);
    let on_bus = ("s3-eventbridge", "/detail/object", "etag", ON_THE_BUS);
    for (name, object, etag_field, time) in [notification, on_bus] {
        let id = |payload: &Value| match read(payload).signals.remove(0).what {
            What::Input { upload_id, .. } => upload_id,
            other => panic!("{other:?}"),
        };
        assert_eq!(id(&event(name)).as_deref(), Some(SEQUENCER), "{name}");
        let mut payload = without(name, object, "sequencer");
        let etag = payload.pointer(object).unwrap()[etag_field].as_str().unwrap().to_owned();
        assert_eq!(id(&payload), Some(format!("{etag} {time}")), "{name}");
        payload.pointer_mut(object).unwrap()["sequencer"] = json!("");
        assert_eq!(id(&payload), Some(format!("{etag} {time}")), "{name}");
        payload.pointer_mut(object).unwrap()[etag_field] = json!(7);
        assert_eq!(id(&payload), None, "{name}");
    }
}
