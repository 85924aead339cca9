//! Reads S3 event notifications, which most invocations are, directly from the text. Reading them through a
//! tree of JSON values takes more than twice as long (`docs/internals/performance.md`, "Decoding").
//!
//! This file reads only valid notifications of created objects. All other payloads, including invalid
//! records, are read through the tree, which has the error texts. If both can read a payload, the results are
//! equal (`tests/hostile/`).

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    form_encoding, json, s3,
    types::{Decoded, Signal, What},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notification<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<Object<Record<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    event_source: Cow<'a, str>,
    #[serde(borrow)]
    event_name: Cow<'a, str>,
    #[serde(borrow)]
    event_time: Option<Cow<'a, str>>,
    #[serde(borrow)]
    s3: Object<Place<'a>>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    bucket: Object<Bucket<'a>>,
    #[serde(borrow)]
    object: Object<Stored<'a>>,
}

#[derive(Deserialize)]
struct Bucket<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Stored<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    sequencer: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "eTag")]
    etag: Option<Cow<'a, str>>,
}

/// A JSON object. Serde accepts arrays for structs, too, so this type refuses them.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
            }
        }

        deserializer.deserialize_map(Only(PhantomData))
    }
}

/// Reads the text of a payload. `None` if the tree must read it.
pub(super) fn read(text: &str) -> Option<Decoded> {
    let Object(notification): Object<Notification<'_>> = serde_json::from_str(text).ok()?;
    let signals: Option<Vec<Signal>> = notification.records.iter().map(signal).collect();
    let signals = signals.filter(|signals| !signals.is_empty())?;
    Some(Decoded { signals, ..Decoded::default() })
}

fn signal(Object(record): &Object<Record<'_>>) -> Option<Signal> {
    let Object(Place { bucket: Object(bucket), object: Object(object) }) = &record.s3;
    let plain = record.event_source == "aws:s3"
        && s3::is_creation(&record.event_name)
        && !bucket.name.is_empty()
        && !object.key.is_empty();
    if !plain {
        return None;
    }
    let at = record.event_time.as_deref().and_then(json::time_of_text);
    let key = form_encoding::decode(&object.key).filter(|key| !s3::may_be_folder(key))?;
    let bucket = bucket.name.clone().into_owned();
    let upload_id = s3::upload_id(
        object.sequencer.as_deref(),
        object.etag.as_deref(),
        record.event_time.as_deref(),
    );
    Some(Signal { message_id: None, what: What::Input { bucket, key, at, upload_id } })
}
