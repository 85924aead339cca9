//! Idempotent and cheap.

use reactive_scaler::decide::{Action, Trigger};
use reactive_scaler::reason::Reason;

use super::setup::{endpoint_at, lease, minutes, seconds};

#[test]
fn an_input_extends_the_lease_only_by_more_than_w() {
    // Written: idle + W from now. Gain of W exactly, with the end one idle window away: no.
    let fresh = endpoint_at(1).lease_ends_in(minutes(10));
    assert_eq!(fresh.says(Trigger::Input), (Action::None, Reason::LeaseFresh));
    let due = endpoint_at(1).lease_ends_in(minutes(10) - seconds(1));
    let decision = due.decide(Trigger::Input);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::LeaseRenewed));
    assert_eq!(lease(&decision), Some(minutes(11)));
}

#[test]
fn at_zero_without_a_record_no_metric_is_read() {
    assert_eq!(endpoint_at(0).says(Trigger::Tick), (Action::None, Reason::Asleep));
}
