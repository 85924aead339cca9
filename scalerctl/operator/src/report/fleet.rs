//! The sums over all endpoints, and the wakes that took the most.

use serde::Serialize;

use super::{Report, awake::Awake};
use crate::monitoring::instance_time::InstanceTime;

/// Maximum number of wakes in [`most_expensive`].
const MOST: usize = 10;

/// The sums over all endpoints.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Fleet {
    /// Number of endpoints.
    pub endpoints: usize,
    /// Requests for capacity by the function.
    pub wakes: u64,
    /// Instance hours that were desired.
    pub instance_hours: f64,
    /// In service without work; `None`: known for no endpoint.
    pub idle: Option<InstanceTime>,
    /// The share of the instance minutes in service that was idle. `None`: nothing was in service, or it is not known.
    pub idle_share: Option<f64>,
    /// The number of results; `None`: known for no endpoint.
    pub results: Option<u64>,
    /// The price of the instance hours. These prices are of the endpoints that have one; `None`: none has one.
    pub cost: Option<f64>,
    /// The price of the idle time.
    pub idle_cost: Option<f64>,
    /// The price of one instance for the hours at zero.
    pub saved: Option<f64>,
    /// The cost for each time awake.
    pub cost_per_wake: Option<f64>,
    /// The cost of the endpoints whose results are known, for each result.
    pub cost_per_result: Option<f64>,
}

impl Fleet {
    /// Of all endpoints of the report.
    pub fn of(report: &Report) -> Self {
        let mut all = Self { endpoints: report.totals.len(), ..Self::default() };
        let (mut in_service, mut priced_wakes) = (0.0, 0);
        let (mut cost_of_results, mut priced_results) = (0.0, 0);
        for totals in &report.totals {
            all.wakes += totals.wakes;
            all.instance_hours += totals.hours.instance_hours;
            if let Some(found) = &totals.paid_idle {
                let so_far = all.idle.unwrap_or_default();
                all.idle = Some([so_far, found.idle].into_iter().sum());
                in_service += found.in_service().instance_minutes;
            }
            all.results = sum(all.results, totals.results);
            let Some(price) = report.prices.of_endpoint(&totals.endpoint) else { continue };
            let cost = totals.price(price);
            all.cost = sum(all.cost, Some(cost));
            all.idle_cost =
                sum(all.idle_cost, totals.paid_idle.as_ref().map(|it| it.idle.price(price)));
            all.saved = sum(all.saved, Some(price * totals.hours.at_zero));
            priced_wakes += totals.awake.len();
            if let Some(results) = totals.results {
                cost_of_results += cost;
                priced_results += results;
            }
        }
        let share = |idle: InstanceTime| idle.instance_minutes / in_service;
        all.idle_share = all.idle.filter(|_| in_service > 0.0).map(share);
        all.cost_per_wake = all.cost.and_then(|cost| each(cost, priced_wakes as u64));
        all.cost_per_result = each(cost_of_results, priced_results);
        all
    }
}

fn sum<T: std::ops::Add<Output = T>>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}

/// The cost of each of several; `None` if there is none.
pub fn each(cost: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| cost / count as f64)
}

/// The wakes with the highest cost, or, without a price, with the most instance minutes: endpoint, wake, and cost.
pub fn most_expensive(report: &Report) -> Vec<(&str, &Awake, Option<f64>)> {
    let mut all: Vec<(&str, &Awake, Option<f64>)> = Vec::new();
    for totals in &report.totals {
        let price = report.prices.of_endpoint(&totals.endpoint);
        all.extend(totals.awake.iter().map(|awake| {
            (totals.endpoint.as_str(), awake, price.map(|price| awake.desired.price(price)))
        }));
    }
    all.sort_by(|(_, a, a_cost), (_, b, b_cost)| {
        let cost = |it: &Option<f64>| it.unwrap_or(0.0);
        let by_cost = cost(b_cost).total_cmp(&cost(a_cost));
        by_cost.then(b.desired.instance_minutes.total_cmp(&a.desired.instance_minutes))
    });
    all.truncate(MOST);
    all
}
