//! The in-process interface: the scaler's traits, implemented by the model.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::aws_errors::kind_of;
use reactive_scaler::lease::{AtRelease, Record};
use reactive_scaler::ledger::{Item, Location, RequestResult, Upload};
use reactive_scaler::port::{
    AwsFailure, AwsResult, Clock, Datapoint, Endpoint, Endpoints, FailureKind, ItemPage, Ledger,
    Metrics, QUERIES_A_CALL, ScalableTarget, Scaling, ScheduledAction, VariantId, WithLedger,
};
use reactive_scaler::stored_routes::{Place, Store};

use crate::{
    ActionPut, CallError, CallResult, MetricName, MetricQuery, Operation, Page, Paging,
    Registration, Simulator, World,
};

impl Simulator {
    /// Makes one call, after every other task has run once.
    async fn call<T>(
        &self,
        operation: Operation,
        resource: &str,
        make: impl FnOnce(&mut World) -> CallResult<T>,
    ) -> AwsResult<T> {
        tokio::task::yield_now().await;
        self.pass_gate(operation, resource).await?;
        self.with(make).map_err(|error| failure(operation, resource, error))
    }

    /// Reads a listing page by page. Each page is a call.
    async fn pages<T>(
        &self,
        operation: Operation,
        resource: &str,
        read: impl Fn(&mut World, &Paging) -> CallResult<Page<T>>,
    ) -> AwsResult<Vec<T>> {
        let mut all = Vec::new();
        let mut paging = Paging::default();
        loop {
            let page = self.call(operation, resource, |world| read(world, &paging)).await?;
            all.extend(page.items);
            match page.next_token {
                Some(token) => paging.next_token = Some(token),
                None => return Ok(all),
            }
        }
    }
}

impl Endpoints for Simulator {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        let operation = Operation::DescribeEndpoint;
        match self.call(operation, name, |world| world.describe_endpoint(name)).await {
            Ok(found) => Ok(Some(found.view())),
            Err(failure) if failure.kind == FailureKind::EndpointMissing => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        let operation = Operation::DescribeEndpointConfig;
        let describe = |world: &mut World| world.describe_endpoint_config(endpoint_config);
        match self.call(operation, endpoint_config, describe).await {
            Ok(config) => Ok(Some(config.models())),
            Err(failure) if failure.kind == FailureKind::EndpointConfigMissing => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        let operation = Operation::UpdateEndpointWeightsAndCapacities;
        let wanted = [(id.variant.clone(), Some(desired))];
        self.call(operation, &id.resource_id(), |world| {
            world.update_endpoint_weights_and_capacities(&id.endpoint, &wanted)
        })
        .await
    }
}

impl Scaling for Simulator {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        let operation = Operation::DescribeScalableTargets;
        let ids = [id.clone()];
        let page = self
            .call(operation, &id.resource_id(), |world| {
                world.describe_scalable_targets(&ids, &Paging::default())
            })
            .await?;
        Ok(page.items.into_iter().next().map(|(target, _)| target))
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        let operation = Operation::DescribeScalableTargets;
        let read =
            |world: &mut World, paging: &Paging| world.describe_scalable_targets(&[], paging);
        let all = self.pages(operation, "*", read).await?;
        Ok(all.into_iter().map(|(target, _)| target).collect())
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        let operation = Operation::DescribeScheduledActions;
        let read = |world: &mut World, paging: &Paging| {
            world.describe_scheduled_actions(Some(id), &[], paging)
        };
        let all = self.pages(operation, &id.resource_id(), read).await?;
        Ok(all.into_iter().map(|state| state.action).collect())
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        let operation = Operation::DescribeScheduledActions;
        let read = |world: &mut World, paging: &Paging| {
            world.describe_scheduled_actions(None, &[], paging)
        };
        let all = self.pages(operation, "*", read).await?;
        Ok(all.into_iter().map(|state| state.action).collect())
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        let (min, max) = match record.at_release {
            AtRelease::DropFloor => (Some(0), None),
            AtRelease::KeepMax(max) => (None, Some(max)),
        };
        let put = ActionPut::once(name, record.release, min, max);
        self.call(Operation::PutScheduledAction, &id.resource_id(), |world| {
            world.put_scheduled_action(id, &put)
        })
        .await
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        let operation = Operation::DeleteScheduledAction;
        let delete = |world: &mut World| world.delete_scheduled_action(id, name);
        match self.call(operation, &id.resource_id(), delete).await {
            Err(failure) if failure.kind == FailureKind::NotRegistered => Ok(()),
            result => result,
        }
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        let registration = Registration { min: Some(min), ..Registration::default() };
        self.call(Operation::RegisterScalableTarget, &id.resource_id(), |world| {
            world.register_scalable_target(id, registration)
        })
        .await
    }
}

