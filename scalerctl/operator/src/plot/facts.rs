//! Everything that is asked.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Records,
    port::{Datapoint, Scaling, VariantId},
    report::NAMESPACE,
};

use super::course::{self, Course, Mark};
use crate::{
    account::metrics::{MetricQuery, SAGEMAKER, shortest_period},
    monitoring::{
        Account, Span, no_access,
        stretch::{KNOWN_FOR, Stretch, stretches},
    },
    plot::args::PlotArgs,
};
use scalerctl_console::Failure;

/// A picture has no room for more datapoints.
const MOST_POINTS: i64 = 1440;

/// Periods that make round times.
const PERIODS: [i32; 6] = [60, 300, 900, 3600, 21_600, 86_400];

/// Metrics, in the order that they are asked for. Counts are added up, levels are highest of the
/// period.
const ASKED: [(&str, &str, &str); 7] = [
    (SAGEMAKER, "ApproximateBacklogSize", "Maximum"),
    (SAGEMAKER, "ApproximateBacklogSizePerInstance", "Maximum"),
    (SAGEMAKER, "HasBacklogWithoutCapacity", "Maximum"),
    (NAMESPACE, "DesiredInstances", "Maximum"),
    (NAMESPACE, "InServiceInstances", "Maximum"),
    (NAMESPACE, "Wakes", "Sum"),
    (NAMESPACE, "Sleeps", "Sum"),
];

/// Asks.
pub async fn gather(
    account: &Account,
    arguments: &PlotArgs,
    span: Span,
    now: Timestamp,
) -> Result<Course, Failure> {
    let endpoint = arguments.endpoint.as_str();
    let targets = account.targets().await?;
    let found = account.named(endpoint, &targets).await?;
    let group = account.log_group(&arguments.monitoring.function).await?;
    let mut notes = Vec::new();
    if !found.asynchronous {
        notes.push("this is no async endpoint: it has no backlog metrics".to_owned());
    }
    let period = period(span, now);
    let metrics = ASKED
        .map(|(namespace, name, stat)| MetricQuery::of_endpoint(namespace, name, stat, endpoint));
    let mut read = account.metrics.read(&metrics, period, span.pair()).await.map_err(no_access)?;
    let mut next = || if read.is_empty() { Vec::new() } else { read.remove(0) };
    let (backlog, per_instance, without_capacity) = (next(), next(), next());
    let known_for = KNOWN_FOR.max(SignedDuration::from_secs(period.into()));
    let desired = stretches(&next(), span.until, known_for);
    let in_service = stretches(&next(), span.until, known_for);
    let (wakes, sleeps) = (next(), next());
    let decisions = match &group {
        Some(group) => {
            let read = account.decisions.read(group, Some(endpoint), span.pair()).await;
            Some(read.map_err(no_access)?)
        }
        None => None,
    };
    let mut course = Course {
        endpoint: endpoint.to_owned(),
        span,
        period: SignedDuration::from_secs(period.into()),
        backlog,
        per_instance,
        without_capacity,
        desired,
        in_service,
        instances_from: "the function's metrics DesiredInstances and InServiceInstances",
        alarms: account.alarms.history(endpoint, span.pair()).await.map_err(no_access)?,
        marks: Vec::new(),
        decisions_from: String::new(),
        kept_awake: None,
        notes,
    };
    match (&decisions, &group) {
        (Some(decisions), Some(group)) => {
            course.marks = course::marks(decisions);
            course.decisions_from = format!("the function's log {group}");
            course.kept_awake = Some(course::kept_awake(decisions, span.until));
            if course.desired.is_empty() {
                course.desired = course::desired(decisions, span.until);
                course.instances_from = "the function's logged decisions";
            }
        }
        _ => {
            course.marks = [marks("wake", &wakes), marks("sleep", &sleeps)].concat();
            course.marks.sort_by_key(|mark| mark.at);
            course.decisions_from =
                "the function's metrics Wakes and Sleeps (reasons: --function NAME)".to_owned();
        }
    }
    if course.desired.is_empty() {
        course.instances_from = "nowhere: the function published no metrics of this endpoint";
    }
    add_present_lease(account, &found.variants, &mut course, now).await?;
    Ok(course)
}

/// The shortest that CloudWatch has, and that makes no more points than a picture has room for.
fn period(span: Span, now: Timestamp) -> i32 {
    let least = shortest_period(span.from, now);
    let fits = |period: &&i32| {
        **period >= least && span.length().as_secs() / i64::from(**period) <= MOST_POINTS
    };
    PERIODS.iter().find(fits).copied().unwrap_or(86_400)
}

fn marks(action: &str, counts: &[Datapoint]) -> Vec<Mark> {
    let some = counts.iter().filter(|count| count.value > 0.0);
    let mark = |count: &Datapoint| Mark {
        at: count.at,
        action: action.to_owned(),
        reason: None,
        from: None,
        to: None,
        errors: 0,
    };
    some.map(mark).collect()
}

/// A record has the time until which it keeps the endpoint awake, and not the start.
async fn add_present_lease(
    account: &Account,
    variants: &[reactive_scaler::port::Variant],
    course: &mut Course,
    now: Timestamp,
) -> Result<(), Failure> {
    for variant in variants {
        let id = VariantId::new(&course.endpoint, &variant.name);
        let actions = account.aws.actions(&id).await.map_err(no_access)?;
        let records = Records::read(&actions, &id, now);
        let Some(ends) = records.ends_at().filter(|ends| *ends > now) else { continue };
        course.notes.push(format!("{} is kept awake until {ends} by its lease", id.variant));
        // The present end of the span: one period is enough to be seen.
        if course.kept_awake.is_none() && course.span.until == now {
            let from = now - course.period;
            course.kept_awake = Some(vec![Stretch { from, until: now, value: 1.0 }]);
        }
    }
    Ok(())
}
