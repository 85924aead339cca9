//! Property tests: wrong values at every place, and random payloads.

use crate::{examples::meanings, expected::*, names_and_times::*, sent::*};

/// A text that stands for private data. Tests insert it as a value. No output can contain it.
const PRIVATE: &str = "pr1vate";

/// All texts that `decode` returns: errors, problems and reasons.
fn words(payload: &Value) -> String {
    match decode(payload) {
        Ok(decoded) => {
            let problems = decoded.broken.iter().map(|broken| &broken.problem);
            let ignored = decoded.ignored.iter().map(ToString::to_string);
            problems.cloned().chain(ignored).collect::<Vec<_>>().join("\n")
        }
        Err(error) => format!("{error}\n{error:?}"),
    }
}

/// Replaces the value at one place of a payload, including nested messages. Returns whether the
/// place exists.
fn replace(value: &mut Value, place: &mut usize, by: &Value) -> bool {
    if *place == 0 {
        *value = by.clone();
        return true;
    }
    *place -= 1;
    match value {
        Value::Array(list) => list.iter_mut().any(|inner| replace(inner, place, by)),
        Value::Object(map) => map.values_mut().any(|inner| replace(inner, place, by)),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(mut inner) if inner.is_object() => {
                let found = replace(&mut inner, place, by);
                *text = inner.to_string();
                found
            }
            _ => false,
        },
        _ => false,
    }
}

#[test]
fn no_single_wrong_value_makes_a_panic_or_a_leak() {
    let wrong = [
        json!(PRIVATE),
        json!([PRIVATE]),
        json!([[PRIVATE]]),
        json!({"name": PRIVATE}),
        json!(format!("{{\"a\":\"{PRIVATE}\"}}")),
        json!(format!("%FF{PRIVATE}")),
        json!(""),
        json!(null),
        json!(-1.5),
        json!(false),
    ];
    let mut seen = 0;
    for (name, _) in meanings() {
        let original = event(name);
        for place in 0.. {
            let mut any = false;
            for by in &wrong {
                let mut changed = original.clone();
                any = replace(&mut changed, &mut place.clone(), by);
                let words = words(&changed);
                assert!(!words.contains(PRIVATE), "{name}, place {place}, {by}: {words}");
                seen += 1;
            }
            if !any {
                break;
            }
        }
    }
    assert!(seen > 10_000, "the places of all examples were tried, not {seen}");
}

/// Texts that `decode` looks for.
const TEXTS: &str = "aws:s3|aws:sns|aws:sqs|aws:sagemaker|aws.s3|aws.sagemaker|aws.cloudwatch|\
aws.events|aws.scheduler|Object Created|Scheduled Event|SageMaker Endpoint State Change|\
AWS API Call via CloudTrail|sagemaker.amazonaws.com|InvokeEndpointAsync|\
CloudWatch Alarm State Change|ObjectCreated:Put|ALARM|AWS/SageMaker|ApproximateBacklogSize|\
InferenceResult|Completed|Notification|s3:TestEvent|wake|hold|tick";

/// Keys that `decode` looks for.
const KEYS: &str = "Records|eventSource|EventSource|eventName|eventTime|s3|bucket|name|object|key|\
Sns|Message|body|messageId|Type|Event|source|detail-type|detail|time|resources|ARN|errorCode|EndpointName|\
EndpointStatus|AlarmName|NewStateValue|AlarmRule|TriggeringChildren|Trigger|MetricName|Namespace|\
Dimensions|Metrics|alarmData|state|value|configuration|metrics|metricStat|metric|\
invocationStatus|requestParameters|action|endpoint|minutes";

fn one_of(words: &'static str) -> impl Strategy<Value = String> {
    prop::sample::select(words.split('|').collect::<Vec<_>>()).prop_map(str::to_owned)
}

/// Random JSON that contains keys and texts that `decode` looks for.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        3 => one_of(TEXTS),
        1 => any::<String>(),
    ];
    let key = prop_oneof![
        9 => one_of(KEYS),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        4 => text.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            1 => inner.clone().prop_map(|value| Value::from(value.to_string())),
            4 => prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_answered_and_the_same_twice(payload in any_json()) {
        prop_assert_eq!(decode(&payload), decode(&payload));
    }

    #[test]
    fn anything_in_a_known_place_is_answered(
        row in 0..meanings().len(),
        place in 0_usize..80,
        by in any_json(),
    ) {
        let mut payload = event(meanings()[row].0);
        replace(&mut payload, &mut place.clone(), &by);
        prop_assert_eq!(decode(&payload), decode(&payload));
    }

    #[test]
    fn a_record_does_not_affect_the_other_records(record in any_json()) {
        let decoded = read(&records([s3_record("first"), record, s3_record("last")]));
        let whats: Vec<&What> = decoded.signals.iter().map(|signal| &signal.what).collect();
        prop_assert_eq!(whats.first(), Some(&&input_at("first", UPLOADED)));
        prop_assert_eq!(whats.last(), Some(&&input_at("last", UPLOADED)));
    }

    #[test]
    fn any_key_is_decoded_from_both_kinds_of_events(key in ".{1,1024}") {
        let encoded: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let notification = read(&records([s3_record(&encoded)]));
        prop_assert_eq!(notification, signals([input_at(&key, UPLOADED)]));
        let on_bus = read(&with("s3-eventbridge", "/detail/object/key", json!(key)));
        prop_assert_eq!(on_bus, signals([input_at(&key, ON_THE_BUS)]));
    }

    #[test]
    fn private_text_in_any_string_is_never_repeated(payload in any_json()) {
        prop_assume!(!payload.to_string().contains(PRIVATE));
        let private = with_private_strings(&payload);
        prop_assert!(!words(&private).contains(PRIVATE));
    }
}

/// Appends private text to every string value of a payload, including nested messages. Texts that
/// identify the kind of payload do not change.
fn with_private_strings(value: &Value) -> Value {
    match value {
        Value::String(text) if TEXTS.split('|').any(|known| known == text) => value.clone(),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner) => Value::from(with_private_strings(&inner).to_string()),
            Err(_) => Value::from(format!("{text}{PRIVATE}")),
        },
        Value::Array(list) => list.iter().map(with_private_strings).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, inner)| (key.clone(), with_private_strings(inner))).collect()
        }
        other => other.clone(),
    }
}
