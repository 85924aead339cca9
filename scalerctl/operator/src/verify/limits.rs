//! Time limits of the measurement, and the name of its scheduled action.

use std::time::Duration;

use jiff::SignedDuration;

/// `idle_minutes` of the lease, longer than the window of the longest job by default. If verify does not end the lease,
/// the function scales the endpoint to zero afterward, as after any wake.
pub const LEASE_MINUTES: i64 = 25;

/// Time limit until the endpoint is in service, in minutes.
pub const PATIENCE_MINUTES: i64 = 20;

/// Time limit for the datapoints of an idle instance.
pub const IDLE_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Time that a request of `--running-work` can wait, and its result be stored, in addition to its own time limit.
pub const RESULT_MARGIN: SignedDuration = SignedDuration::from_mins(2);

/// Time limit for the datapoint of the minute after that request.
pub const METRIC_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// The part of the lease that follows the time limit of that request: the two limits before, and some more.
pub const LEASE_AFTER: i64 = 15;

/// Time limit for a change by SageMaker.
pub const RESTORE_PATIENCE: SignedDuration = SignedDuration::from_mins(30);

/// Time between two reads.
pub const LOOK: Duration = Duration::from_secs(5);

/// Name of the scheduled action that verify creates and deletes.
pub const NAME: &str = "reactive-scaler-verify";
