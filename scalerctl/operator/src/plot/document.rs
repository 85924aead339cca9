//! What is drawn, as JSON.

use reactive_scaler::port::Datapoint;
use serde_json::{Value, json};

use super::course::Course;
use crate::monitoring::stretch::Stretch;

/// One document.
pub fn of(course: &Course) -> String {
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "endpoint": course.endpoint,
        "from": course.span.from,
        "until": course.span.until,
        "period_seconds": course.period.as_secs(),
        "backlog": points(&course.backlog),
        "backlog_per_instance": points(&course.per_instance),
        "has_backlog_without_capacity": points(&course.without_capacity),
        "desired_instances": stretches(&course.desired),
        "in_service_instances": stretches(&course.in_service),
        "instances_from": course.instances_from,
        "alarms": course.alarms,
        "decisions": course.marks,
        "decisions_from": course.decisions_from,
        "kept_awake": course.kept_awake.as_deref().map(stretches),
        "notes": course.notes,
    });
    format!("{document:#}\n")
}

fn points(points: &[Datapoint]) -> Vec<Value> {
    points.iter().map(|point| json!({ "at": point.at, "value": point.value })).collect()
}

fn stretches(stretches: &[Stretch]) -> Vec<Value> {
    let one = |it: &Stretch| json!({ "from": it.from, "until": it.until, "value": it.value });
    stretches.iter().map(one).collect()
}
