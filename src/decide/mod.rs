//! The decision for one variant. It makes no AWS call and reads no clock.
//!
//! [`decide`] chooses the rules by the trigger: [`wake`], [`tick`] or [`command`]. [`idle_evidence`] says which
//! datapoints prove that an endpoint is idle.

pub mod command;
mod decision;
mod floor;
pub mod idle_evidence;
mod leave_alone;
mod ledger_seen;
pub mod long_wait;
pub mod min_owner;
mod observed;
pub mod observing;
pub mod record_cleanup;
pub mod tick;
pub mod wake;

use jiff::Timestamp;
use leave_alone::leave_alone;

pub use decision::{
    Action, Decision, Floor, FloorWithheld, LedgerAtSleep, RecordWrite, TICK, Verdict,
};
pub(crate) use floor::{floor_while_awake, is_missed, min_outlasts};
pub use idle_evidence::{Backlog, Evidence};
pub use ledger_seen::LedgerSeen;
pub use min_owner::MinOwner;
pub use observed::{Observed, Read, Trigger};

use crate::{config::Policy, reason::Reason};

/// Decides what to do for one variant.
pub fn decide(trigger: Trigger, seen: &Observed, policy: &Policy, now: Timestamp) -> Verdict {
    if trigger == Trigger::Status {
        return Decision::none(Reason::Status).into();
    }
    if let Some(reason) = leave_alone(&seen.endpoint, &seen.variant) {
        let decision = Decision::none(reason);
        let lost = matches!(reason, Reason::EndpointFailed | Reason::EndpointDeleting)
            && !matches!(trigger, Trigger::Tick | Trigger::EndpointChanged);
        return if lost { decision.unserved() } else { decision }.into();
    }
    match trigger {
        Trigger::Input | Trigger::InputInLedger => {
            wake::decide(seen, policy, now, (Reason::WorkArrived, trigger.renews())).into()
        }
        Trigger::Invocation => {
            wake::decide(seen, policy, now, (Reason::InvocationSeen, trigger.renews())).into()
        }
        Trigger::Alarm => {
            wake::decide(seen, policy, now, (Reason::AlarmFired, trigger.renews())).into()
        }
        Trigger::Wake => {
            wake::decide(seen, policy, now, (Reason::Requested, trigger.renews())).into()
        }
        Trigger::Tick | Trigger::EndpointChanged => tick::decide(seen, policy, now),
        Trigger::Sleep { force } => command::sleep(seen, policy, now, force),
        Trigger::Hold { until } => command::hold(seen, policy, now, until).into(),
        Trigger::Release => command::release(seen, now).into(),
        Trigger::Status => Decision::none(Reason::Status).into(),
    }
}
