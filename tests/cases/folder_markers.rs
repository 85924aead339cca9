//! A folder that was made in the S3 console: an object of 0 bytes whose key ends in `/`.
//!
//! Sources: Amazon S3 User Guide, "Organizing objects in the Amazon S3 console by using folders"; "Event
//! message structure" (the key is URL-encoded, `versionId`); "EventBridge event message structure" (the key is
//! not encoded, `version-id`).

use serde_json::{Value, json};

use crate::{
    harness::{Invoked, TestWorld, calls},
    replay::{payload, said},
};

const MARKERS: [&str; 4] =
    ["folder-notification", "folder-encoded-key", "folder-versioned-bucket", "folder-event-bus"];

async fn sent(payload: &Value) -> (TestWorld, Invoked) {
    let test_world = TestWorld::at_zero().await;
    let invoked = test_world.function().await.invoke(payload).await;
    (test_world, invoked)
}

/// One line at INFO says that it was a folder.
fn assert_said(invoked: &Invoked, name: &str) {
    let [("INFO", text)] = said(invoked)[..] else { panic!("{name}: {:?}", invoked.log) };
    assert!(text.ends_with("a folder that was created in the S3 console"), "{name}: {text}");
}

#[tokio::test]
async fn a_folder_wakes_no_endpoint_and_is_logged_once() {
    for name in MARKERS {
        let (test_world, invoked) = sent(&payload(name)).await;
        assert_eq!(*invoked.answer(), json!({ "decisions": [] }), "{name}");
        assert_said(&invoked, name);
        assert_eq!(calls(&test_world.sim), [""; 0], "{name}");
    }
}

/// The same events, about an object in the folder.
#[tokio::test]
async fn an_object_in_the_folder_wakes() {
    for name in MARKERS {
        let mut event = payload(name);
        let object = match event.get_mut("detail") {
            Some(detail) => &mut detail["object"],
            None => &mut event["Records"][0]["s3"]["object"],
        };
        object["key"] = json!(format!("{}a.json", object["key"].as_str().unwrap()));
        let (test_world, invoked) = sent(&event).await;
        assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"], "{name}");
        assert_eq!(test_world.capacity(), (0, 1), "{name}");
    }
}

#[tokio::test]
async fn an_input_next_to_a_folder_wakes_its_endpoint() {
    let (test_world, invoked) = sent(&payload("folder-and-input")).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    assert_said(&invoked, "folder-and-input");
    assert_eq!(test_world.capacity(), (0, 1));
}
