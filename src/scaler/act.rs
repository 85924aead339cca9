//! Carrying a decision out: capacity, then records, then floor. "Already so" is success, and a
//! failure of one step keeps none of the others from being tried.

use jiff::{SignedDuration, Timestamp};

use super::{Done, Scaler, SignalKind, observe::Seen};
use crate::{
    decide::{Decision, Floor, RecordWrite, tick::runs_out},
    lease::{HOLD, LEASE, Records, WATCH, release_time, release_time_of_ended},
    port::{Aws, AwsFailure, AwsResult, Clock, FailureKind, VariantId},
    reason::Reason,
};

/// How often a record is put when others change the same target at the same time.
const PUT_ATTEMPTS: usize = 4;

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
    /// `ApproximateBacklogSize` has been unknown for too long.
    #[error(
        "endpoint {endpoint} is kept awake: ApproximateBacklogSize has been unknown for {minutes} \
         minutes (what to do: see whether CloudWatch has the metric and the role may read it)"
    )]
    Blind {
        /// The endpoint.
        endpoint: String,
        /// For how long.
        minutes: i64,
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

/// A capacity that was asked for, and what came of it.
pub(super) struct Asked {
    capacity: i32,
    answer: AwsResult<()>,
    answered_at: Timestamp,
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
        if let Some(asked) = asked {
            let remembered = !decision.records.is_empty()
                || seen.records().is_some_and(|records| records.live(self.clock.now()));
            asked.tell(remembered, oldest_input, done);
        }
        self.write_records(seen, decision, done).await;
        if let Some(floor) = decision.floor {
            // Raised only under a lease that stands: a crash, or a refused lease, leaks nothing.
            let lease_stands = decision.records.is_empty()
                || done.awake_until.is_some_and(|end| end > self.clock.now());
            if floor == Floor::Lower {
                self.take_floor(seen, done).await;
            } else if lease_stands {
                self.move_floor(&seen.id, floor, done).await;
            }
        }
    }

    /// Puts the floor back to 0; whether that was done. Where it was not, and AWS would not do it at R either,
    /// its record is kept: without one it would pass for a user's, for good.
    pub(super) async fn take_floor(&self, seen: &Seen, done: &mut Done) -> bool {
        let taken = self.move_floor(&seen.id, Floor::Lower, done).await;
        let missed = seen.target().is_some_and(|target| target.suspended.scheduled);
        let now = self.clock.now();
        // As far as is known by now: this invocation may have written one.
        let release = done.awake_until.map(|end| end + WATCH);
        if !taken
            && missed
            && runs_out(release, now)
            && !self.stands_late_enough(&seen.id, LEASE, release_time(now), done).await
        {
            self.write_lease(&seen.id, now, done).await;
        }
        taken
    }

    pub(super) async fn ask_for(&self, id: &VariantId, capacity: i32, signal: SignalKind) -> Asked {
        let answer = self.aws_for(signal).set_capacity(id, capacity).await;
        Asked { capacity, answer, answered_at: self.clock.now() }
    }

    pub(super) async fn write_records(&self, seen: &Seen, decision: &Decision, done: &mut Done) {
        let failures = done.failures.len();
        for record in &decision.records {
            match *record {
                RecordWrite::Lease(end) => self.write_lease(&seen.id, end, done).await,
                RecordWrite::EndLease => {
                    self.put_record(&seen.id, LEASE, End::Now, done).await;
                }
                RecordWrite::Hold(end) => {
                    self.put_record(&seen.id, HOLD, End::At(end), done).await;
                }
            }
        }
        // Only where the ended lease stands: without a record, the floor passes for a user's for good.
        if decision.delete_hold
            && done.failures.len() == failures
            && let Err(failure) = self.aws_for(done.signal).delete_action(&seen.id, HOLD).await
        {
            done.fail(failure);
        }
    }

    pub(super) async fn write_lease(&self, id: &VariantId, end: Timestamp, done: &mut Done) {
        // The end was decided before the capacity call: a slow one must not shorten the lease.
        let end = end.max(self.clock.now());
        done.lease_renewed = self.put_record(id, LEASE, End::At(end), done).await;
    }

    /// Puts a record. There is no compare-and-set: when somebody else was at it, read again, and
    /// be content if what stands there is late enough.
    async fn put_record(
        &self,
        id: &VariantId,
        name: &str,
        end_of_record: End,
        done: &mut Done,
    ) -> bool {
        for attempt in 1..=PUT_ATTEMPTS {
            let release = match end_of_record {
                End::At(end) => release_time(end),
                End::Now => release_time_of_ended(self.clock.now()),
            };
            // A tick goes by the listing that it began with, and either look may have read the
            // backlog since: an input may have renewed meanwhile.
            if attempt == 1
                && matches!(done.signal, SignalKind::Tick | SignalKind::EndpointChanged)
                && self.stands_late_enough(id, name, release, done).await
            {
                return false;
            }
            match self.aws_for(done.signal).put_release(id, name, release).await {
                Ok(()) => {
                    let end = release - WATCH;
                    done.awake_until = match end_of_record {
                        End::Now => Some(end),
                        End::At(_) => done.awake_until.max(Some(end)),
                    };
                    return true;
                }
                Err(failure)
                    if failure.kind == FailureKind::Concurrent && attempt < PUT_ATTEMPTS =>
                {
                    if end_of_record != End::Now
                        && self.stands_late_enough(id, name, release, done).await
                    {
                        return false;
                    }
                }
                Err(failure) => {
                    done.fail(failure);
                    return false;
                }
            }
        }
        false
    }

    async fn stands_late_enough(
        &self,
        id: &VariantId,
        name: &str,
        release: Timestamp,
        done: &mut Done,
    ) -> bool {
        // A failed read is no answer: the put is simply tried again.
        let Ok(actions) = self.aws_for(done.signal).actions(id).await else { return false };
        let records = Records::read(&actions, id, self.clock.now());
        let standing = if name == HOLD { records.hold } else { records.lease };
        let enough = standing.is_some_and(|standing| standing >= release);
        if enough {
            done.awake_until = done.awake_until.max(records.ends_at());
        }
        enough
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

impl Asked {
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
                done.action = crate::decide::Action::Extend;
            }
            Err(failure) => done.fail(failure),
        }
    }
}

/// When a record is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Then, or later where a longer one stands.
    At(Timestamp),
    /// Now, whatever stands: a person ends it.
    Now,
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
