//! AWS with a call rate: each call waits for its turn and has a time-out.
//!
//! Ticks make most calls, and none of them is urgent. With their own rate, they do not use up the API quota
//! of the account that inputs need.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use tokio::time::timeout;

use crate::{
    lease::Record,
    port::{
        AwsFailure, AwsResult, Datapoint, Endpoint, Endpoints, FailureKind, Metrics, NoAnswer,
        QUERIES_A_CALL, ScalableTarget, Scaling, ScheduledAction, VariantId, WithLedger,
    },
    rate::Pace,
};

/// Time-out of a call with a rate. The next tick tries again.
pub const CALL: Duration = Duration::from_secs(5);

/// Time-out of a listing, which makes a call for each page.
const LISTING: Duration = Duration::from_secs(20);

/// Items on a page of a listing (API: `DescribeScalableTargets`, `DescribeScheduledActions`).
const PAGE: usize = 50;

/// An AWS client, with or without a call rate.
#[derive(Debug)]
pub struct Paced<A> {
    aws: A,
    pace: Option<Pace>,
}

impl<A> Paced<A> {
    /// Calls are made immediately, with the client's own time-outs.
    pub fn without_pace(aws: A) -> Self {
        Self { aws, pace: None }
    }

    /// Calls wait for their turn and end after [`CALL`].
    pub fn at(aws: A, pace: Pace) -> Self {
        Self { aws, pace: Some(pace) }
    }

    /// Its rate, if it has one.
    pub fn pace(&self) -> Option<&Pace> {
        self.pace.as_ref()
    }

    /// Waits until one more call may be made.
    pub async fn turn(&self) {
        if let Some(pace) = &self.pace {
            pace.turn().await;
        }
    }

    /// A listing is counted after it is read, because the number of its pages is unknown before. Later calls
    /// wait for it.
    async fn listed<T>(
        &self,
        pace: &Pace,
        operation: &'static str,
        listing: impl Future<Output = AwsResult<Vec<T>>>,
    ) -> AwsResult<Vec<T>> {
        let listed = slower_if_throttled(pace, bounded(LISTING, operation, "*", listing).await);
        let pages = listed.as_ref().map_or(1, |items| items.len().div_ceil(PAGE).max(1));
        pace.count(u32::try_from(pages).unwrap_or(u32::MAX));
        listed
    }
}

impl<A: Endpoints> Paced<A> {
    /// DescribeEndpoint with the time-out [`CALL`], for a caller who has waited for the [`Self::turn`].
    pub async fn endpoint_in_turn(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        let answer = bounded(CALL, "DescribeEndpoint", name, self.aws.endpoint(name)).await;
        match &self.pace {
            Some(pace) => slower_if_throttled(pace, answer),
            None => answer,
        }
    }
}

/// Ends a call after the given time.
pub(crate) async fn bounded<T>(
    longest: Duration,
    operation: &'static str,
    resource: impl fmt::Display,
    call: impl Future<Output = AwsResult<T>>,
) -> AwsResult<T> {
    timeout(longest, call).await.unwrap_or_else(|_| {
        Err(AwsFailure {
            operation,
            resource: resource.to_string(),
            kind: FailureKind::NoAnswer,
            no_answer: Some(NoAnswer::TooLate),
            answer: format!("no answer from AWS within {} s", longest.as_secs()),
        })
    })
}

/// Reduces the rate if AWS throttled.
fn slower_if_throttled<T>(pace: &Pace, answer: AwsResult<T>) -> AwsResult<T> {
    if answer.as_ref().is_err_and(|failure| failure.kind == FailureKind::Throttled) {
        pace.throttled();
    }
    answer
}

/// Makes one call at its turn. With a rate, the future is boxed, so that calls without a rate stay small.
macro_rules! in_turn {
    ($self:ident, $operation:literal, $resource:expr, $call:expr) => {
        match &$self.pace {
            None => $call.await,
            Some(pace) => {
                pace.turn().await;
                slower_if_throttled(
                    pace,
                    Box::pin(bounded(CALL, $operation, $resource, $call)).await,
                )
            }
        }
    };
}

impl<A: Endpoints> Endpoints for Paced<A> {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        in_turn!(self, "DescribeEndpoint", name, self.aws.endpoint(name))
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        in_turn!(self, "DescribeEndpointConfig", endpoint_config, self.aws.models(endpoint_config))
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        in_turn!(
            self,
            "UpdateEndpointWeightsAndCapacities",
            id.resource_id(),
            self.aws.set_capacity(id, desired)
        )
    }
}

impl<A: Scaling> Scaling for Paced<A> {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        in_turn!(self, "DescribeScalableTargets", id.resource_id(), self.aws.target(id))
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        match &self.pace {
            None => self.aws.targets().await,
            Some(pace) => {
                Box::pin(self.listed(pace, "DescribeScalableTargets", self.aws.targets())).await
            }
        }
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        in_turn!(self, "DescribeScheduledActions", id.resource_id(), self.aws.actions(id))
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        match &self.pace {
            None => self.aws.all_actions().await,
            Some(pace) => {
                let listing = self.aws.all_actions();
                Box::pin(self.listed(pace, "DescribeScheduledActions", listing)).await
            }
        }
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        in_turn!(
            self,
            "PutScheduledAction",
            id.resource_id(),
            self.aws.put_record(id, name, record)
        )
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        in_turn!(self, "DeleteScheduledAction", id.resource_id(), self.aws.delete_action(id, name))
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        in_turn!(self, "RegisterScalableTarget", id.resource_id(), self.aws.set_min(id, min))
    }
}

impl<A: Metrics> Metrics for Paced<A> {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        let Some(pace) = &self.pace else {
            return self.aws.backlogs(endpoints, from, until).await;
        };
        let mut all = Vec::with_capacity(endpoints.len());
        for endpoints in endpoints.chunks(QUERIES_A_CALL) {
            pace.turn().await;
            let call = async { Ok(self.aws.backlogs(endpoints, from, until).await) };
            let answers = Box::pin(bounded(CALL, "GetMetricData", "", call)).await;
            all.extend(answers.unwrap_or_else(|failure| {
                let of = |name: &&str| {
                    Err(AwsFailure { resource: (*name).to_owned(), ..failure.clone() })
                };
                endpoints.iter().map(of).collect()
            }));
        }
        for answer in &all {
            if answer.as_ref().is_err_and(|failure| failure.kind == FailureKind::Throttled) {
                pace.throttled();
            }
        }
        all
    }
}

/// The ledger is the function's own table. Its calls do not use up a quota that others need, so they do not wait.
impl<A: WithLedger> WithLedger for Paced<A> {
    type Ledger = A::Ledger;

    fn ledger(&self) -> &A::Ledger {
        self.aws.ledger()
    }
}
