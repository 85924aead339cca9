//! The findings of several endpoints: a line for each, and totals.

use serde_json::{Value, json};

use super::{
    finding::{Finding, Severity},
    json,
    report::Report,
};
use scalerctl_console::{
    Failure,
    columns::aligned,
    style::{DIM, HEADING, paint},
    suggested::Suggested,
};

/// The findings of an endpoint, or its name and why it could not be examined.
pub type Examined = Result<Report, (String, Failure)>;

/// The findings of all endpoints.
#[derive(Debug)]
pub struct SeveralReports {
    pub region: String,
    /// By endpoint.
    pub all: Vec<Examined>,
    /// What is not known about others.
    pub notes: Vec<String>,
}

impl SeveralReports {
    /// As text.
    pub fn text(&self) -> String {
        let head = ["ENDPOINT", "RESULT", "FINDINGS"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> =
            std::iter::once(head).chain(self.all.iter().map(row)).collect();
        let notes: String =
            self.notes.iter().map(|note| format!("{}\n", paint(DIM, note))).collect();
        let first = self.all.iter().flatten().find(|report| !report.findings.is_empty());
        let details = first.map(|report| {
            let command = Suggested::scalerctl(format!("doctor {}", report.endpoint));
            format!("for what to do about an endpoint:\n  {command}\n")
        });
        format!(
            "{}\n{}{notes}\n{}.\n{}",
            paint(HEADING, &format!("doctor ({}). This command changes nothing.", self.region)),
            aligned(&rows),
            self.tally(),
            details.unwrap_or_default(),
        )
    }

    /// As one JSON document.
    pub fn document(&self) -> String {
        let of = |examined: &Examined| match examined {
            Ok(report) => serde_json::from_str(&json::of(report)).unwrap_or(Value::Null),
            Err((endpoint, failure)) => {
                json!({ "endpoint": endpoint, "failure": failure.to_string() })
            }
        };
        let document = json!({
            "scalerctl": env!("CARGO_PKG_VERSION"),
            "endpoints": self.all.iter().map(of).collect::<Vec<_>>(),
            "notes": self.notes,
            "summary": {
                "endpoints": self.all.len(),
                "errors": self.count(Severity::Error),
                "warnings": self.count(Severity::Warning),
                "notes": self.count(Severity::Note),
                "not_examined": self.not_examined(),
            },
        });
        format!("{document:#}\n")
    }

    /// The failure with the highest exit code: an error that was found, an endpoint that cannot be read, a warning.
    pub fn failure(&self) -> Option<Failure> {
        let tally = self.tally();
        if self.count(Severity::Error) > 0 {
            return Some(Failure::ErrorFound(tally));
        }
        if let Some((_, failure)) = self.all.iter().find_map(|examined| examined.as_ref().err()) {
            return Some(failure.clone());
        }
        (self.count(Severity::Warning) > 0).then_some(Failure::NotOk(tally))
    }

    fn count(&self, severity: Severity) -> usize {
        self.all.iter().flatten().map(|report| report.count(severity)).sum()
    }

    fn not_examined(&self) -> usize {
        self.all.iter().filter(|examined| examined.is_err()).count()
    }

    fn tally(&self) -> String {
        let has_none = |report: &&Report| report.findings.is_empty();
        let without = self.all.iter().flatten().filter(has_none).count();
        let counted = Severity::ALL.map(|severity| {
            let count = self.count(severity);
            format!("{count} {}{}", severity.as_str(), if count == 1 { "" } else { "s" })
        });
        let not_examined = match self.not_examined() {
            0 => String::new(),
            count => format!(", {count} could not be examined"),
        };
        format!(
            "{} endpoints: {without} without findings{not_examined}; {}",
            self.all.len(),
            counted.join(", ")
        )
    }
}

fn row(examined: &Examined) -> Vec<String> {
    match examined {
        Ok(report) => {
            let worst = report.findings.iter().map(Finding::severity).max();
            let result = worst.map_or("no findings", Severity::as_str);
            let ids: Vec<&str> = report.findings.iter().map(|it| it.id.as_str()).collect();
            vec![report.endpoint.clone(), result.to_owned(), ids.join(", ")]
        }
        Err((endpoint, failure)) => {
            let text = failure.to_string();
            let text = text.split(" (what to do: ").next().unwrap_or_default().replace('\n', " ");
            vec![endpoint.clone(), "failed".to_owned(), text]
        }
    }
}
