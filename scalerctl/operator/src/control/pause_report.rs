//! The result of `pause` and `resume`.

use std::fmt::Write;

use reactive_scaler::port::{Suspended, VariantId};
use serde_json::json;

use super::outcome::Outcome;
use crate::local_scaler::SameVariant;
use scalerctl_console::{
    style::{DIM, GOOD, HEADING, NOTE, paint},
    times::{in_full::in_full, local_zone},
};

/// The result.
#[derive(Debug)]
pub struct SuspensionReport {
    pub suspends: bool,
    pub id: VariantId,
    /// The commands that can follow.
    pub next: SameVariant,
    pub region: String,
    pub before: Suspended,
    pub wanted: Suspended,
    /// The desired capacity.
    pub desired: Option<i32>,
    /// Old and new desired capacity, if RegisterScalableTarget changes it.
    pub clamps: Option<(i32, i32)>,
    pub dry_run: bool,
    /// `None` if nothing was written.
    pub after: Option<Suspended>,
    pub at: jiff::Timestamp,
}

impl SuspensionReport {
    /// `pause` or `resume`.
    pub fn verb(&self) -> &'static str {
        if self.suspends { "pause" } else { "resume" }
    }

    /// Whether the call changes something.
    pub fn changes(&self) -> bool {
        self.before != self.wanted
    }

    /// The instances that the call starts.
    pub fn starts(&self) -> i32 {
        let clamps = self.clamps.filter(|_| self.changes());
        clamps.map_or(0, |(from, to)| (to - from).max(0))
    }

    /// The line of this endpoint among several.
    pub fn outcome(&self) -> Outcome {
        let result = match (self.changes(), self.dry_run, self.suspends) {
            (false, _, true) => "already paused",
            (false, _, false) => "not paused",
            (true, true, true) => "would be paused",
            (true, true, false) => "would be resumed",
            (true, false, true) => "paused",
            (true, false, false) => "resumed",
        };
        let state = suspension_text(self.after.unwrap_or(self.wanted));
        let warning = self.warning().filter(|_| self.changes());
        Outcome {
            endpoint: self.id.endpoint.clone(),
            result: result.to_owned(),
            detail: [Some(state), warning].into_iter().flatten().collect::<Vec<_>>().join("; "),
            starts: self.starts(),
            failure: None,
            document: serde_json::from_str(&self.document()).unwrap_or_default(),
        }
    }

    fn warning(&self) -> Option<String> {
        let (from, to) = self.clamps?;
        Some(format!(
            "desired instances {from} are outside the bounds: the call makes Application Auto \
             Scaling set {to}"
        ))
    }

    /// As text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, text: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {} {text}", paint(DIM, &format!("{name:<8}")));
        };
        line("before", &suspension_text(self.before));
        let will = if self.dry_run { "would" } else { "will" };
        if self.before == self.wanted {
            line(will, "nothing: already set");
        } else {
            line(will, &format!("set {}", suspension_text(self.wanted)));
            if let Some(warning) = self.warning() {
                line("note", &paint(NOTE, &warning));
            }
            if let Some(after) = self.after {
                line(
                    "done",
                    &paint(GOOD, &format!("at {}", in_full(self.at, &local_zone::of_output()))),
                );
                line("after", &suspension_text(after));
                if !self.suspends {
                    line(
                        "note",
                        "alarms in ALARM are evaluated immediately; missed scheduled actions do \
                         not run later",
                    );
                }
            }
        }
        if self.dry_run {
            line("dry run", "nothing was written");
        }
        if self.suspends && self.wanted.scaling_in && self.desired.is_some_and(|count| count > 0) {
            let text = "while scaling in is suspended, the instances run until you resume it:";
            line("note", &paint(NOTE, text));
            line("", &self.next.resume("in").to_string());
        }
        let head = format!(
            "{} {} (variant {}, {})",
            self.verb(),
            self.id.endpoint,
            self.id.variant,
            self.region
        );
        format!("{}\n{out}", paint(HEADING, &head))
    }

    /// As JSON.
    pub fn document(&self) -> String {
        let state = |state: Suspended| {
            json!({
                "in": state.scaling_in,
                "out": state.scaling_out,
                "scheduled": state.scheduled,
            })
        };
        let document = json!({
            "command": self.verb(),
            "endpoint": self.id.endpoint,
            "variant": self.id.variant,
            "region": self.region,
            "dry_run": self.dry_run,
            "ok": true,
            "before": state(self.before),
            "planned": state(self.wanted),
            "after": self.after.map(state),
            "warning": self.warning(),
        });
        format!("{document:#}\n")
    }
}

fn suspension_text(state: Suspended) -> String {
    let state_text = |suspended: bool| if suspended { "suspended" } else { "active" };
    format!(
        "scaling in {}, scaling out {}, scheduled scaling {}",
        state_text(state.scaling_in),
        state_text(state.scaling_out),
        state_text(state.scheduled)
    )
}
