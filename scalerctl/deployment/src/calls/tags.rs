//! Amazon SageMaker: the tag that lets the function scale an endpoint (template parameter `EndpointTag`).

use aws_config::SdkConfig;
use aws_sdk_sagemaker::{Client, types::Tag};
use scalerctl_operator::account::{CallError, call_error::CallResult};

/// The key of the tag, in the policy of the function's role.
pub const TAG: &str = "reactive-scaler";

/// The client.
#[derive(Debug)]
pub struct Tags(Client);

impl Tags {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// ListTags: the value of the tag [`TAG`].
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn value(&self, arn: &str) -> CallResult<Option<String>> {
        let mut pages = self.0.list_tags().resource_arn(arn).into_paginator().items().send();
        while let Some(tag) = pages.next().await {
            let tag = tag.map_err(|error| CallError::of("sagemaker:ListTags", arn, &error))?;
            if tag.key() == Some(TAG) {
                return Ok(Some(tag.value().unwrap_or_default().to_owned()));
            }
        }
        Ok(None)
    }

    /// AddTags: sets the tag.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn set(&self, arn: &str, value: &str) -> CallResult<()> {
        let tag = Tag::builder().key(TAG).value(value).build();
        let answer = self.0.add_tags().resource_arn(arn).tags(tag).send().await;
        answer.map(|_| ()).map_err(|error| CallError::of("sagemaker:AddTags", arn, &error))
    }

    /// DeleteTags: removes the tag.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn remove(&self, arn: &str) -> CallResult<()> {
        let answer = self.0.delete_tags().resource_arn(arn).tag_keys(TAG).send().await;
        answer.map(|_| ()).map_err(|error| CallError::of("sagemaker:DeleteTags", arn, &error))
    }
}
