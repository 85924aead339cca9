//! The totals as JSON.

use serde_json::json;

use super::{
    Report,
    after_results::AfterResults,
    fleet::{self, Fleet},
};
use crate::monitoring::instance_time::InstanceTime;

/// One document.
pub fn of(report: &Report) -> String {
    let endpoints: Vec<_> = report
        .totals
        .iter()
        .map(|totals| {
            let per_hour = report.prices.of_endpoint(&totals.endpoint);
            let price = |of: fn(&AfterResults) -> InstanceTime| {
                Some(of(totals.after_results.as_ref()?).price(per_hour?))
            };
            json!({
                "figures": totals,
                "price_per_hour": per_hour,
                "saved": per_hour.map(|price| price * totals.hours.at_zero),
                "cost": per_hour.map(|price| totals.price(price)),
                "paid_idle_share": totals.paid_idle.as_ref().and_then(|it| it.share()),
                "paid_idle_cost": totals.paid_idle.as_ref().zip(per_hour).map(|(it, price)| it.idle.price(price)),
                "idle_price": price(|it| it.idle),
                "would_save": price(|it| it.would_save),
            })
        })
        .collect();
    let all = Fleet::of(report);
    let most: Vec<_> = fleet::most_expensive(report)
        .into_iter()
        .map(|(endpoint, awake, cost)| json!({ "endpoint": endpoint, "wake": awake, "cost": cost }))
        .collect();
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "from": report.range.from,
        "until": report.range.until,
        "source": report.source,
        "price_per_hour": report.prices.given,
        "endpoints": endpoints,
        "all": all,
        "saved": all.saved,
        "most_expensive_wakes": most,
        "not_registered": report.not_registered,
        "notes": report.notes,
    });
    format!("{document:#}\n")
}
