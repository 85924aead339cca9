//! Reads everything from AWS. Most calls read all endpoints at once.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    aws::SdkAws,
    lease::Records,
    port::{AwsResult, Endpoint, Endpoints, ScalableTarget, Scaling, ScheduledAction, VariantId},
};
use tokio::task::JoinSet;

use super::{
    StatusReport,
    row::{Backlog, Bounds, LeaseOrHold, Row},
    uploads,
};
use crate::{
    account::{
        CallError, EndpointArg,
        call_error::CallResult,
        cli_commands,
        decision_log::LoggedDecision,
        metrics::{MetricQuery, SAGEMAKER},
    },
    monitoring::{Account, Source, no_access},
};
use scalerctl_console::Failure;

/// Number of DescribeEndpoint calls at the same time.
const PARALLEL: usize = 8;

/// Maximum age of a backlog datapoint. Metrics are delayed by minutes.
const BACKLOG: SignedDuration = SignedDuration::from_mins(15);

/// Time ranges in which the last decision is searched. The shortest is first, because a log is read oldest first.
const LOOK_BACK: [SignedDuration; 3] =
    [SignedDuration::from_mins(15), SignedDuration::from_hours(3), SignedDuration::from_hours(24)];

/// Reads these endpoints, or all registered async endpoints.
pub async fn read(
    account: &Account,
    named: &[EndpointArg],
    source: &Source,
    now: Timestamp,
) -> Result<StatusReport, Failure> {
    let targets = account.targets().await?;
    let actions = account.aws.all_actions().await.map_err(no_access)?;
    let mut endpoints = BTreeMap::new();
    if named.is_empty() {
        let registered = targets.iter().map(|target| target.id.endpoint.clone()).collect();
        endpoints = describe_all(&account.aws, registered).await?;
        // The function does not scale real-time endpoints, so they are not shown.
        endpoints.retain(|_, found| !matches!(found, Ok(Some(it)) if !it.asynchronous));
    } else {
        for EndpointArg { name, .. } in named {
            endpoints.insert(name.clone(), Ok(Some(account.named(name, &targets).await?)));
        }
    }
    let shown: Vec<String> = endpoints.keys().cloned().collect();
    let mut notes = Vec::new();
    let backlogs = backlogs(account, &shown, now).await;
    let decisions = match source.log_group.as_deref() {
        None => {
            notes.push("to show last decisions, use --function NAME".to_owned());
            Ok(Vec::new())
        }
        Some(group) => decisions(account, group, &shown, now).await,
    };
    let uploads = uploads::read_all(account, source, &shown, now).await?;
    let mut rows: Vec<Row> = endpoints
        .into_iter()
        .flat_map(|(name, found)| rows_of(&name, found, &targets, &actions, now))
        .collect();
    for row in &mut rows {
        match &backlogs {
            Ok(all) => row.backlog = all.get(&row.endpoint).copied().flatten(),
            Err(error) => row.problems.push(error.with_advice()),
        }
        match uploads.get(&row.endpoint) {
            Some(Ok(uploads)) => row.uploads = Some(*uploads),
            Some(Err(problem)) => row.problems.push(problem.clone()),
            None => {}
        }
        match &decisions {
            Ok(all) => row.last_decision = last(all, row).cloned(),
            Err(error) => row.problems.push(error.with_advice()),
        }
    }
    Ok(StatusReport { at: now, rows, notes })
}

/// The answer of DescribeEndpoint for each name.
type Described = BTreeMap<String, AwsResult<Option<Endpoint>>>;

async fn describe_all(aws: &Arc<SdkAws>, mut names: Vec<String>) -> Result<Described, Failure> {
    names.sort();
    names.dedup();
    let mut described = Described::new();
    for chunk in names.chunks(PARALLEL) {
        let mut asked = JoinSet::new();
        for name in chunk.iter().cloned() {
            let aws = aws.clone();
            asked.spawn(async move {
                let found = aws.endpoint(&name).await;
                (name, found)
            });
        }
        while let Some(answered) = asked.join_next().await {
            let (name, found) = answered
                .map_err(|error| Failure::NotOk(format!("a call did not finish: {error}")))?;
            described.insert(name, found);
        }
    }
    Ok(described)
}

