//! The calibration file for `scalerctl simulate --calibration`. Delays that were not measured are
//! absent.

use serde_json::{Map, Value, json};

use super::Report;
use scalerctl_console::Failure;

/// The document's version.
const VERSION: u32 = 1;

/// The document.
///
/// # Errors
/// [`Failure::NotOk`] if nothing was measured.
pub fn of(report: &Report) -> Result<String, Failure> {
    let measurements = &report.measurements;
    let figures = [
        ("metric_lag_seconds", measurements.lag),
        ("provisioning_seconds", measurements.provisioning),
        ("scale_in_seconds", measurements.scale_in),
    ];
    let mut document = Map::new();
    document.insert("version".to_owned(), json!(VERSION));
    document.insert("measured_at".to_owned(), json!(report.found.at));
    document.insert("endpoint".to_owned(), json!(report.found.id.endpoint));
    let head = document.len();
    for (name, time) in figures {
        if let Some(time) = time {
            document.insert(name.to_owned(), json!(time.as_secs_f64()));
        }
    }
    match document.len() > head {
        true => Ok(format!("{:#}\n", Value::Object(document))),
        false => Err(Failure::NotOk(
            "there is nothing to write to the calibration file: nothing was \
                                measured"
                .into(),
        )),
    }
}
