//! The model of AWS in virtual time: calls take long, some are never answered, and too many a second are
//! throttled.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use reactive_scaler::{
    lease::Record,
    port::{
        AwsFailure, AwsResult, Clock, Datapoint, Endpoint, Endpoints, FailureKind, Metrics,
        ScalableTarget, Scaling, ScheduledAction, VariantId, WithLedger,
    },
};
use simulator::Simulator;
use tokio::time::{Instant, sleep};

/// A call as it was made: when, which operation, and on what.
#[derive(Debug, Clone)]
pub struct Asked {
    pub at: Instant,
    pub operation: &'static str,
    pub resource: String,
}

#[derive(Clone)]
pub struct SlowAws {
    pub sim: Simulator,
    pub takes: Duration,
    /// Endpoints that DescribeEndpoint never answers for.
    pub hanging: BTreeSet<String>,
    /// Endpoints whose backlog CloudWatch does not return.
    pub forbidden: BTreeSet<String>,
    /// How many calls of DescribeEndpoint a second AWS does not throttle.
    pub limit: usize,
    asked: Arc<Mutex<Vec<Asked>>>,
    begun: Instant,
    start: Timestamp,
}

impl SlowAws {
    pub fn new(sim: &Simulator, takes: Duration) -> Self {
        Self {
            sim: sim.clone(),
            takes,
            hanging: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            limit: usize::MAX,
            asked: Arc::default(),
            begun: Instant::now(),
            start: sim.now(),
        }
    }

    /// What was asked since the last time.
    pub fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    async fn wait(&self, operation: &'static str, resource: &str) -> AwsResult<()> {
        let at = Instant::now();
        let throttled = {
            let mut asked = self.asked.lock().unwrap();
            let recent = |one: &&Asked| at.duration_since(one.at) < Duration::from_secs(1);
            let recent = asked.iter().rev().take_while(recent);
            let looks = recent.filter(|one| one.operation == "DescribeEndpoint").count();
            asked.push(Asked { at, operation, resource: resource.to_owned() });
            operation == "DescribeEndpoint" && looks >= self.limit
        };
        if operation == "DescribeEndpoint" && self.hanging.contains(resource) {
            std::future::pending::<()>().await;
        }
        sleep(self.takes).await;
        self.sim.advance_to(self.now());
        if throttled {
            return Err(AwsFailure {
                operation,
                resource: resource.to_owned(),
                kind: FailureKind::Throttled,
                no_answer: None,
                answer: "ThrottlingException: Rate exceeded".into(),
            });
        }
        Ok(())
    }

    /// Each page of 50 is a call.
    async fn pages<T>(&self, operation: &'static str, all: Vec<T>) -> AwsResult<Vec<T>> {
        for _ in 0..all.len().div_ceil(50).max(1) {
            self.wait(operation, "*").await?;
        }
        Ok(all)
    }
}

impl Clock for SlowAws {
    fn now(&self) -> Timestamp {
        self.start + self.begun.elapsed()
    }

    async fn wait(&self, time: Duration) {
        sleep(time).await;
    }
}

impl Endpoints for SlowAws {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        self.wait("DescribeEndpoint", name).await?;
        self.sim.endpoint(name).await
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        self.wait("DescribeEndpointConfig", endpoint_config).await?;
        self.sim.models(endpoint_config).await
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        self.wait("UpdateEndpointWeightsAndCapacities", &id.endpoint).await?;
        self.sim.set_capacity(id, desired).await
    }
}

impl Scaling for SlowAws {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        self.wait("DescribeScalableTargets", &id.endpoint).await?;
        self.sim.target(id).await
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        let all = self.sim.targets().await?;
        self.pages("DescribeScalableTargets", all).await
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        self.wait("DescribeScheduledActions", &id.endpoint).await?;
        self.sim.actions(id).await
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        let all = self.sim.all_actions().await?;
        self.pages("DescribeScheduledActions", all).await
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        self.wait("PutScheduledAction", &id.endpoint).await?;
        self.sim.put_record(id, name, record).await
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        self.wait("DeleteScheduledAction", &id.endpoint).await?;
        self.sim.delete_action(id, name).await
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        self.wait("RegisterScalableTarget", &id.endpoint).await?;
        self.sim.set_min(id, min).await
    }
}

impl WithLedger for SlowAws {
    type Ledger = Simulator;

    fn ledger(&self) -> &Simulator {
        &self.sim
    }
}

impl Metrics for SlowAws {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        if let Err(failure) = self.wait("GetMetricData", &endpoints.join(",")).await {
            return endpoints.iter().map(|_| Err(failure.clone())).collect();
        }
        let mut answers = self.sim.backlogs(endpoints, from, until).await;
        for (endpoint, answer) in endpoints.iter().zip(&mut answers) {
            if self.forbidden.contains(*endpoint) {
                *answer = Err(AwsFailure::unanswered("GetMetricData", endpoint));
            }
        }
        answers
    }
}
