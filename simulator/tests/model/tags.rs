//! Tags of endpoints.

use simulator::{Paging, World};

use crate::setup::*;

fn add(world: &mut World, tags: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
    let tags = tags.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect::<Vec<_>>();
    let arn = world.endpoint_arn(ENDPOINT);
    match world.add_tags(&arn, &tags) {
        Ok(all) => Ok(all),
        refused => Err(refusal(refused).message),
    }
}

fn listed(world: &mut World) -> Vec<(String, String)> {
    let arn = world.endpoint_arn(ENDPOINT);
    let page = world.list_tags(&arn, &Paging::default()).unwrap();
    assert_eq!(page.next_token, None);
    page.items
}

// API reference: AddTags adds or overwrites tags. Keys are unique per resource.
#[test]
fn tags_are_added_and_replaced() {
    let mut world = endpoint_at(0);
    world.add_async_endpoint("other", VARIANT, 0);
    assert_eq!(add(&mut world, &[]), Ok(vec![]));
    add(&mut world, &[("team", "a"), ("reactive-scaler", "yes")]).unwrap();
    let all = add(&mut world, &[("team", "b")]).unwrap();
    let expected = [("reactive-scaler", "yes"), ("team", "b")].map(|(k, v)| (k.into(), v.into()));
    assert_eq!(all, expected);
    assert_eq!(listed(&mut world), expected);
    let other = world.endpoint_arn("other");
    assert_eq!(world.list_tags(&other, &Paging::default()).unwrap().items, []);
}

// API reference: a key has 1 to 128 characters, a value up to 256, a request up to 50 tags. Tagging
// AWS resources: a resource has up to 50 tags, and `aws:` is reserved.
#[test]
fn each_limit_has_two_sides() {
    let (key, value) = ("k".repeat(128), "v".repeat(256));
    let rows = [
        ("", "v", "greater than or equal to 1"),
        (&format!("{key}k"), "v", "less than or equal to 128"),
        ("k", &format!("{value}v"), "less than or equal to 256"),
        ("a,b", "v", "regular expression pattern"),
        ("k", "a\tb", "regular expression pattern"),
        ("aws:x", "v", "reserved"),
    ];
    let mut world = endpoint_at(0);
    for (key, value, expected) in rows {
        let message = add(&mut world, &[("good", ""), (key, value)]).unwrap_err();
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(listed(&mut world), [], "a refused request adds nothing");
    add(&mut world, &[(&key, &value), ("Größe 1_.:/=+-@", "")]).unwrap();

    let names = (0..51).map(|number| format!("k{number}")).collect::<Vec<_>>();
    let tags = names.iter().map(|name| (name.as_str(), "")).collect::<Vec<_>>();
    assert!(add(&mut world, &tags).unwrap_err().contains("less than or equal to 50"));
    assert!(add(&mut world, &tags[..49]).unwrap_err().contains("at most 50 tags"));
    assert_eq!(add(&mut world, &tags[..48]).unwrap().len(), 50);
    assert_eq!(listed(&mut world).len(), 50);
}

#[test]
fn an_endpoint_is_named_by_its_arn() {
    let mut world = endpoint_at(0);
    for arn in [ENDPOINT.to_owned(), world.endpoint_arn("none")] {
        let add = refusal(world.add_tags(&arn, &[]));
        let list = refusal(world.list_tags(&arn, &Paging::default()));
        let expected = format!("Could not find endpoint \"{arn}\".");
        assert_eq!((add.code.as_str(), &add.message), ("ValidationException", &expected));
        assert_eq!(list, add);
    }
}

#[test]
fn tags_are_deleted_with_the_endpoint() {
    let mut world = endpoint_at(0);
    add(&mut world, &[("team", "a")]).unwrap();
    world.add_async_endpoint(ENDPOINT, VARIANT, 0);
    assert_eq!(listed(&mut world), []);
}
