//! Which notification configurations S3 accepts.

use crate::{Bucket, BucketNotification, NotificationKind, Refusal};

/// The longest prefix or suffix, in bytes.
const MAX_VALUE: usize = 1024;

/// The names of events. `*` stands for all names with this start.
const EVENTS: [&str; 31] = [
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Delete",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:ObjectRestore:Post",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Delete",
    "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationReplicatedAfterThreshold",
    "s3:ObjectRetention:Put",
];

/// Refuses a configuration as S3 does.
pub(crate) fn check(bucket: &Bucket, region: &str) -> Result<(), Refusal> {
    for notification in &bucket.notifications {
        check_target(notification, region)?;
        if notification.events.iter().any(|event| !EVENTS.contains(&event.as_str())) {
            return refused("A specified event is not supported for notifications.");
        }
        if notification.prefix.len().max(notification.suffix.len()) > MAX_VALUE {
            return refused(
                "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation",
            );
        }
    }
    for (place, one) in bucket.notifications.iter().enumerate() {
        for other in &bucket.notifications[..place] {
            check_pair(one, other)?;
        }
    }
    Ok(())
}

fn check_target(notification: &BucketNotification, region: &str) -> Result<(), Refusal> {
    let service = match notification.kind {
        NotificationKind::Function => "lambda",
        NotificationKind::Queue => "sqs",
        NotificationKind::Topic => "sns",
    };
    let parts: Vec<&str> = notification.target.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, of, target_region, account, resource]
            if of == service && account.len() == 12 && !resource.is_empty() =>
        {
            match target_region == region {
                true => Ok(()),
                false => refused(
                    "A specified destination is in a different region than the bucket. You must \
                     use a destination that resides in the same region as the bucket.",
                ),
            }
        }
        _ => refused("The ARN is not well formed"),
    }
}

/// Two notifications of one event must not apply to the same key.
fn check_pair(one: &BucketNotification, other: &BucketNotification) -> Result<(), Refusal> {
    let share = |a: &str, b: &str| match (a.strip_suffix('*'), b.strip_suffix('*')) {
        (Some(start), _) if b.starts_with(start) => true,
        (_, Some(start)) => a.starts_with(start),
        _ => a == b,
    };
    let one_event = one.events.iter().any(|a| other.events.iter().any(|b| share(a, b)));
    let prefixes = either(&one.prefix, &other.prefix, |long, short| long.starts_with(short));
    let suffixes = either(&one.suffix, &other.suffix, |long, short| long.ends_with(short));
    if !(one_event && prefixes && suffixes) {
        return Ok(());
    }
    let filters = [&one.prefix, &other.prefix, &one.suffix, &other.suffix];
    match filters.iter().all(|it| it.is_empty()) {
        true => refused(
            "Configurations overlap. Configurations on the same bucket cannot share a common \
             event type.",
        ),
        false => refused(
            "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules \
             if the prefixes are overlapping for the same event type.",
        ),
    }
}

fn either(a: &str, b: &str, holds: fn(&str, &str) -> bool) -> bool {
    holds(a, b) || holds(b, a)
}

fn refused(message: &str) -> Result<(), Refusal> {
    Err(Refusal::new("InvalidArgument", message))
}
