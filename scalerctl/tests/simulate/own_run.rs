//! Runs `simulate` and `explain` with files of `--own`.

use std::{fs, path::PathBuf};

use serde_json::json;

use super::*;

/// A file of the folder `own`, whose README says where each is from.
pub fn fixture(name: &str) -> String {
    format!("{}/tests/simulate/own/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub fn file(name: &str, text: &str) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

pub fn own<'a>(command: &'a str, files: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let files = files.iter().flat_map(|file| ["--own", file.as_str()]);
    [command, "--policy", "own"].into_iter().chain(files).chain(more.iter().copied()).collect()
}

/// The explanation of files that are played.
pub fn explained(files: &[String], more: &[&str]) -> String {
    let text = stdout(&scalerctl(&own("explain", files, more)));
    assert!(!text.contains("had no datapoint") && !text.contains(": never"), "{text}");
    text
}

/// The words with which files are refused.
pub fn refused(files: &[String], more: &[&str]) -> String {
    let output = scalerctl(&own("simulate", files, more));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(output.stdout.is_empty());
    stderr
}

pub fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

/// The figures, without what was passed over.
pub fn figures(policy: &str, files: &[String], more: &[&str]) -> Value {
    let files = files.iter().flat_map(|file| ["--own", file.as_str()]);
    let arguments: Vec<&str> = files.chain(more.iter().copied()).collect();
    let mut outcome = outcome(policy, &arguments);
    outcome.as_object_mut().unwrap().remove("notes");
    outcome
}

pub fn is_documented_pair(files: &[String]) {
    assert_eq!(figures("own", files, &[]), figures("aws-documented-pair", &[], &[]));
}

/// Policies of the AWS CLI for `endpoint/NAME/variant/VARIANT`.
pub fn has_backlog(endpoint: &str, variant: &str) -> Value {
    json!({
        "PolicyName": "mine",
        "ServiceNamespace": "sagemaker",
        "ResourceId": format!("endpoint/{endpoint}/variant/{variant}"),
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 0.5,
            "CustomizedMetricSpecification": {
                "MetricName": "HasBacklogWithoutCapacity",
                "Namespace": "AWS/SageMaker",
                "Dimensions": [{ "Name": "EndpointName", "Value": endpoint }],
                "Statistic": "Maximum",
            },
        },
    })
}
