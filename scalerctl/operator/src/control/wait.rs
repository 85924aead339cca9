//! Waits until the endpoint is in service or at zero.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{Clock, Endpoint, EndpointStatus, Endpoints, FailureKind, VariantId};

use crate::local_scaler::{LocalScaler, SameVariant};
use scalerctl_console::Failure;

/// The longest time between two reads.
const LOOK: Duration = Duration::from_secs(10);

/// The state to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// `InService` with all instances that are desired, at least one.
    InService,
    /// `InService` without an instance.
    AtZero,
    /// `InService` with any number of instances, so that SageMaker accepts a change of capacity.
    Changeable,
}

impl Goal {
    /// What is requested of AWS while the command waits, for a wait that ends early.
    fn request(self) -> &'static str {
        match self {
            Self::InService | Self::AtZero => "the requested capacity remains in effect",
            Self::Changeable => "the capacity was not requested",
        }
    }
}

/// The result of waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// The waiting time.
    pub time: SignedDuration,
    /// The result.
    pub ended: Ended,
}

/// The result of waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The state was reached.
    Reached,
    /// The state was not reached, and why.
    Not(String),
}

/// Reads the endpoint until the goal is reached or cannot be reached, or `until` has passed.
///
/// `next`: the commands that can follow.
///
/// # Errors
/// If a read fails.
pub async fn follow(
    scaler: &LocalScaler,
    id: &VariantId,
    next: &SameVariant,
    goal: Goal,
    until: Timestamp,
) -> Result<Waited, Failure> {
    let began = scaler.clock.now();
    let shown = Shown::start();
    let ended = tokio::select! {
        ended = look_until(scaler, id, next, goal, until, &shown) => ended?,
        _ = tokio::signal::ctrl_c() => {
            Ended::Not(format!("interrupted: {}, only the waiting ended", goal.request()))
        }
    };
    Ok(Waited { time: scaler.clock.now().duration_since(began), ended })
}

async fn look_until(
    scaler: &LocalScaler,
    id: &VariantId,
    next: &SameVariant,
    goal: Goal,
    until: Timestamp,
    shown: &Shown,
) -> Result<Ended, Failure> {
    let mut last = String::new();
    loop {
        match scaler.aws.endpoint(&id.endpoint).await {
            Ok(Some(endpoint)) => {
                let seen = Seen::of(&endpoint, &id.variant);
                last = seen.text();
                shown.say(&last);
                if let Some(ended) = seen.ends(goal, endpoint.failure_reason.as_deref()) {
                    return Ok(ended);
                }
            }
            Ok(None) => return Ok(Ended::Not("the endpoint was deleted meanwhile".to_owned())),
            // A single failed read does not end the waiting.
            Err(failure)
                if matches!(failure.kind, FailureKind::Throttled | FailureKind::NoAnswer) =>
            {
                shown.say(&failure.answer);
            }
            Err(failure) => return Err(scaler.refused(failure)),
        }
        let rest = until.duration_since(scaler.clock.now());
        let rest = Duration::try_from(rest).unwrap_or_default();
        if rest.is_zero() {
            return Ok(timed_out(&last, goal, next));
        }
        scaler.clock.nap(LOOK.min(rest)).await;
    }
}

fn timed_out(last: &str, goal: Goal, next: &SameVariant) -> Ended {
    let advice = match goal {
        Goal::InService | Goal::AtZero => {
            format!("to see when it is done, run `{}`", next.status("--watch"))
        }
        Goal::Changeable => "run the command again with a longer --timeout".to_owned(),
    };
    let request = goal.request();
    Ended::Not(format!("timed out: {last}; {request} (what to do: {advice})"))
}

/// The state of one read.
#[derive(Debug, Clone, Copy)]
struct Seen {
    status: EndpointStatus,
    current: Option<i32>,
    desired: Option<i32>,
}

impl Seen {
    fn of(endpoint: &Endpoint, variant: &str) -> Self {
        let variant = endpoint.variants.iter().find(|found| found.name == variant);
        Self {
            status: endpoint.status,
            current: variant.and_then(|variant| variant.current),
            desired: variant.and_then(|variant| variant.desired),
        }
    }

    fn text(self) -> String {
        let count = |count: Option<i32>| count.map_or("unknown".to_owned(), |n| n.to_string());
        let (current, desired) = (count(self.current), count(self.desired));
        format!("{}, {current} of {desired} instances", self.status.as_str())
    }

    /// The result, if the waiting is over.
    fn ends(self, goal: Goal, failure: Option<&str>) -> Option<Ended> {
        let because = |text: &str, advice: &str| {
            let reason = failure.unwrap_or("AWS gives no reason");
            Some(Ended::Not(format!("{text}: {reason} (what to do: {advice})")))
        };
        match (self.status, goal) {
            (EndpointStatus::Failed, _) => {
                because("the endpoint failed", "delete the endpoint and create it again")
            }
            (EndpointStatus::Deleting, _) => {
                Some(Ended::Not("the endpoint is being deleted".to_owned()))
            }
            (EndpointStatus::InService, Goal::Changeable) => Some(Ended::Reached),
            (EndpointStatus::InService, Goal::InService) => match (self.current, self.desired) {
                (_, Some(0)) => because(
                    "back at zero: AWS started no instance, or the endpoint was scaled in meanwhile",
                    "run the command again; if AWS has no instance of this type now, try again later",
                ),
                (Some(current), Some(desired)) if current >= desired => Some(Ended::Reached),
                _ => None,
            },
            (EndpointStatus::InService, Goal::AtZero) => match (self.current, self.desired) {
                (Some(0), Some(0)) => Some(Ended::Reached),
                (_, Some(1..)) => Some(Ended::Not(
                    "it was woken again, because work arrived or something else requested capacity \
                     (what to do: run the command again when the work is done)"
                        .to_owned(),
                )),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A spinner on a terminal, otherwise a line for each change. Both on stderr.
struct Shown {
    bar: ProgressBar,
    last: std::cell::RefCell<String>,
}

impl Shown {
    fn start() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        let bar = match ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        Self { bar, last: std::cell::RefCell::default() }
    }

    fn say(&self, what: &str) {
        if self.last.replace(what.to_owned()) == what {
            return;
        }
        if self.bar.is_hidden() {
            anstream::eprintln!("{what}");
        } else {
            self.bar.set_message(what.to_owned());
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
