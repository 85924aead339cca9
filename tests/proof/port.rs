//! The port of one container: the model, behind the gate, with faults and stale reads.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

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
    call::{Request, ToResponse},
    call_gate::{CallFault, CallGate},
    state_history::StateHistory,
};

#[derive(Clone)]
pub struct Port {
    pub sim: Simulator,
    pub gate: CallGate,
    pub state_history: StateHistory,
}

impl Port {
    /// Makes one call: waits for its effect, applies its fault, and waits for its response.
    pub(crate) async fn pass<T: ToResponse>(
        &self,
        request: Request,
        effect: impl Future<Output = AwsResult<T>> + Send,
        as_it_stood: impl FnOnce(Timestamp) -> Option<T> + Send,
    ) -> AwsResult<T> {
        let operation = request.operation();
        let ticket = self.gate.request(request);
        let _watch = self.gate.watch(ticket);
        let CallFault { fault, as_of } = self.gate.granted(ticket).await;
        if let Some(fault) = fault {
            self.sim.with(|world| world.faults.fail_next(operation.as_str(), fault, 1));
        }
        let mut result = effect.await;
        if let (Ok(answer), Some(then)) = (&mut result, as_of)
            && let Some(old) = as_it_stood(then)
        {
            *answer = old;
        }
        self.gate.happened(ticket, result.to_response());
        self.gate.answered(ticket).await;
        result
    }
}

pub fn never<T>(_: Timestamp) -> Option<T> {
    None
}

impl Endpoints for Port {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        let stood = |then| Some(self.state_history.of_endpoint(then, name)?.endpoint);
        self.pass(Request::Endpoint(name.to_owned()), self.sim.endpoint(name), stood).await
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        let request = Request::Models(endpoint_config.to_owned());
        self.pass(request, self.sim.models(endpoint_config), never).await
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        let request = Request::SetCapacity(id.clone(), desired);
        self.pass(request, self.sim.set_capacity(id, desired), never).await
    }
}

impl Scaling for Port {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        let stood = |then| Some(self.state_history.of(then, id)?.target);
        self.pass(Request::Target(id.clone()), self.sim.target(id), stood).await
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        let stood = |then| {
            Some(self.state_history.at(then).into_iter().filter_map(|state| state.target).collect())
        };
        self.pass(Request::Targets, self.sim.targets(), stood).await
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        let stood = |then| Some(self.state_history.of(then, id)?.actions);
        self.pass(Request::Actions(id.clone()), self.sim.actions(id), stood).await
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        let stood = |then| {
            Some(self.state_history.at(then).into_iter().flat_map(|state| state.actions).collect())
        };
        self.pass(Request::AllActions, self.sim.all_actions(), stood).await
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        let request = Request::Put(id.clone(), name.to_owned(), record.release);
        self.pass(request, self.sim.put_record(id, name, record), never).await
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        let request = Request::Delete(id.clone(), name.to_owned());
        self.pass(request, self.sim.delete_action(id, name), never).await
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        self.pass(Request::SetMin(id.clone(), min), self.sim.set_min(id, min), never).await
    }
}

impl Metrics for Port {
    /// Each endpoint in the request has its own fault, because GetMetricData has a status for each
    /// query.
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        let read = |endpoint: &&str| {
            let endpoint = (*endpoint).to_owned();
            async move {
                let request = Request::Backlog(endpoint.clone());
                self.pass(request, self.sim.backlog(&endpoint, from, until), never).await
            }
        };
        join_all(endpoints.iter().map(read)).await
    }
}

/// The clock of a container: the time of the world, plus some seconds.
#[derive(Clone)]
pub struct SkewedClock {
    pub sim: Simulator,
    pub ahead: SignedDuration,
    /// If true, calls take no time and reads return the last write, so waits end immediately.
    pub instant: bool,
    /// The time at which the clock of a broken scaler stands still.
    pub stands_at: Arc<Mutex<Option<Timestamp>>>,
}

impl Clock for SkewedClock {
    fn now(&self) -> Timestamp {
        let stands_at = *self.stands_at.lock().unwrap_or_else(PoisonError::into_inner);
        stands_at.unwrap_or_else(|| self.sim.now()) + self.ahead
    }

    async fn wait(&self, time: Duration) {
        if !self.instant {
            tokio::time::sleep(time).await;
        }
    }
}
