//! `scalerctl verify`: measures on the user's endpoint what AWS does not document.
//! The function's own code wakes the endpoint with a normal lease. If this program is killed, the
//! function, or Application Auto Scaling and a scale-in policy, scale the endpoint to zero as after
//! any wake.
//!
//! | file | content |
//! |---|---|
//! | `args`, `limits` | arguments and help; the time limit of each step |
//! | `plan` | what the measurement does and costs, and the confirmation |
//! | `preconditions` | the endpoint's state before, and whether it allows a measurement |
//! | `interrupt` | Ctrl-C: takes effect between two calls, never during one |
//! | `lease` | the lease, with which the function's own code wakes the endpoint |
//! | `measure` | the measurements, in order |
//! | `test_action` | the one-time scheduled action that is created, and when it takes effect |
//! | `running_work` | sends a request that runs for minutes, and reads the backlog meanwhile |
//! | `running_answer` | whether its datapoints show that the backlog counts it |
//! | `own_request` | which datapoints that request explains |
//! | `lag` | the delay of CloudWatch datapoints |
//! | `events` | whether state-change events reached the deployed function |
//! | `alarm_delay` | the delay until an alarm changes its state |
//! | `restore` | restores the state before, after success and after a failure |
//! | `findings` | the questions and the measured values |
//! | `calibration` | the values for `scalerctl simulate --calibration` |
//! | `report` | the result of a run |
//! | `text`, `json` | the result as text and as JSON |

mod alarm_delay;
pub mod args;
mod calibration;
mod events;
mod findings;
mod interrupt;
mod json;
mod lag;
mod lease;
mod limits;
mod measure;
mod own_request;
mod plan;
mod preconditions;
mod report;
mod restore;
mod running_answer;
mod running_work;
mod test_action;
mod text;

use crate::{
    local_scaler::{LocalScaler, Need, args::PolicyArgs},
    monitoring,
    verify::args::VerifyArgs,
};
use findings::Measurements;
use interrupt::Interrupt;
use preconditions::Preconditions;
use report::Report;
use scalerctl_console::output::write_file;
use scalerctl_console::runtime::block_on;
use scalerctl_console::{Failure, output::print, progress::Progress};

/// Runs it.
///
/// # Errors
///
/// [`Failure::NotOk`] if the endpoint's state does not allow it, it ended early, the answer about
/// running work is not known, or not everything was restored; [`Failure::Usage`] without confirmation; [`Failure::NoAccess`] if AWS cannot be
/// reached.
pub fn run(arguments: &VerifyArgs) -> Result<(), Failure> {
    let Some(report) = block_on(verify(arguments))? else { return Ok(()) };
    print(&match arguments.scaler.options.format.is_json() {
        true => json::of(&report),
        false => text::of(&report),
    })?;
    if let Some(file) = &arguments.report {
        write_file(file, json::of(&report).as_bytes())?;
    }
    if let Some(file) = &arguments.calibration {
        write_file(file, calibration::of(&report)?.as_bytes())?;
    }
    let not_known =
        report.measurements.running_work.iter().filter_map(|it| it.counts.as_ref().err());
    let not_known = not_known.map(|why| format!("running work is not known: {why}"));
    let problems: Vec<String> = report
        .cut_short
        .iter()
        .chain(&report.restored.problems)
        .cloned()
        .chain(not_known)
        .collect();
    match problems.as_slice() {
        [] => Ok(()),
        some => Err(Failure::NotOk(format!("{}: {}", report.found.id.endpoint, some.join("\n")))),
    }
}

async fn verify(arguments: &VerifyArgs) -> Result<Option<Report>, Failure> {
    let policy = PolicyArgs {
        idle_minutes: Some(arguments.request.lease_minutes()),
        ..PolicyArgs::default()
    };
    let function = arguments.function.function.as_deref();
    let scaler = LocalScaler::open(&arguments.scaler, &policy, function, Need::Nothing).await?;
    let account = &arguments.scaler.options.account;
    let endpoint = [scaler.endpoint().to_owned()];
    let source = monitoring::source(&scaler.config, account, &arguments.function, &endpoint);
    let log_group = source.await?.log_group;
    let found = Preconditions::look(&scaler).await?;
    if let Some(input) = &arguments.request.running_work {
        running_work::check(&scaler, &found, input).await?;
    }
    let plan = plan::plan(&found, arguments);
    if arguments.scaler.options.dry_run {
        print(&match arguments.scaler.options.format.is_json() {
            true => plan::document(&found, arguments),
            false => plan,
        })?;
        return Ok(None);
    }
    plan::given(arguments.yes, &plan)?;
    let stop = Interrupt::listen();
    let mut measurements = Measurements::default();
    let progress = Progress::start();
    let settings = (&arguments.request, log_group.as_deref());
    let ended =
        measure::run(&scaler, &found, settings, (&stop, &progress), &mut measurements).await;
    // Restore first, also after a failure or Ctrl-C.
    progress.step("AWS: restoring the state before");
    let restored = restore::run(&scaler, &found, &stop, &mut measurements).await;
    Ok(Some(Report {
        region: scaler.region().to_owned(),
        found,
        measurements,
        cut_short: ended.err(),
        restored,
        price_per_hour: arguments.price_per_hour,
    }))
}
