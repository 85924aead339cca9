//! Properties of the result for any payload bytes. `fuzz/` checks the same properties.

use std::collections::HashSet;

use allocation_counter::AllocationInfo;
use serde_json::Value;

use crate::signal::{Decoded, What, decode, decode_text};

/// Bytes that decoding may hold at a time for each byte of the payload. Nearly all of it is what
/// `serde_json` makes of a message that is wrapped in the payload: an object with one empty key is
/// 7 bytes as a text and more than 600 in memory.
pub const HELD_PER_BYTE: u64 = 128;

/// Maximum number of bytes that decoding allocates in total, for each byte of the payload: the same for each wrapper.
pub const ASKED_PER_BYTE: u64 = 4 * HELD_PER_BYTE;

/// Maximum number of bytes for the smallest payload: a few sentences.
pub const BASE: u64 = 8 * 1024;

/// Maximum nesting that is opened here. It is more than the decoder opens.
const DEEPEST: usize = 8;

/// Panics if one of the properties is violated.
pub fn check(bytes: &[u8]) {
    // The Lambda runtime refuses payloads that are not JSON, so the decoder does not get them.
    let Ok(payload) = serde_json::from_slice::<Value>(bytes) else { return };
    within_bounds(&payload, bytes.len());
    the_text_and_the_value_have_the_same_result(&payload, bytes);
    let Ok(decoded) = decode(&payload) else { return };
    swallows_nothing(&payload, &decoded);
    invents_nothing(&payload, &decoded);
    commands_stand_alone(&payload, &decoded);
}

/// Checks these bytes as a payload, and as the message of a queue and of a topic, because a fuzzer that changes
/// bytes does not find JSON within JSON.
pub fn check_wrapped_too(bytes: &[u8]) {
    check(bytes);
    let Ok(message) = std::str::from_utf8(bytes) else { return };
    let queued = serde_json::json!({
        "Records": [{ "eventSource": "aws:sqs", "messageId": "m-1", "body": message }],
    });
    let published = serde_json::json!({ "Type": "Notification", "Message": message });
    for wrapped in [queued, published] {
        check(wrapped.to_string().as_bytes());
    }
}

/// The result from the text is equal to the result from the tree of values, and takes no more memory.
fn the_text_and_the_value_have_the_same_result(payload: &Value, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert_eq!(decode_text(text), decode(payload));
    let info = allocation_counter::measure(|| drop(decode_text(text)));
    // The tree of the payload itself, which the bounds above leave out, is held as well.
    let most = BASE + 2 * HELD_PER_BYTE * bytes.len() as u64;
    assert!(info.bytes_max <= most, "{} bytes held for a text of {}", info.bytes_max, bytes.len());
}

/// The memory that decoding took. Panics if it is not in proportion to the payload.
pub fn within_bounds(payload: &Value, length: usize) -> AllocationInfo {
    let info = allocation_counter::measure(|| drop(decode(payload)));
    let length = length as u64;
    assert!(
        info.bytes_max <= BASE + HELD_PER_BYTE * length,
        "{} bytes held at a time for a payload of {length}",
        info.bytes_max
    );
    assert!(
        info.bytes_total <= BASE + ASKED_PER_BYTE * length,
        "{} bytes asked for in all for a payload of {length}",
        info.bytes_total
    );
    assert_eq!(info.bytes_current, 0, "something was kept");
    info
}

/// Each record results in a signal, a problem or an ignored item.
fn swallows_nothing(payload: &Value, decoded: &Decoded) {
    let said = decoded.signals.len() + decoded.broken.len() + decoded.ignored.len();
    let payload = payload.get("event").filter(|_| decoded.observe).unwrap_or(payload);
    let records = payload.get("Records").and_then(Value::as_array);
    let expected = records.map_or(1, |records| records.len().max(1));
    assert!(said >= expected, "{expected} records, {said} results");
}

