//! Delays that were measured on a live endpoint.

use std::fs;

use super::*;
use scalerctl_laboratory::simulate::calibration::{Calibration, Times, VERSION};

/// Writes a calibration with these members, and returns its path.
fn file(name: &str, members: &str) -> String {
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let head = r#""version":1,"measured_at":"2026-01-31T12:00:00Z","endpoint":"whisper-prod""#;
    fs::write(&file, format!("{{{head}{members}}}")).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn each_delay_replaces_the_default_of_the_model() {
    let requested = "/capacity_requested_seconds/max";
    for (name, members, policy, pointer, expected) in [
        // A calibration without measurements has no effect.
        ("nothing.json", "", "has-backlog", requested, 273.0),
        // Three minutes of lag instead of two.
        ("lag.json", r#","metric_lag_seconds":180"#, "has-backlog", requested, 333.0),
        ("no-lag.json", r#","metric_lag_seconds":0"#, "has-backlog", requested, 153.0),
        ("event.json", r#","event_delay_seconds":2.5"#, "reactive-scaler", requested, 2.5),
        // 5 minutes instead of 6; then 45 seconds of processing.
        (
            "provisioning.json",
            r#","provisioning_seconds":300"#,
            "reactive-scaler",
            "/result_seconds/max",
            346.0,
        ),
        (
            "provisioned.json",
            r#","provisioning_seconds":[300]"#,
            "reactive-scaler",
            "/result_seconds/max",
            346.0,
        ),
    ] {
        let outcome = outcome(policy, &["--calibration", &file(name, members)]);
        assert_eq!(figure(&outcome, pointer), expected, "{name}");
    }
    let paid = |members: &str| {
        let file = file("scale-in.json", members);
        (figure(&outcome("reactive-scaler", &["--calibration", &file]), "/instance_hours") * 3600.0)
            .round()
    };
    assert_eq!(paid(r#","scale_in_seconds":90"#) - paid(""), 30.0);
}

#[test]
fn each_of_several_durations_is_drawn() {
    let file = file("several.json", r#","provisioning_seconds":[100,200]"#);
    let results: Vec<f64> = (1..=12)
        .map(|seed: u32| {
            let seed = seed.to_string();
            let arguments = ["--calibration", &file, "--seed", &seed];
            figure(&outcome("reactive-scaler", &arguments), "/result_seconds/max")
        })
        .collect();
    assert!(results.iter().all(|result| [146.0, 246.0].contains(result)), "{results:?}");
    assert!(results.contains(&146.0) && results.contains(&246.0), "{results:?}");
}

#[test]
fn the_command_line_takes_precedence() {
    let file = file(
        "all.json",
        r#","metric_lag_seconds":180,"event_delay_seconds":9,"provisioning_seconds":300,"scale_in_seconds":90"#,
    );
    let given =
        ["--metric-lag", "2m", "--event-delay", "1s", "--provisioning", "6m", "--scale-in", "1m"];
    for policy in ["has-backlog", "reactive-scaler"] {
        let both = [vec!["--calibration", file.as_str()], given.to_vec()].concat();
        assert_eq!(outcome(policy, &both), outcome(policy, &[]), "{policy}");
    }
}

#[test]
fn the_assumptions_say_where_each_delay_comes_from() {
    let file = file("source.json", r#","metric_lag_seconds":150"#);
    let arguments = ["simulate", "--json", "--policy", "always-on", "--provisioning", "4m"];
    let text = stdout(&scalerctl(&[arguments.as_slice(), &["--calibration", &file]].concat()));
    let document: Value = serde_json::from_str(&text).unwrap();
    let source = |what: &str| {
        let all = document["assumptions"].as_array().unwrap();
        let found = all.iter().find(|one| one["what"].as_str().unwrap().contains(what)).unwrap();
        (found["value"].as_str().unwrap().to_owned(), found["source"].as_str().unwrap().to_owned())
    };
    let measured = "measured on whisper-prod, 2026-01-31T12:00:00Z";
    assert_eq!(source("until CloudWatch returns"), ("2m 30s".into(), measured.into()));
    assert!(source("until they are in service").1.starts_with("given on the command line"));
    assert!(source("until they are terminated").1.starts_with("assumed"));
}

#[test]
fn an_error_names_the_file_and_the_field() {
    let head = r#""measured_at":"2026-01-31T12:00:00Z","endpoint":"e""#;
    for (text, said) in [
        ("", "is empty"),
        (&format!(r#"{{"version":2,{head}}}"#), "version 2: this scalerctl reads 1"),
        (&format!("{{{head}}}"), "missing field `version`"),
        (r#"{"version":1,"endpoint":"e"}"#, "missing field `measured_at`"),
        (r#"{"version":1,"measured_at":"noon","endpoint":"e"}"#, "measured_at: "),
        (&format!(r#"{{"version":1,{head}}} {{}}"#), "trailing"),
        (&format!(r#"{{"version":1,{head},"lag":1}}"#), "unknown field `lag`"),
        (&format!(r#"{{"version":1,{head},"metric_lag_seconds":-1}}"#), "metric_lag_seconds -1"),
        (&format!(r#"{{"version":1,{head},"event_delay_seconds":86401}}"#), "86400 seconds"),
        (
            &format!(r#"{{"version":1,{head},"scale_in_seconds":0}}"#),
            "scale_in_seconds 0: must be above",
        ),
        (
            &format!(r#"{{"version":1,{head},"provisioning_seconds":[300,0]}}"#),
            "provisioning_seconds 0",
        ),
        (&format!(r#"{{"version":1,{head},"provisioning_seconds":[]}}"#), "the list is empty"),
        (
            &format!(r#"{{"version":1,{head},"provisioning_seconds":"6m"}}"#),
            "provisioning_seconds: invalid type: string",
        ),
    ] {
        let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wrong.json");
        fs::write(&file, text).unwrap();
        let output = scalerctl(&["simulate", "--calibration", file.to_str().unwrap()]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}: {stderr}");
        assert!(stderr.contains("wrong.json") && stderr.contains(said), "{text}: {stderr}");
    }
}

/// `scalerctl verify` writes this document.
#[test]
fn a_written_document_is_read_again() {
    let all = Calibration {
        version: VERSION,
        measured_at: "2026-01-31T12:00:00Z".parse().unwrap(),
        endpoint: "whisper-prod".to_owned(),
        metric_lag_seconds: Some(0.0),
        provisioning_seconds: Some(Times(vec![300.5, 402.0])),
        scale_in_seconds: Some(86_400.0),
        event_delay_seconds: Some(0.8),
    };
    let one = Calibration { provisioning_seconds: Some(Times(vec![300.0])), ..all.clone() };
    let none = Calibration {
        metric_lag_seconds: None,
        provisioning_seconds: None,
        scale_in_seconds: None,
        event_delay_seconds: None,
        ..all.clone()
    };
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("written.json");
    for written in [all, one, none] {
        fs::write(&file, serde_json::to_string(&written).unwrap()).unwrap();
        assert_eq!(Calibration::read(&file).unwrap(), written);
    }
}
