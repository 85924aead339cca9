//! Reads everything from AWS. Most calls read all endpoints at once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Records,
    port::{AwsResult, Endpoint, ScalableTarget, Scaling, ScheduledAction, VariantId},
};

use super::{
    args::StatusArgs,
    row::{Backlog, Bounds, LeaseOrHold, Row, StatusReport},
    uploads,
};
use crate::{
    account::{
        CallError, EndpointArg,
        call_error::CallResult,
        cli_commands,
        decision_log::LoggedDecision,
        fleet::{Fleet, FleetReader},
        metrics::{MetricQuery, SAGEMAKER},
        name_or_pattern::given,
    },
    monitoring::{Account, no_access},
};
use scalerctl_console::{Failure, suggested::Suggested};

/// Maximum age of a backlog datapoint. Metrics are delayed by minutes.
const BACKLOG: SignedDuration = SignedDuration::from_mins(15);

/// Time ranges in which the last decision is searched. The shortest is first, because a log is read oldest first.
const LOOK_BACK: [SignedDuration; 3] =
    [SignedDuration::from_mins(15), SignedDuration::from_hours(3), SignedDuration::from_hours(24)];

/// Reads these endpoints, or all async endpoints.
pub async fn read(
    account: &Account,
    fleet: &mut FleetReader<'_>,
    arguments: &StatusArgs,
    now: Timestamp,
) -> Result<StatusReport, Failure> {
    let targets = account.targets().await?;
    let actions = account.aws.all_actions().await.map_err(no_access)?;
    let Fleet { mut endpoints, mut notes } = fleet.read(&arguments.endpoints, &targets).await?;
    for EndpointArg { name, .. } in given(&arguments.endpoints) {
        let found = account.named(&name, &targets).await?;
        endpoints.insert(name, Ok(Some(found)));
    }
    let shown: Vec<String> = endpoints.keys().cloned().collect();
    let mut source = account.source(&arguments.function, &shown).await?;
    let backlogs = backlogs(account, &shown, now).await;
    let decisions = match source.log_group.as_deref() {
        None => {
            if source.notes.is_empty() && !shown.is_empty() {
                notes.push("to show last decisions, use --function NAME".to_owned());
            }
            Ok(Vec::new())
        }
        Some(group) => match decisions(account, group, &shown, now).await {
            Err(error) if source.is_found => {
                source.notes.push(format!("its log was not read: {error}"));
                Ok(Vec::new())
            }
            decisions => decisions,
        },
    };
    let mut uploads = uploads::read_all(account, &source, &shown, now).await?;
    if source.is_found {
        let mut unread = None;
        uploads.retain(|_, read| match read {
            Ok(_) => true,
            Err(problem) => {
                unread = Some(problem.clone());
                false
            }
        });
        source.notes.extend(unread.map(|problem| format!("uploads are not known: {problem}")));
    }
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
    notes.append(&mut source.notes);
    Ok(StatusReport { at: now, rows, notes })
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
    let is_async = matches!(&found, Ok(Some(endpoint)) if endpoint.asynchronous);
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
            register_with: (is_async && !registered().any(|it| it.id == id))
                .then(|| register(name, variant, variants.len())),
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

/// The command that registers a variant.
fn register(endpoint: &str, variant: &str, variants: usize) -> Suggested {
    let option = if variants > 1 { format!(" --variant {variant}") } else { String::new() };
    Suggested::scalerctl(format!("register {endpoint}{option}"))
}
