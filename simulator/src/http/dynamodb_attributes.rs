//! The attributes of an item of the ledger in DynamoDB's JSON.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use reactive_scaler::ledger::{EXPIRES, Item, Location};
use serde::{Deserialize, Serialize};

use crate::Refusal;

pub(super) const ENDPOINT: &str = "endpoint";
pub(super) const LOCATION_HASH: &str = "location_hash";
const LOCATION: &str = "input_location";
const UPLOADS: &str = "uploads";
const RESULTS: &str = "results";
const CREATED_AT: &str = "created_at";
const RECEIVED_AT: &str = "received_at";
const TOUCHED_AT: &str = "touched_at";
const RESULT_AT: &str = "result_at";
const FORGOTTEN_UNTIL: &str = "forgotten_until";
const EXPIRES_AT: &str = "expires_at";

const ALL: [&str; 11] = [
    ENDPOINT,
    LOCATION_HASH,
    LOCATION,
    UPLOADS,
    RESULTS,
    CREATED_AT,
    RECEIVED_AT,
    TOUCHED_AT,
    RESULT_AT,
    FORGOTTEN_UNTIL,
    EXPIRES_AT,
];

/// A value of a type that an item has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum AttributeValue {
    S(String),
    N(String),
    #[serde(rename = "SS")]
    Ss(BTreeSet<String>),
}

pub(super) type Attributes = BTreeMap<String, AttributeValue>;

impl AttributeValue {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::S(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_number(&self) -> Option<i64> {
        match self {
            Self::N(number) => number.parse().ok(),
            _ => None,
        }
    }

    fn as_time(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.as_number()?).ok()
    }
}

/// The attributes of an item.
pub(super) fn of_item(endpoint: &str, item: &Item) -> Attributes {
    let text = |text: String| Some(AttributeValue::S(text));
    let set = |set: &BTreeSet<String>| (!set.is_empty()).then(|| AttributeValue::Ss(set.clone()));
    let number = |number: i64| AttributeValue::N(number.to_string());
    let time = |at: Option<Timestamp>| at.map(|at| number(at.as_millisecond()));
    let values = [
        (ENDPOINT, text(endpoint.to_owned())),
        (LOCATION_HASH, text(item.location.sort_key())),
        (LOCATION, text(item.location.to_string())),
        (UPLOADS, set(&item.uploads)),
        (RESULTS, set(&item.results)),
        (CREATED_AT, time(item.created_at)),
        (RECEIVED_AT, time(item.received_at)),
        (TOUCHED_AT, time(item.touched_at)),
        (RESULT_AT, time(item.result_at)),
        (FORGOTTEN_UNTIL, time(item.forgotten_until)),
        (EXPIRES_AT, item.newest_event().map(|at| number((at + EXPIRES).as_second()))),
    ];
    values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The item with these attributes.
///
/// # Errors
///
/// They are not those of an item of the ledger. DynamoDB would accept them.
pub(super) fn to_item(attributes: &Attributes) -> Result<Item, Refusal> {
    let refused = |name: &str| {
        Refusal::validation(format!(
            "the model's table has only items of the ledger: {name} is not an attribute that \
             docs/internals/ledger.md lists, or has another type or value"
        ))
    };
    if let Some(name) = attributes.keys().find(|name| !ALL.contains(&name.as_str())) {
        return Err(refused(name));
    }
    let location = attributes.get(LOCATION).and_then(AttributeValue::as_text);
    let location = location.and_then(Location::from_input_location);
    let set = |name: &str| match attributes.get(name) {
        None => Ok(BTreeSet::new()),
        Some(AttributeValue::Ss(members)) if !members.is_empty() => Ok(members.clone()),
        Some(_) => Err(refused(name)),
    };
    let time = |name: &str| match attributes.get(name).map(AttributeValue::as_time) {
        Some(None) => Err(refused(name)),
        time => Ok(time.flatten()),
    };
    let item = Item {
        location: location.ok_or_else(|| refused(LOCATION))?,
        uploads: set(UPLOADS)?,
        results: set(RESULTS)?,
        created_at: time(CREATED_AT)?,
        received_at: time(RECEIVED_AT)?,
        touched_at: time(TOUCHED_AT)?,
        result_at: time(RESULT_AT)?,
        forgotten_until: time(FORGOTTEN_UNTIL)?,
    };
    // What follows from the rest is not stored. It must be what the ledger writes.
    let whole = of_item("", &item);
    for name in [LOCATION_HASH, EXPIRES_AT] {
        if attributes.get(name) != whole.get(name) {
            return Err(refused(name));
        }
    }
    Ok(item)
}
