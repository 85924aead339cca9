//! The model of AWS, where one operation is never answered.

use std::future::pending;

use jiff::Timestamp;
use reactive_scaler::{
    lease::Record,
    ledger::{Item, Location, RequestResult, Upload},
    port::{
        AwsResult, Datapoint, Endpoint, Endpoints, ItemPage, Ledger, Metrics, ScalableTarget,
        Scaling, ScheduledAction, VariantId, WithLedger,
    },
};
use simulator::{Operation, Simulator};
use tokio::time::Instant;

pub struct Unanswered {
    pub sim: Simulator,
    /// Reads of one variant, and of the ledger, by this operation.
    pub never: Operation,
}

impl Unanswered {
    async fn unless(&self, operation: Operation) {
        if operation == self.never {
            let _advance = Advance { sim: self.sim.clone(), begun: Instant::now() };
            pending::<()>().await;
        }
    }
}

/// Advances the model by the time that was waited, when the call is given up: the model's clock goes with the timers
/// of the function.
struct Advance {
    sim: Simulator,
    begun: Instant,
}

impl Drop for Advance {
    fn drop(&mut self) {
        self.sim.advance(self.begun.elapsed());
    }
}

impl Endpoints for Unanswered {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        self.unless(Operation::DescribeEndpoint).await;
        self.sim.endpoint(name).await
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        self.sim.models(endpoint_config).await
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        self.sim.set_capacity(id, desired).await
    }
}

impl Scaling for Unanswered {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        self.unless(Operation::DescribeScalableTargets).await;
        self.sim.target(id).await
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        self.sim.targets().await
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        self.unless(Operation::DescribeScheduledActions).await;
        self.sim.actions(id).await
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        self.sim.all_actions().await
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        self.sim.put_record(id, name, record).await
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        self.sim.delete_action(id, name).await
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        self.sim.set_min(id, min).await
    }
}

impl Metrics for Unanswered {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        self.sim.backlogs(endpoints, from, until).await
    }
}

impl WithLedger for Unanswered {
    type Ledger = Self;

    fn ledger(&self) -> &Self {
        self
    }
}

impl Ledger for Unanswered {
    async fn add_upload(
        &self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> AwsResult<()> {
        // A refusal is an answer.
        self.sim.add_upload(endpoint, location, upload, at).await?;
        self.unless(Operation::UpdateItem).await;
        Ok(())
    }

    async fn add_result(
        &self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> AwsResult<()> {
        self.sim.add_result(endpoint, location, result, at).await
    }

    async fn items(&self, endpoint: &str, after: Option<&str>) -> AwsResult<ItemPage> {
        self.unless(Operation::Query).await;
        self.sim.items(endpoint, after).await
    }

    async fn delete_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        self.sim.delete_unchanged(endpoint, item).await
    }

    async fn forget_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        self.sim.forget_unchanged(endpoint, item).await
    }
}
