//! What the stack costs a month, as far as it is known. The numbers are those of docs/cost.md: list prices of us-east-1
//! in US dollars, without free tiers.

use serde::Serialize;

/// One item of the cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// What costs.
    pub what: String,
    /// US dollars a month, at most.
    pub dollars: f64,
}

/// What is not known here.
pub const UNKNOWN: &str =
    "the endpoint's instances, events of the bucket ($1.00 per million), and prices of your region";

/// The items, for this many endpoints. `of_many`: the stack has alarms over all endpoints.
pub fn items(endpoints: u32, of_many: bool) -> Vec<Cost> {
    let endpoints = f64::from(endpoints);
    let alarms = match of_many {
        // Four of the stack, and for each endpoint two contributors of the alarms over all and the two of its policy.
        true => 0.1 * (4.0 + 4.0 * endpoints),
        false => 0.1 * (7.0 + 2.0 * endpoints),
    };
    let cost = |what: &str, dollars| Cost { what: what.to_owned(), dollars };
    vec![
        cost("function, with a tick each minute and 10,000 uploads", 0.44),
        cost("its metrics, at most", 3.6 * endpoints),
        cost("metrics that it reads, with 20 wakes a day", 0.06 * endpoints),
        cost("alarms", alarms),
        cost("dashboard", 3.0),
    ]
}

/// The sum.
pub fn total(items: &[Cost]) -> f64 {
    items.iter().map(|item| item.dollars).sum()
}
