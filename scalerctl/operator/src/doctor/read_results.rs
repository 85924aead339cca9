//! Reads what is known about uploads and results, and about how long a request takes.

use jiff::Timestamp;
use reactive_scaler::port::Ledger;

use super::{
    Account, Facts,
    read::ConfigLookup,
    result_facts::{ContainerTimeout, Topic},
};
use crate::account::{
    CallError,
    metrics::{MetricQuery, SAGEMAKER},
};

/// Variables of AWS's model servers with the longest time for one request, in seconds. Assumption: other containers do
/// not use these names for something else.
const TIMEOUTS: [&str; 3] = [
    "SAGEMAKER_MODEL_SERVER_TIMEOUT",
    "SAGEMAKER_TS_RESPONSE_TIMEOUT",
    "MMS_DEFAULT_RESPONSE_TIMEOUT",
];

impl Facts {
    /// Reads it for the endpoint of a route. The ledger and the topics: only if the route has `results`.
    pub(super) async fn read_results(&mut self, account: &Account) {
        let (Some(function), Some(route)) = (self.function(), self.route()) else { return };
        let (arn, table, results) = (function.arn.clone(), function.ledger.clone(), route.results);
        self.results.longest_request = self
            .hourly_values(account, "ModelLatency", "Maximum")
            .await
            .into_iter()
            .fold(0.0, f64::max);
        self.read_timeouts(account).await;
        if !results {
            return;
        }
        self.read_topics(account, &arn).await;
        let not_published = self.hourly_values(account, "NotificationFailures", "Sum").await;
        self.results.not_published = not_published.iter().sum();
        if let Some(table) = table {
            let ledger = account.ledger(&table);
            let name = self.endpoint.name.clone();
            let read = ledger.reading(&name, self.now, Timestamp::MAX).await;
            let read = self.known(read.map_err(CallError::from));
            if let Some(reading) = read {
                self.results.too_large = !reading.complete;
                self.results.items = reading.items;
            }
        }
    }

    /// The hourly values of a metric of all variants over the last day.
    async fn hourly_values(&mut self, account: &Account, name: &str, stat: &str) -> Vec<f64> {
        let mut values = Vec::new();
        let ids: Vec<_> = self.variants.iter().map(|variant| variant.id.clone()).collect();
        for id in ids {
            let dimensions = vec![("EndpointName", &*id.endpoint), ("VariantName", &*id.variant)];
            let metric = MetricQuery { namespace: SAGEMAKER, name, stat, dimensions };
            let read = account.metrics.last_day(metric, self.now).await;
            values.extend(self.known(read).unwrap_or_default());
        }
        values
    }

    async fn read_timeouts(&mut self, account: &Account) {
        let ConfigLookup::Found(config) = &self.config else { return };
        let mut models = config.models.clone();
        models.sort();
        models.dedup();
        for model in models {
            let environment = account.sagemaker.environment(&model).await;
            for (variable, value) in self.known(environment).flatten().unwrap_or_default() {
                if let (true, Ok(seconds)) = (TIMEOUTS.contains(&&*variable), value.parse()) {
                    let model = model.clone();
                    self.results.timeouts.push(ContainerTimeout { model, variable, seconds });
                }
            }
        }
    }

    async fn read_topics(&mut self, account: &Account, function: &str) {
        let ConfigLookup::Found(config) = &self.config else { return };
        let topics = ["SuccessTopic", "ErrorTopic"].into_iter().zip(config.topics.clone());
        for (name, arn) in topics {
            let Some(arn) = arn else { continue };
            let subscriptions = account.sns.subscriptions(&arn).await;
            if let Some(subscriptions) = self.known(subscriptions) {
                self.results.topics.push(Topic { name, arn, subscriptions });
            }
        }
        let mut all = self.results.topics.iter().filter_map(|topic| topic.subscriptions.as_ref());
        if all.any(|subscriptions| subscriptions.iter().any(|it| it.protocol == "sqs")) {
            let queues = account.lambda.queues(function).await;
            let queues = self.known(queues);
            self.results.queues = queues.map(|all| all.into_iter().map(|it| it.arn).collect());
        }
    }
}
