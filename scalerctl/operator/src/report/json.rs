//! The figures as JSON.

use serde_json::json;

use super::Report;

/// One document.
pub fn of(report: &Report) -> String {
    let saved = |at_zero: f64| report.price_per_hour.map(|price| price * at_zero);
    let at_zero: f64 = report.figures.iter().map(|it| it.hours.at_zero).sum();
    let endpoints: Vec<_> = report
        .figures
        .iter()
        .map(|figures| json!({ "figures": figures, "saved": saved(figures.hours.at_zero) }))
        .collect();
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "from": report.span.from,
        "until": report.span.until,
        "source": report.source,
        "price_per_hour": report.price_per_hour,
        "endpoints": endpoints,
        "saved": saved(at_zero),
        "notes": report.notes,
    });
    format!("{document:#}\n")
}
