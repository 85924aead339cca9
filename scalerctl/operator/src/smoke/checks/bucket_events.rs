//! `bucket-events`: the bucket sends an event for the upload.

use super::super::{
    arn::Arn,
    check::{Check, CheckId, Findings},
    delivery::{Delivery, misfits},
    read::Facts,
    resource_policy::admits,
    s3::{BucketEvents, Kind, Notification},
    upload::Upload,
};
use crate::account::cli_commands::turn_event_bridge_on;
use scalerctl_console::suggested::Suggested;

const ID: CheckId = CheckId::BucketEvents;

/// Runs the check.
pub fn examine(facts: &Facts) -> Check {
    let (upload, bucket) = match (&facts.subject.upload, &facts.bucket) {
        (Ok(upload), Some(bucket)) => (upload, bucket),
        (Err(why), _) => return Check::skipped(ID, why),
        (_, None) => return Check::skipped(ID, "no bucket is known"),
    };
    let mut findings = Findings::default();
    let bucket = match bucket {
        Ok(bucket) => bucket,
        Err(error) => {
            findings.refused(error);
            return findings.check(ID);
        }
    };
    let queues = facts.queues.as_deref().unwrap_or_default();
    let name = &upload.bucket;
    match Delivery::of(bucket, &facts.function.arn, queues, upload) {
        Delivery::Function(notification) => {
            findings.saw(format!("{name} notifies the function ({})", notification.id));
            of_some_uploads(notification, &mut findings);
            admission(facts, upload, &mut findings);
        }
        Delivery::Queue(notification) => {
            let Notification { id, target, .. } = notification;
            findings.saw(format!("{name} notifies the function's queue {target} ({id})"));
            of_some_uploads(notification, &mut findings);
        }
        Delivery::EventBridge => findings.saw(format!("EventBridge is on for {name}")),
        Delivery::Topic(Notification { id, target, .. }) => {
            findings.saw(format!("{name} notifies the topic {target} ({id})"));
            return findings.skipped(
                ID,
                "smoke does not check whether the function is subscribed to this \
                              topic",
            );
        }
        Delivery::OfOthers => misfitting(facts, bucket, upload, &mut findings),
        Delivery::None => findings.problem_with_command(
            format!(
                "{name} sends no event for this upload: EventBridge is off, and no notification is \
                 sent to the function or its queue"
            ),
            "turn EventBridge on for the bucket; its other notifications stay",
            turn_event_bridge_on(name),
        ),
    }
    findings.check(ID)
}

fn of_some_uploads(notification: &Notification, findings: &mut Findings) {
    if !notification.events.iter().any(|event| event == "s3:ObjectCreated:*") {
        findings.note(format!(
            "{} covers only {}: large files use multipart uploads \
             (s3:ObjectCreated:CompleteMultipartUpload)",
            notification.id,
            notification.events.join(", ")
        ));
    }
}

/// S3 can invoke the function only if its resource policy allows it.
fn admission(facts: &Facts, upload: &Upload, findings: &mut Findings) {
    let function = &facts.function.arn;
    let partition = Arn::of(function).map_or("aws", |arn| arn.partition);
    let source = format!("arn:{partition}:s3:::{}", upload.bucket);
    match &facts.policy {
        Ok(policy) if admits(policy, "s3.amazonaws.com", &source) => {
            findings.saw("the function's policy allows S3 to invoke it for this bucket");
        }
        Ok(_) => findings.problem_with_command(
            "the function's policy does not allow S3 to invoke it for this bucket",
            "allow it",
            Suggested::aws(format!(
                "lambda add-permission --function-name {function} --statement-id uploads \
                 --action lambda:InvokeFunction --principal s3.amazonaws.com --source-arn {source}"
            )),
        ),
        Err(error) => {
            findings.note(format!(
                "smoke could not check who can invoke the function: {}",
                error.with_advice()
            ));
        }
    }
}

fn misfitting(facts: &Facts, bucket: &BucketEvents, upload: &Upload, findings: &mut Findings) {
    let queues = facts.queues.as_deref().unwrap_or_default();
    for notification in &bucket.notifications {
        let ours = match notification.kind {
            Kind::Function => notification.target == facts.function.arn,
            Kind::Queue => queues.iter().any(|queue| queue.arn == notification.target),
            Kind::Topic => false,
        };
        if ours {
            findings.problem(
                format!(
                    "the notification {} of {} does not match {}: {}",
                    notification.id,
                    upload.bucket,
                    upload.key,
                    misfits(notification, upload).join("; ")
                ),
                "set its filter to the stack's parameters InputPrefix and InputSuffix, and its \
                 event to s3:ObjectCreated:*",
            );
        }
    }
}
