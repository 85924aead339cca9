//! Carrying a decision out: capacity, then records, then floor. "Already so" is success, and a
//! failure of one step keeps none of the others from being tried.

use futures_util::join;
use jiff::{SignedDuration, Timestamp};

use super::{Done, Scaler, SignalKind, observe::Seen};
use crate::{
    config::Policy,
    decide::{Action, Decision, Floor, MinOwner, RecordWrite, overdue::Wait, tick::runs_out},
    lease::{
        AtRelease, HOLD, LEASE, NO_FLOOR, Record, Records, SPARE, WATCH, release_time,
        release_time_of_ended,
    },
    port::{
        Aws, AwsFailure, AwsResult, Clock, Endpoints, FailureKind, ScalableTarget, Scaling,
        VariantId,
    },
    reason::Reason,
};

/// How often a record is put when others change the same target at the same time.
const PUT_ATTEMPTS: usize = 4;

/// The resolution of `at()` as we write it.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Something that could not be done. It fails the invocation after everything else was tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A call to AWS.
    #[error("{0}")]
    Aws(AwsFailure),
    /// The endpoint of an input or a command does not exist.
    #[error(
        "endpoint {endpoint} does not exist in this region (what to do: correct SCALER_ROUTES, or \
         create the endpoint)"
    )]
    Missing {
        /// The endpoint.
        endpoint: String,
    },
    /// A route's variant cannot be told.
    #[error(
        "endpoint {endpoint} has {}, and the route names {} (what to do: set the route's \
         \"variant\" to one of the endpoint's)",
        match variants.as_slice() {
            [] => "no variants".to_owned(),
            some => format!("the variants {}", some.join(", ")),
        },
        wanted.as_deref().unwrap_or("none")
    )]
    VariantUnclear {
        /// The endpoint.
        endpoint: String,
        /// What the route says.
        wanted: Option<String>,
        /// What DescribeEndpoint says.
        variants: Vec<String>,
    },
    /// A command names an endpoint that no route names, and none for several endpoints covers.
    #[error("no route has endpoint {endpoint:?} (what to do: add it to SCALER_ROUTES)")]
    NoRoute {
        /// The endpoint.
        endpoint: String,
    },
    /// A command names an endpoint that a route for several endpoints covers, and that has no
    /// scalable target.
    #[error(
        "endpoint {endpoint:?} is covered by a route, but none of its variants is registered as a \
         scalable target (what to do: correct the name, or register the variant with MinCapacity 0)"
    )]
    NotRegistered {
        /// The endpoint.
        endpoint: String,
    },
    /// A command names an endpoint that a route for several endpoints covers, and what is registered
    /// cannot be listed now.
    #[error(
        "endpoint {endpoint:?} is covered by a route, but whether it is registered as a scalable \
         target is not known: {problem}"
    )]
    RegistryUnknown {
        /// The endpoint.
        endpoint: String,
        /// Why the listing failed, and what to do.
        problem: String,
    },
    /// The routes could not be read again from where they lie.
    #[error("the routes in {place} could not be read again, the last good ones stay: {problem}")]
    RoutesNotRefreshed {
        /// Where they lie.
        place: String,
        /// What went wrong, and what to do.
        problem: String,
    },
    /// What was asked for cannot be done now, and nothing remembers it.
    #[error("endpoint {endpoint}: what was asked for cannot be done: {}", reason.meaning())]
    Unserved {
        /// The endpoint.
        endpoint: String,
        /// Why.
        reason: Reason,
    },
    /// The endpoint has waited for too long for something, and is kept awake meanwhile.
    #[error("endpoint {endpoint} is kept awake: {}", overdue(*wait, *minutes))]
    Overdue {
        /// The endpoint.
        endpoint: String,
        /// What for.
        wait: Wait,
        /// For how long.
        minutes: i64,
    },
    /// A tick has no time for all whose records need a look.
    #[error(
        "{endpoints} endpoints, {endpoint} first, are not looked at in time: their records end before, and this tick \
         had time for {looks} looks (what to do: see in CloudTrail who else calls SageMaker and Application Auto \
         Scaling in this account, ask AWS for higher rates, or divide the endpoints among several functions)"
    )]
    LeftOut {
        /// The endpoint whose record ends first.
        endpoint: String,
        /// How many endpoints.
        endpoints: usize,
        /// How many were looked at.
        looks: usize,
    },
    /// The invocation's time was up.
    #[error(
        "endpoint {endpoint}: the invocation's time was up (what to do: nothing if it is rare; \
         the next tick goes on)"
    )]
    OutOfTime {
        /// The endpoint.
        endpoint: String,
    },
}

