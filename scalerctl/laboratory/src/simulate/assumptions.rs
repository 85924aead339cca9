//! What the figures rest on: each number of the model that matters, and where it comes from.

use serde::Serialize;
use simulator::{PerInstanceAtZero, Publishing, Settings, TrackedValue};

use super::{
    conditions::{Conditions, Origin},
    table::short,
};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// What it is about.
    pub what: &'static str,
    /// Its value in this play.
    pub value: String,
    /// Where it comes from; "assumed" where AWS documents nothing.
    pub source: String,
}

/// All of them, for these conditions.
pub fn of(conditions: &Conditions) -> Vec<Assumption> {
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
    } = &conditions.settings;
    let origins = &conditions.origins;
    let assumption =
        |what, value: String, source: &str| Assumption { what, value, source: source.to_owned() };
    let from = |origin: &Origin, default: &str| match origin {
        Origin::Default => default.to_owned(),
        Origin::Given => format!("given on the command line; {default}"),
        Origin::Measured(where_and_when) => where_and_when.clone(),
    };
    vec![
        assumption(
            "from the end of a minute until CloudWatch shows its datapoint",
            short(metric_lag.as_secs_f64()),
            &from(&origins.metric_lag, "users report async metrics 2 to 3 minutes behind"),
        ),
        assumption(
            "target tracking's alarms",
            "high: 3 of 3 datapoints of 60 s; low: 15 of 15".to_owned(),
            "alarms that target tracking makes, as users' consoles show them",
        ),
        assumption(
            "threshold of its alarm low",
            format!("{alarm_low_percent} % of the target"),
            "Application Auto Scaling User Guide: usually more than 10 % lower",
        ),
        assumption(
            "ApproximateBacklogSizePerInstance without an instance",
            match backlog_per_instance_at_zero {
                PerInstanceAtZero::Absent => "no datapoint".to_owned(),
                PerInstanceAtZero::Backlog => "the backlog itself".to_owned(),
            },
            "users report endpoints that never leave zero by it; the guide can be read either way",
        ),
        assumption(
            "when the backlog's metrics are published",
            match publishing {
                Publishing::Always => "each minute".to_owned(),
                Publishing::WithBacklogOrInstance => "with a backlog or an instance".to_owned(),
            },
            "assumed: target tracking does scale idle endpoints to zero, which takes datapoints",
        ),
        assumption(
            "an alarm's newest period",
            match alarms_wait_for_metrics {
                true => "the newest that can be seen".to_owned(),
                false => "the one that has just ended".to_owned(),
            },
            "assumed: users report that three datapoints are waited for",
        ),
        assumption(
            "what target tracking computes with",
            match tracked_value {
                TrackedValue::Latest => "the latest datapoint".to_owned(),
                _ => format!("{tracked_value:?}"),
            },
            "assumed: the guide is silent",
        ),
        assumption(
            "what target tracking asks for at zero",
            tracking_from_zero.to_string(),
            "assumed: users leave zero by target tracking on HasBacklogWithoutCapacity",
        ),
        assumption(
            "from a request for more instances until they serve",
            conditions.provisioning.to_string(),
            &from(&origins.provisioning, "users report 3 to 10 minutes"),
        ),
        assumption(
            "from a request for fewer instances until they are gone",
            short(pace.scale_in.as_secs_f64()),
            &from(&origins.scale_in, "assumed; what runs on them is lost at the request"),
        ),
        assumption(
            "how long a request may wait",
            short(pace.request_ttl.as_secs_f64()),
            "InvokeEndpointAsync, RequestTTLSeconds",
        ),
        assumption(
            "requests that one instance works on at a time",
            pace.concurrency.to_string(),
            "assumed: SageMaker chooses a value where none is given",
        ),
        assumption(
            "from an upload until its event invokes the function",
            short(conditions.event_delay.as_secs_f64()),
            &from(&origins.event_delay, "assumed: S3's guide says usually seconds"),
        ),
    ]
}
