//! A ledger whose reads are not answered. All other calls go to the model.

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
use simulator::Simulator;

/// The model, with such a ledger.
pub struct SilentLedger(pub Simulator);

impl Endpoints for SilentLedger {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        self.0.endpoint(name).await
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        self.0.models(endpoint_config).await
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        self.0.set_capacity(id, desired).await
    }
}

impl Scaling for SilentLedger {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        self.0.target(id).await
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        self.0.targets().await
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        self.0.actions(id).await
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        self.0.all_actions().await
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        self.0.put_record(id, name, record).await
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        self.0.delete_action(id, name).await
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        self.0.set_min(id, min).await
    }
}

impl Metrics for SilentLedger {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        self.0.backlogs(endpoints, from, until).await
    }
}

impl WithLedger for SilentLedger {
    type Ledger = Self;

    fn ledger(&self) -> &Self {
        self
    }
}

impl Ledger for SilentLedger {
    async fn add_upload(
        &self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> AwsResult<()> {
        self.0.add_upload(endpoint, location, upload, at).await
    }

    async fn add_result(
        &self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> AwsResult<()> {
        self.0.add_result(endpoint, location, result, at).await
    }

    async fn items(&self, _: &str, _: Option<&str>) -> AwsResult<ItemPage> {
        // The model's clock advances with the timers of the function.
        let sim = self.0.clone();
        let begun = tokio::time::Instant::now();
        let _advance = Advance { sim, begun };
        pending().await
    }

    async fn delete_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        self.0.delete_unchanged(endpoint, item).await
    }

    async fn forget_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        self.0.forget_unchanged(endpoint, item).await
    }
}

/// Advances the model by the time that was waited, when the call is given up.
struct Advance {
    sim: Simulator,
    begun: tokio::time::Instant,
}

impl Drop for Advance {
    fn drop(&mut self) {
        self.sim.advance(self.begun.elapsed());
    }
}
