//! Amazon S3: the notification configuration of a bucket. A write replaces it, so it is read and written complete.

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    types::{EventBridgeConfiguration, NotificationConfiguration},
};
use scalerctl_operator::account::{CallError, call_error::CallResult};

/// The client, for the buckets of one account.
#[derive(Debug)]
pub struct Notifications {
    client: Client,
    account: String,
}

impl Notifications {
    /// With the shared configuration. A bucket of another account than this one is refused by S3.
    pub fn new(config: &SdkConfig, account: String) -> Self {
        // A custom endpoint may not resolve bucket names as host names.
        let config = aws_sdk_s3::config::Builder::from(config)
            .force_path_style(config.endpoint_url().is_some())
            .build();
        Self { client: Client::from_conf(config), account }
    }

    /// GetBucketNotificationConfiguration.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn read(&self, bucket: &str) -> CallResult<NotificationConfiguration> {
        let call = self
            .client
            .get_bucket_notification_configuration()
            .bucket(bucket)
            .expected_bucket_owner(&self.account);
        let answer = call.send().await;
        let answer =
            answer.map_err(|error| CallError::of("s3:GetBucketNotification", bucket, &error))?;
        Ok(NotificationConfiguration::builder()
            .set_topic_configurations(answer.topic_configurations)
            .set_queue_configurations(answer.queue_configurations)
            .set_lambda_function_configurations(answer.lambda_function_configurations)
            .set_event_bridge_configuration(answer.event_bridge_configuration)
            .build())
    }

    /// PutBucketNotificationConfiguration.
    ///
    /// # Errors
    ///
    /// If the call fails. Then S3 changed nothing.
    pub async fn write(&self, bucket: &str, new: NotificationConfiguration) -> CallResult<()> {
        let call = self
            .client
            .put_bucket_notification_configuration()
            .bucket(bucket)
            .expected_bucket_owner(&self.account)
            .notification_configuration(new);
        let answer = call.send().await;
        answer
            .map(|_| ())
            .map_err(|error| CallError::of("s3:PutBucketNotification", bucket, &error))
    }
}

/// The same configuration, and EventBridge on. `None`: it is on.
pub fn with_event_bridge(present: &NotificationConfiguration) -> Option<NotificationConfiguration> {
    if present.event_bridge_configuration().is_some() {
        return None;
    }
    let with_it = NotificationConfiguration::builder()
        .set_topic_configurations(present.topic_configurations.clone())
        .set_queue_configurations(present.queue_configurations.clone())
        .set_lambda_function_configurations(present.lambda_function_configurations.clone())
        .event_bridge_configuration(EventBridgeConfiguration::builder().build());
    Some(with_it.build())
}

/// The number of notifications to functions, queues and topics.
pub fn count(configuration: &NotificationConfiguration) -> usize {
    configuration.topic_configurations().len()
        + configuration.queue_configurations().len()
        + configuration.lambda_function_configurations().len()
}

/// Whether the bucket notifies one of these. A pattern that ends with a hyphen is the beginning of an ARN.
pub fn notifies(configuration: &NotificationConfiguration, ours: &[String]) -> bool {
    let functions = configuration.lambda_function_configurations().iter();
    let queues = configuration.queue_configurations().iter();
    let mut targets =
        functions.map(|it| it.lambda_function_arn()).chain(queues.map(|it| it.queue_arn()));
    let is = |target: &str, our: &String| {
        target == our || (our.ends_with('-') && target.starts_with(our.as_str()))
    };
    targets.any(|target| ours.iter().any(|our| is(target, our)))
}
