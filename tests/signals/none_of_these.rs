//! Payloads that the function does not know.

use crate::{expected::*, names_and_times::*, sent::*};

#[test]
fn an_unknown_payload_is_an_error_that_shows_its_keys() {
    let keys = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>();
    let cases = [
        (json!({}), keys(&[])),
        (json!({"zeta": "secret", "alpha": {"inner": "secret"}}), keys(&["alpha", "zeta"])),
        (json!({"source": "aws.s3"}), keys(&["source"])),
        (json!({"detail-type": "Object Created"}), keys(&["detail-type"])),
        (json!({"Event": "secret"}), keys(&["Event"])),
        (json!({"AlarmName": "secret"}), keys(&["AlarmName"])),
        (json!({"NewStateValue": "ALARM"}), keys(&["NewStateValue"])),
        (json!({"a\nb\u{1b}[31m": 1}), keys(&["a\u{fffd}b\u{fffd}[31m"])),
    ];
    for (payload, keys) in cases {
        let error = decode(&payload).unwrap_err();
        assert_eq!(error, DecodeError::Unknown { keys }, "{payload}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn at_most_twenty_keys_of_64_characters_are_shown() {
    let payload = |count: usize, length: usize| -> Value {
        let key = |index| format!("{index:04}{}", "é".repeat(length - 4));
        (0..count).map(|index| (key(index), json!("secret"))).collect::<Map<_, _>>().into()
    };
    for (count, length, shown, chars) in
        [(19, 63, 19, 63), (20, 64, 20, 64), (21, 65, 20, 64), (5_000, 5, 20, 5)]
    {
        let Err(DecodeError::Unknown { keys }) = decode(&payload(count, length)) else { panic!() };
        assert_eq!(keys.len(), shown);
        assert!(keys.is_sorted());
        assert!(keys.iter().all(|key| key.chars().count() <= chars), "{keys:?}");
        assert_eq!(keys[0].chars().count(), chars);
    }
}

#[test]
fn a_payload_that_is_not_an_object_is_an_error_with_its_type() {
    let cases = [
        (json!(null), "null"),
        (json!(true), "a boolean"),
        (json!(7), "a number"),
        (json!("secret"), "a string"),
        (json!(["secret"]), "an array"),
    ];
    for (payload, found) in cases {
        assert_eq!(decode(&payload), Err(DecodeError::NotAnObject { found }));
    }
}

#[test]
fn records_must_be_a_list_and_may_be_empty() {
    assert_eq!(read(&json!({"Records": []})), ignored("", Why::NoRecords));
    for (value, found) in
        [(json!({}), "an object"), (json!(null), "null"), (json!("x"), "a string")]
    {
        let error = decode(&json!({ "Records": value })).unwrap_err();
        assert_eq!(error, DecodeError::Records { found });
    }
}
