//! What a trial does and costs, said beforehand, and whether the person wants that.

use std::io::{self, BufRead, IsTerminal, Write};

use scalerctl_common::Failure;

use super::{
    limits::{IDLE_PATIENCE, NAME, PATIENCE_MINUTES, RESTORE_PATIENCE},
    preconditions::Preconditions,
};

/// Instance minutes that a trial is said to take: provisioning of 3 to 10 minutes, as users report,
/// and some 6 minutes of measuring.
const MINUTES: (i32, i32) = (9, 16);

/// What is going to happen.
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
        "Verify on {} (variant {}): one instance is started, measured while idle, and taken away \
         again.\n\
         Cost: about {least} to {most} instance minutes{cost}.\n\
         Waiting: {PATIENCE_MINUTES} minutes at most for the instance, {} while it idles, {} for \
         each change that SageMaker is to finish.\n\
         Written: the capacity, the lease, MinCapacity, and a scheduled action {}, which is removed.\n\
         In-flight work at scale-in is not tested: it would lose a request.\n\
         Choose a quiet time: work that arrives meanwhile is left its instance.\n",
        found.id.endpoint,
        found.id.variant,
        IDLE_PATIENCE.as_mins(),
        RESTORE_PATIENCE.as_mins(),
        NAME,
    )
}

/// The same as JSON.
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

/// Whether the person consents: by `--yes`, or typed at a terminal.
///
/// # Errors
///
/// [`Failure::Usage`] where not.
pub fn given(yes: bool, plan: &str) -> Result<(), Failure> {
    anstream::eprint!("{plan}");
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "nothing was started: there is no terminal to ask at (what to do: add --yes)".into(),
        ));
    }
    anstream::eprint!("Type yes to go on: ");
    let mut answer = String::new();
    let read = io::stderr().flush().and_then(|()| io::stdin().lock().read_line(&mut answer));
    match read {
        Ok(_) if answer.trim() == "yes" => Ok(()),
        _ => Err(Failure::Usage("nothing was started".to_owned())),
    }
}
