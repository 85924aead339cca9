//! The checks as one JSON document.

use serde_json::{Value, json};

use super::{
    Report,
    check::Outcome,
    upload::{TestedUpload, Upload},
};

/// The complete report.
pub fn of(report: &Report) -> String {
    let count = |outcome| report.checks.iter().filter(|check| check.outcome == outcome).count();
    let failed = count(Outcome::Failed);
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "ok": failed == 0,
        "function": report.function,
        "subject": report.subject.as_ref().map(of_subject),
        "checks": report.checks,
        "summary": {
            "passed": count(Outcome::Passed),
            "failed": failed,
            "skipped": count(Outcome::Skipped),
        },
    });
    format!("{document:#}\n")
}

fn of_subject(subject: &TestedUpload) -> Value {
    let upload = subject.upload.as_ref().ok();
    json!({
        "endpoint": subject.endpoint.as_ref().ok(),
        "bucket": upload.map(|Upload { bucket, .. }| bucket),
        "key": upload.map(|Upload { key, .. }| key),
    })
}
