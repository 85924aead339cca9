//! What the tests share: times, and items.

pub use jiff::{SignedDuration, Timestamp};
pub use reactive_scaler::ledger::{
    Item, Location, RequestResult, Standing, Summary, UnknownWhy, Upload, Verdict,
};

pub fn start() -> Timestamp {
    "2030-01-07T14:00:00Z".parse().unwrap()
}

/// This many seconds after the start.
pub fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

pub fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

pub fn location(key: &str) -> Location {
    Location::of_object("my-inputs", key).unwrap()
}

/// An upload of an object that was created at the start.
pub fn upload(id: &str) -> Upload {
    Upload { id: id.into(), created_at: Some(start()) }
}

/// The result of a request that was received a second later.
pub fn result(id: &str) -> RequestResult {
    RequestResult { inference_id: id.into(), received_at: Some(at(1)) }
}

/// The item of a key after these events: `("upload" or "result", id, seconds)`.
pub fn item(key: &str, events: &[(&str, &str, i64)]) -> Item {
    let mut item = Item::new(location(key));
    for (what, id, seconds) in events {
        match *what {
            "upload" => item.add_upload(&upload(id), at(*seconds)),
            "result" => item.add_result(&result(id), at(*seconds)),
            other => panic!("no such event: {other}"),
        }
    }
    item
}
