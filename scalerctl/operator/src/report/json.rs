//! The totals as JSON.

use serde_json::json;

use super::{
    Report,
    after_results::{AfterResults, Duration},
};

/// One document.
pub fn of(report: &Report) -> String {
    let saved = |at_zero: f64| report.price_per_hour.map(|price| price * at_zero);
    let at_zero: f64 = report.totals.iter().map(|it| it.hours.at_zero).sum();
    let endpoints: Vec<_> = report
        .totals
        .iter()
        .map(|totals| {
            let price = |of: fn(&AfterResults) -> Duration| {
                Some(of(totals.after_results.as_ref()?).price(report.price_per_hour?))
            };
            json!({
                "figures": totals,
                "saved": saved(totals.hours.at_zero),
                "idle_price": price(|it| it.idle),
                "would_save": price(|it| it.would_save),
            })
        })
        .collect();
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "from": report.range.from,
        "until": report.range.until,
        "source": report.source,
        "price_per_hour": report.price_per_hour,
        "endpoints": endpoints,
        "saved": saved(at_zero),
        "notes": report.notes,
    });
    format!("{document:#}\n")
}
