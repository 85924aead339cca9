//! The exit code if the function fails.

use super::*;

/// A record that cannot be read and does not come from a queue makes the invocation fail.
#[test]
fn fails_the_demo() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken-record.json");
    fs::write(&path, r#"{"Records":[{"eventSource":"aws:s3"}]}"#).unwrap();
    let output = scalerctl(&["demo", "--json", "--events", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("BrokenRecords"), "{}", stderr(&output));
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(document["ok"], false);
    assert_eq!(document["invocations"][0]["error"]["errorType"], "BrokenRecords");
}
