//! Values of a metric that the simulation does not play, from a CSV file.

use std::{path::PathBuf, str::FromStr};

use jiff::Timestamp;
use scalerctl_console::{Failure, input_file};

/// `--metric-values NAME=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricFile {
    /// `MetricName`.
    pub metric: String,
    /// The file.
    pub file: PathBuf,
}

impl FromStr for MetricFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((metric, file)) if !metric.is_empty() && !file.is_empty() => {
                Ok(Self { metric: metric.to_owned(), file: file.into() })
            }
            _ => Err("it must be NAME=FILE, such as CPUUtilization=cpu.csv".to_owned()),
        }
    }
}

impl MetricFile {
    /// Reads the columns `at` (RFC 3339) and `value`, in the order of the times.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the file, the line, and the column that is not valid, or if no time is in the
    /// simulated time.
    pub fn read(
        &self,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Vec<(Timestamp, f64)>, Failure> {
        let text = input_file::read("--metric-values", &self.file)?;
        let refused = |problem: String| {
            Failure::Usage(format!("--metric-values {}: {problem}", self.file.display()))
        };
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| refused(error.to_string()))?;
        let column = |name: &str| headers.iter().position(|header| header == name);
        let (Some(at), Some(value)) = (column("at"), column("value")) else {
            let found = headers.iter().collect::<Vec<_>>().join(", ");
            return Err(refused(format!(
                "line 1: the columns must be at and value; they are {found}"
            )));
        };
        let mut values = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| refused(error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |column| record.get(column).unwrap_or_default();
            let time = cell(at).parse::<Timestamp>().map_err(|_| {
                refused(format!(
                    "line {line}: at {:?} is not a time in RFC 3339, such as 2030-01-08T12:00:00Z",
                    cell(at)
                ))
            })?;
            let number = cell(value).parse::<f64>().ok().filter(|it| it.is_finite());
            let number = number.ok_or_else(|| {
                refused(format!("line {line}: value {:?} is not a number", cell(value)))
            })?;
            values.push((time, number));
        }
        if !values.iter().any(|(at, _)| from <= *at && *at < until) {
            return Err(refused(format!(
                "none of its {} times is in the simulated time, from {from} to {until} (what to do: give times of \
                 these days, or the requests of the same days with --arrivals)",
                values.len()
            )));
        }
        values.sort_by_key(|(at, _)| *at);
        Ok(values)
    }
}
