//! The ledger of one container, behind the gate. Its reads are strongly consistent, so none of them is stale.

use jiff::Timestamp;
use reactive_scaler::{
    ledger::{Item, Location, RequestResult, Upload},
    port::{AwsResult, ItemPage, Ledger, WithLedger},
};

use crate::{
    call::Request,
    port::{Port, never},
};

impl WithLedger for Port {
    type Ledger = Self;

    fn ledger(&self) -> &Self {
        self
    }
}

impl Ledger for Port {
    async fn add_upload(
        &self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> AwsResult<()> {
        let request =
            Request::AddUpload(endpoint.to_owned(), location.clone(), upload.id.clone(), at);
        self.pass(request, self.sim.add_upload(endpoint, location, upload, at), never).await
    }

    async fn add_result(
        &self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> AwsResult<()> {
        let id = result.inference_id.clone();
        let request = Request::AddResult(endpoint.to_owned(), location.clone(), id);
        self.pass(request, self.sim.add_result(endpoint, location, result, at), never).await
    }

    async fn items(&self, endpoint: &str, after: Option<&str>) -> AwsResult<ItemPage> {
        let request = Request::Items(endpoint.to_owned(), after.map(str::to_owned));
        self.pass(request, self.sim.items(endpoint, after), never).await
    }

    async fn delete_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        let request = Request::DeleteItem(endpoint.to_owned(), item.location.clone());
        self.pass(request, self.sim.delete_unchanged(endpoint, item), never).await
    }

    async fn forget_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        let request = Request::ForgetItem(endpoint.to_owned(), item.location.clone());
        self.pass(request, self.sim.forget_unchanged(endpoint, item), never).await
    }
}
