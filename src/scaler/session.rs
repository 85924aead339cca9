//! One variant's share of an invocation.

use jiff::Timestamp;

use super::{
    Failure,
    deadline::Waits,
    effects::Effects,
    replaced::Replaced,
    result::{Conclusion, Done, Subject},
    seen::Seen,
};
use crate::{
    decide::{Decision, Read},
    port::{AwsFailure, AwsResult},
    rate_limited::Paced,
    reason::Reason,
};

/// Everything that the steps for one variant share: the client for its calls, the clock, and what AWS has accepted
/// and refused so far. The steps (`look.rs`, `carry_out.rs`, ...) are its methods.
#[derive(Debug)]
pub(super) struct Session<'s, A, C> {
    pub(super) aws: &'s Paced<A>,
    pub(super) clock: &'s C,
    pub(super) waits: Waits,
    pub(super) subject: Subject,
    pub(super) oldest_input: Option<Timestamp>,
    pub(super) effects: Effects,
    /// The work record that this invocation has ended. A read can still return it as it was before.
    pub(super) ended_work: Option<Replaced>,
}

/// The result if the deadline passed. What AWS accepted before is in it.
pub(super) struct OutOfTime(pub(super) Done);

impl<A, C> Session<'_, A, C> {
    pub(super) fn fail(&mut self, failure: AwsFailure) {
        self.effects.fail(failure);
    }

    /// An answer for the decision. A failure is reported.
    pub(super) fn read<T>(&mut self, answer: AwsResult<T>) -> Read<T> {
        match answer {
            Ok(value) => Read::Known(value),
            Err(failure) => {
                self.fail(failure);
                Read::Failed
            }
        }
    }

    /// Whether AWS accepted a change. A failure is reported.
    pub(super) fn succeeded(&mut self, answer: AwsResult<()>) -> bool {
        self.read(answer).known().is_some()
    }

    /// The result: what was seen, decided and done.
    pub(super) fn result(mut self, seen: Option<&Seen>, conclusion: Conclusion) -> Done {
        if let Some(seen) = seen {
            self.subject.variant = Some(seen.id.variant.clone());
        }
        Done::new(self.subject, seen.map(Seen::instances), conclusion, self.effects)
    }

    /// The result if the deadline passed, with what was seen and decided before.
    pub(super) fn out_of_time(
        mut self,
        seen: Option<&Seen>,
        decision: Option<&Decision>,
    ) -> OutOfTime {
        self.effects.failures.push(Failure::OutOfTime { endpoint: self.subject.endpoint.clone() });
        let decided = decision.map(|decision| Conclusion::after(decision, self.effects.busy));
        let conclusion = decided.unwrap_or_else(|| Conclusion::nothing(Reason::OutOfTime));
        OutOfTime(self.result(seen, Conclusion { reason: Reason::OutOfTime, ..conclusion }))
    }
}