/// What is waited for, and what to do.
fn overdue(wait: Wait, minutes: i64) -> String {
    match wait {
        Wait::Backlog => format!(
            "ApproximateBacklogSize has been unknown for {minutes} minutes (what to do: see whether CloudWatch \
             has the metric and the role may read it)"
        ),
        Wait::Capacity => format!(
            "the instances that were requested {minutes} minutes ago are not in service (what to do: see the \
             scaling activities of the variant, and FailureReason in DescribeEndpoint; another instance type, \
             or instance pools, where capacity is short)"
        ),
        Wait::Status(status) => format!(
            "its status has been {} for {minutes} minutes (what to do: see FailureReason in DescribeEndpoint)",
            status.as_str()
        ),
    }
}

/// A capacity that was requested, and what came of it.
pub(super) struct Asked {
    pub(super) capacity: i32,
    pub(super) answer: AwsResult<()>,
    pub(super) answered_at: Timestamp,
}

/// What the answer says about the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Granted {
    /// It was accepted.
    Yes,
    /// It may have been accepted, from us or from somebody else at the same moment.
    Perhaps,
    /// It was refused.
    No,
}

/// What came of putting a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Put {
    /// It was written.
    Written(Record),
    /// What stands there by now is as good, or was written by somebody who knows more.
    Stands(Records),
    /// AWS refused; the failure is reported.
    Failed,
}

/// When a record is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Then, or later where a longer one stands.
    At(Timestamp),
    /// Now, whatever stands: a person ends it.
    Now,
    /// At the same time as this one, which it replaces unless that was renewed meanwhile.
    Of(Record),
}

/// What the record of this name does at R where no floor is raised beside it. One that drops our floor keeps
/// doing so: whoever wrote it may raise the floor at this moment.
pub(super) fn at_release(
    target: Option<&ScalableTarget>,
    records: &Records,
    name: &str,
) -> AtRelease {
    let standing = records.named(name);
    let Some(target) = target else {
        return standing.map_or(AtRelease::DropFloor, |record| record.at_release);
    };
    let counts = standing.is_some_and(|record| records.counts(record));
    match MinOwner::of(target, records) {
        MinOwner::Ours | MinOwner::OursEnding => AtRelease::DropFloor,
        MinOwner::None if counts => AtRelease::DropFloor,
        MinOwner::None | MinOwner::Owner => AtRelease::KeepMax(target.max),
    }
}

