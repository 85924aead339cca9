//! The data of the chart as JSON.

use reactive_scaler::port::Datapoint;
use serde_json::{Value, json};

use super::timeline::Timeline;
use crate::monitoring::interval::Interval;

/// One document.
pub fn of(timeline: &Timeline) -> String {
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "endpoint": timeline.endpoint,
        "from": timeline.range.from,
        "until": timeline.range.until,
        "period_seconds": timeline.period.as_secs(),
        "backlog": points(&timeline.backlog),
        "backlog_per_instance": points(&timeline.per_instance),
        "has_backlog_without_capacity": points(&timeline.without_capacity),
        "desired_instances": intervals(&timeline.desired),
        "in_service_instances": intervals(&timeline.in_service),
        "instances_from": timeline.instances_from,
        "paid_idle": timeline.paid_idle.as_ref().map(|it| json!({
            "idle": it.idle,
            "busy": it.busy,
            "unknown": it.unknown,
            "share": it.share(),
            "price": timeline.price_per_hour.map(|price| it.idle.price(price)),
            "idle_intervals": intervals(&it.idle_intervals),
        })),
        "price_per_hour": timeline.price_per_hour,
        "alarms": timeline.alarms,
        "decisions": timeline.marks,
        "decisions_from": timeline.decisions_from,
        "kept_awake": timeline.kept_awake.as_deref().map(intervals),
        "notes": timeline.notes,
    });
    format!("{document:#}\n")
}

fn points(points: &[Datapoint]) -> Vec<Value> {
    points.iter().map(|point| json!({ "at": point.at, "value": point.value })).collect()
}

fn intervals(intervals: &[Interval]) -> Vec<Value> {
    let one = |it: &Interval| json!({ "from": it.from, "until": it.until, "value": it.value });
    intervals.iter().map(one).collect()
}
