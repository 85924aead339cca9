//! What is the same for every policy, and where each of its figures comes from.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use simulator::{PerInstanceAtZero, Settings};

use super::{
    calibration::Calibration,
    spread::Spread,
    workload::{self, Arrival, begin},
};
use crate::simulate::args::{AtZero, SceneArgs};
use scalerctl_common::Failure;

/// What is played after the last day, so that what arrived late can be done: a request lives for 6
/// hours at most.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(7);

/// From an upload until its event invokes the function: assumption, S3 promises "usually seconds".
pub const EVENT_DELAY: Duration = Duration::from_secs(1);

/// What is the same for every policy.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// Begin of simulated time.
    pub from: Timestamp,
    /// Requests to come.
    pub arrivals: Vec<Arrival>,
    /// End of simulated time.
    pub until: Timestamp,
    /// From a request for more instances until they serve.
    pub provisioning: Spread,
    /// From an upload until its event invokes the function.
    pub event_delay: Duration,
    /// `MaxCapacity` of the scalable target.
    pub max: i32,
    /// Seed of everything that varies.
    pub seed: u64,
    /// The model's assumptions.
    pub settings: Settings,
    /// Where the figures come from that can be given or measured.
    pub origins: Origins,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// From AWS's documentation, from users, or out of the air: as the assumption says.
    #[default]
    Default,
    /// From the command line.
    Given,
    /// From a calibration: where and when it was measured.
    Measured(String),
}

/// Where each of these figures comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// [`Settings::metric_lag`].
    pub metric_lag: Origin,
    /// [`Conditions::provisioning`].
    pub provisioning: Origin,
    /// [`Pace::scale_in`](simulator::Pace::scale_in).
    pub scale_in: Origin,
    /// [`Conditions::event_delay`].
    pub event_delay: Origin,
}

impl Conditions {
    /// These arrivals until then, and everything else as it is by default.
    pub fn new(arrivals: Vec<Arrival>, until: Timestamp) -> Self {
        Self {
            from: arrivals.first().map_or(begin(), |first| first.at).min(begin()),
            arrivals,
            until: until + AFTERWARDS,
            provisioning: Spread::Fixed(Settings::default().pace.provisioning),
            event_delay: EVENT_DELAY,
            max: 4,
            seed: 1,
            settings: Settings::default(),
            origins: Origins::default(),
        }
    }

    /// What the arguments ask for: what they give counts, then what a calibration has, then the
    /// defaults.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] where a file cannot be used.
    pub fn of(arguments: &SceneArgs) -> Result<Self, Failure> {
        let (arrivals, until) = arrivals(arguments)?;
        let mut conditions = Self::new(arrivals, until);
        let measured = arguments.calibration.as_deref().map(Calibration::read).transpose()?;
        let source = measured.as_ref().map_or_else(String::new, |measured| {
            format!("measured on {}, {}", measured.endpoint, measured.measured_at)
        });
        let time = |figure: fn(&Calibration) -> Option<f64>| {
            measured.as_ref().and_then(figure).map(Duration::from_secs_f64)
        };
        let Self { origins, settings, event_delay, provisioning, .. } = &mut conditions;
        let lag = time(|measured| measured.metric_lag_seconds);
        origins.metric_lag = choose(arguments.metric_lag, lag, &source, &mut settings.metric_lag);
        let scale_in = time(|measured| measured.scale_in_seconds);
        origins.scale_in =
            choose(arguments.scale_in, scale_in, &source, &mut settings.pace.scale_in);
        let delay = time(|measured| measured.event_delay_seconds);
        origins.event_delay = choose(arguments.event_delay, delay, &source, event_delay);
        let times = measured.as_ref().and_then(Calibration::provisioning);
        origins.provisioning = choose(arguments.provisioning.clone(), times, &source, provisioning);
        settings.backlog_per_instance_at_zero = match arguments.backlog_per_instance_at_zero {
            AtZero::Absent => PerInstanceAtZero::Absent,
            AtZero::Backlog => PerInstanceAtZero::Backlog,
        };
        (conditions.max, conditions.seed) = (arguments.max, arguments.seed);
        Ok(conditions)
    }
}

/// Puts the value that counts where it belongs, and tells where it comes from.
fn choose<T>(given: Option<T>, measured: Option<T>, source: &str, place: &mut T) -> Origin {
    let (value, origin) = match (given, measured) {
        (Some(given), _) => (given, Origin::Given),
        (None, Some(measured)) => (measured, Origin::Measured(source.to_owned())),
        (None, None) => return Origin::Default,
    };
    *place = value;
    origin
}

/// The requests, and when the last of them may come.
fn arrivals(arguments: &SceneArgs) -> Result<(Vec<Arrival>, Timestamp), Failure> {
    let workload = arguments.workload;
    let processing = arguments.processing.clone().unwrap_or_else(|| workload.processing());
    match &arguments.arrivals {
        Some(file) => {
            let arrivals = workload::from_csv(file, &processing, arguments.seed)?;
            let last = arrivals.last().map_or(begin(), |arrival| arrival.at);
            Ok((arrivals, last))
        }
        None => {
            let arrivals = workload.arrivals(arguments.days, &processing, arguments.seed);
            let days = SignedDuration::from_hours(24 * i64::from(arguments.days));
            Ok((arrivals, begin() + days))
        }
    }
}
