//! DynamoDB: the table of the ledger.
//!
//! | attribute | type |
//! |---|---|
//! | `endpoint` (partition key), `location_hash` (sort key), `input_location` | string |
//! | `uploads`, `results` | string set |
//! | `created_at`, `received_at`, `touched_at`, `result_at`, `forgotten_until` | number |
//! | `expires_at` (time to live) | number |
//!
//! An event is usually one UpdateItem, which adds to a set that was not read. Its condition is not met if a set is full,
//! a result is known, or a later event was handled before. Then the item is read, and written if that still fits.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use jiff::Timestamp;

use super::{
    clients::SdkAws,
    failure::failure,
    ledger_attributes::{self as attributes, Attributes, ENDPOINT, LOCATION_HASH},
    ledger_bounds::CALL,
    ledger_expressions::Expressions,
};
use crate::{
    ledger::{Item, Location, RequestResult, Upload},
    port::{AwsFailure, AwsResult, FailureKind, ItemPage, Ledger, WithLedger},
    rate_limited::bounded,
};

const UPDATE: &str = "UpdateItem";
const QUERY: &str = "Query";
const DELETE: &str = "DeleteItem";

/// How often an item is read and written again if other writers change it in between. Its sets change four times at
/// most, and a time that is later now is not written again.
const ROUNDS: usize = 10;

impl WithLedger for SdkAws {
    type Ledger = Self;

    fn ledger(&self) -> &Self {
        self
    }
}

impl Ledger for SdkAws {
    async fn add_upload(
        &self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> AwsResult<()> {
        self.add(endpoint, location, |item| item.add_upload(upload, at)).await
    }

    async fn add_result(
        &self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> AwsResult<()> {
        self.add(endpoint, location, |item| item.add_result(result, at)).await
    }

    async fn items(&self, endpoint: &str, after: Option<&str>) -> AwsResult<ItemPage> {
        let begin = after.map(|hash| {
            let key = [(ENDPOINT, endpoint), (LOCATION_HASH, hash)];
            key.map(|(name, value)| (name.to_owned(), attributes::text(value))).into()
        });
        let values = [(":endpoint".to_owned(), attributes::text(endpoint))].into();
        self.query("endpoint = :endpoint", values, begin).await
    }

    async fn delete_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        let expressions = Expressions::deletion(item);
        let answer = self
            .dynamodb()
            .delete_item()
            .table_name(self.table(DELETE)?)
            .set_key(Some(attributes::key(endpoint, &item.location)))
            .condition_expression(expressions.condition())
            .set_expression_attribute_values(Some(expressions.values))
            .send()
            .await;
        self.met(DELETE, answer)
    }

    async fn forget_unchanged(&self, endpoint: &str, item: &Item) -> AwsResult<bool> {
        self.update(endpoint, &item.location, Expressions::forgetting(item)).await
    }
}

impl SdkAws {
    /// Records an event. It takes [`CALL`] at most.
    async fn add(
        &self,
        endpoint: &str,
        location: &Location,
        record: impl Fn(&mut Item) + Send,
    ) -> AwsResult<()> {
        let mut new = Item::new(location.clone());
        record(&mut new);
        let add = async {
            if self.update(endpoint, location, Expressions::addition(&new)).await? {
                return Ok(());
            }
            self.read_and_replace(endpoint, location, record).await
        };
        bounded(CALL, UPDATE, self.resource(), add).await
    }

    async fn read_and_replace(
        &self,
        endpoint: &str,
        location: &Location,
        record: impl Fn(&mut Item) + Send,
    ) -> AwsResult<()> {
        for _ in 0..ROUNDS {
            let before = self.item(endpoint, location).await?;
            let before = before.unwrap_or_else(|| Item::new(location.clone()));
            let mut after = before.clone();
            record(&mut after);
            if after == before {
                return Ok(());
            }
            let replacement = Expressions::replacement(&before, &after);
            if self.update(endpoint, location, replacement).await? {
                return Ok(());
            }
        }
        Err(AwsFailure {
            operation: UPDATE,
            resource: self.resource(),
            kind: FailureKind::Concurrent,
            answer: format!("other writers changed the item {ROUNDS} times in between"),
            no_answer: None,
        })
    }

    /// UpdateItem. Returns whether its condition was met.
    async fn update(
        &self,
        endpoint: &str,
        location: &Location,
        expressions: Expressions,
    ) -> AwsResult<bool> {
        let answer = self
            .dynamodb()
            .update_item()
            .table_name(self.table(UPDATE)?)
            .set_key(Some(attributes::key(endpoint, location)))
            .update_expression(expressions.update())
            .condition_expression(expressions.condition())
            .set_expression_attribute_values(Some(expressions.values))
            .send()
            .await;
        self.met(UPDATE, answer)
    }

    /// The item of one location.
    async fn item(&self, endpoint: &str, location: &Location) -> AwsResult<Option<Item>> {
        let values = [
            (":endpoint".to_owned(), attributes::text(endpoint)),
            (":location_hash".to_owned(), attributes::text(&location.sort_key())),
        ];
        let one = "endpoint = :endpoint AND location_hash = :location_hash";
        Ok(self.query(one, values.into(), None).await?.items.pop())
    }

    async fn query(
        &self,
        keys: &str,
        values: Attributes,
        begin: Option<Attributes>,
    ) -> AwsResult<ItemPage> {
        let answer = self
            .dynamodb()
            .query()
            .table_name(self.table(QUERY)?)
            .consistent_read(true)
            .key_condition_expression(keys)
            .set_expression_attribute_values(Some(values))
            .set_exclusive_start_key(begin)
            .send()
            .await
            .map_err(|error| failure(QUERY, self.resource(), error))?;
        let items = answer.items().iter().map(attributes::item).collect::<Option<_>>();
        let next = answer.last_evaluated_key().map(|key| key.get(LOCATION_HASH)?.as_s().ok());
        match (items, next) {
            (Some(items), None) => Ok(ItemPage { items, next: None }),
            (Some(items), Some(Some(next))) => Ok(ItemPage { items, next: Some(next.clone()) }),
            _ => Err(self.other(QUERY, "AWS answered an item that is not one of the ledger's")),
        }
    }

    /// Whether the condition of a write was met.
    fn met<T, E>(
        &self,
        operation: &'static str,
        answer: Result<T, SdkError<E, HttpResponse>>,
    ) -> AwsResult<bool>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        const NOT_MET: &str = "ConditionalCheckFailedException";
        match answer {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().code() == Some(NOT_MET) => Ok(false),
            Err(error) => Err(failure(operation, self.resource(), error)),
        }
    }

    fn table(&self, operation: &'static str) -> AwsResult<&str> {
        self.ledger.as_deref().ok_or_else(|| {
            self.other(operation, "no table is known; set SCALER_LEDGER to the name of one")
        })
    }

    /// The table, as in its ARN.
    fn resource(&self) -> String {
        format!("table/{}", self.ledger.as_deref().unwrap_or_default())
    }

    fn other(&self, operation: &'static str, answer: &str) -> AwsFailure {
        AwsFailure {
            operation,
            resource: self.resource(),
            kind: FailureKind::Other,
            answer: answer.to_owned(),
            no_answer: None,
        }
    }
}
