//! The plan with its cost, and the user's confirmation.

use std::io::{self, BufRead, IsTerminal, Write};

use scalerctl_console::Failure;

use super::{
    limits::{IDLE_PATIENCE, NAME, PATIENCE_MINUTES, RESTORE_PATIENCE},
    preconditions::Preconditions,
};

/// Estimated instance minutes: provisioning of 3 to 10 minutes (reported by users), and about 6
/// minutes of measurements.
const MINUTES: (i32, i32) = (9, 16);

/// The plan as text.
pub fn plan(found: &Preconditions, price_per_hour: Option<f64>) -> String {
    let (least, most) = MINUTES;
    let cost = match price_per_hour {
        Some(price) => {
            let of = |minutes: i32| f64::from(minutes) * price / 60.0;
            format!(", {:.2} to {:.2} at {price} an hour", of(least), of(most))
        }
        None => String::new(),
    };
    format!(
        "Verify on {} (variant {}): one instance is started, measured while idle, and removed.\n\
         Cost: about {least} to {most} instance minutes{cost}.\n\
         Waiting: at most {PATIENCE_MINUTES} minutes for the instance, {} while it is idle, {} for each change by SageMaker.\n\
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
pub fn document(found: &Preconditions, price_per_hour: Option<f64>) -> String {
    let (least, most) = MINUTES;
    let of = |minutes: i32| Some(f64::from(minutes) * price_per_hour? / 60.0);
    let document = serde_json::json!({
        "command": "verify",
        "endpoint": found.id.endpoint,
        "variant": found.id.variant,
        "dry_run": true,
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
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "nothing was started: there is no terminal for the confirmation (what to do: add \
             --yes)"
                .into(),
        ));
    }
    anstream::eprint!("Type yes to continue: ");
    let mut answer = String::new();
    let read = io::stderr().flush().and_then(|()| io::stdin().lock().read_line(&mut answer));
    match read {
        Ok(_) if answer.trim() == "yes" => Ok(()),
        _ => Err(Failure::Usage("nothing was started".to_owned())),
    }
}