/// The same of a lease that is written while DescribeEndpoint gives no answer. Whether somebody wakes the endpoint
/// and raises the floor at this moment is not known then: a floor record covers it.
pub(super) fn at_release_unseen(target: Option<&ScalableTarget>, records: &Records) -> AtRelease {
    let owner = target.map(|target| MinOwner::of(target, records));
    let floor_is_possible = !records.foreign_min
        && target.is_none_or(|target| !target.suspended.scheduled)
        && owner != Some(MinOwner::Owner);
    match floor_is_possible {
        true => AtRelease::DropFloor,
        false => at_release(target, records, LEASE),
    }
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Everything but a sleep. What was `asked` for already is not asked for again.
    pub(super) async fn act(
        &self,
        seen: &Seen,
        decision: &Decision,
        asked: Option<Asked>,
        oldest_input: Option<Timestamp>,
        done: &mut Done,
    ) {
        let asked = match (asked, decision.capacity) {
            (None, Some(capacity)) => Some(self.ask_for(&seen.id, capacity, done.signal).await),
            (asked, _) => asked,
        };
        let granted = asked.as_ref().map_or(Granted::Yes, Asked::granted);
        if let Some(asked) = asked {
            let remembered = !decision.records.is_empty()
                || seen.records().is_some_and(|records| records.live(self.clock.now()));
            asked.tell(remembered, oldest_input, done);
        }
        let raised = decision.floor == Some(Floor::Raise) && granted != Granted::No;
        let records = self.write_records(seen, decision, raised, done).await;
        match decision.floor {
            // Raised only beside a record that drops it: a crash, or a refused record, leaks nothing.
            Some(Floor::Raise) if granted == Granted::Yes => {
                if records.floor_is_covered(self.clock.now()) {
                    self.move_floor(&seen.id, Floor::Raise, done).await;
                }
            }
            Some(Floor::Lower) => _ = self.take_floor(seen, &records, done).await,
            Some(Floor::Raise) | None => {}
        }
    }

    /// Puts our floor back to 0, and says so in the records; whether both were done. Where the floor was not
    /// put back, and AWS would not do it at R either, its record is kept: without one it would count as the
    /// owner's.
    pub(super) async fn take_floor(&self, seen: &Seen, records: &Records, done: &mut Done) -> bool {
        if self.move_floor(&seen.id, Floor::Lower, done).await {
            return self.cancel_floor(seen, records, done).await;
        }
        let missed = seen.target().is_some_and(|target| target.suspended.scheduled);
        let now = self.clock.now();
        // As far as is known by now: this invocation may have written one.
        let release = done.awake_until.map(|end| end + WATCH);
        if missed && runs_out(release, now) {
            let end = release_time(now);
            if self.stands_late_enough(&seen.id, LEASE, end, done).await.is_none() {
                self.write_lease(&seen.id, now, AtRelease::DropFloor, records, done).await;
            }
        }
        false
    }

    /// Raises the floor that a sleep took again, for work that slipped in. The lease is renewed first, as an
    /// input's would be: what was read of it may be older than the write that cancelled it.
    pub(super) async fn restore_floor(
        &self,
        seen: &Seen,
        records: &Records,
        policy: &Policy,
        done: &mut Done,
    ) {
        let end = self.clock.now() + policy.idle + policy.renewal_step();
        let floor = AtRelease::DropFloor;
        let put = self.write_lease(&seen.id, end, floor, records, done).await;
        if put.applied(LEASE, *records).floor_is_covered(self.clock.now()) {
            self.move_floor(&seen.id, Floor::Raise, done).await;
        }
    }

    /// Says in the records that no floor of ours stands, so that a `MinCapacity` of 1 counts as the owner's from
    /// now on; whether that was done. A live record becomes a plain one. One that is over is not touched, an
    /// input may have renewed it a moment ago: an action of its own cancels it.
    pub(super) async fn cancel_floor(
        &self,
        seen: &Seen,
        records: &Records,
        done: &mut Done,
    ) -> bool {
        let Some(target) = seen.target() else { return true };
        let now = self.clock.now();
        let plain = AtRelease::KeepMax(target.max);
        let live = |record: Record| records.counts(record) && record.live(now);
        let mut all_done = true;
        for (name, record) in records.standing().filter(|(_, record)| live(*record)) {
            let put = self.put(&seen.id, name, End::Of(record), plain, records, done).await;
            all_done &= put != Put::Failed;
        }
        self.cancel_ended(seen, records, done).await && all_done
    }

    /// The same for the records alone that are over.
    pub(super) async fn cancel_ended(
        &self,
        seen: &Seen,
        records: &Records,
        done: &mut Done,
    ) -> bool {
        let Some(target) = seen.target() else { return true };
        let now = self.clock.now();
        let ended = |record: &Record| records.counts(*record) && !record.live(now);
        let releases = records.standing().map(|(_, record)| record).filter(ended);
        let Some(latest) = releases.map(|record| record.release).max() else { return true };
        let no_floor = Record::plain(latest + SPARE, target.max);
        let put =
            self.put(&seen.id, NO_FLOOR, End::Of(no_floor), no_floor.at_release, records, done);
        put.await != Put::Failed
    }

    pub(super) async fn ask_for(&self, id: &VariantId, capacity: i32, signal: SignalKind) -> Asked {
        let answer = self.aws_for(signal).set_capacity(id, capacity).await;
        Asked { capacity, answer, answered_at: self.clock.now() }
    }

    /// Writes what was decided; the records as they stand then, as far as is known. `raised`: the floor is
    /// raised right after it.
    pub(super) async fn write_records(
        &self,
        seen: &Seen,
        decision: &Decision,
        raised: bool,
        done: &mut Done,
    ) -> Records {
        let mut records = seen.records().copied().unwrap_or_default();
        let failures = done.failures.len();
        for write in &decision.records {
            let at_release = |name| match seen.records() {
                Some(_) if !raised => at_release(seen.target(), &records, name),
                // What stands is not known: a floor of ours may.
                Some(_) | None => AtRelease::DropFloor,
            };
            match *write {
                RecordWrite::Lease(end) => {
                    let at_release = at_release(LEASE);
                    let put = self.write_lease(&seen.id, end, at_release, &records, done).await;
                    records = put.applied(LEASE, records);
                }
                RecordWrite::EndLease => {
                    let at_release = at_release(LEASE);
                    let put = self.put(&seen.id, LEASE, End::Now, at_release, &records, done).await;
                    records = put.applied(LEASE, records);
                }
                RecordWrite::Hold(end) => {
                    let (end, at_release) = (End::At(end), at_release(HOLD));
                    let put = self.put(&seen.id, HOLD, end, at_release, &records, done).await;
                    records = put.applied(HOLD, records);
                }
                // Not where capacity was refused: no floor will be raised.
                RecordWrite::MakeFloor(name) if raised => {
                    let floor = AtRelease::DropFloor;
                    records = self.remake(seen, name, floor, records, done).await;
                }
                RecordWrite::MakeFloor(_) => {}
                RecordWrite::MakePlain(name) => {
                    if let Some(target) = seen.target() {
                        let plain = AtRelease::KeepMax(target.max);
                        records = self.remake(seen, name, plain, records, done).await;
                    }
                }
                RecordWrite::CancelEnded => _ = self.cancel_ended(seen, &records, done).await,
                RecordWrite::Delete(name) => {
                    if done.failures.len() == failures {
                        self.delete(seen, name, done).await;
                    }
                }
            }
        }
        self.look_for_a_floor(seen, decision, records, done).await
    }

    pub(super) async fn delete(&self, seen: &Seen, name: &str, done: &mut Done) {
        if let Err(failure) = self.aws_for(done.signal).delete_action(&seen.id, name).await {
            done.fail(failure);
        }
    }

    /// Puts the standing record of this name again, at the same time, unless it was renewed meanwhile.
    pub(super) async fn remake(
        &self,
        seen: &Seen,
        name: &'static str,
        at_release: AtRelease,
        records: Records,
        done: &mut Done,
    ) -> Records {
        let Some(record) = records.named(name) else { return records };
        let put = self.put(&seen.id, name, End::Of(record), at_release, &records, done).await;
        put.applied(name, records)
    }

    /// A plain record may just have replaced one of an input that raises the floor at this moment. Such an input
    /// has requested capacity before: found so, the record becomes one that drops the floor, or the floor
    /// would count as the owner's.
    async fn look_for_a_floor(
        &self,
        seen: &Seen,
        decision: &Decision,
        records: Records,
        done: &mut Done,
    ) -> Records {
        let Some(target) = seen.target() else { return records };
        // Where a schedule of the owner sets the minimum, one that is found is the owner's.
        if target.min != 0 || records.foreign_min || target.suspended.scheduled {
            return records;
        }
        let mut written = decision.records.iter().filter_map(|write| match write {
            RecordWrite::Lease(_) | RecordWrite::EndLease => Some(LEASE),
            RecordWrite::Hold(_) => Some(HOLD),
            RecordWrite::MakeFloor(_)
            | RecordWrite::MakePlain(_)
            | RecordWrite::CancelEnded
            | RecordWrite::Delete(_) => None,
        });
        let plain = |name: &&str| records.named(name).is_some_and(|record| !record.is_floor());
        let Some(name) = written.rfind(plain) else { return records };
        if self.woken_or_raised(seen, done).await {
            return self.remake(seen, name, AtRelease::DropFloor, records, done).await;
        }
        records
    }

    /// Whether somebody requested capacity, or raised the floor, since the endpoint was looked at.
    pub(super) async fn woken_or_raised(&self, seen: &Seen, done: &mut Done) -> bool {
        let aws = self.aws_for(done.signal);
        let (endpoint, target) = join!(aws.endpoint(&seen.id.endpoint), aws.target(&seen.id));
        let (endpoint, target) = match (endpoint, target) {
            (Ok(Some(endpoint)), Ok(Some(target))) => (endpoint, target),
            (Err(failure), _) | (_, Err(failure)) => {
                done.fail(failure);
                return false;
            }
            // Gone meanwhile, and nothing left to look after.
            (Ok(None), _) | (_, Ok(None)) => return false,
        };
        let desired =
            endpoint.variants.iter().find(|v| v.name == seen.id.variant).and_then(|v| v.desired);
        let woken = seen.observed.variant.desired == Some(0) && desired.is_some_and(|n| n > 0);
        let raised = target.min == 1 && seen.target().is_some_and(|target| target.min != 1);
        woken || raised
    }

    pub(super) async fn write_lease(
        &self,
        id: &VariantId,
        end: Timestamp,
        at_release: AtRelease,
        records: &Records,
        done: &mut Done,
    ) -> Put {
        // The end was decided before the capacity call: a slow one must not shorten the lease.
        let end = End::At(end.max(self.clock.now()));
        let put = self.put(id, LEASE, end, at_release, records, done).await;
        done.lease_renewed = matches!(put, Put::Written(_));
        put
    }

    /// Puts a record. There is no compare-and-set: when somebody else was at it, read again, and
    /// be content if what stands there is late enough.
    async fn put(
        &self,
        id: &VariantId,
        name: &'static str,
        end: End,
        at_release: AtRelease,
        records: &Records,
        done: &mut Done,
    ) -> Put {
        for attempt in 1..=PUT_ATTEMPTS {
            let mut release = match end {
                End::At(end) => release_time(end),
                // A second earlier, so that one that must be later than this one is over at once, too.
                End::Now => release_time_of_ended(self.clock.now()) - SECOND,
                End::Of(record) => record.release,
            };
            if let (AtRelease::DropFloor, Some(until)) = (at_release, records.cancelled_until()) {
                // One that is not later would be cancelled from the start.
                release = release.max(until + SECOND);
            }
            // A tick goes by the listing that it began with, and either look may have read the
            // backlog since: an input may have renewed meanwhile.
            let from_a_listing =
                matches!(done.signal, SignalKind::Tick | SignalKind::EndpointChanged);
            let stands = match end {
                End::At(_) if attempt > 1 || from_a_listing => {
                    self.stands_late_enough(id, name, release, done).await
                }
                End::Of(record) if name != NO_FLOOR => self.changed(id, name, record, done).await,
                End::At(_) | End::Now | End::Of(_) => None,
            };
            if let Some(standing) = stands {
                return Put::Stands(standing);
            }
            let record = Record { release, at_release };
            match self.aws_for(done.signal).put_record(id, name, record).await {
                Ok(()) => {
                    if name != NO_FLOOR {
                        done.awake_until = match end {
                            End::Now => Some(record.ends_at()),
                            End::At(_) | End::Of(_) => done.awake_until.max(Some(record.ends_at())),
                        };
                    }
                    return Put::Written(record);
                }
                Err(failure)
                    if failure.kind == FailureKind::Concurrent && attempt < PUT_ATTEMPTS => {}
                Err(failure) => {
                    done.fail(failure);
                    return Put::Failed;
                }
            }
        }
        Put::Failed
    }

    /// The records as they stand now, if the one of this name is late enough. A failed read is no answer: the
    /// put is simply tried again.
    async fn stands_late_enough(
        &self,
        id: &VariantId,
        name: &str,
        release: Timestamp,
        done: &mut Done,
    ) -> Option<Records> {
        let records = self.records_now(id, done).await?;
        let enough = records.named(name).is_some_and(|standing| standing.release >= release);
        enough.then(|| {
            done.awake_until = done.awake_until.max(records.ends_at());
            records
        })
    }

    /// The records as they stand now, if the one of this name is another than this one.
    async fn changed(
        &self,
        id: &VariantId,
        name: &str,
        record: Record,
        done: &mut Done,
    ) -> Option<Records> {
        let records = self.records_now(id, done).await?;
        (records.named(name) != Some(record)).then(|| {
            done.awake_until = done.awake_until.max(records.ends_at());
            records
        })
    }

    pub(super) async fn records_now(&self, id: &VariantId, done: &Done) -> Option<Records> {
        let actions = self.aws_for(done.signal).actions(id).await.ok()?;
        Some(Records::read(&actions, id, self.clock.now()))
    }

    pub(super) async fn move_floor(&self, id: &VariantId, floor: Floor, done: &mut Done) -> bool {
        let min = match floor {
            Floor::Raise => 1,
            Floor::Lower => 0,
        };
        match self.aws_for(done.signal).set_min(id, min).await {
            Ok(()) => true,
            Err(failure) => {
                done.fail(failure);
                false
            }
        }
    }
}