impl Metrics for Simulator {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        let within = |datapoint: &Datapoint| from <= datapoint.at && datapoint.at < until;
        let mut all = Vec::new();
        for endpoints in endpoints.chunks(QUERIES_A_CALL) {
            let query = |endpoint: &&str| {
                let metric = Some(MetricName::BacklogSize);
                MetricQuery { metric, endpoint: (*endpoint).to_owned() }
            };
            let queries = endpoints.iter().map(query).collect::<Vec<_>>();
            let read = |world: &mut World| world.get_metric_data(&queries, from, until);
            let names = endpoints.join(",");
            match self.call(Operation::GetMetricData, &names, read).await {
                Ok(results) => all.extend(
                    results
                        .into_iter()
                        .map(|points| Ok(points.into_iter().filter(within).collect())),
                ),
                Err(failure) => all.extend(endpoints.iter().map(|name| {
                    Err(AwsFailure { resource: (*name).to_owned(), ..failure.clone() })
                })),
            }
        }
        all
    }
}

impl WithLedger for Simulator {
    type Ledger = Self;

    fn ledger(&self) -> &Self {
        self
    }
}

impl Ledger for Simulator {
    async fn add_upload(
        &self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> AwsResult<()> {
        let add = |world: &mut World| world.ledger_add_upload(endpoint, location, upload, at);
        self.call(Operation::UpdateItem, endpoint, add).await
    }

    async fn add_result(
        &self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> AwsResult<()> {
        let add = |world: &mut World| world.ledger_add_result(endpoint, location, result, at);
        self.call(Operation::UpdateItem, endpoint, add).await
    }

    async fn items(&self, endpoint: &str, after: Option<&str>) -> AwsResult<ItemPage> {
        self.call(Operation::Query, endpoint, |world| world.ledger_items(endpoint, after)).await
    }

    async fn delete_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        let delete = |world: &mut World| world.ledger_delete_unchanged(endpoint, item);
        self.call(Operation::DeleteItem, endpoint, delete).await
    }

    async fn forget_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        let forget = |world: &mut World| world.ledger_forget_unchanged(endpoint, item);
        self.call(Operation::UpdateItem, endpoint, forget).await
    }
}

impl Store for Simulator {
    async fn read(&self, place: &Place) -> AwsResult<String> {
        let resource = place.to_string();
        match place {
            Place::Parameter(name) => {
                self.call(Operation::GetParameter, &resource, |world| world.get_parameter(name))
                    .await
            }
            Place::Object { bucket, key } => {
                self.call(Operation::GetObject, &resource, |world| world.get_object(bucket, key))
                    .await
            }
        }
    }
}

impl Clock for Simulator {
    fn now(&self) -> Timestamp {
        Simulator::now(self)
    }

    /// A read returns the last write, so there is nothing to wait for.
    async fn wait(&self, _: Duration) {}
}

/// Maps a failed call to the scaler's failure, in the same way as the SDK adapter.
fn failure(operation: Operation, resource: &str, error: CallError) -> AwsFailure {
    let (kind, answer) = match error {
        CallError::NoAnswer => (FailureKind::NoAnswer, "no answer".to_owned()),
        CallError::Refused(refusal) => {
            let kind = kind_of(&refusal.code, &refusal.message, refusal.is_server_error());
            (kind, refusal.to_string())
        }
    };
    AwsFailure {
        operation: operation.as_str(),
        resource: resource.to_owned(),
        kind,
        no_answer: None,
        answer,
    }
}
