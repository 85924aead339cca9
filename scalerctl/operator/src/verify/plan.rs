//! The plan with its cost, and the user's confirmation.

use jiff::SignedDuration;
use scalerctl_console::{Failure, confirmation::confirmed};

use super::{
    args::VerifyArgs,
    limits::{IDLE_PATIENCE, NAME, PATIENCE_MINUTES, RESTORE_PATIENCE},
    preconditions::Preconditions,
};

/// Estimated instance minutes: provisioning of 3 to 10 minutes (reported by users), and about 6
/// minutes of measurements.
const MINUTES: (i64, i64) = (9, 16);

/// A request of `--running-work`: at least 5 minutes, and about 4 for the datapoint after it.
const REQUEST_MINUTES: (i64, i64) = (5, 4);

/// Estimated instance minutes: the least, and the most.
fn minutes(arguments: &VerifyArgs) -> (i64, i64) {
    let (least, most) = MINUTES;
    let (request, datapoint) = REQUEST_MINUTES;
    match arguments.request.running_work {
        Some(_) => (least + request + datapoint, most + arguments.request.minutes() + datapoint),
        None => (least, most),
    }
}

fn cost_of(minutes: i64, price_per_hour: f64) -> f64 {
    SignedDuration::from_mins(minutes).as_secs_f64() / 3600.0 * price_per_hour
}

/// The plan as text.
pub fn plan(found: &Preconditions, arguments: &VerifyArgs) -> String {
    let (least, most) = minutes(arguments);
    let cost = match arguments.price_per_hour {
        Some(price) => {
            let of = |minutes| cost_of(minutes, price);
            format!(", {:.2} to {:.2} at {price} an hour", of(least), of(most))
        }
        None => String::new(),
    };
    let instance = found.instance_type.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let request = match &arguments.request.running_work {
        Some(input) => format!(
            "Request: one, for {input}. It ends after {} minutes at most. The instance is kept until its result is there.\n",
            arguments.request.minutes()
        ),
        None => String::new(),
    };
    format!(
        "Verify on {} (variant {}): one instance{instance} is started, measured while idle, and removed.\n\
         Cost: about {least} to {most} instance minutes{cost}.\n\
         Waiting: at most {PATIENCE_MINUTES} minutes for the instance, {} while it is idle, {} for each change by SageMaker.\n\
         {request}\
         Changed: the capacity, the lease, MinCapacity, and a scheduled action {}, which is deleted again.\n\
         Requests that run at scale-in are not tested: a request would be lost.\n\
         Choose a quiet time: if work arrives meanwhile, the instance is kept.\n",
        found.id.endpoint,
        found.id.variant,
        IDLE_PATIENCE.as_mins(),
        RESTORE_PATIENCE.as_mins(),
        NAME,
    )
}

/// The plan as JSON.
pub fn document(found: &Preconditions, arguments: &VerifyArgs) -> String {
    let (least, most) = minutes(arguments);
    let of = |minutes| Some(cost_of(minutes, arguments.price_per_hour?));
    let document = serde_json::json!({
        "command": "verify",
        "endpoint": found.id.endpoint,
        "variant": found.id.variant,
        "dry_run": true,
        "instance_type": found.instance_type,
        "running_work": arguments.request.running_work.as_ref().map(ToString::to_string),
        "instance_minutes": [least, most],
        "cost": of(least).zip(of(most)),
    });
    format!("{document:#}\n")
}

/// Asks for confirmation, unless `--yes` is set.
///
/// # Errors
/// [`Failure::Usage`] without confirmation.
pub fn given(yes: bool, plan: &str) -> Result<(), Failure> {
    anstream::eprint!("{plan}");
    confirmed(yes, "nothing was started")
}
