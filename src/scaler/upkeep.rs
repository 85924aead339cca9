//! Carrying out what a tick keeps right about records beside its decision.

use futures_util::join;

use super::{Done, Scaler, act::Put, observe::Seen};
use crate::{
    config::Policy,
    decide::{Action, RecordWrite, upkeep},
    lease::{AtRelease, Records},
    port::{Aws, Clock, Endpoints, Scaling},
    reason::Reason,
};

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Writes what [`upkeep::upkeep`] says of what was seen.
    pub(super) async fn keep_up(&self, seen: &Seen, policy: &Policy, done: &mut Done) {
        let now = self.clock.now();
        let (Some(records), Some(target)) = (seen.records(), seen.target()) else { return };
        let mut standing = *records;
        let mut floor_record_replaced = false;
        for write in upkeep::upkeep(&seen.observed, now) {
            let failures = done.failures.len();
            match write {
                RecordWrite::MakePlain(name) => {
                    let plain = AtRelease::KeepMax(target.max);
                    standing = self.remake(seen, name, plain, standing, done).await;
                    floor_record_replaced |= records.named(name).is_some_and(|r| r.is_floor());
                }
                RecordWrite::Delete(name) => {
                    // An input may have renewed it since it was listed.
                    let Some(now_standing) = self.records_now(&seen.id, done).await else { return };
                    if now_standing.named(name) == standing.named(name) {
                        self.delete(seen, name, done).await;
                    }
                }
                RecordWrite::Lease(_)
                | RecordWrite::EndLease
                | RecordWrite::Hold(_)
                | RecordWrite::MakeFloor(_) => {}
            }
            if done.failures.len() > failures {
                return;
            }
        }
        if floor_record_replaced && upkeep::at_rest(&seen.observed, records, now) {
            self.look_for_an_input(seen, &standing, policy, done).await;
        }
    }

    /// The floor record that was just replaced may have been an input's: it is over in what was seen, and was
    /// renewed between the look and the write. What such an input leaves behind is capacity or a floor.
    async fn look_for_an_input(
        &self,
        seen: &Seen,
        records: &Records,
        policy: &Policy,
        done: &mut Done,
    ) {
        let aws = self.aws_for(done.signal);
        let (endpoint, target) = join!(aws.endpoint(&seen.id.endpoint), aws.target(&seen.id));
        let (endpoint, target) = match (endpoint, target) {
            (Ok(Some(endpoint)), Ok(Some(target))) => (endpoint, target),
            (Err(failure), _) | (_, Err(failure)) => return done.fail(failure),
            // Gone meanwhile, and nothing left to look after.
            (Ok(None), _) | (_, Ok(None)) => return,
        };
        let desired =
            endpoint.variants.iter().find(|v| v.name == seen.id.variant).and_then(|v| v.desired);
        if desired == Some(0) && target.min == 0 {
            return;
        }
        let end = self.clock.now() + policy.idle;
        let put = self.write_lease(&seen.id, end, AtRelease::DropFloor, records, done).await;
        if let Put::Written(_) = put {
            done.action = Action::Extend;
            done.reason = Reason::WorkSlippedIn;
        }
    }
}
