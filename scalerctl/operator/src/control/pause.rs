//! `pause` and `resume`: Application Auto Scaling's `SuspendedState`, which the function respects.

use std::fmt::Write;

use reactive_scaler::port::{Clock, ScalableTarget, Scaling, Suspended, VariantId};
use serde_json::json;

use crate::{
    account::{cli_commands, suspension},
    control::args::{Direction, PauseArgs},
    local_scaler::{LocalScaler, SameVariant, args::PolicyArgs},
};
use scalerctl_console::runtime::block_on;
use scalerctl_console::{
    Failure,
    output::print,
    style::{DIM, GOOD, HEADING, NOTE, paint},
    times::{in_full::in_full, local_zone},
};

/// `scalerctl pause`.
///
/// # Errors
///
/// [`Failure::NotOk`] if the variant is not registered; else the failure that stopped it.
pub fn pause(arguments: &PauseArgs) -> Result<(), Failure> {
    run(arguments, true)
}

/// `scalerctl resume`.
///
/// # Errors
///
/// As [`pause`].
pub fn resume(arguments: &PauseArgs) -> Result<(), Failure> {
    run(arguments, false)
}

fn run(arguments: &PauseArgs, suspends: bool) -> Result<(), Failure> {
    let report = block_on(carry_out(arguments, suspends))?;
    print(&match arguments.scaler.format.is_json() {
        true => report.document(),
        false => report.text(),
    })
}

/// The result.
struct CommandReport {
    suspends: bool,
    id: VariantId,
    /// The commands that can follow.
    next: SameVariant,
    region: String,
    before: Suspended,
    wanted: Suspended,
    /// The desired capacity.
    desired: Option<i32>,
    /// Old and new desired capacity, if RegisterScalableTarget changes it.
    clamps: Option<(i32, i32)>,
    dry_run: bool,
    /// `None` if nothing was written.
    after: Option<Suspended>,
    at: jiff::Timestamp,
}

async fn carry_out(arguments: &PauseArgs, suspends: bool) -> Result<CommandReport, Failure> {
    let scaler = LocalScaler::open(&arguments.scaler, &PolicyArgs::default(), None).await?;
    let (id, status) = scaler.status().await?;
    let target = read(&scaler, &id, status.desired).await?;
    let covers = |direction| [direction, Direction::Both].contains(&arguments.direction);
    let (scaling_in, scaling_out) = (covers(Direction::In), covers(Direction::Out));
    let before = target.suspended;
    let wanted = Suspended {
        scaling_in: if scaling_in { suspends } else { before.scaling_in },
        scaling_out: if scaling_out { suspends } else { before.scaling_out },
        scheduled: before.scheduled,
    };
    let mut report = CommandReport {
        suspends,
        region: scaler.region().to_owned(),
        before,
        wanted,
        desired: status.desired,
        clamps: status.desired.and_then(|desired| clamped(desired, &target)),
        dry_run: arguments.scaler.dry_run,
        after: None,
        at: scaler.clock.now(),
        next: scaler.same_variant(&PolicyArgs::default()),
        id,
    };
    if report.dry_run || before == wanted {
        return Ok(report);
    }
    let part = |named: bool| named.then_some(suspends);
    suspension::suspend(&scaler.config, &report.id, part(scaling_in), part(scaling_out))
        .await
        .map_err(|error| Failure::NoAccess(error.with_advice()))?;
    report.after = Some(read(&scaler, &report.id, status.desired).await?.suspended);
    Ok(report)
}

/// `desired`: the desired capacity, for the command that registers the variant.
async fn read(
    scaler: &LocalScaler,
    id: &VariantId,
    desired: Option<i32>,
) -> Result<ScalableTarget, Failure> {
    match scaler.aws.target(id).await {
        Ok(Some(target)) => Ok(target),
        Ok(None) => Err(Failure::NotOk(format!(
            "{}: variant {} is not a registered scalable target, so there is nothing to suspend (what to \
             do: register it with `{}`)",
            id.endpoint,
            id.variant,
            cli_commands::register_new(id, desired)
        ))),
        Err(failure) => Err(scaler.refused(failure)),
    }
}

/// RegisterScalableTarget moves the capacity into the bounds, even if the call does not set them.
fn clamped(desired: i32, target: &ScalableTarget) -> Option<(i32, i32)> {
    let to = desired.max(target.min).min(target.max);
    (to != desired).then_some((desired, to))
}

impl CommandReport {
    fn verb(&self) -> &'static str {
        if self.suspends { "pause" } else { "resume" }
    }

    fn warning(&self) -> Option<String> {
        let (from, to) = self.clamps?;
        Some(format!(
            "desired instances {from} are outside the bounds: the call makes Application Auto \
             Scaling set {to}"
        ))
    }

    fn text(&self) -> String {
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

    fn document(&self) -> String {
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
