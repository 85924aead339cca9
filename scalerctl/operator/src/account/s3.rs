//! Amazon S3: the notifications of a bucket, and whether an object exists.

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    types::{Event, NotificationConfigurationFilter},
};

use super::{
    call_error::{CallError, CallResult},
    s3_location::S3Location,
};

/// The client.
#[derive(Debug)]
pub struct S3(Client);

/// The answer of GetBucketNotificationConfiguration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BucketEvents {
    /// Whether events go to EventBridge.
    pub event_bridge: bool,
    /// Notifications of functions, queues and topics.
    pub notifications: Vec<Notification>,
}

/// What HeadObject shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// It exists.
    Exists,
    /// It does not exist.
    Missing,
    /// S3 denied the request. Without `s3:ListBucket`, it does so for an object that does not exist.
    Denied,
}

/// A notification's destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Lambda function.
    Function,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The kind of its destination.
    pub kind: Kind,
    /// `Id`.
    pub id: String,
    /// The destination's ARN.
    pub target: String,
    /// `Events`, such as `s3:ObjectCreated:*`.
    pub events: Vec<String>,
    /// The prefix filter.
    pub prefix: String,
    /// The suffix filter.
    pub suffix: String,
}

impl S3 {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        // A custom endpoint may not resolve bucket names as host names.
        let config = aws_sdk_s3::config::Builder::from(config)
            .force_path_style(config.endpoint_url().is_some())
            .build();
        Self(Client::from_conf(config))
    }

    /// HeadObject.
    pub async fn object(&self, location: &S3Location) -> CallResult<Object> {
        let S3Location { bucket, key } = location;
        let error = match self.0.head_object().bucket(bucket).key(key).send().await {
            Ok(_) => return Ok(Object::Exists),
            Err(error) => error,
        };
        // An answer to HEAD has no body, so the status is all there is.
        match error.raw_response().map(|answer| answer.status().as_u16()) {
            Some(404) => Ok(Object::Missing),
            Some(403) => Ok(Object::Denied),
            _ => Err(CallError::of("s3:GetObject", &location.to_string(), &error)),
        }
    }

    /// GetBucketNotificationConfiguration.
    pub async fn bucket_events(&self, bucket: &str) -> CallResult<BucketEvents> {
        let answer = self
            .0
            .get_bucket_notification_configuration()
            .bucket(bucket)
            .send()
            .await
            .map_err(|error| CallError::of("s3:GetBucketNotification", bucket, &error))?;
        let functions = answer.lambda_function_configurations().iter().map(|one| {
            let target = one.lambda_function_arn();
            notification(Kind::Function, one.id(), target, one.events(), one.filter())
        });
        let queues = answer.queue_configurations().iter().map(|one| {
            notification(Kind::Queue, one.id(), one.queue_arn(), one.events(), one.filter())
        });
        let topics = answer.topic_configurations().iter().map(|one| {
            notification(Kind::Topic, one.id(), one.topic_arn(), one.events(), one.filter())
        });
        Ok(BucketEvents {
            event_bridge: answer.event_bridge_configuration().is_some(),
            notifications: functions.chain(queues).chain(topics).collect(),
        })
    }
}

fn notification(
    kind: Kind,
    id: Option<&str>,
    target: &str,
    events: &[Event],
    filter: Option<&NotificationConfigurationFilter>,
) -> Notification {
    let rules = filter.and_then(|filter| filter.key()).map_or(&[][..], |key| key.filter_rules());
    // The names of filter rules are not case-sensitive.
    let rule = |wanted: &str| {
        let named = rules.iter().find(|rule| {
            rule.name().is_some_and(|name| name.as_str().eq_ignore_ascii_case(wanted))
        });
        named.and_then(|rule| rule.value()).unwrap_or_default().to_owned()
    };
    Notification {
        kind,
        id: id.unwrap_or("without an id").to_owned(),
        target: target.to_owned(),
        events: events.iter().map(|event| event.as_str().to_owned()).collect(),
        prefix: rule("prefix"),
        suffix: rule("suffix"),
    }
}
