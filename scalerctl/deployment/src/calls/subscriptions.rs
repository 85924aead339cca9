//! Amazon SNS: the subscriptions of the function to the topics of an endpoint.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use scalerctl_operator::account::{CallError, call_error::CallResult, sns::Sns};

/// The client.
#[derive(Debug)]
pub struct Subscriptions {
    sns: Sns,
    client: Client,
}

impl Subscriptions {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self { sns: Sns::new(config), client: Client::new(config) }
    }

    /// The ARN of the subscription of a function. A topic that does not exist has none.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn of(&self, topic: &str, function: &str) -> CallResult<Option<String>> {
        let found = self.sns.subscriptions(topic).await?.unwrap_or_default();
        Ok(found.into_iter().find(|it| it.endpoint == function).map(|it| it.arn))
    }

    /// Subscribe.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn add(&self, topic: &str, function: &str) -> CallResult<()> {
        let call = self.client.subscribe().topic_arn(topic).protocol("lambda").endpoint(function);
        let answer = call.send().await;
        answer.map(|_| ()).map_err(|error| CallError::of("sns:Subscribe", topic, &error))
    }

    /// Unsubscribe.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn remove(&self, subscription: &str) -> CallResult<()> {
        let answer = self.client.unsubscribe().subscription_arn(subscription).send().await;
        answer.map(|_| ()).map_err(|error| CallError::of("sns:Unsubscribe", subscription, &error))
    }
}