impl Put {
    /// The records with what was put.
    pub(super) fn applied(self, name: &str, mut records: Records) -> Records {
        match self {
            Self::Written(record) => records.set(name, record),
            Self::Stands(standing) => records = standing,
            Self::Failed => {}
        }
        records
    }
}

impl Asked {
    fn granted(&self) -> Granted {
        let Err(failure) = &self.answer else { return Granted::Yes };
        match failure.kind {
            FailureKind::Busy
            | FailureKind::Concurrent
            | FailureKind::Throttled
            | FailureKind::NoAnswer => Granted::Perhaps,
            FailureKind::EndpointMissing
            | FailureKind::EndpointConfigMissing
            | FailureKind::NotRegistered
            | FailureKind::Quota
            | FailureKind::InsufficientCapacity
            | FailureKind::AccessDenied
            | FailureKind::ExplicitDeny
            | FailureKind::OtherPolicy
            | FailureKind::CredentialsExpired
            | FailureKind::CredentialsInvalid
            | FailureKind::NoCredentials
            | FailureKind::StoredMissing
            | FailureKind::WrongRegion
            | FailureKind::Other => Granted::No,
        }
    }

    /// Tells the report; `remembered` is whether a record makes a later tick ask again.
    fn tell(self, remembered: bool, oldest_input: Option<Timestamp>, done: &mut Done) {
        match self.answer {
            Ok(()) => {
                done.to = Some(self.capacity);
                done.wake_latency = oldest_input
                    .map(|input| self.answered_at.duration_since(input))
                    .filter(|latency| *latency >= SignedDuration::ZERO);
            }
            // Somebody is changing it at this moment: up, and all is well; down, and the lease
            // makes the next tick or state change wake it. Without a lease, the caller must retry.
            Err(failure) if Done::is_busy(&failure) && remembered => {
                done.reason = Reason::EndpointBusy;
                // A hold that was asked for is written all the same.
                if done.action != Action::Hold {
                    done.action = Action::Extend;
                }
            }
            Err(failure) => done.fail(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_said_in_words() {
        let unclear = |wanted: Option<&str>, variants: &[&str]| {
            let failure = Failure::VariantUnclear {
                endpoint: "my-endpoint".into(),
                wanted: wanted.map(str::to_owned),
                variants: variants.iter().map(|name| (*name).to_owned()).collect(),
            };
            failure.to_string()
        };
        for (wanted, variants, expected) in [
            (
                None,
                &["blue", "green"][..],
                "has the variants blue, green, and the route names none",
            ),
            (Some("red"), &["blue"][..], "has the variants blue, and the route names red"),
            (Some("red"), &[][..], "has no variants, and the route names red"),
        ] {
            let said = unclear(wanted, variants);
            assert!(said.starts_with(&format!("endpoint my-endpoint {expected} (")), "{said}");
        }
    }
}
