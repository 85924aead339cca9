//! Reads the function's log with `--function`, else its metrics.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{port::Datapoint, report::NAMESPACE};

use super::{
    Report,
    awake::awake,
    totals::{Hours, Latency, Totals, carried_out, sum, weighted},
};
use crate::{
    account::{
        EndpointArg,
        fleet::{Fleet, FleetReader},
        metrics::{MetricQuery, shortest_period},
        name_or_pattern::{NameOrPattern, check_matches, given},
    },
    monitoring::{
        Account, Connection, TimeRange, idle_metrics,
        interval::{KNOWN_FOR, intervals},
        no_access,
        paid_idle::PaidIdle,
        price::Prices,
    },
    report::args::ReportArgs,
};
use scalerctl_console::Failure;

/// The metrics, with the statistic of each.
const METRICS: [(&str, &str); 9] = [
    ("Wakes", "Sum"),
    ("Sleeps", "Sum"),
    ("SleepBlocked", "Sum"),
    ("Errors", "Sum"),
    ("WakeLatencyMs", "Average"),
    ("WakeLatencyMs", "SampleCount"),
    ("WakeLatencyMs", "Maximum"),
    ("DesiredInstances", "Maximum"),
    ("DesiredInstances", "Minimum"),
];

/// Reads everything.
pub async fn read(
    account: &Account,
    fleet: &mut FleetReader<'_>,
    arguments: &ReportArgs,
    range: TimeRange,
    now: Timestamp,
) -> Result<Report, Failure> {
    let Found { endpoints, not_registered, notes } =
        find(account, fleet, &arguments.endpoints).await?;
    let mut report = Report {
        range,
        source: String::new(),
        prices: Prices::of(account, &arguments.price, &endpoints).await?,
        totals: Vec::new(),
        not_registered,
        notes,
    };
    report.notes.extend(report.prices.notes.iter().cloned());
    let period = shortest_period(range.from, now);
    let idle = idle_metrics::read(account, &endpoints, period, range).await?;
    let mut source = account.source(&arguments.monitoring.function, &endpoints).await?;
    let only = match endpoints.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    };
    let decisions = account.logged(&mut source, only, range.pair()).await?;
    report.notes.append(&mut source.notes);
    match (decisions, &source.log_group) {
        (Some(decisions), Some(group)) => {
            report.source = format!("the function's decisions in the log group {group}");
            let of = |(name, idle): (&String, Option<PaidIdle>)| {
                let connection = source.deployed.as_ref().map(|it| it.connection(name));
                let connected = match connection {
                    Some(Connection::Connected { .. }) => Some(true),
                    Some(Connection::NotConnected) => Some(false),
                    Some(Connection::Unknown) | None => None,
                };
                Totals::of_decisions(name, &decisions, connected, idle, range)
            };
            report.totals = endpoints.iter().zip(idle).map(of).collect();
            if let Some(first) = decisions.first() {
                report.notes.push(format!("the first decision in the log is from {}", first.at));
            }
        }
        _ => {
            report.totals = of_metrics(account, &endpoints, idle, period, range).await?;
            report.source =
                format!("the metrics of the namespace {NAMESPACE}, in periods of {period} s");
            report.notes.push(
                "percentiles are of the averages of the periods; for exact ones, use --function \
                 NAME"
                    .to_owned(),
            );
            report
                .notes
                .push("for the idle time after the last result, use --function NAME".to_owned());
        }
    }
    report.notes.push(
        "delays end at the accepted capacity request, not when the instance is in service"
            .to_owned(),
    );
    Ok(report)
}

/// The endpoints that are reported, and async endpoints that are not registered.
struct Found {
    endpoints: Vec<String>,
    not_registered: Vec<String>,
    notes: Vec<String>,
}

/// The endpoints in the arguments, or all registered async endpoints.
async fn find(
    account: &Account,
    fleet: &mut FleetReader<'_>,
    names: &[NameOrPattern],
) -> Result<Found, Failure> {
    let targets = account.targets().await?;
    let is_registered = |name: &str| targets.iter().any(|target| target.id.endpoint == name);
    let Fleet { endpoints: all, notes } = fleet.read(names, &targets).await?;
    let (mut endpoints, mut not_registered) = (Vec::new(), Vec::new());
    for (name, found) in all {
        if is_registered(&name) {
            found.map_err(no_access)?;
            endpoints.push(name);
        } else {
            not_registered.push(name);
        }
    }
    check_matches(names, endpoints.iter().map(String::as_str), "registered async endpoint")?;
    for EndpointArg { name, .. } in given(names) {
        let found = account.named(&name, &targets).await?;
        if found.asynchronous && !is_registered(&name) {
            not_registered.push(name.clone());
        }
        endpoints.push(name);
    }
    for names in [&mut endpoints, &mut not_registered] {
        names.sort();
        names.dedup();
    }
    Ok(Found { endpoints, not_registered, notes })
}

async fn of_metrics(
    account: &Account,
    endpoints: &[String],
    idle: Vec<Option<PaidIdle>>,
    period: i32,
    range: TimeRange,
) -> Result<Vec<Totals>, Failure> {
    let metrics: Vec<MetricQuery<'_>> = endpoints
        .iter()
        .flat_map(|endpoint| {
            METRICS.map(|(name, stat)| MetricQuery::of_endpoint(NAMESPACE, name, stat, endpoint))
        })
        .collect();
    let read = account.metrics.read(&metrics, period, range.pair()).await.map_err(no_access)?;
    let long = SignedDuration::from_secs(period.into());
    let of = |((name, idle), metrics): ((&String, Option<PaidIdle>), &[Vec<Datapoint>])| {
        let [wakes, sleeps, blocked, errors, averages, counts, longest, desired, lowest] = metrics
        else {
            return None;
        };
        let longest = longest.iter().map(|it| it.value).reduce(f64::max);
        let up = intervals(desired, range.until, KNOWN_FOR.max(long));
        Some(Totals {
            endpoint: name.clone(),
            wakes: sum(&carried_out(wakes, desired, |desired| desired > 0.0)),
            sleeps: sum(&carried_out(sleeps, lowest, |desired| desired <= 0.0)),
            wake_latency: Latency::of(weighted(averages, counts), longest),
            hours: Hours::of(&up, range),
            blocked_sleeps: sum(blocked),
            errors: sum(errors),
            results: None,
            awake: awake(&up, idle.as_ref()),
            paid_idle: idle,
            after_results: None,
        })
    };
    Ok(endpoints.iter().zip(idle).zip(read.chunks(METRICS.len())).filter_map(of).collect())
}
