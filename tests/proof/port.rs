//! AWS as one container sees it: the model, behind a gate, with faults and stale answers.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Record,
    port::{
        AwsResult, Clock, Datapoint, Endpoint, Endpoints, Metrics, ScalableTarget, Scaling,
        ScheduledAction, VariantId,
    },
};
use simulator::Simulator;

use crate::{
    call::{Ask, Show},
    desk::{Desk, Doom},
    past::Past,
};

#[derive(Clone)]
pub struct Port {
    pub sim: Simulator,
    pub desk: Desk,
    pub past: Past,
}

impl Port {
    /// One call: waits for its effect, meets its fault, waits for its answer.
    async fn pass<T: Show>(
        &self,
        ask: Ask,
        effect: impl Future<Output = AwsResult<T>> + Send,
        as_it_stood: impl FnOnce(Timestamp) -> Option<T> + Send,
    ) -> AwsResult<T> {
        let operation = ask.operation();
        let ticket = self.desk.ask(ask);
        let _watch = self.desk.watch(ticket);
        let Doom { fault, as_of } = self.desk.granted(ticket).await;
        if let Some(fault) = fault {
            self.sim.with(|world| world.faults.fail_next(operation.as_str(), fault, 1));
        }
        let mut result = effect.await;
        if let (Ok(answer), Some(then)) = (&mut result, as_of)
            && let Some(old) = as_it_stood(then)
        {
            *answer = old;
        }
        self.desk.happened(ticket, result.show());
        self.desk.answered(ticket).await;
        result
    }
}

fn never<T>(_: Timestamp) -> Option<T> {
    None
}

impl Endpoints for Port {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        let stood = |then| Some(self.past.of_endpoint(then, name)?.endpoint);
        self.pass(Ask::Endpoint(name.to_owned()), self.sim.endpoint(name), stood).await
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        let ask = Ask::Models(endpoint_config.to_owned());
        self.pass(ask, self.sim.models(endpoint_config), never).await
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        let ask = Ask::SetCapacity(id.clone(), desired);
        self.pass(ask, self.sim.set_capacity(id, desired), never).await
    }
}

impl Scaling for Port {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        let stood = |then| Some(self.past.of(then, id)?.target);
        self.pass(Ask::Target(id.clone()), self.sim.target(id), stood).await
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        let stood =
            |then| Some(self.past.at(then).into_iter().filter_map(|stand| stand.target).collect());
        self.pass(Ask::Targets, self.sim.targets(), stood).await
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        let stood = |then| Some(self.past.of(then, id)?.actions);
        self.pass(Ask::Actions(id.clone()), self.sim.actions(id), stood).await
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        let stood =
            |then| Some(self.past.at(then).into_iter().flat_map(|stand| stand.actions).collect());
        self.pass(Ask::AllActions, self.sim.all_actions(), stood).await
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        let ask = Ask::Put(id.clone(), name.to_owned(), record.release);
        self.pass(ask, self.sim.put_record(id, name, record), never).await
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        let ask = Ask::Delete(id.clone(), name.to_owned());
        self.pass(ask, self.sim.delete_action(id, name), never).await
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        self.pass(Ask::SetMin(id.clone(), min), self.sim.set_min(id, min), never).await
    }
}

impl Metrics for Port {
    /// Each endpoint's share of the call meets its own fault, as GetMetricData has a status for each query.
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        let read = |endpoint: &&str| {
            let endpoint = (*endpoint).to_owned();
            async move {
                let ask = Ask::Backlog(endpoint.clone());
                self.pass(ask, self.sim.backlog(&endpoint, from, until), never).await
            }
        };
        join_all(endpoints.iter().map(read)).await
    }
}

/// A container's clock: the world's, and some seconds off.
#[derive(Clone)]
pub struct SkewedClock {
    pub sim: Simulator,
    pub ahead: SignedDuration,
    /// Calls take no time, and answers are never older than the last write: nothing is waited for.
    pub instant: bool,
}

impl Clock for SkewedClock {
    fn now(&self) -> Timestamp {
        self.sim.now() + self.ahead
    }

    async fn wait(&self, time: Duration) {
        if !self.instant {
            tokio::time::sleep(time).await;
        }
    }
}
