//! Amazon SNS: the subscriptions of the function to the topics of an endpoint.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use scalerctl_operator::account::{CallError, call_error::CallResult};

/// The client.
#[derive(Debug)]
pub struct Subscriptions(Client);

impl Subscriptions {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// ListSubscriptionsByTopic: the ARN of the subscription of a function.
    ///
    /// # Errors
    ///
    /// If the call fails. A topic that does not exist has none.
    pub async fn of(&self, topic: &str, function: &str) -> CallResult<Option<String>> {
        let request = self.0.list_subscriptions_by_topic().topic_arn(topic);
        let mut pages = request.into_paginator().items().send();
        while let Some(subscription) = pages.next().await {
            let subscription = match subscription {
                Ok(subscription) => subscription,
                Err(error) => {
                    let error = CallError::of("sns:ListSubscriptionsByTopic", topic, &error);
                    return if error.is("NotFound") { Ok(None) } else { Err(error) };
                }
            };
            if subscription.endpoint() == Some(function) {
                return Ok(subscription.subscription_arn().map(str::to_owned));
            }
        }
        Ok(None)
    }

    /// Subscribe.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn add(&self, topic: &str, function: &str) -> CallResult<()> {
        let call = self.0.subscribe().topic_arn(topic).protocol("lambda").endpoint(function);
        let answer = call.send().await;
        answer.map(|_| ()).map_err(|error| CallError::of("sns:Subscribe", topic, &error))
    }

    /// Unsubscribe.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn remove(&self, subscription: &str) -> CallResult<()> {
        let answer = self.0.unsubscribe().subscription_arn(subscription).send().await;
        answer.map(|_| ()).map_err(|error| CallError::of("sns:Unsubscribe", subscription, &error))
    }
}
