//! How long each step of a trial may take, and the name of its scheduled action.

use std::time::Duration;

use jiff::SignedDuration;

/// Idle window of the lease under which the endpoint is woken. Where nothing ends it, it lasts this
/// long and a quarter of it at most a minute more, and the function sleeps it as after any wake.
pub const LEASE_MINUTES: i64 = 25;

/// A trial gives up when the endpoint takes longer to be in service.
pub const PATIENCE_MINUTES: i64 = 20;

/// How long the datapoints of an idle instance are waited for.
pub const IDLE_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// How long SageMaker is given to finish a change.
pub const RESTORE_PATIENCE: SignedDuration = SignedDuration::from_mins(30);

/// Between two looks.
pub const LOOK: Duration = Duration::from_secs(5);

/// Name of the scheduled action that a trial puts and removes.
pub const NAME: &str = "reactive-scaler-verify";
