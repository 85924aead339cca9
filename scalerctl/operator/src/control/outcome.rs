//! The results of a command on several endpoints: a line for each, and totals.

use serde_json::{Value, json};

use scalerctl_console::{
    Failure,
    columns::aligned,
    style::{BAD, GOOD, HEADING, paint},
};

/// The result on one endpoint.
#[derive(Debug)]
pub struct Outcome {
    /// The endpoint.
    pub endpoint: String,
    /// In a word or two: `held`, `would be held`, `refused`.
    pub result: String,
    /// What was done, or why it was not.
    pub detail: String,
    /// Instances that it starts.
    pub starts: i32,
    /// Why it did not succeed.
    pub failure: Option<Failure>,
    /// As the command on this endpoint alone prints it. Null if it could not be read.
    pub document: Value,
}

impl Outcome {
    /// Of an endpoint that could not be read or changed.
    pub fn failed(endpoint: String, failure: Failure) -> Self {
        let text = failure.to_string();
        let detail = text.split(" (what to do: ").next().unwrap_or_default().replace('\n', " ");
        let document = json!({ "endpoint": endpoint, "ok": false, "refusal": text });
        let result = "failed".to_owned();
        Self { endpoint, result, detail, starts: 0, failure: Some(failure), document }
    }
}

/// The results on all endpoints.
#[derive(Debug)]
pub struct Outcomes {
    /// The command.
    pub command: &'static str,
    /// The AWS Region.
    pub region: String,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The results, by endpoint.
    pub all: Vec<Outcome>,
}

impl Outcomes {
    /// Instances that are started.
    pub fn starts(&self) -> i32 {
        self.all.iter().map(|outcome| outcome.starts).sum()
    }

    /// The number of endpoints with each result, in the order of the first with it.
    fn counts(&self) -> Vec<(&str, usize)> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for outcome in &self.all {
            match counts.iter_mut().find(|(result, _)| *result == outcome.result) {
                Some((_, count)) => *count += 1,
                None => counts.push((&outcome.result, 1)),
            }
        }
        counts
    }

    /// As text.
    pub fn text(&self) -> String {
        let head = ["ENDPOINT", "RESULT", "DETAIL"].map(str::to_owned).to_vec();
        let row = |it: &Outcome| vec![it.endpoint.clone(), it.result.clone(), it.detail.clone()];
        let rows: Vec<Vec<String>> =
            std::iter::once(head).chain(self.all.iter().map(row)).collect();
        let counts = self.counts().into_iter().map(|(result, count)| format!("{count} {result}"));
        let counts = counts.collect::<Vec<_>>().join(", ");
        let style = if self.all.iter().all(|it| it.failure.is_none()) { GOOD } else { BAD };
        let starts = match (self.starts(), self.dry_run) {
            (0, _) => String::new(),
            (1, true) => "; 1 instance would start".to_owned(),
            (1, false) => "; 1 instance starts".to_owned(),
            (many, true) => format!("; {many} instances would start"),
            (many, false) => format!("; {many} instances start"),
        };
        let count = match self.all.len() {
            1 => "1 endpoint".to_owned(),
            many => format!("{many} endpoints"),
        };
        let written = if self.dry_run { ". Dry run: nothing was written" } else { "" };
        format!(
            "{}\n{}\n{}\n",
            paint(HEADING, &format!("{} ({})", self.command, self.region)),
            aligned(&rows),
            paint(style, &format!("{count}: {counts}{starts}{written}."))
        )
    }

    /// As one JSON document.
    pub fn document(&self) -> String {
        let counts = self.counts().into_iter().map(|(name, count)| (name.to_owned(), count.into()));
        let document = json!({
            "command": self.command,
            "region": self.region,
            "dry_run": self.dry_run,
            "ok": self.all.iter().all(|it| it.failure.is_none()),
            "endpoints": self.all.iter().map(|it| &it.document).collect::<Vec<_>>(),
            "totals": {
                "endpoints": self.all.len(),
                "instances_started": self.starts(),
                "results": Value::Object(counts.collect()),
            },
        });
        format!("{document:#}\n")
    }

    /// The failure with the highest exit code: its message, and how many others there are.
    pub fn failure(&self) -> Option<Failure> {
        let failed: Vec<&Failure> = self.all.iter().filter_map(|it| it.failure.as_ref()).collect();
        let is_worse = |failure: &&&Failure| !matches!(failure, Failure::NotOk(_));
        let worst = failed.iter().find(is_worse).or(failed.first())?;
        let more = match failed.len() - 1 {
            0 => String::new(),
            1 => "\n1 more endpoint did not succeed".to_owned(),
            more => format!("\n{more} more endpoints did not succeed"),
        };
        Some(match worst {
            Failure::NotOk(text) => Failure::NotOk(format!("{text}{more}")),
            Failure::ErrorFound(text) => Failure::ErrorFound(format!("{text}{more}")),
            Failure::Usage(text) => Failure::Usage(format!("{text}{more}")),
            Failure::NoAccess(text) => Failure::NoAccess(format!("{text}{more}")),
        })
    }
}
