//! Arguments and files that are not valid.

use super::*;

fn refused(text: Option<&str>, name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if let Some(text) = text {
        fs::write(&path, text).unwrap();
    }
    for json in [&["--json"][..], &[]] {
        let mut arguments = vec!["demo", "--events", path.to_str().unwrap()];
        arguments.extend(json);
        let output = scalerctl(&arguments);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).contains(name), "{}", stderr(&output));
        if json.is_empty() {
            return stderr(&output);
        }
    }
    unreachable!("the last one has returned")
}

#[test]
fn a_file_that_does_not_exist() {
    assert!(refused(None, "no-such-file.json").contains("cannot be read"));
}

#[test]
fn a_file_that_is_not_json() {
    assert!(refused(Some("upload my file"), "not-json.json").contains("is not JSON"));
}

#[test]
fn an_event_that_the_function_does_not_know() {
    let message = refused(Some(r#"{"hello":"world"}"#), "unknown.json");
    assert!(message.contains("unknown event, with the top-level keys [hello]"), "{message}");
    assert!(refused(Some("[]"), "array.json").contains("an array, not an object"));
}

#[test]
fn an_invalid_command() {
    let message = refused(Some(r#"{"action":"dance"}"#), "dance.json");
    assert!(message.contains("bad command"), "{message}");
}

#[test]
fn an_endpoint_name_that_no_route_can_have() {
    let text = r#"{"action":"status","endpoint":"not a name"}"#;
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad-name.json");
    fs::write(&path, text).unwrap();
    let output = scalerctl(&["demo", "--events", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("endpoint"), "{}", stderr(&output));
}

#[test]
fn an_unknown_option() {
    assert_eq!(scalerctl(&["demo", "--no-such-option"]).status.code(), Some(2));
    assert_eq!(scalerctl(&[]).status.code(), Some(2));
}
