//! `pause` and `resume`: Application Auto Scaling's `SuspendedState`, which the function respects.

use aws_config::SdkConfig;
use futures_util::{StreamExt, stream};
use reactive_scaler::port::{Clock, ScalableTarget, Scaling, Suspended, VariantId};

use super::{
    args::{Direction, PauseArgs},
    outcome::{Outcome, Outcomes},
    pause_report::SuspensionReport,
    several::{self, announce},
};
use crate::{
    account::{cli_commands, configuration, name_or_pattern::given, suspension},
    local_scaler::{
        LocalScaler, Need, Settings,
        args::{PolicyArgs, ScalerArgs, SeveralArgs},
    },
};
use scalerctl_console::{Failure, output::print, progress::Progress, runtime::block_on};

/// Endpoints at the same time.
const AT_ONCE: usize = 4;

/// `scalerctl pause`.
///
/// # Errors
///
/// [`Failure::NotOk`] if the variant is not registered; else the failure that stopped it.
pub fn pause(arguments: &PauseArgs) -> Result<(), Failure> {
    run(arguments, true)
}

/// `scalerctl resume`.
///
/// # Errors
///
/// As [`pause`].
pub fn resume(arguments: &PauseArgs) -> Result<(), Failure> {
    run(arguments, false)
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    suspends: bool,
    direction: Direction,
}

fn run(arguments: &PauseArgs, suspends: bool) -> Result<(), Failure> {
    let (arguments, direction) = arguments.parts().map_err(Failure::Usage)?;
    let wanted = Wanted { suspends, direction };
    let is_json = arguments.options.format.is_json();
    if let Some(one) = several::only(&arguments)? {
        let report = block_on(on_one(&one, wanted))?;
        return print(&if is_json { report.document() } else { report.text() });
    }
    let outcomes = block_on(on_several(&arguments, wanted))?;
    print(&if is_json { outcomes.document() } else { outcomes.text() })?;
    outcomes.failure().map_or(Ok(()), Err)
}

async fn on_one(arguments: &ScalerArgs, wanted: Wanted) -> Result<SuspensionReport, Failure> {
    let policy = PolicyArgs::default();
    let scaler = LocalScaler::open(arguments, &policy, None, Need::Nothing).await?;
    let mut report = plan(&scaler, wanted, arguments.options.dry_run).await?;
    carry_out(&scaler, wanted, &mut report).await?;
    Ok(report)
}

/// An endpoint and its plan, or why it has none.
type Planned = Result<(LocalScaler, SuspensionReport), (String, Failure)>;

/// All are read before the first is written.
async fn on_several(arguments: &SeveralArgs, wanted: Wanted) -> Result<Outcomes, Failure> {
    let endpoints = given(&arguments.endpoints);
    let account = &arguments.options.account;
    let config = configuration(account, &endpoints.iter().collect::<Vec<_>>(), None).await?;
    let progress = Progress::start();
    progress.step("AWS: the endpoints");
    let all = several::all(&config, arguments).await?;
    let planned = all.iter().map(|one| planned(&config, one, wanted));
    let planned: Vec<Planned> = stream::iter(planned).buffered(AT_ONCE).collect().await;
    drop(progress);
    let changed = planned.iter().flatten().filter(|(_, report)| report.changes()).count();
    let starts = planned.iter().flatten().map(|(_, report)| report.starts()).sum();
    let command = if wanted.suspends { "pause" } else { "resume" };
    announce(command, changed, starts, arguments)?;
    let progress = Progress::start();
    progress.step("AWS: the changes");
    let done = planned.into_iter().map(|plan| carried_out(wanted, plan));
    Ok(Outcomes {
        command,
        region: config.region().map_or("no region", |region| region.as_ref()).to_owned(),
        dry_run: arguments.options.dry_run,
        all: stream::iter(done).buffered(AT_ONCE).collect().await,
    })
}

async fn planned(config: &SdkConfig, one: &ScalerArgs, wanted: Wanted) -> Planned {
    let failed = |failure| (one.endpoint.name.clone(), failure);
    let policy = PolicyArgs::default();
    let scaler = LocalScaler::on(config, one, &policy, &Settings::Arguments).await;
    let scaler = scaler.map_err(failed)?;
    let report = plan(&scaler, wanted, one.options.dry_run).await.map_err(failed)?;
    Ok((scaler, report))
}

async fn carried_out(wanted: Wanted, plan: Planned) -> Outcome {
    match plan {
        Err((endpoint, failure)) => Outcome::failed(endpoint, failure),
        Ok((scaler, mut report)) => match carry_out(&scaler, wanted, &mut report).await {
            Ok(()) => report.outcome(),
            Err(failure) => Outcome::failed(report.id.endpoint, failure),
        },
    }
}

impl Wanted {
    /// Whether the directions in and out are changed.
    fn parts(self) -> (bool, bool) {
        let covers = |direction| [direction, Direction::Both].contains(&self.direction);
        (covers(Direction::In), covers(Direction::Out))
    }
}

async fn plan(
    scaler: &LocalScaler,
    wanted: Wanted,
    dry_run: bool,
) -> Result<SuspensionReport, Failure> {
    let (id, status) = scaler.status().await?;
    let target = read(scaler, &id, status.desired).await?;
    let (scaling_in, scaling_out) = wanted.parts();
    let Wanted { suspends, .. } = wanted;
    let before = target.suspended;
    Ok(SuspensionReport {
        suspends,
        region: scaler.region().to_owned(),
        before,
        wanted: Suspended {
            scaling_in: if scaling_in { suspends } else { before.scaling_in },
            scaling_out: if scaling_out { suspends } else { before.scaling_out },
            scheduled: before.scheduled,
        },
        desired: status.desired,
        clamps: status.desired.and_then(|desired| clamped(desired, &target)),
        dry_run,
        after: None,
        at: scaler.clock.now(),
        next: scaler.same_variant(&PolicyArgs::default()),
        id,
    })
}

async fn carry_out(
    scaler: &LocalScaler,
    wanted: Wanted,
    report: &mut SuspensionReport,
) -> Result<(), Failure> {
    if report.dry_run || !report.changes() {
        return Ok(());
    }
    let (scaling_in, scaling_out) = wanted.parts();
    let part = |named: bool| named.then_some(wanted.suspends);
    suspension::suspend(&scaler.config, &report.id, part(scaling_in), part(scaling_out))
        .await
        .map_err(|error| Failure::NoAccess(error.with_advice()))?;
    report.after = Some(read(scaler, &report.id, report.desired).await?.suspended);
    Ok(())
}

/// `desired`: the desired capacity, for the command that registers the variant.
async fn read(
    scaler: &LocalScaler,
    id: &VariantId,
    desired: Option<i32>,
) -> Result<ScalableTarget, Failure> {
    match scaler.aws.target(id).await {
        Ok(Some(target)) => Ok(target),
        Ok(None) => Err(Failure::NotOk(format!(
            "{}: variant {} is not a registered scalable target, so there is nothing to suspend (what to \
             do: register it with `{}`)",
            id.endpoint,
            id.variant,
            cli_commands::register_new(id, desired)
        ))),
        Err(failure) => Err(scaler.refused(failure)),
    }
}

/// RegisterScalableTarget moves the capacity into the bounds, even if the call does not set them.
fn clamped(desired: i32, target: &ScalableTarget) -> Option<(i32, i32)> {
    let to = desired.max(target.min).min(target.max);
    (to != desired).then_some((desired, to))
}
