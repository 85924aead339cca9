//! Which registered endpoint a key means, without any AWS.

use proptest::prelude::*;
use reactive_scaler::{
    config::key_pattern::InKey,
    config::{Route, Selector, routes_from_json},
    fleet::{
        EndpointSource, Registered, endpoint_source,
        sdk_key::{endpoints, name_in},
    },
};

use crate::setup::{BUCKET, SDK, sdk_key};

fn route(json: &str) -> Route {
    routes_from_json(json).unwrap().remove(0)
}

fn registered(names: &[&str]) -> Registered {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The endpoints that a key means, of those that are registered.
fn found(route: &Route, key: &str, names: &[&str]) -> Option<Vec<String>> {
    let registered = registered(names);
    let found = match (endpoint_source(route, BUCKET, key)?, &route.selector) {
        (EndpointSource::InKey(InKey::Name(name)), _) => {
            registered.get(name).into_iter().cloned().collect()
        }
        (EndpointSource::InKey(InKey::Somewhere(rest)), Selector::InKey(form)) => {
            form.longest(rest, &registered).into_iter().map(str::to_owned).collect()
        }
        (EndpointSource::SdkName(name), _) => {
            endpoints(name, &registered).into_iter().map(str::to_owned).collect()
        }
        other => panic!("{other:?}"),
    };
    Some(found)
}

#[test]
fn the_sdk_s_whole_form_is_known() {
    for (key, name) in [
        ("async-endpoint-inputs/infer-300107-1400/2030-x", Some("infer")),
        ("async-endpoint-inputs/infer-cb821ea-300107-1400/x", Some("infer-cb821ea")),
        ("async-endpoint-inputs/a-300107-1400-300107-1401/x", Some("a-300107-1400")),
        ("async-endpoint-inputs/infer-300107-1400/", None),
        ("async-endpoint-inputs/infer-300107-1400", None),
        ("async-endpoint-inputs/infer-30010-1400/x", None),
        ("async-endpoint-inputs/infer-300107-140a/x", None),
        ("async-endpoint-inputs/infer_300107-1400/x", None),
        ("async-endpoint-inputs/-300107-1400/x", None),
        ("async-endpoint-inputs/infer/x", None),
        // With the session's default_bucket_prefix, of one folder or several.
        ("x/async-endpoint-inputs/infer-300107-1400/x", Some("infer")),
        ("team/a/async-endpoint-inputs/infer-300107-1400/x", Some("infer")),
        ("/async-endpoint-inputs/infer-300107-1400/x", Some("infer")),
        ("my-async-endpoint-inputs/infer-300107-1400/x", None),
        // The last place that has the whole form counts.
        ("async-endpoint-inputs/async-endpoint-inputs/infer-300107-1400/x", Some("infer")),
        ("async-endpoint-inputs/a-300107-1400/async-endpoint-inputs/b-300107-1400/x", Some("b")),
        ("async-endpoint-inputs/a-300107-1400/async-endpoint-inputs/x", Some("a")),
        ("async-endpoint-inputs/é-300107-1400/x", None),
        ("async-endpoint-inputs/john doe-300107-1400/x", None),
        ("async-endpoint-inputs/cut--300107-1400/x", Some("cut-")),
        ("async-endpoint-inputs/0é0107-1400/x", None),
    ] {
        assert_eq!(name_in(key), name, "{key}");
    }
    let key = |length| format!("async-endpoint-inputs/{}-300107-1400/x", "n".repeat(length));
    assert!(name_in(&key(51)).is_some());
    assert!(name_in(&key(52)).is_none());
}

#[test]
fn a_similar_name_is_not_taken_for_another() {
    let sdk = route(SDK);
    let names = ["infer", "infer-cb821ea"];
    for name in names {
        assert_eq!(found(&sdk, &sdk_key(name), &names), Some(vec![name.to_owned()]));
    }
    assert_eq!(found(&sdk, &sdk_key("infer"), &["infer-cb821ea"]), Some(vec![]));
    assert_eq!(found(&sdk, &sdk_key("infer-cb821ea"), &["infer"]), Some(vec![]));
}

#[test]
fn a_name_of_51_characters_may_have_been_cut_and_one_of_50_was_not() {
    let sdk = route(SDK);
    let base = "b".repeat(51);
    let (long, longer) = (format!("{base}-one"), format!("{base}-two-and-more"));
    let both = [long.as_str(), longer.as_str()];
    assert_eq!(found(&sdk, &sdk_key(&long), &[&long]), Some(vec![long.clone()]));
    assert_eq!(found(&sdk, &sdk_key(&long), &both), Some(vec![long.clone(), longer.clone()]));
    let short = "b".repeat(50);
    assert_eq!(found(&sdk, &sdk_key(&short), &both), Some(vec![]));
}

#[test]
fn the_longest_registered_name_that_fits_wins_and_the_place_crosses_no_slash() {
    let route = route(r#"[{"endpoint":"{endpoint}","prefix":"in/{endpoint}-","suffix":".json"}]"#);
    let names = ["infer", "infer-2", "in"];
    for (key, expected) in [
        ("in/infer-2-a.json", Some(vec!["infer-2"])),
        ("in/infer-3-a.json", Some(vec!["infer"])),
        ("in/other-a.json", Some(vec![])),
        ("in/infer-a.txt", None),
        ("out/infer-a.json", None),
        ("in//infer-a.json", None),
    ] {
        let expected = expected.map(|names| names.into_iter().map(str::to_owned).collect());
        assert_eq!(found(&route, key, &names), expected, "{key}");
    }
}

#[test]
fn another_bucket_is_not_ours() {
    assert_eq!(endpoint_source(&route(SDK), "another", &sdk_key("infer")), None);
}

fn name() -> impl Strategy<Value = String> {
    "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
}

/// Similar names: one is a prefix of the other, or they have a common prefix.
fn two_names() -> impl Strategy<Value = (String, String)> {
    let longer = |stem: String, tail: String| {
        let mut name = stem;
        name.push_str(&tail);
        name.truncate(63);
        name.trim_end_matches('-').to_owned()
    };
    prop_oneof![
        (name(), name()),
        (name(), "[a-z0-9-]{0,30}[a-z0-9]")
            .prop_map(move |(stem, tail)| (stem.clone(), longer(stem, tail))),
        ("[a-z0-9]{45,55}", "[a-z0-9-]{0,9}[a-z0-9]", "[a-z0-9-]{0,9}[a-z0-9]")
            .prop_map(move |(stem, one, two)| (longer(stem.clone(), one), longer(stem, two))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_key_made_for_one_never_wakes_the_other_alone((one, other) in two_names()) {
        let names = [one.as_str(), other.as_str()];
        let endpoint_source = found(&route(SDK), &sdk_key(&one), &names).unwrap();
        prop_assert!(endpoint_source.contains(&one), "{one} {other} {endpoint_source:?}");
    }

    #[test]
    fn any_key_is_answered(key in "\\PC{0,80}", names in prop::collection::btree_set(name(), 0..5)) {
        for route in [route(SDK), route(r#"[{"endpoint":"{endpoint}","prefix":"{endpoint}/"}]"#)] {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let found = found(&route, &key, &names).unwrap_or_default();
            prop_assert!(found.iter().all(|name| names.contains(&name.as_str())), "an invented name");
        }
    }
}
