//! The numbers of the model that determine the figures, and where each comes from.

use serde::Serialize;
use simulator::{PerInstanceAtZero, Publishing, Settings, TrackedValue};

use super::{
    scenario::{Scenario, Source},
    table::short,
    tariff::Tariff,
};
use crate::function::RESULT_DELIVERY;

/// One assumption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// What it is about.
    pub what: &'static str,
    /// Its value in this run.
    pub value: String,
    /// Where it comes from; "assumed" if AWS documents nothing.
    pub source: String,
}

/// All assumptions of a scenario.
pub fn of(scenario: &Scenario, tariff: Tariff) -> Vec<Assumption> {
    let Settings {
        metric_lag,
        publishing,
        backlog_per_instance_at_zero,
        alarms_wait_for_metrics,
        alarm_low_percent,
        tracked_value,
        tracking_from_zero,
        pace,
        ..
    } = &scenario.settings;
    let sources = &scenario.sources;
    let assumption =
        |what, value: String, source: &str| Assumption { what, value, source: source.to_owned() };
    let from = |source: &Source, default: &str| match source {
        Source::Default => default.to_owned(),
        Source::Given => format!("given on the command line; {default}"),
        Source::Measured(where_and_when) => where_and_when.clone(),
    };
    vec![
        assumption(
            "time from the end of a minute until CloudWatch returns its datapoint",
            short(metric_lag.as_secs_f64()),
            &from(&sources.metric_lag, "users report that async metrics are 2 to 3 minutes late"),
        ),
        assumption(
            "target tracking's alarms",
            "high: 3 of 3 datapoints of 60 s; low: 15 of 15".to_owned(),
            "alarms that target tracking creates, as the console shows them",
        ),
        assumption(
            "threshold of its low alarm",
            format!("{alarm_low_percent} % of the target"),
            "Application Auto Scaling User Guide: usually more than 10 % lower",
        ),
        assumption(
            "ApproximateBacklogSizePerInstance while there is no instance",
            match backlog_per_instance_at_zero {
                PerInstanceAtZero::Absent => "no datapoint".to_owned(),
                PerInstanceAtZero::Backlog => "the backlog".to_owned(),
            },
            "users report endpoints that it never scales out from zero; the guide is ambiguous",
        ),
        assumption(
            "when the backlog metrics are published",
            match publishing {
                Publishing::Always => "each minute".to_owned(),
                Publishing::WithBacklogOrInstance => "with a backlog or an instance".to_owned(),
            },
            "assumed: target tracking scales idle endpoints to zero, which requires datapoints",
        ),
        assumption(
            "the newest period of an alarm",
            match alarms_wait_for_metrics {
                true => "the newest with a visible datapoint".to_owned(),
                false => "the one that ended last".to_owned(),
            },
            "assumed: users report that an alarm waits for three datapoints",
        ),
        assumption(
            "the value that target tracking computes with",
            match tracked_value {
                TrackedValue::Latest => "the latest datapoint".to_owned(),
                _ => format!("{tracked_value:?}"),
            },
            "assumed: the guide does not say",
        ),
        assumption(
            "the capacity that target tracking requests at zero",
            tracking_from_zero.to_string(),
            "assumed: users scale out from zero by target tracking on HasBacklogWithoutCapacity",
        ),
        assumption(
            "time from a request for more instances until they are in service",
            scenario.provisioning.to_string(),
            &from(&sources.provisioning, "users report 3 to 10 minutes"),
        ),
        assumption(
            "time from a request for fewer instances until they are terminated",
            short(pace.scale_in.as_secs_f64()),
            &from(&sources.scale_in, "assumed; requests that they process are lost"),
        ),
        assumption(
            "time from which an instance is billed, until it is terminated",
            tariff.from.text().to_owned(),
            tariff.from.source(),
        ),
        assumption(
            "maximum waiting time of a request",
            short(pace.request_ttl.as_secs_f64()),
            "InvokeEndpointAsync, RequestTTLSeconds",
        ),
        assumption(
            "requests that an instance processes at a time",
            pace.concurrency.to_string(),
            "assumed: SageMaker chooses a value if none is set",
        ),
        assumption(
            "time from an upload until its event invokes the function",
            short(scenario.event_delay.as_secs_f64()),
            &from(&sources.event_delay, "assumed: the S3 guide says usually seconds"),
        ),
        assumption(
            "time from the end of a request until its result invokes the function, if results are connected",
            short(RESULT_DELIVERY.as_secs_f64()),
            "assumed; a request that expires or is lost with its instance has no result",
        ),
    ]
}
