//! Everything that is read from AWS.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{HOLD, Records, WORK},
    port::{Datapoint, Scaling, VariantId},
    report::NAMESPACE,
};

use super::timeline::{self, Mark, Timeline};
use crate::{
    account::metrics::{MetricQuery, SAGEMAKER, shortest_period},
    monitoring::{
        Account, TimeRange, idle_metrics,
        interval::{Interval, KNOWN_FOR, intervals},
        no_access,
        price::Prices,
    },
    plot::args::PlotArgs,
};
use scalerctl_console::Failure;

/// Maximum number of datapoints in a chart.
const MOST_POINTS: i64 = 1440;

/// Periods that result in round times, in seconds.
const PERIODS: [i32; 6] = [60, 300, 900, 3600, 21_600, 86_400];

/// The metrics, with the statistic of each.
const METRICS: [(&str, &str, &str); 8] = [
    (SAGEMAKER, "ApproximateBacklogSize", "Maximum"),
    (SAGEMAKER, "ApproximateBacklogSizePerInstance", "Maximum"),
    (SAGEMAKER, "HasBacklogWithoutCapacity", "Maximum"),
    (NAMESPACE, "DesiredInstances", "Maximum"),
    (NAMESPACE, "InServiceInstances", "Maximum"),
    (NAMESPACE, "Wakes", "Sum"),
    (NAMESPACE, "Sleeps", "Sum"),
    (NAMESPACE, "WakeLatencyMs", "Maximum"),
];

/// Reads everything.
pub async fn read(
    account: &Account,
    arguments: &PlotArgs,
    range: TimeRange,
    now: Timestamp,
) -> Result<Timeline, Failure> {
    let endpoint = arguments.endpoint.name.as_str();
    let targets = account.targets().await?;
    let found = account.named(endpoint, &targets).await?;
    let function = &arguments.monitoring.function;
    let endpoints = [endpoint.to_owned()];
    let mut source = account.source(function, &endpoints).await?;
    let decisions = account.logged(&mut source, Some(endpoint), range.pair()).await?;
    let (group, mut notes) = (source.log_group, source.notes);
    if !found.asynchronous {
        notes.push("this is no async endpoint: it has no backlog metrics".to_owned());
    }
    let period = period(range, now);
    let metrics = METRICS
        .map(|(namespace, name, stat)| MetricQuery::of_endpoint(namespace, name, stat, endpoint));
    let mut read = account.metrics.read(&metrics, period, range.pair()).await.map_err(no_access)?;
    let mut next = || if read.is_empty() { Vec::new() } else { read.remove(0) };
    let (backlog, per_instance, without_capacity) = (next(), next(), next());
    let known_for = KNOWN_FOR.max(SignedDuration::from_secs(period.into()));
    let desired = intervals(&next(), range.until, known_for);
    let in_service = intervals(&next(), range.until, known_for);
    let (wakes, sleeps, latencies) = (next(), next(), next());
    let prices = Prices::of(account, &arguments.price, &endpoints).await?;
    // The longer the period, the more of the idle time is hidden by work.
    let shortest = shortest_period(range.from, now);
    let mut idle = idle_metrics::read(account, &endpoints, shortest, range).await?;
    notes.extend(prices.notes.iter().cloned());
    let long = SignedDuration::from_secs(period.into());
    let mut timeline = Timeline {
        endpoint: endpoint.to_owned(),
        range,
        period: long,
        paid_idle: idle.pop().flatten(),
        price_per_hour: prices.of_endpoint(endpoint),
        backlog,
        per_instance,
        without_capacity,
        desired,
        in_service,
        instances_from: "the function's metrics DesiredInstances and InServiceInstances",
        alarms: account.alarms.history(endpoint, range.pair()).await.map_err(no_access)?,
        marks: Vec::new(),
        decisions_from: String::new(),
        kept_awake: None,
        notes,
    };
    match (&decisions, &group) {
        (Some(decisions), Some(group)) => {
            timeline.marks = timeline::marks(decisions);
            timeline.decisions_from = format!("the function's log {group}");
            timeline.kept_awake = Some(timeline::kept_awake(decisions, range.until));
            if timeline.desired.is_empty() {
                timeline.desired = timeline::desired(decisions, range.until);
                timeline.instances_from = "the function's logged decisions";
            }
        }
        _ => {
            timeline.marks =
                [marks("wake", &wakes, &latencies), marks("sleep", &sleeps, &[])].concat();
            timeline.marks.sort_by_key(|mark| mark.at);
            timeline.decisions_from =
                "the function's metrics Wakes and Sleeps (reasons: --function NAME)".to_owned();
        }
    }
    timeline::set_delays(&mut timeline.marks, &timeline.in_service);
    if timeline.desired.is_empty() {
        timeline.instances_from = "nowhere: the function published no metrics of this endpoint";
    }
    add_present_lease(account, &found.variants, &mut timeline, now).await?;
    Ok(timeline)
}

/// The shortest period that CloudWatch still has and that results in at most [`MOST_POINTS`] datapoints.
fn period(range: TimeRange, now: Timestamp) -> i32 {
    let least = shortest_period(range.from, now);
    let fits = |period: &&i32| {
        **period >= least && range.length().as_secs() / i64::from(**period) <= MOST_POINTS
    };
    PERIODS.iter().find(fits).copied().unwrap_or(86_400)
}

fn marks(action: &str, counts: &[Datapoint], latencies: &[Datapoint]) -> Vec<Mark> {
    let latency = |at: Timestamp| latencies.iter().find(|it| it.at == at).map(|it| it.value as i64);
    let some = counts.iter().filter(|count| count.value > 0.0);
    let mark = |count: &Datapoint| Mark {
        at: count.at,
        last_at: count.at,
        count: count.value.round() as u64,
        action: action.to_owned(),
        reason: None,
        from: None,
        to: None,
        errors: 0,
        observe_only: false,
        request_ms: latency(count.at),
        in_service_after_seconds: None,
    };
    some.map(mark).collect()
}

/// Adds the current lease, work record, or hold. A record contains only the time until which it keeps the endpoint awake, not its
/// start.
async fn add_present_lease(
    account: &Account,
    variants: &[reactive_scaler::port::Variant],
    timeline: &mut Timeline,
    now: Timestamp,
) -> Result<(), Failure> {
    for variant in variants {
        let id = VariantId::new(&timeline.endpoint, &variant.name);
        let actions = account.aws.actions(&id).await.map_err(no_access)?;
        let records = Records::read(&actions, &id, now);
        let live: Vec<String> = records
            .keeping_awake()
            .filter(|(_, record)| record.live(now))
            .map(|(name, record)| format!("a {} until {}", kind(name), record.ends_at()))
            .collect();
        if live.is_empty() {
            continue;
        }
        timeline.notes.push(format!("{} has {}", id.variant, live.join(", ")));
        // Its start is unknown, so it is drawn as one period at the end of the range.
        if timeline.kept_awake.is_none() && timeline.range.until == now {
            let from = now - timeline.period;
            timeline.kept_awake = Some(vec![Interval { from, until: now, value: 1.0 }]);
        }
    }
    Ok(())
}

/// What people call the record with this name.
fn kind(name: &str) -> &'static str {
    match name {
        WORK => "work record",
        HOLD => "hold",
        _ => "lease",
    }
}
