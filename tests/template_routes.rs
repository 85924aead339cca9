//! The function starts with the routes that the template renders from its parameters. The checks of the template
//! compare the same files with the rendered template.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use reactive_scaler::config::{Selector, To, routes_from_json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/template/routes");

/// Each file, and what its routes say in place of an endpoint's name.
const RENDERED: [(&str, &[&str]); 14] = [
    ("alarm-only", &["my-endpoint"]),
    ("buffered-existing-bucket", &["my-endpoint"]),
    ("buffered-new-bucket", &[""]),
    ("existing-bucket", &["my-endpoint"]),
    ("existing-buckets-several-endpoints", &["my-endpoint", "second", "third"]),
    ("new-bucket-several-endpoints", &["my-endpoint", "second", "third"]),
    ("organization", &[""]),
    ("pattern", &["whisper-*", "{endpoint}"]),
    ("results", &["my-endpoint"]),
    ("results-sdk-keys", &[""]),
    ("sdk-keys", &[""]),
    ("sdk-keys-with-prefix", &[""]),
    ("suffix-only", &["my-endpoint"]),
    ("tag-access", &["my-endpoint", "second"]),
];

fn rendered(name: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap()
}

#[test]
fn every_rendered_set_of_routes_is_accepted() {
    for (name, endpoints) in RENDERED {
        let routes = routes_from_json(&rendered(name)).unwrap();
        let named: Vec<&str> = routes.iter().map(|route| route.endpoint.as_str()).collect();
        assert_eq!(named, endpoints, "{name}");
    }
}

#[test]
fn no_rendered_set_of_routes_is_left_out() {
    let mut files: Vec<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    assert_eq!(files, RENDERED.map(|(name, _)| name));
}

#[test]
fn the_parameters_reach_their_fields() {
    let routes = routes_from_json(&rendered("existing-bucket")).unwrap();
    let route = &routes[0];
    assert_eq!(route.variant.as_deref(), Some("AllTraffic"));
    assert_eq!(route.bucket.as_deref(), Some("my-inputs"));
    assert_eq!((route.prefix.as_str(), route.suffix.as_str()), ("async/in/", ".json"));
    assert_eq!((route.wake_to, route.idle_minutes, route.job_minutes), (1, 10, 15));
    assert_eq!(route.inputs_per_instance, None);
    assert!(route.takes("my-inputs", "async/in/a.json"));
    assert!(!route.takes("my-inputs", "async/out/a.json"));
}

#[test]
fn results_reach_their_fields() {
    for (name, after) in [("results", 1), ("results-sdk-keys", 5)] {
        let route = &routes_from_json(&rendered(name)).unwrap()[0];
        assert_eq!((route.results, route.idle_minutes), (true, after), "{name}");
        let policy = route.policy();
        assert_eq!(policy.done_after, Some(SignedDuration::from_mins(after)), "{name}");
    }
}

#[test]
fn routing_reaches_its_fields() {
    let sdk = &routes_from_json(&rendered("sdk-keys")).unwrap()[0];
    assert_eq!(sdk.selector, Selector::SdkKey);
    assert_eq!(sdk.variant, None);
    assert_eq!(sdk.bucket.as_deref(), Some("sagemaker-eu-west-1-123456789012"));
    assert_eq!((sdk.idle_minutes, sdk.job_minutes), (15, 60));

    let pattern = &routes_from_json(&rendered("pattern")).unwrap()[0];
    assert!(matches!(pattern.selector, Selector::Matching { to: To::All, .. }), "{pattern:?}");
    assert_eq!((pattern.variant.as_deref(), pattern.inputs_per_instance), (None, Some(20)));
    assert!(pattern.takes("my-inputs", "async/in/a.wav"));
}
