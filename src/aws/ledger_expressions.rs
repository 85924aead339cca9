//! The update and condition expressions of the ledger's writes.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::ledger_attributes::{
    Attributes, CREATED_AT, ENDPOINT, EXPIRES_AT, FORGOTTEN_UNTIL, LOCATION, RECEIVED_AT,
    RESULT_AT, RESULTS, TOUCHED_AT, UPLOADS, members, number, text, time,
};
use crate::ledger::{EXPIRES, Item, MAX_MEMBERS};

/// The expressions of one write, with their values.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    add: String,
    set: Vec<String>,
    conditions: Vec<String>,
    /// The values that the expressions name.
    pub values: Attributes,
}

impl Expressions {
    /// Adds the events of `new` to an item that was not read. The condition is that this has the same effect as
    /// [`Item::add_upload`] and [`Item::add_result`]: the set is not full, a result is not known, and no stored
    /// time is later.
    pub fn addition(new: &Item) -> Self {
        let mut this = Self::default();
        let not_full = |set| format!("size({set}) < :members");
        if let Some(ids) = members(&new.uploads) {
            this.add_to(UPLOADS, ids, not_full(UPLOADS));
        }
        if let (Some(ids), Some(id)) = (members(&new.results), new.results.first()) {
            let unknown = format!("NOT contains({RESULTS}, :result)");
            this.add_to(RESULTS, ids, format!("{} AND {unknown}", not_full(RESULTS)));
            this.values.insert(":result".to_owned(), text(id));
        }
        this.values.insert(":members".to_owned(), number(MAX_MEMBERS as i64));
        this.set_location(new);
        for (name, value) in times(new) {
            if let Some(value) = value {
                this.set(name, value);
                this.not_later(name);
            }
        }
        this.not_later(EXPIRES_AT);
        this
    }

    /// Changes an item that was read. The condition is that its sets are unchanged, and that no time that changes is
    /// later now.
    pub fn replacement(before: &Item, after: &Item) -> Self {
        let mut this = Self::default();
        this.as_read(sets(before));
        this.set_location(after);
        this.not_later(EXPIRES_AT);
        for ((name, new), (_, old)) in sets(after).into_iter().zip(sets(before)) {
            if let Some(new) = new.filter(|new| Some(new) != old.as_ref()) {
                this.set(name, new);
            }
        }
        for ((name, new), (_, old)) in times(after).into_iter().zip(times(before)) {
            if let Some(new) = new.filter(|new| Some(new) != old.as_ref()) {
                this.set(name, new);
                this.not_later(name);
            }
        }
        this
    }

    /// Forgets the uploads of an item that was read, if it is unchanged since.
    pub fn forgetting(item: &Item) -> Self {
        let mut this = Self::default();
        this.unchanged(item);
        // An update needs one value at least.
        this.set(LOCATION, text(&item.location.to_string()));
        if let Some(at) = item.touched_at {
            this.set(FORGOTTEN_UNTIL, time(at));
        }
        this
    }

    /// Deletes an item that was read, if it is unchanged since or no longer there.
    pub fn deletion(item: &Item) -> Self {
        let mut this = Self::default();
        this.unchanged(item);
        let unchanged = this.condition();
        this.conditions = vec![format!("attribute_not_exists({ENDPOINT}) OR ({unchanged})")];
        this
    }

    /// `UpdateExpression`.
    pub fn update(&self) -> String {
        format!("{}SET {}", self.add, self.set.join(", "))
    }

    /// `ConditionExpression`.
    pub fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }

    fn add_to(&mut self, set: &str, ids: AttributeValue, condition: String) {
        self.add = format!("ADD {set} :{set} ");
        self.values.insert(format!(":{set}"), ids);
        self.conditions.push(format!("(attribute_not_exists({set}) OR ({condition}))"));
    }

    /// The condition that the attribute is not later than what the update sets it to.
    fn not_later(&mut self, name: &str) {
        self.conditions.push(format!("(attribute_not_exists({name}) OR {name} <= :{name})"));
    }

    fn set(&mut self, name: &str, value: AttributeValue) {
        self.set.push(format!("{name} = :{name}"));
        self.values.insert(format!(":{name}"), value);
    }

    fn set_location(&mut self, item: &Item) {
        self.set(LOCATION, text(&item.location.to_string()));
        if let Some(newest) = item.newest_event() {
            self.set(EXPIRES_AT, number((newest + EXPIRES).as_second()));
        }
    }

    /// The condition that sets and times are as they were read.
    fn unchanged(&mut self, item: &Item) {
        self.as_read(sets(item));
        self.as_read(times(item));
    }

    fn as_read(&mut self, read: impl IntoIterator<Item = (&'static str, Option<AttributeValue>)>) {
        for (name, value) in read {
            self.conditions.push(match value {
                Some(value) => {
                    self.values.insert(format!(":old_{name}"), value);
                    format!("{name} = :old_{name}")
                }
                None => format!("attribute_not_exists({name})"),
            });
        }
    }
}

fn sets(item: &Item) -> [(&'static str, Option<AttributeValue>); 2] {
    [(UPLOADS, members(&item.uploads)), (RESULTS, members(&item.results))]
}

fn times(item: &Item) -> [(&'static str, Option<AttributeValue>); 4] {
    let value = |at: Option<Timestamp>| at.map(time);
    [
        (CREATED_AT, value(item.created_at)),
        (RECEIVED_AT, value(item.received_at)),
        (TOUCHED_AT, value(item.touched_at)),
        (RESULT_AT, value(item.result_at)),
    ]
}
