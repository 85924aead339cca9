//! Notification configurations of buckets.

use s3s::{
    S3Request, S3Result,
    dto::{
        Event, EventBridgeConfiguration, FilterRule, FilterRuleName,
        GetBucketNotificationConfigurationInput, GetBucketNotificationConfigurationOutput,
        LambdaFunctionConfiguration, NotificationConfigurationFilter,
        PutBucketNotificationConfigurationInput, PutBucketNotificationConfigurationOutput,
        QueueConfiguration, S3KeyFilter, TopicConfiguration,
    },
    s3_error,
};
use simulator::{Bucket, BucketNotification, NotificationKind};

use super::{Api, errors::error};

impl Api {
    pub(super) async fn get_bucket_notification_configuration(
        &self,
        request: S3Request<GetBucketNotificationConfigurationInput>,
    ) -> S3Result<GetBucketNotificationConfigurationOutput> {
        let name = request.input.bucket;
        let get = self.objects.sim.with(|world| world.get_bucket_notification_configuration(&name));
        let bucket = get.map_err(error)?;
        let (mut functions, mut queues, mut topics) = (Vec::new(), Vec::new(), Vec::new());
        for it in bucket.notifications {
            let events = it.events.into_iter().map(Event::from).collect();
            let filter = filter_of(&it.prefix, &it.suffix);
            let id = Some(it.id);
            match it.kind {
                NotificationKind::Function => functions.push(LambdaFunctionConfiguration {
                    events,
                    filter,
                    id,
                    lambda_function_arn: it.target,
                }),
                NotificationKind::Queue => {
                    queues.push(QueueConfiguration { events, filter, id, queue_arn: it.target });
                }
                NotificationKind::Topic => {
                    topics.push(TopicConfiguration { events, filter, id, topic_arn: it.target });
                }
            }
        }
        Ok(GetBucketNotificationConfigurationOutput {
            event_bridge_configuration: bucket.event_bridge.then(EventBridgeConfiguration::default),
            lambda_function_configurations: Some(functions),
            queue_configurations: Some(queues),
            topic_configurations: Some(topics),
        })
    }

    pub(super) async fn put_bucket_notification_configuration(
        &self,
        request: S3Request<PutBucketNotificationConfigurationInput>,
    ) -> S3Result<PutBucketNotificationConfigurationOutput> {
        let PutBucketNotificationConfigurationInput {
            bucket: name,
            notification_configuration,
            ..
        } = request.input;
        let configuration = notification_configuration;
        let functions = configuration.lambda_function_configurations.unwrap_or_default();
        let queues = configuration.queue_configurations.unwrap_or_default();
        let topics = configuration.topic_configurations.unwrap_or_default();
        let functions = functions.into_iter().map(|it| {
            let kind = NotificationKind::Function;
            notification(kind, it.id, it.lambda_function_arn, it.events, it.filter)
        });
        let queues = queues.into_iter().map(|it| {
            notification(NotificationKind::Queue, it.id, it.queue_arn, it.events, it.filter)
        });
        let topics = topics.into_iter().map(|it| {
            notification(NotificationKind::Topic, it.id, it.topic_arn, it.events, it.filter)
        });
        let mut notifications: Vec<BucketNotification> =
            topics.chain(queues).chain(functions).collect::<S3Result<_>>()?;
        for (number, notification) in notifications.iter_mut().enumerate() {
            if notification.id.is_empty() {
                notification.id = format!("{name}-{number}");
            }
        }
        let event_bridge = configuration.event_bridge_configuration.is_some();
        let bucket = Bucket { event_bridge, notifications, ..Bucket::default() };
        let put = |world: &mut simulator::World| {
            world.put_bucket_notification_configuration(&name, bucket)
        };
        self.objects.sim.with(put).map_err(error)?;
        Ok(PutBucketNotificationConfigurationOutput::default())
    }
}

/// A notification as the model has it.
fn notification(
    kind: NotificationKind,
    id: Option<String>,
    target: String,
    events: Vec<Event>,
    filter: Option<NotificationConfigurationFilter>,
) -> S3Result<BucketNotification> {
    let rules = filter.and_then(|it| it.key).and_then(|it| it.filter_rules).unwrap_or_default();
    let (mut prefix, mut suffix) = (None, None);
    for rule in rules {
        let name =
            rule.name.as_ref().map(FilterRuleName::as_str).unwrap_or_default().to_lowercase();
        let place = match name.as_str() {
            FilterRuleName::PREFIX => &mut prefix,
            FilterRuleName::SUFFIX => &mut suffix,
            _ => {
                return Err(s3_error!(
                    InvalidArgument,
                    "filter rule name must be either prefix or suffix"
                ));
            }
        };
        if place.replace(rule.value.unwrap_or_default()).is_some() {
            return Err(s3_error!(
                InvalidArgument,
                "Cannot specify more than one {name} rule in a filter."
            ));
        }
    }
    Ok(BucketNotification {
        id: id.unwrap_or_default(),
        kind,
        target,
        events: events.into_iter().map(String::from).collect(),
        prefix: prefix.unwrap_or_default(),
        suffix: suffix.unwrap_or_default(),
    })
}

fn filter_of(prefix: &str, suffix: &str) -> Option<NotificationConfigurationFilter> {
    // AWS answers with these names.
    let rules = [("Prefix", prefix), ("Suffix", suffix)];
    let rules = rules.into_iter().filter(|(_, value)| !value.is_empty());
    let rules = rules.map(|(name, value)| FilterRule {
        name: Some(FilterRuleName::from_static(name)),
        value: Some(value.to_owned()),
    });
    let rules: Vec<FilterRule> = rules.collect();
    let key = (!rules.is_empty()).then_some(S3KeyFilter { filter_rules: Some(rules) })?;
    Some(NotificationConfigurationFilter { key: Some(key) })
}
