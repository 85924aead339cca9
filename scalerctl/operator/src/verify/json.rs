//! The report as JSON. Times are in seconds; null means not measured.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{
    Report,
    findings::{QUESTIONS, RunningWork},
};

/// The complete report.
pub fn of(report: &Report) -> String {
    let measurements = &report.measurements;
    let seconds = |time: Option<SignedDuration>| time.map(|time| time.as_secs());
    let answers: Vec<Value> = QUESTIONS
        .iter()
        .map(|question| {
            let answer = measurements.to(question.id);
            json!({
                "id": question.id,
                "question": question.text,
                "answer": answer.ok(),
                "not_measured": answer.err(),
            })
        })
        .collect();
    let document = json!({
        "version": 1,
        "endpoint": report.found.id.endpoint,
        "variant": report.found.id.variant,
        "region": report.region,
        "measured_at": report.found.at,
        "figures": {
            "metric_lag_seconds": seconds(measurements.lag),
            "provisioning_seconds": seconds(measurements.provisioning),
            "scale_in_seconds": seconds(measurements.scale_in),
            "alarm_delay_seconds": seconds(measurements.alarm_delay),
        },
        "answers": answers,
        "running_work": measurements.running_work.as_ref().map(running_work),
        "instance_minutes": measurements.awake().map(minutes),
        "cost": cost(report),
        "cut_short": report.cut_short,
        "restored": report.restored.problems.is_empty(),
        "problems": report.restored.problems,
    });
    format!("{document:#}\n")
}

fn running_work(measured: &RunningWork) -> Value {
    let values = measured.values.iter().map(|(name, values)| ((*name).to_owned(), json!(values)));
    json!({
        "counts": measured.counts.as_ref().ok(),
        "not_known": measured.counts.as_ref().err(),
        "means": measured.meaning(),
        "request_seconds": measured.seconds,
        "request_failed": measured.failed,
        "values": values.collect::<Map<_, _>>(),
    })
}

/// In minutes, with one decimal.
pub fn minutes(time: SignedDuration) -> f64 {
    (time.as_secs_f64() / 6.0).round() / 10.0
}

/// The cost at `--price-per-hour`.
pub fn cost(report: &Report) -> Option<f64> {
    let price = report.price_per_hour?;
    let awake = report.measurements.awake()?;
    Some((awake.as_secs_f64() / 3600.0 * price * 100.0).round() / 100.0)
}
