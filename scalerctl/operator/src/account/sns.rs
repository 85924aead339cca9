//! Amazon SNS: the subscriptions of a topic.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;

use super::call_error::{CallError, CallResult};

/// The client.
#[derive(Debug)]
pub struct Sns(Client);

/// A confirmed subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// `SubscriptionArn`.
    pub arn: String,
    /// `Protocol`.
    pub protocol: String,
    /// `Endpoint`: an ARN or an address.
    pub endpoint: String,
}

impl Sns {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// ListSubscriptionsByTopic: the confirmed subscriptions. `None`: the topic does not exist.
    pub async fn subscriptions(&self, topic: &str) -> CallResult<Option<Vec<Subscription>>> {
        let request = self.0.list_subscriptions_by_topic().topic_arn(topic);
        let mut pages = request.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(subscription) = pages.next().await {
            let subscription = match subscription {
                Ok(subscription) => subscription,
                Err(error) => {
                    let error = CallError::of("sns:ListSubscriptionsByTopic", topic, &error);
                    return if error.is("NotFound") { Ok(None) } else { Err(error) };
                }
            };
            let arn = subscription.subscription_arn().unwrap_or_default();
            if arn != "PendingConfirmation" {
                found.push(Subscription {
                    arn: arn.to_owned(),
                    protocol: subscription.protocol().unwrap_or_default().to_owned(),
                    endpoint: subscription.endpoint().unwrap_or_default().to_owned(),
                });
            }
        }
        Ok(Some(found))
    }
}
