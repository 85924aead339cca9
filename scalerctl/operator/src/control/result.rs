//! Whether a command succeeded, and what to do if not.

use jiff::Timestamp;
use reactive_scaler::{decide::Action, reason::Reason, scaler::Done, signal::Command};

use super::{
    CommandReport,
    wait::{Ended, Waited},
};
use crate::account::cli_commands;

/// The result of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandResult {
    /// Done, or nothing to do.
    So,
    /// A record was written, and the function carries it out later.
    Queued(Reason),
    /// A rule refuses it. Nothing was written.
    Refused(Reason),
    /// A call failed after something may have been written.
    Incomplete,
    /// It would start an instance that nothing stops. Nothing was written.
    Unregistered,
    /// It was done, but the endpoint did not reach the state.
    NotReached(String),
}

impl CommandResult {
    /// The result of a decision.
    pub fn of(command: Command, done: &Done, now: Timestamp) -> Self {
        let up = done.to().is_some_and(|to| to > 0);
        let so = match command {
            Command::Wake => up && !is_left_alone(done.reason),
            Command::Sleep { .. } => done.action == Action::Sleep || done.reason == Reason::Asleep,
            // The owner's MinCapacity keeps the endpoint up.
            Command::Hold { .. } => {
                up && matches!(
                    done.reason,
                    Reason::Held | Reason::HeldLonger | Reason::Requested | Reason::MinCapacitySet
                )
            }
            Command::Release => {
                done.action == Action::Release || done.reason == Reason::NothingToRelease
            }
            Command::Status => true,
        };
        let waits = matches!(done.reason, Reason::EndpointBusy | Reason::ScalingOutSuspended);
        let is_stored = done.effects.awake_until.is_some_and(|end| now < end);
        match command {
            _ if so => Self::So,
            Command::Wake | Command::Hold { .. } if waits && is_stored => Self::Queued(done.reason),
            _ => Self::Refused(done.reason),
        }
    }

    /// The result after waiting.
    pub fn after(self, waited: &Waited) -> Self {
        match &waited.ended {
            Ended::Reached => self,
            Ended::Not(why) => Self::NotReached(why.clone()),
        }
    }

    /// Whether it succeeded.
    pub fn is_so(&self) -> bool {
        *self == Self::So
    }

    /// Whether it is carried out later.
    pub fn is_queued(&self) -> bool {
        matches!(self, Self::Queued(_))
    }

    /// Whether a command with `--wait` waits until SageMaker accepts a change, and runs again.
    pub fn waits_for_update(&self) -> bool {
        matches!(
            self,
            Self::Queued(Reason::EndpointBusy)
                | Self::Refused(Reason::EndpointBusy | Reason::NotInService)
        )
    }

    /// The message if it did not succeed, with what to do.
    pub fn message(&self, report: &CommandReport) -> Option<String> {
        let CommandReport { id, dry_run, waits, .. } = report;
        let name = &id.endpoint;
        let would =
            |done: &str| if *dry_run { format!("would be {done}") } else { done.to_owned() };
        let (queued, refused) = (would("queued"), would("refused"));
        Some(match self {
            // The failed call is the message.
            Self::So | Self::Incomplete => return None,
            Self::Queued(Reason::ScalingOutSuspended) => {
                let no_wait = if *waits {
                    "; --wait has no effect, because no instance is requested until then"
                } else {
                    ""
                };
                format!(
                    "{name}: {queued}: a deployed function wakes the endpoint when scaling out is resumed \
                     and the lease or hold is live{no_wait} (what to do: resume it with `scalerctl resume \
                     {name} out`)"
                )
            }
            Self::Queued(_) => format!(
                "{name}: {queued}: a deployed function wakes the endpoint when it is InService (what to do: {})",
                when_in_service(
                    report,
                    "to request the capacity without a function, run the command with --wait"
                )
            ),
            Self::Unregistered => format!(
                "{name}: {refused}: the variant {} is not registered as a scalable target, so nothing \
                 would stop its instance (what to do: register it with `{}`)",
                id.variant,
                cli_commands::register_new(id, report.before.desired)
            ),
            Self::Refused(reason) => format!(
                "{name}: {refused}, {}: {} (what to do: {})",
                reason.as_str(),
                reason.meaning(),
                advice(*reason, report)
            ),
            Self::NotReached(why) => format!("{name}: {why}"),
        })
    }
}

/// Reasons for which the function does not change an endpoint, even if it is awake.
fn is_left_alone(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NotAsync
            | Reason::Serverless
            | Reason::ManagedInstanceScaling
            | Reason::EndpointFailed
            | Reason::EndpointDeleting
            | Reason::CapacityUnknown
            | Reason::TargetUnreadable
            | Reason::MaxIsZero
    )
}

/// What the user can do if the endpoint is not `InService`. `wait`: the advice for a command without `--wait`.
fn when_in_service(report: &CommandReport, wait: &str) -> String {
    match (report.waits, report.dry_run) {
        (false, _) => wait.to_owned(),
        (true, true) => {
            "nothing: with --wait, the command waits until then, and then tries again".to_owned()
        }
        (true, false) => format!(
            "run the command again when the endpoint is InService; to see its status `scalerctl status {}`",
            report.id.endpoint
        ),
    }
}

/// What the user can do about a refusal.
fn advice(reason: Reason, report: &CommandReport) -> String {
    let id = &report.id;
    let advice = match reason {
        Reason::NotRegistered => {
            let command = cli_commands::register_new(id, report.before.desired);
            return format!("register the variant with `{command}`");
        }
        Reason::MinCapacitySet => {
            return format!(
                "set it to 0 with `{}`",
                cli_commands::register(id, "--min-capacity 0")
            );
        }
        Reason::MaxIsZero => {
            return format!(
                "set it to 1 with `{}`",
                cli_commands::register(id, "--max-capacity 1")
            );
        }
        Reason::LeaseLive => {
            "wait until it ends, or end it with `scalerctl sleep ENDPOINT --force`"
        }
        Reason::Backlog => "wait until the work is done: --force does not ignore a backlog",
        Reason::BacklogUnknown => {
            "wait: at least 3 datapoints of ApproximateBacklogSize, all 0, must cover the idle \
             window, and CloudWatch delays them by 2 to 3 minutes"
        }
        Reason::WorkSlippedIn => "nothing: there is work to do",
        Reason::NotInService | Reason::EndpointBusy => {
            return when_in_service(
                report,
                "run the command with --wait, which waits until the endpoint is InService",
            );
        }
        Reason::ScalingInSuspended => "resume it with `scalerctl resume ENDPOINT in`",
        Reason::ScalingOutSuspended => "resume it with `scalerctl resume ENDPOINT out`",
        Reason::EndpointFailed => "delete the endpoint and create it again",
        Reason::NotAsync | Reason::Serverless | Reason::ManagedInstanceScaling => {
            "nothing: the function does not scale such an endpoint"
        }
        _ => "run the command again; to show the state: `scalerctl status ENDPOINT`",
    };
    advice.replace("ENDPOINT", &id.endpoint)
}