async fn backlogs(
    account: &Account,
    endpoints: &[String],
    now: Timestamp,
) -> CallResult<BTreeMap<String, Option<Backlog>>> {
    let names = ["ApproximateBacklogSize", "ApproximateAgeOfOldestRequest"];
    let metrics: Vec<MetricQuery<'_>> = endpoints
        .iter()
        .flat_map(|endpoint| {
            names.map(|name| MetricQuery::of_endpoint(SAGEMAKER, name, "Maximum", endpoint))
        })
        .collect();
    let read = account.metrics.read(&metrics, 60, (now - BACKLOG, now)).await?;
    let newest = |pair: &[Vec<_>]| match pair {
        [items, ages] => Backlog::of(items, ages),
        _ => None,
    };
    Ok(endpoints.iter().cloned().zip(read.chunks(names.len()).map(newest)).collect())
}

/// The decisions in the shortest time range that has one for each endpoint.
async fn decisions(
    account: &Account,
    group: &str,
    endpoints: &[String],
    now: Timestamp,
) -> CallResult<Vec<LoggedDecision>> {
    let only = match endpoints {
        [only] => Some(only.as_str()),
        _ => None,
    };
    let mut found = Vec::new();
    for back in LOOK_BACK {
        found = account.decisions.read(group, only, (now - back, now)).await?;
        if endpoints.iter().all(|name| found.iter().any(|decided| decided.endpoint == *name)) {
            break;
        }
    }
    Ok(found)
}

fn last<'a>(decisions: &'a [LoggedDecision], row: &Row) -> Option<&'a LoggedDecision> {
    decisions.iter().rev().find(|decided| {
        decided.endpoint == row.endpoint
            && (decided.variant.is_none()
                || row.variant.is_none()
                || decided.variant == row.variant)
    })
}

/// A row for each variant, registered or not. If the endpoint cannot be read, one row.
fn rows_of(
    name: &str,
    found: AwsResult<Option<Endpoint>>,
    targets: &[ScalableTarget],
    actions: &[ScheduledAction],
    now: Timestamp,
) -> Vec<Row> {
    let registered = || targets.iter().filter(|target| target.id.endpoint == name);
    let state = match &found {
        Ok(Some(endpoint)) => Some(endpoint.status.as_str().to_owned()),
        Ok(None) => Some("missing".to_owned()),
        Err(_) => None,
    };
    let problem = |id: &VariantId| match &found {
        Ok(Some(_)) => None,
        Ok(None) => Some(format!(
            "it is registered in Application Auto Scaling, but the endpoint no longer exists (what to do: remove the \
             registration with `{}`)",
            cli_commands::deregister(id)
        )),
        Err(failure) => Some(CallError::from(failure.clone()).with_advice()),
    };
    let variants = match &found {
        Ok(Some(endpoint)) => endpoint.variants.clone(),
        _ => Vec::new(),
    };
    let of_variant = |variant: &str| {
        let id = VariantId::new(name, variant);
        let records = Records::read(actions, &id, now);
        let found_variant = variants.iter().find(|it| it.name == variant);
        Row {
            endpoint: name.to_owned(),
            variant: Some(variant.to_owned()),
            state: state.clone(),
            current: found_variant.and_then(|it| it.current),
            desired: found_variant.and_then(|it| it.desired),
            target: registered().find(|it| it.id == id).map(|it| Bounds::of(it, &records)),
            kept_awake: LeaseOrHold::of(&records, now),
            backlog: None,
            uploads: None,
            last_decision: None,
            problems: problem(&id).into_iter().collect(),
        }
    };
    let mut names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
    names.extend(registered().map(|target| target.id.variant.as_str()));
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(of_variant).collect()
}
