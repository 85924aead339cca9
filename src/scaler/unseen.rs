//! DescribeEndpoint gave no answer: the lease is renewed, so that a later tick carries out the wake.

use tokio::time::timeout_at;

use super::{
    record_put::Put,
    records::at_release_beside_a_wake,
    result::{Conclusion, Done},
    session::{OutOfTime, Session},
};
use crate::{
    config::Policy,
    decide::{Action, Trigger, min_outlasts, wake},
    lease::Kept,
    port::{Aws, Clock, ScalableTarget},
    reason::Reason,
};

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// The result for a variant that was not seen. If the endpoint could not be read and the target is known, a wake
    /// renews its record.
    pub(super) async fn renew_unseen(
        mut self,
        trigger: Trigger,
        reason: Reason,
        target: Option<ScalableTarget>,
        policy: &Policy,
    ) -> Result<Done, OutOfTime> {
        let wakes = trigger.requests_capacity()
            && reason == Reason::EndpointUnreadable
            && !self.subject.observe_only;
        let mut conclusion = Conclusion::nothing(reason);
        if let Some(target) = target.filter(|_| wakes) {
            let deadline = self.waits.deadline;
            match timeout_at(deadline, self.renew_record(&target, trigger.renews(), policy)).await {
                Ok(true) => conclusion.action = Action::Extend,
                Ok(false) => {}
                Err(_) => return Err(self.out_of_time(None, None)),
            }
        }
        Ok(self.result(None, conclusion))
    }

    /// Returns whether the record was written.
    async fn renew_record(&mut self, target: &ScalableTarget, kept: Kept, policy: &Policy) -> bool {
        let Some(records) = self.read_records(&target.id).await else { return false };
        if min_outlasts(target, &records) || target.max < 1 {
            return false;
        }
        self.subject.variant = Some(target.id.variant.clone());
        self.effects.awake_until = records.ends_at();
        let renewal = wake::renewal(&records, kept, policy, self.clock.now());
        let Some(end) = renewal else { return false };
        let at_release = at_release_beside_a_wake(Some(target), &records, kept);
        let put = self.extend(&target.id, (kept, end), at_release, &records).await;
        matches!(put, Put::Written(_))
    }
}
