//! Delays that were measured on a live endpoint.

use std::{fmt, path::Path, time::Duration};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor, value::SeqAccessDeserializer},
};

use super::distribution::DurationDistribution;
use scalerctl_console::{Failure, input_file};

/// The version of the document.
pub const VERSION: u32 = 1;

/// Maximum of a delay in seconds. A larger number has another unit.
const LONGEST: f64 = 86_400.0;

/// The document. Times are in seconds; a delay that is absent was not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// [`VERSION`].
    pub version: u32,
    /// When it was measured.
    pub measured_at: Timestamp,
    /// The endpoint that it was measured on.
    pub endpoint: String,
    /// From the end of a minute until CloudWatch returns its datapoint; 0 or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_lag_seconds: Option<f64>,
    /// From requests for more instances until they were in service; above 0. Several values have the
    /// same probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_seconds: Option<Times>,
    /// From a request for fewer instances until the endpoint was `InService` again; above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_in_seconds: Option<f64>,
    /// From an upload until its event invoked the function; 0 or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_delay_seconds: Option<f64>,
}

/// One duration or several, in seconds: a number or a list of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Times(pub Vec<f64>);

impl Calibration {
    /// Reads the document.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the file, and the field that is not valid.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let refused = |problem: String| {
            Failure::Usage(format!("--calibration {}: {problem}", file.display()))
        };
        let text = input_file::read("--calibration", file)?;
        let mut document = serde_json::Deserializer::from_str(&text);
        // The error of a wrong type names the field only in its path.
        let read: Self = serde_path_to_error::deserialize(&mut document)
            .map_err(|error| refused(error.to_string()))?;
        document.end().map_err(|error| refused(error.to_string()))?;
        if read.version != VERSION {
            let version = read.version;
            return Err(refused(format!("version {version}: this scalerctl reads {VERSION}")));
        }
        read.check().map_err(refused)?;
        Ok(read)
    }

    fn check(&self) -> Result<(), String> {
        let from_zero = |name, value: Option<f64>| seconds(name, value.into_iter(), false);
        from_zero("metric_lag_seconds", self.metric_lag_seconds)?;
        from_zero("event_delay_seconds", self.event_delay_seconds)?;
        seconds("scale_in_seconds", self.scale_in_seconds.into_iter(), true)?;
        match &self.provisioning_seconds {
            Some(Times(times)) if times.is_empty() => {
                Err("provisioning_seconds: the list is empty; leave the field out".to_owned())
            }
            Some(Times(times)) => seconds("provisioning_seconds", times.iter().copied(), true),
            None => Ok(()),
        }
    }

    /// The provisioning times as a distribution.
    pub(super) fn provisioning(&self) -> Option<DurationDistribution> {
        let Times(times) = self.provisioning_seconds.as_ref()?;
        Some(match times.as_slice() {
            [one] => DurationDistribution::Fixed(Duration::from_secs_f64(*one)),
            several => DurationDistribution::Samples(
                several.iter().copied().map(Duration::from_secs_f64).collect(),
            ),
        })
    }
}

fn seconds(
    name: &str,
    mut values: impl Iterator<Item = f64>,
    above_zero: bool,
) -> Result<(), String> {
    let from = if above_zero { "above 0" } else { "from 0" };
    let is_wrong = |value: &f64| !(0.0..=LONGEST).contains(value) || (above_zero && *value == 0.0);
    match values.find(is_wrong) {
        Some(value) => Err(format!("{name} {value}: must be {from} to {LONGEST} seconds")),
        None => Ok(()),
    }
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// The error of an untagged enum would not say which types are valid.
struct OneOrSeveral;

impl<'de> Visitor<'de> for OneOrSeveral {
    type Value = Times;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds, or a list of them")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Times, E> {
        Ok(Times(vec![value]))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Times, E> {
        Ok(Times(vec![value as f64]))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Times, E> {
        Ok(Times(vec![value as f64]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Times, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(values)).map(Times)
    }
}
