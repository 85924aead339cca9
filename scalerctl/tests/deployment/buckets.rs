//! `scalerctl connect-bucket` on `scalerctl aws`.

use aws_sdk_s3::{
    Client,
    operation::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput,
    types::{
        Event, FilterRule, FilterRuleName, LambdaFunctionConfiguration, NotificationConfiguration,
        NotificationConfigurationFilter, QueueConfiguration, S3KeyFilter, TopicConfiguration,
    },
};

use super::local_aws::{LocalAws, s3};

const BUCKET: &str = "my-inputs";
const ACCOUNT: &str = "eu-central-1:123456789012";

fn filter(prefix: &str) -> NotificationConfigurationFilter {
    let rule = FilterRule::builder().name(FilterRuleName::Prefix).value(prefix).build();
    let key = S3KeyFilter::builder().filter_rules(rule).build();
    NotificationConfigurationFilter::builder().key(key).build()
}

/// Notifications of three kinds, with ids and filters.
async fn put_notifications(client: &Client) {
    let created = Event::S3ObjectCreated;
    let function = LambdaFunctionConfiguration::builder()
        .id("a-function")
        .lambda_function_arn(format!("arn:aws:lambda:{ACCOUNT}:function:theirs"))
        .events(created.clone())
        .filter(filter("functions/"))
        .build()
        .unwrap();
    let queue = QueueConfiguration::builder()
        .id("a-queue")
        .queue_arn(format!("arn:aws:sqs:{ACCOUNT}:theirs"))
        .events(created.clone())
        .filter(filter("queues/"))
        .build()
        .unwrap();
    let topic = TopicConfiguration::builder()
        .id("a-topic")
        .topic_arn(format!("arn:aws:sns:{ACCOUNT}:theirs"))
        .events(created)
        .filter(filter("topics/"))
        .build()
        .unwrap();
    let all = NotificationConfiguration::builder()
        .lambda_function_configurations(function)
        .queue_configurations(queue)
        .topic_configurations(topic)
        .build();
    let put = client.put_bucket_notification_configuration().bucket(BUCKET);
    put.notification_configuration(all).send().await.unwrap();
}

async fn present(client: &Client) -> GetBucketNotificationConfigurationOutput {
    client.get_bucket_notification_configuration().bucket(BUCKET).send().await.unwrap()
}

#[tokio::test]
async fn event_bridge_is_turned_on_once_and_other_notifications_stay() {
    let mut aws = LocalAws::start(&[]);
    let client = s3(&aws.url);
    put_notifications(&client).await;
    let before = present(&client).await;
    assert!(before.event_bridge_configuration().is_none());

    let (code, text, writes) = aws.scalerctl(&["connect-bucket", BUCKET, "--dry-run"]).await;
    assert!(code == Some(0) && text.contains("would change events"), "{code:?} {text}");
    assert!(writes.is_empty(), "{writes:?}");
    assert_eq!(present(&client).await.event_bridge_configuration(), None);

    let (code, text, writes) = aws.scalerctl(&["connect-bucket", BUCKET]).await;
    assert_eq!(
        (code, writes.as_slice()),
        (Some(0), &["PutBucketNotificationConfiguration".into()][..]),
        "{text}"
    );
    assert!(text.contains("to EventBridge, and 3 other notifications"), "{text}");
    let after = present(&client).await;
    assert!(after.event_bridge_configuration().is_some());
    assert_eq!(after.lambda_function_configurations(), before.lambda_function_configurations());
    assert_eq!(after.queue_configurations(), before.queue_configurations());
    assert_eq!(after.topic_configurations(), before.topic_configurations());
    let counts = [
        after.lambda_function_configurations().len(),
        after.queue_configurations().len(),
        after.topic_configurations().len(),
    ];
    assert_eq!(counts, [1, 1, 1]);

    let (code, text, writes) = aws.scalerctl(&["connect-bucket", BUCKET]).await;
    assert!(code == Some(0) && text.contains("nothing to change"), "{code:?} {text}");
    assert!(writes.is_empty(), "{writes:?}");
}

/// All are read before the first is written.
#[tokio::test]
async fn a_bucket_that_does_not_exist_changes_no_other() {
    let mut aws = LocalAws::start(&[]);
    let (code, text, writes) = aws.scalerctl(&["connect-bucket", BUCKET, "no-such-bucket"]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("s3:GetBucketNotification on no-such-bucket failed"), "{text}");
    assert!(writes.is_empty(), "{writes:?}");
}

#[tokio::test]
async fn a_bucket_that_is_named_twice_is_written_once() {
    let mut aws = LocalAws::start(&[]);
    let (code, text, writes) = aws.scalerctl(&["connect-bucket", BUCKET, BUCKET]).await;
    assert_eq!((code, writes.len()), (Some(0), 1), "{writes:?} {text}");
    assert!(text.contains("1 change\n"), "{text}");
}
