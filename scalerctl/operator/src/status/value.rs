//! The values of a row as text, in full and in short.

use jiff::{SignedDuration, Timestamp};

use super::{
    row::{Backlog, Bounds, LeaseOrHold, Row},
    uploads::Uploads,
};
use crate::{
    account::decision_log::LoggedDecision,
    monitoring::{TimeZone, duration_text::duration_text},
};

/// A value that is not known.
pub const UNKNOWN: &str = "-";

/// A value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    Endpoint,
    State,
    Instances,
    Bounds,
    KeptAwake,
    Backlog,
    Uploads,
    LastDecision,
}

impl Value {
    /// In the order of the output.
    pub const ALL: [Self; 8] = [
        Self::Endpoint,
        Self::State,
        Self::Instances,
        Self::Bounds,
        Self::KeptAwake,
        Self::Backlog,
        Self::Uploads,
        Self::LastDecision,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::State => "state",
            Self::Instances => "instances",
            Self::Bounds => "bounds",
            Self::KeptAwake => "kept awake",
            Self::Backlog => "backlog",
            Self::Uploads => "uploads",
            Self::LastDecision => "last decision",
        }
    }

    /// In full.
    pub fn text(self, row: &Row, now: Timestamp, zone: &TimeZone) -> String {
        let or =
            |text: Option<String>, otherwise: &str| text.unwrap_or_else(|| otherwise.to_owned());
        match self {
            Self::Endpoint => name(row),
            Self::State => or(row.state.clone(), UNKNOWN),
            Self::Instances => instances(row.current, row.desired),
            Self::Bounds => or(row.target.as_ref().map(bounds), "not registered"),
            Self::KeptAwake => {
                or(row.kept_awake.as_ref().map(|it| kept_awake(it, now, zone)), "no")
            }
            Self::Backlog => or(row.backlog.as_ref().map(|it| backlog(it, now)), "no datapoint"),
            Self::Uploads => or(row.uploads.as_ref().map(|it| uploads(it, now, zone)), UNKNOWN),
            Self::LastDecision => {
                or(row.last_decision.as_ref().map(|it| decision(it, now, zone)), UNKNOWN)
            }
        }
    }
}

/// The endpoint, and the variant unless it has SageMaker's default name.
pub fn name(row: &Row) -> String {
    match row.variant.as_deref() {
        None | Some("AllTraffic") => row.endpoint.clone(),
        Some(variant) => format!("{} / {variant}", row.endpoint),
    }
}

/// A duration in few characters, as `kubectl` has it: `40s`, `12m`, `3h5m`, `2d4h`.
pub fn short(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m"),
        3600..86_400 => format!("{hours}h{}m", minutes % 60),
        _ => format!("{days}d{}h", hours % 24),
    }
}

fn instances(current: Option<i32>, desired: Option<i32>) -> String {
    match (current, desired) {
        (None, None) => UNKNOWN.to_owned(),
        (Some(current), Some(desired)) if current == desired => current.to_string(),
        (current, desired) => {
            let text = |count: Option<i32>| count.map_or(UNKNOWN.to_owned(), |it| it.to_string());
            format!("{}, {} desired", text(current), text(desired))
        }
    }
}

fn bounds(bounds: &Bounds) -> String {
    let mut text = format!("{} to {}", bounds.min_capacity, bounds.max_capacity);
    if bounds.floor_raised {
        text.push_str(" (floor raised)");
    }
    if !bounds.suspended.is_empty() {
        text.push_str(&format!("; suspended: {}", bounds.suspended.join(", ")));
    }
    text
}

fn kept_awake(kept: &LeaseOrHold, now: Timestamp, zone: &TimeZone) -> String {
    let by = if kept.by == "work" { "work record" } else { kept.by };
    if kept.until > now {
        let left = duration_text(kept.until.duration_since(now));
        format!("{by} until {} ({left} left)", zone.minute(kept.until))
    } else {
        let until = zone.minute(kept.released_at);
        format!("{by} ended {}, released at {until}", zone.minute(kept.until))
    }
}

fn uploads(uploads: &Uploads, now: Timestamp, zone: &TimeZone) -> String {
    let age = |at: Timestamp| duration_text(now.duration_since(at));
    let oldest = uploads.oldest_at.map(|at| format!(", oldest {}", age(at))).unwrap_or_default();
    let newest = uploads.newest_result_at.map(age);
    let done = uploads.done_since.map(|at| format!(", work done since {}", zone.minute(at)));
    match (uploads.outstanding, newest) {
        (0, None) => "none recorded".to_owned(),
        (0, Some(newest)) => {
            format!("all have a result, newest {newest} ago{}", done.unwrap_or_default())
        }
        (count, None) => format!("{count} without a result{oldest}"),
        (count, Some(newest)) => {
            format!("{count} without a result{oldest}; newest result {newest} ago")
        }
    }
}

fn backlog(backlog: &Backlog, now: Timestamp) -> String {
    let oldest = match backlog.oldest_seconds {
        Some(seconds) if backlog.items > 0.0 => {
            let age = jiff::SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
            format!(", oldest {}", duration_text(age))
        }
        _ => String::new(),
    };
    format!("{}{oldest} ({} ago)", backlog.items, duration_text(now.duration_since(backlog.at)))
}

fn decision(decided: &LoggedDecision, now: Timestamp, zone: &TimeZone) -> String {
    let errors = match decided.errors {
        0 => String::new(),
        count => format!(", errors: {count}"),
    };
    let observed = if decided.observe_only { ", not carried out (observe)" } else { "" };
    format!(
        "{}: {}{errors}{observed}, {} ({} ago)",
        decided.action,
        decided.reason,
        zone.minute(decided.at),
        duration_text(now.duration_since(decided.at))
    )
}