/// Every name, bucket and key is in the payload, possibly wrapped and encoded.
fn invents_nothing(payload: &Value, decoded: &Decoded) {
    let mut texts = HashSet::new();
    collect_texts(payload, 0, &mut texts);
    let stands = |text: &str| assert!(texts.contains(text), "{text:?} stands nowhere");
    for signal in &decoded.signals {
        if let Some(id) = &signal.message_id {
            stands(id);
        }
        match &signal.what {
            What::Input { bucket, key, at: _, upload_id } => {
                // The sequencer, or else eTag and time. Each of them can have a space.
                let of_two = |id: &String| {
                    id.match_indices(' ').any(|(place, _)| {
                        texts.contains(&id[..place]) && texts.contains(&id[place + 1..])
                    })
                };
                let stands = |id: &String| texts.contains(id) || of_two(id);
                assert!(upload_id.iter().all(stands), "{upload_id:?} is not in the payload");
                stands(bucket);
                let encoded = || texts.iter().any(|text| form_decoded(text) == key.as_bytes());
                assert!(texts.contains(key) || encoded(), "the key {key:?} stands nowhere");
            }
            What::Invocation { endpoints, at: _ } => {
                for endpoint in endpoints {
                    let end = format!(":endpoint/{endpoint}");
                    let stands = texts.iter().any(|text| text.ends_with(&end));
                    assert!(stands, "the endpoint {endpoint:?} stands nowhere");
                }
            }
            What::Alarm { endpoints, variant, mentioned, at: _ } => {
                endpoints.iter().chain(variant).for_each(|name| stands(name));
                for name in mentioned {
                    let unquoted = |text: &str| text.replace('\\', "");
                    let stands = texts.iter().any(|text| unquoted(text).contains(&unquoted(name)));
                    assert!(stands, "the alarm {name:?} stands nowhere");
                }
            }
            What::EndpointChanged { endpoint, status } => {
                stands(status);
                let end = format!(":endpoint/{endpoint}");
                let in_arn = || texts.iter().any(|text| text.ends_with(&end));
                assert!(texts.contains(endpoint) || in_arn(), "{endpoint:?} stands nowhere");
            }
            What::Result { endpoint, status, input: _, inference_id, received_at: _ } => {
                inference_id.iter().for_each(|id| stands(id));
                stands(endpoint);
                stands(status);
            }
            What::Command { endpoint, variant, .. } => {
                stands(endpoint);
                variant.iter().for_each(|name| stands(name));
            }
            What::Tick => {}
        }
    }
    for broken in &decoded.broken {
        broken.message_id.iter().for_each(|id| stands(id));
    }
}

/// A command is the only signal of a payload, and is never read from a message of a queue or a topic.
fn commands_stand_alone(payload: &Value, decoded: &Decoded) {
    let commands =
        decoded.signals.iter().filter(|signal| matches!(signal.what, What::Command { .. })).count();
    if commands > 0 {
        assert_eq!((commands, decoded.signals.len()), (1, 1), "a command among others");
        assert!(!decoded.sqs && decoded.signals[0].message_id.is_none(), "out of a queue");
        let event = payload.get("event").filter(|_| decoded.observe).unwrap_or(payload);
        assert!(event.get("Records").is_none(), "out of a record");
        assert_ne!(event.get("Type"), Some(&Value::from("Notification")), "out of a topic");
    }
}

/// All texts of a value, including texts within texts.
fn collect_texts(value: &Value, depth: usize, texts: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            if depth < DEEPEST
                && let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
            {
                collect_texts(&inner, depth + 1, texts);
            }
            texts.insert(text.clone());
        }
        Value::Array(list) => list.iter().for_each(|inner| collect_texts(inner, depth, texts)),
        Value::Object(map) => map.values().for_each(|inner| collect_texts(inner, depth, texts)),
        _ => {}
    }
}

/// Decodes form encoding, independently of the function's code.
fn form_decoded(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => decoded.push(b' '),
            _ => decoded.push(byte),
        }
        at += 1;
    }
    decoded
}
