//! The attributes of the ledger's items in DynamoDB. None of their names is a reserved word.
//!
//! Times are numbers: milliseconds since the epoch. DynamoDB requires seconds for the time at which an item expires.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::ledger::{Item, Location};

/// The partition key.
pub(super) const ENDPOINT: &str = "endpoint";
/// The sort key.
pub(super) const LOCATION_HASH: &str = "location_hash";
pub(super) const LOCATION: &str = "input_location";
pub(super) const UPLOADS: &str = "uploads";
pub(super) const RESULTS: &str = "results";
pub(super) const CREATED_AT: &str = "created_at";
pub(super) const RECEIVED_AT: &str = "received_at";
pub(super) const TOUCHED_AT: &str = "touched_at";
pub(super) const RESULT_AT: &str = "result_at";
pub(super) const FORGOTTEN_UNTIL: &str = "forgotten_until";
/// The attribute that the table's time to live must name.
pub(super) const EXPIRES_AT: &str = "expires_at";

pub(super) type Attributes = HashMap<String, AttributeValue>;

/// The key of an item.
pub(super) fn key(endpoint: &str, location: &Location) -> Attributes {
    HashMap::from([
        (ENDPOINT.to_owned(), text(endpoint)),
        (LOCATION_HASH.to_owned(), AttributeValue::S(location.sort_key())),
    ])
}

/// Reads an item. `None` if it is not one of the ledger's.
pub(super) fn item(attributes: &Attributes) -> Option<Item> {
    let location = attributes.get(LOCATION)?.as_s().ok()?;
    Some(Item {
        location: Location::from_input_location(location)?,
        uploads: read_members(attributes.get(UPLOADS))?,
        results: read_members(attributes.get(RESULTS))?,
        created_at: read_time(attributes.get(CREATED_AT))?,
        received_at: read_time(attributes.get(RECEIVED_AT))?,
        touched_at: read_time(attributes.get(TOUCHED_AT))?,
        result_at: read_time(attributes.get(RESULT_AT))?,
        forgotten_until: read_time(attributes.get(FORGOTTEN_UNTIL))?,
    })
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn time(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

/// A set. `None` if it is empty: DynamoDB has no empty sets.
pub(super) fn members(set: &BTreeSet<String>) -> Option<AttributeValue> {
    (!set.is_empty()).then(|| AttributeValue::Ss(set.iter().cloned().collect()))
}

fn read_members(value: Option<&AttributeValue>) -> Option<BTreeSet<String>> {
    let Some(value) = value else { return Some(BTreeSet::new()) };
    Some(value.as_ss().ok()?.iter().cloned().collect())
}

fn read_time(value: Option<&AttributeValue>) -> Option<Option<Timestamp>> {
    let Some(value) = value else { return Some(None) };
    let milliseconds = value.as_n().ok()?.parse().ok()?;
    Some(Some(Timestamp::from_millisecond(milliseconds).ok()?))
}
