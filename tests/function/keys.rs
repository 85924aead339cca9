//! Object keys that are hard to read: 1,024 bytes, other scripts, `+`, `%`, spaces.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{Function, TestWorld, on_event_bus, upload};

/// A folder whose name means something else when it is decoded once too often, or not at all.
const FOLDER: &str = "a+b 100%25 %2B/é日本🦀/";

/// The folder as S3 writes it in a notification.
const ENCODED: &str = "a%2Bb+100%2525+%252B/%C3%A9%E6%97%A5%E6%9C%AC%F0%9F%A6%80/";

/// What an S3 notification would show of the folder if it were decoded once too often.
const DECODED_TWICE: &str = "a+b+100%25+%2B/%C3%A9%E6%97%A5%E6%9C%AC%F0%9F%A6%80/";

fn routes() -> String {
    json!([{ "endpoint": "my-endpoint", "bucket": "my-inputs", "prefix": FOLDER }]).to_string()
}

fn notification(key: &str) -> Value {
    json!({ "Records": [upload("my-inputs", key, Timestamp::now())] })
}

/// A key of `bytes` bytes that begins with `folder` and goes on with all sorts of characters.
fn long_key(folder: &str, bytes: usize) -> String {
    let mut key = folder.to_owned();
    for part in ["é", "+", "%", " ", "日", "&=?#", "\"\\", "🦀"].iter().cycle() {
        if key.len() + part.len() > bytes {
            break;
        }
        key.push_str(part);
    }
    let missing = bytes - key.len();
    key + &"x".repeat(missing)
}

/// As S3 encodes a key in its notifications.
fn encoded(key: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*/".contains(&byte);
    key.bytes()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            _ if keep(byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[test]
fn the_folder_is_encoded_as_s3_does() {
    assert_eq!(encoded(FOLDER), ENCODED);
    assert_eq!(long_key(FOLDER, 1024).len(), 1024);
}

#[tokio::test]
async fn a_key_of_1024_bytes_with_unicode_plus_and_percent_finds_its_route() {
    let key = long_key(FOLDER, 1024);
    for event in [notification(&encoded(&key)), on_event_bus("my-inputs", &key)] {
        let test_world = TestWorld::at_zero().await;
        let mut function = Function::start(test_world.url(), &routes()).await;
        let invoked = function.invoke(&event).await;
        assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    }
}

#[tokio::test]
async fn a_key_is_decoded_exactly_as_often_as_it_was_encoded() {
    let test_world = TestWorld::at_zero().await;
    let mut function = Function::start(test_world.url(), &routes()).await;
    for (event, taken) in [
        (notification(&format!("{DECODED_TWICE}x")), false),
        (notification(&format!("{FOLDER}x")), false),
        (on_event_bus("my-inputs", &format!("{ENCODED}x")), false),
        (on_event_bus("my-inputs", &format!("{FOLDER}x")), true),
        (notification(&format!("{ENCODED}x")), true),
    ] {
        let invoked = function.invoke(&event).await;
        assert_eq!(!invoked.decided().is_empty(), taken, "{event}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_decoded_fails_and_the_other_key_wakes() {
    let test_world = TestWorld::at_zero().await;
    let mut function = Function::start(test_world.url(), &routes()).await;
    let not_utf8 = upload("my-inputs", "a%FF%FEb", Timestamp::now());
    let good = upload("my-inputs", &format!("{ENCODED}x"), Timestamp::now());
    let invoked = function.invoke(&json!({ "Records": [not_utf8, good] })).await;
    assert_eq!(invoked.error().kind, "BrokenRecords");
    assert!(invoked.error().message.contains("Records[0]"), "{}", invoked.error().message);
    assert_eq!(invoked.logged(), ["input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn a_percent_sign_without_a_code_is_not_changed() {
    let test_world = TestWorld::at_zero().await;
    let routes = json!([{ "endpoint": "my-endpoint", "prefix": "50%/", "suffix": "%4" }]);
    let mut function = Function::start(test_world.url(), &routes.to_string()).await;
    let invoked = function.invoke(&notification("50%/x%4")).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn a_key_must_begin_with_the_prefix_and_end_with_the_suffix_one_after_the_other() {
    let test_world = TestWorld::at_zero().await;
    let routes = json!([{ "endpoint": "my-endpoint", "prefix": "in/a", "suffix": "a.json" }]);
    let mut function = Function::start(test_world.url(), &routes.to_string()).await;
    for (key, taken) in [
        ("in/b-a.json", false),
        ("in/a-b.json", false),
        ("in/a-a.json.tmp", false),
        ("x/in/a-a.json", false),
        ("in/a.json", false),
        ("in/aa.json", true),
        ("in/a/b/a.json", true),
    ] {
        let invoked = function.invoke(&notification(key)).await;
        assert_eq!(!invoked.decided().is_empty(), taken, "{key}");
    }
}
