//! The location of a result leads to the item of its upload, in every form in which it can be written.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use crate::setup::*;

/// Characters that are not encoded in a URL's path.
const IN_PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'?');

fn read(text: &str) -> Option<String> {
    Location::from_input_location(text).map(|location| location.to_string())
}

#[test]
fn each_form_of_a_location_is_read() {
    let plain = Some("s3://my-inputs/async/in/red flower.jpg".to_owned());
    for text in [
        "s3://my-inputs/async/in/red flower.jpg",
        "s3://my-inputs/async/in/red+flower.jpg",
        "s3://my-inputs/async/in/red%20flower.jpg",
        "S3://my-inputs/async/in/red flower.jpg",
        "s3://my-inputs/async/in/red flower.jpg?versionId=3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
        "https://my-inputs.s3.eu-west-1.amazonaws.com/async/in/red%20flower.jpg",
        "https://my-inputs.s3.eu-west-1.amazonaws.com/async/in/red+flower.jpg",
        "https://my-inputs.s3.amazonaws.com/async/in/red%20flower.jpg",
        "https://my-inputs.s3-eu-west-1.amazonaws.com/async/in/red%20flower.jpg",
        "https://my-inputs.s3.dualstack.eu-west-1.amazonaws.com/async/in/red%20flower.jpg",
        "https://my-inputs.s3-fips.us-east-1.amazonaws.com/async/in/red%20flower.jpg",
        "https://my-inputs.s3.cn-north-1.amazonaws.com.cn/async/in/red%20flower.jpg",
        "https://s3.eu-west-1.amazonaws.com/my-inputs/async/in/red%20flower.jpg",
        "https://s3-eu-west-1.amazonaws.com/my-inputs/async/in/red%20flower.jpg",
        "https://s3.amazonaws.com/my-inputs/async/in/red%20flower.jpg?versionId=null",
        "https://my-inputs.s3.eu-west-1.amazonaws.com/async/in/red%20flower.jpg?versionId=3HL4kq",
    ] {
        assert_eq!(read(text), plain, "{text}");
    }
}

#[test]
fn a_bucket_with_dots_is_read() {
    let text = "https://my.s3.inputs.s3.eu-west-1.amazonaws.com/a/b";
    assert_eq!(read(text).as_deref(), Some("s3://my.s3.inputs/a/b"));
}

#[test]
fn a_text_that_is_not_a_location_of_an_object_is_refused() {
    for text in [
        "",
        "s3",
        "s3://",
        "s3://my-inputs",
        "s3://my-inputs/",
        "s3:///key",
        "my-inputs/key",
        "http://my-inputs.s3.eu-west-1.amazonaws.com/key",
        "https://example.com/my-inputs/key",
        "https://my-inputs.s3.eu-west-1.amazonaws.com",
        "https://my-inputs.s3.eu-west-1.amazonaws.com/",
        "https://s3.eu-west-1.amazonaws.com/my-inputs",
        "https://sqs.eu-west-1.amazonaws.com/my-inputs/key",
        "arn:aws:s3:::my-inputs/key",
        "ſ3://my-inputs/key",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(read(&format!("s3://my-inputs/{}", "k".repeat(5000))), None);
    assert_eq!(Location::of_object("", "key"), None);
    assert_eq!(Location::of_object("my-inputs", ""), None);
}

#[test]
fn different_objects_have_different_locations() {
    let all = ["a/b", "a/c", "A/b", "a//b", "/a/b", "a b", "a/b.jpg", "ä"].map(location);
    for (index, one) in all.iter().enumerate() {
        assert!(all[..index].iter().all(|other| other != one), "{one}");
    }
    assert_ne!(Location::of_object("other", "a/b").unwrap(), location("a/b"));
}

#[test]
fn keys_that_are_the_same_when_decoded_share_an_item() {
    assert_eq!(location("a+b"), location("a b"));
    assert_eq!(location("a%20b"), location("a b"));
    assert_eq!(location("100%"), location("100%25"));
}

#[test]
fn a_long_chain_of_encodings_ends() {
    let key = format!("%{}41", "25".repeat(2000));
    assert_eq!(location(&key), location("A"));
}

proptest! {
    #[test]
    fn an_encoded_key_leads_to_the_item_of_the_plain_one(key in "\\PC{1,40}", version in "[A-Za-z0-9._-]{1,32}") {
        let upload = location(&key);
        let full = utf8_percent_encode(&key, NON_ALPHANUMERIC).to_string();
        let path = utf8_percent_encode(&key, IN_PATH).to_string();
        let form = full.replace("%20", "+");
        for encoded in [&key, &full, &path, &form] {
            prop_assert_eq!(&location(encoded), &upload);
            let plain = format!("s3://my-inputs/{encoded}");
            prop_assert_eq!(Location::from_input_location(&plain), Some(upload.clone()));
            let versioned = format!("{plain}?versionId={version}");
            prop_assert_eq!(Location::from_input_location(&versioned), Some(upload.clone()));
        }
        for encoded in [&full, &path, &form] {
            let url = format!("https://my-inputs.s3.eu-west-1.amazonaws.com/{encoded}");
            prop_assert_eq!(Location::from_input_location(&url), Some(upload.clone()));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        if let Some(location) = Location::from_input_location(&text) {
            // The location that is stored leads to itself.
            prop_assert_eq!(Location::from_input_location(&location.to_string()), Some(location));
        }
    }
}
