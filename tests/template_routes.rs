//! The routes that the template makes of its parameters are routes that the function starts with.
//! The checks of the template hold the same files against what the template renders.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use reactive_scaler::config::routes_from_json;

fn rendered(name: &str) -> String {
    let path = format!("{}/tests/template/routes/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_rendered_set_of_routes_is_accepted() {
    for (name, endpoints) in [
        ("alarm-only", vec!["my-endpoint"]),
        ("existing-bucket", vec!["my-endpoint"]),
        ("existing-buckets-several-endpoints", vec!["my-endpoint", "second", "third"]),
        ("new-bucket-several-endpoints", vec!["my-endpoint", "second", "third"]),
    ] {
        let routes = routes_from_json(&rendered(name)).unwrap();
        let named: Vec<&str> = routes.iter().map(|route| route.endpoint.as_str()).collect();
        assert_eq!(named, endpoints, "{name}");
    }
}

#[test]
fn the_parameters_reach_their_fields() {
    let routes = routes_from_json(&rendered("existing-bucket")).unwrap();
    let route = &routes[0];
    assert_eq!(route.variant.as_deref(), Some("AllTraffic"));
    assert_eq!(route.bucket.as_deref(), Some("my-inputs"));
    assert_eq!((route.prefix.as_str(), route.suffix.as_str()), ("async/in/", ".json"));
    assert_eq!((route.wake_to, route.idle_minutes), (1, 10));
    assert!(route.takes("my-inputs", "async/in/a.json"));
    assert!(!route.takes("my-inputs", "async/out/a.json"));
}
