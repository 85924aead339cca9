//! What is the same for every candidate, and where each delay comes from.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use simulator::{PerInstanceAtZero, Settings};

use super::{
    calibration::Calibration,
    distribution::DurationDistribution,
    workload::{self, Arrival, begin},
};
use crate::simulate::args::{AtZero, ScenarioArgs};
use scalerctl_console::Failure;

/// Simulated time after the last arrival, at least: a request expires after 6 hours.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(7);

/// Time from an upload until its event invokes the function. An assumption: S3 documents "usually
/// seconds".
pub const EVENT_DELAY: Duration = Duration::from_secs(1);

/// What is the same for every candidate.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Start of simulated time.
    pub from: Timestamp,
    /// The requests.
    pub arrivals: Vec<Arrival>,
    /// The end of what is billed: the same for every candidate.
    pub billed_until: Timestamp,
    /// End of simulated time: until then, requests are followed.
    pub until: Timestamp,
    /// Time from a request for more instances until they are in service.
    pub provisioning: DurationDistribution,
    /// Time from an upload until its event invokes the function.
    pub event_delay: Duration,
    /// `MaxCapacity` of the scalable target.
    pub max: i32,
    /// Seed of all random values.
    pub seed: u64,
    /// Settings of the model.
    pub settings: Settings,
    /// Where the delays come from.
    pub sources: Sources,
}

/// Where a delay comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Source {
    /// The default of the model.
    #[default]
    Default,
    /// The command line.
    Given,
    /// A calibration: where and when it was measured.
    Measured(String),
}

/// Where each delay comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// [`Settings::metric_lag`].
    pub metric_lag: Source,
    /// [`Scenario::provisioning`].
    pub provisioning: Source,
    /// [`Pace::scale_in`](simulator::Pace::scale_in).
    pub scale_in: Source,
    /// [`Scenario::event_delay`].
    pub event_delay: Source,
}

impl Scenario {
    /// These arrivals, billed until the end of the minute of `billed_until`, with the defaults.
    pub fn new(arrivals: Vec<Arrival>, billed_until: Timestamp) -> Self {
        let from = arrivals.first().map_or(begin(), |first| first.at).min(begin());
        let minutes = (billed_until.duration_since(from).as_secs() + 59).div_euclid(60);
        let billed_until = from + SignedDuration::from_mins(minutes);
        let last = arrivals.last().map_or(from, |last| last.at);
        Self {
            from,
            arrivals,
            billed_until,
            until: billed_until.max(last + AFTERWARDS),
            provisioning: DurationDistribution::Fixed(Settings::default().pace.provisioning),
            event_delay: EVENT_DELAY,
            max: 4,
            seed: 1,
            settings: Settings::default(),
            sources: Sources::default(),
        }
    }

    /// Reads the arguments. They take precedence over a calibration, and that over the defaults.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if a file is not valid.
    pub fn of(arguments: &ScenarioArgs) -> Result<Self, Failure> {
        let (arrivals, until) = arrivals(arguments)?;
        let mut scenario = Self::new(arrivals, until);
        let measured = arguments.calibration.as_deref().map(Calibration::read).transpose()?;
        let measurement = measured.as_ref().map_or_else(String::new, |measured| {
            format!("measured on {}, {}", measured.endpoint, measured.measured_at)
        });
        let time = |figure: fn(&Calibration) -> Option<f64>| {
            measured.as_ref().and_then(figure).map(Duration::from_secs_f64)
        };
        let Self { sources, settings, event_delay, provisioning, .. } = &mut scenario;
        let lag = time(|measured| measured.metric_lag_seconds);
        sources.metric_lag =
            choose(arguments.metric_lag, lag, &measurement, &mut settings.metric_lag);
        let scale_in = time(|measured| measured.scale_in_seconds);
        sources.scale_in =
            choose(arguments.scale_in, scale_in, &measurement, &mut settings.pace.scale_in);
        let delay = time(|measured| measured.event_delay_seconds);
        sources.event_delay = choose(arguments.event_delay, delay, &measurement, event_delay);
        let times = measured.as_ref().and_then(Calibration::provisioning);
        sources.provisioning =
            choose(arguments.provisioning.clone(), times, &measurement, provisioning);
        settings.backlog_per_instance_at_zero = match arguments.backlog_per_instance_at_zero {
            AtZero::Absent => PerInstanceAtZero::Absent,
            AtZero::Backlog => PerInstanceAtZero::Backlog,
        };
        (scenario.max, scenario.seed) = (arguments.max, arguments.seed);
        Ok(scenario)
    }
}

/// Stores the value that takes precedence, and returns where it comes from.
fn choose<T>(given: Option<T>, measured: Option<T>, measurement: &str, place: &mut T) -> Source {
    let (value, source) = match (given, measured) {
        (Some(given), _) => (given, Source::Given),
        (None, Some(measured)) => (measured, Source::Measured(measurement.to_owned())),
        (None, None) => return Source::Default,
    };
    *place = value;
    source
}

/// The requests, and the end of what is billed: the last day, or of the requests of a file, 7 hours after the last one.
fn arrivals(arguments: &ScenarioArgs) -> Result<(Vec<Arrival>, Timestamp), Failure> {
    let workload = arguments.workload;
    let processing = arguments.processing.clone().unwrap_or_else(|| workload.processing());
    match &arguments.arrivals {
        Some(file) => {
            let arrivals = workload::from_csv(file, &processing, arguments.seed)?;
            let last = arrivals.last().map_or(begin(), |arrival| arrival.at);
            Ok((arrivals, last + AFTERWARDS))
        }
        None => {
            let arrivals = workload.arrivals(arguments.days, &processing, arguments.seed);
            let days = SignedDuration::from_hours(24 * i64::from(arguments.days));
            Ok((arrivals, begin() + days))
        }
    }
}
