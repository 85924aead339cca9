//! Findings about the recent scaling activities of Application Auto Scaling.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    aws_errors::kind_of_reason,
    port::{FailureKind, VariantId},
};

use super::{
    Facts, Finding, FindingId, VariantFacts,
    timing::{PROVISIONING, provisioning},
};
use crate::account::{auto_scaling::Activity, metrics::LAST_DAY};
use scalerctl_console::suggested::Suggested;

/// If Application Auto Scaling sets the same capacity this often within this time, something else changes the
/// capacity in between.
const TIMES: usize = 3;
const WITHIN: SignedDuration = SignedDuration::from_hours(1);

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let mut failures = Vec::new();
    for activity in &variant.activities {
        let out = activity.count().is_some_and(|count| count > 0);
        if facts.now.duration_since(activity.began_at) > LAST_DAY
            || (activity.status == "Successful" && out)
        {
            // A later scale-out succeeded, or the activity is older than a day.
            break;
        }
        if ["Failed", "Unfulfilled"].contains(&activity.status.as_str()) {
            let at = activity.began_at.strftime("%Y-%m-%d %H:%M:%S UTC");
            failures.push((format!("the scaling activity of {at}"), activity.message.as_str()));
        }
    }
    if let Some(reason) = facts.endpoint.failure_reason.as_deref()
        && facts.endpoint.status == "InService"
    {
        failures.push(("the endpoint's FailureReason".to_owned(), reason));
    }
    for (source, message) in failures {
        let finding = decoded(&source, message, &variant.id, facts);
        // Only the latest of each kind is reported.
        if !found.iter().any(|other| other.id == finding.id) {
            found.push(finding);
        }
    }
    contested(&variant.activities, facts, found);
    late(variant, facts, found);
}

/// Time after which an activity in progress is reported.
const IN_PROGRESS: SignedDuration = SignedDuration::from_mins(30);

/// Reports a change that has not ended in time.
fn late(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let minutes = |since: Timestamp| facts.now.duration_since(since).as_mins();
    let newest = variant.activities.first();
    if let Some(activity) = newest.filter(|it| it.status == "InProgress")
        && facts.now.duration_since(activity.began_at) >= IN_PROGRESS
    {
        let what = format!(
            "the scaling activity of {} has been InProgress for {} min: {}",
            activity.began_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            minutes(activity.began_at),
            activity.description,
        );
        found.push(look(FindingId::ActivityInProgress, what, facts));
        return;
    }
    let (Some(desired), Some(current)) = (variant.desired, variant.current) else { return };
    let Some(since) = facts.endpoint.modified_at.filter(|_| desired > current) else { return };
    let measured = variant.activities.iter().filter_map(provisioning).max();
    let takes = measured.unwrap_or_default().max(PROVISIONING);
    if facts.now.duration_since(since) > SignedDuration::from_secs(takes.cast_signed()) {
        let what = format!(
            "DesiredInstanceCount of the variant {} is {desired}, CurrentInstanceCount is \
             {current}, and the endpoint was last modified {} min ago",
            variant.id.variant,
            minutes(since),
        );
        found.push(look(FindingId::ScaleOutLate, what, facts));
    }
}

/// What helps when AWS has no instance of a type.
pub const INSTANCE_POOLS: &str = "update the endpoint to an endpoint configuration with instance pools, which names \
                                  up to five instance types in order of preference; to show its configuration";

/// Shows the endpoint configuration.
pub fn show_config(facts: &Facts) -> Suggested {
    Suggested::aws(format!(
        "sagemaker describe-endpoint-config --endpoint-config-name {}",
        facts.endpoint.config
    ))
}

fn look(id: FindingId, what: String, facts: &Facts) -> Finding {
    Finding::new(id, what, "look at EndpointStatus and FailureReason").command(Suggested::aws(
        format!("sagemaker describe-endpoint --endpoint-name {}", facts.endpoint.name),
    ))
}

/// The finding about a failure, from its text.
pub fn decoded(source: &str, message: &str, id: &VariantId, facts: &Facts) -> Finding {
    let what = format!("{source}: {message}");
    let kind = kind_of_reason(message);
    if let (FailureKind::Quota, Some((name, needed))) = (kind, quota(message)) {
        let code = Suggested::aws(format!(
            "service-quotas list-service-quotas --service-code sagemaker --query \
             \"Quotas[?QuotaName=='{name}'].QuotaCode\" --output text"
        ));
        return Finding::new(FindingId::QuotaReached, what, "request an increase of the quota")
            .command(Suggested::aws(format!(
                "service-quotas request-service-quota-increase --service-code sagemaker \
                 --desired-value {needed} --quota-code {}",
                code.output()
            )));
    }
    if kind == FailureKind::InsufficientCapacity {
        return Finding::new(FindingId::NoInstances, what, "wait, and watch the activities")
            .command(Suggested::aws(format!(
                "application-autoscaling describe-scaling-activities --service-namespace \
                 sagemaker --resource-id {} --max-results 5",
                id.resource_id()
            )))
            .or(INSTANCE_POOLS)
            .command(show_config(facts));
    }
    look(FindingId::ScalingFailed, what, facts)
}

/// The quota's name, and the value that the refused request needs. The text: `The account-level service limit
/// 'NAME' is N Instances, with current utilization of N Instances and a request delta of N Instances.`
fn quota(message: &str) -> Option<(&str, i64)> {
    let (_, rest) = message.split_once("account-level service limit '")?;
    let (name, rest) = rest.split_once("' is ")?;
    let (_, rest) = rest.split_once(" with current utilization of ")?;
    let (used, rest) = rest.split_once(" Instances and a request delta of ")?;
    let (more, _) = rest.split_once(' ')?;
    let needed = used.parse::<i64>().ok()?.checked_add(more.parse().ok()?)?;
    Some((name, needed))
}

/// Reports that something else changes the capacity between activities that set the same capacity.
fn contested(activities: &[Activity], facts: &Facts, found: &mut Vec<Finding>) {
    let done: Vec<(&Activity, i32)> = activities
        .iter()
        .filter(|activity| activity.status == "Successful")
        .filter_map(|activity| Some((activity, activity.count()?)))
        .collect();
    let repeated = done.windows(TIMES).find(|window| {
        let same = window.windows(2).all(|pair| matches!(pair, [(_, a), (_, b)] if a == b));
        let (Some((newest, _)), Some((oldest, _))) = (window.first(), window.last()) else {
            return false;
        };
        same && newest.began_at.duration_since(oldest.began_at) <= WITHIN
            && facts.now.duration_since(newest.began_at) <= LAST_DAY
    });
    let Some([(newest, count), ..]) = repeated else { return };
    found.push(
        Finding::new(
            FindingId::CapacityContested,
            format!(
                "Application Auto Scaling set {count} instances {TIMES} times within an hour, so \
             something else changed it in between; the last cause: {}",
                newest.cause
            ),
            "find out who calls UpdateEndpointWeightsAndCapacities, and keep only one of them",
        )
        .command(Suggested::aws(
            "cloudtrail lookup-events --lookup-attributes \
         AttributeKey=EventName,AttributeValue=UpdateEndpointWeightsAndCapacities",
        )),
    );
}
