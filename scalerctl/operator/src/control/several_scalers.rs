//! `hold` and `release` on several endpoints. All are read before the first is written.

use aws_config::SdkConfig;
use futures_util::{StreamExt, stream};
use reactive_scaler::{decide::Action, scaler::Done};

use super::{
    json, message,
    one::{self, CommandRequest},
    outcome::{Outcome, Outcomes},
    report::CommandReport,
    result::CommandResult,
    several::{self, announce},
};
use crate::{
    account::{configuration, function_search::named, name_or_pattern::given},
    local_scaler::{
        LocalScaler, Settings,
        args::{ScalerArgs, SeveralArgs},
    },
};
use scalerctl_console::{
    Failure,
    output::print,
    progress::Progress,
    runtime::block_on,
    suggested::Suggested,
    times::{in_full::with_distance, local_zone},
};

/// Endpoints at the same time. Each takes about ten calls, and SageMaker and Application Auto Scaling have low quotas.
const AT_ONCE: usize = 4;

/// An endpoint and its plan, or why it has none.
type Planned = Result<(LocalScaler, CommandReport), (String, Failure)>;

/// Runs the command.
///
/// # Errors
///
/// The failure of the endpoint with the highest exit code.
pub fn run(request: &CommandRequest<'_>, arguments: &SeveralArgs) -> Result<(), Failure> {
    if request.wait.is_some() {
        return Err(Failure::Usage(format!(
            "--wait is for one endpoint (what to do: run the command without it, and see the endpoints with `{}`)",
            Suggested::scalerctl("status --watch")
        )));
    }
    let outcomes = block_on(outcomes(request, arguments))?;
    print(&match arguments.options.format.is_json() {
        true => outcomes.document(),
        false => outcomes.text(),
    })?;
    outcomes.failure().map_or(Ok(()), Err)
}

async fn outcomes(
    request: &CommandRequest<'_>,
    arguments: &SeveralArgs,
) -> Result<Outcomes, Failure> {
    let account = &arguments.options.account;
    let endpoints = given(&arguments.endpoints);
    let function = request.policy.function.as_deref();
    let region_of = named(function, account);
    let region_of = region_of.as_ref().map(|named| named.name.as_str());
    let config = configuration(account, &endpoints.iter().collect::<Vec<_>>(), region_of).await?;
    let progress = Progress::start();
    progress.step("AWS: the endpoints");
    let all = several::all(&config, arguments).await?;
    let names: Vec<String> = all.iter().map(|one| one.endpoint.name.clone()).collect();
    let settings = Settings::find(&config, account, request.policy, &names, request.need).await?;
    let planned = all.iter().map(|one| plan(&config, &settings, request, one));
    let planned: Vec<Planned> = stream::iter(planned).buffered(AT_ONCE).collect().await;
    drop(progress);
    let is_change = |plan: &&Planned| matches!(plan, Ok((_, report)) if changes(report));
    let changed = planned.iter().filter(is_change).count();
    let starts = planned.iter().flatten().map(|(_, report)| starts(report)).sum();
    announce(request.command, changed, starts, arguments)?;
    let progress = Progress::start();
    progress.step("AWS: the changes");
    let done = planned.into_iter().map(|plan| carry_out(request, plan));
    Ok(Outcomes {
        command: request.command,
        region: config.region().map_or("no region", |region| region.as_ref()).to_owned(),
        dry_run: request.dry_run,
        all: stream::iter(done).buffered(AT_ONCE).collect().await,
    })
}

async fn plan(
    config: &SdkConfig,
    settings: &Settings,
    request: &CommandRequest<'_>,
    one: &ScalerArgs,
) -> Planned {
    let failed = |failure| (one.endpoint.name.clone(), failure);
    let scaler = LocalScaler::on(config, one, request.policy, settings).await.map_err(failed)?;
    let report = one::plan(&scaler, request).await.map_err(failed)?;
    Ok((scaler, report))
}

async fn carry_out(request: &CommandRequest<'_>, plan: Planned) -> Outcome {
    match plan {
        Err((endpoint, failure)) => Outcome::failed(endpoint, failure),
        Ok((scaler, mut report)) => match one::carry_out(&scaler, request, &mut report).await {
            Ok(of_call) => outcome(&report, one::failure(of_call, &report)),
            Err(failure) => Outcome::failed(report.id.endpoint, failure),
        },
    }
}

/// Whether the plan writes.
fn changes(report: &CommandReport) -> bool {
    let is_refused =
        matches!(report.verdict, CommandResult::Unregistered | CommandResult::Refused(_));
    !is_refused && report.planned.action != Action::None
}

/// The instances that the plan starts.
fn starts(report: &CommandReport) -> i32 {
    match report.verdict {
        CommandResult::Unregistered | CommandResult::Refused(_) => 0,
        _ => started(&report.planned),
    }
}

fn started(done: &Done) -> i32 {
    match (done.from(), done.to()) {
        (Some(from), Some(to)) => (to - from).max(0),
        _ => 0,
    }
}

fn outcome(report: &CommandReport, failure: Option<Failure>) -> Outcome {
    let last = report.done.as_ref().unwrap_or(&report.planned);
    let done = match (report.command, last.action, report.dry_run) {
        (_, Action::None, _) => "no change",
        ("hold", _, true) => "would be held",
        ("hold", _, false) => "held",
        (_, _, true) => "would be released",
        (_, _, false) => "released",
    };
    let result = match &report.verdict {
        CommandResult::Succeeded => done,
        CommandResult::Queued(_) if report.dry_run => "would be queued",
        CommandResult::Queued(_) => "queued",
        CommandResult::Refused(_) | CommandResult::Unregistered => "refused",
        CommandResult::Incomplete | CommandResult::NotReached(_) => "failed",
    };
    Outcome {
        endpoint: report.id.endpoint.clone(),
        result: result.to_owned(),
        detail: detail(report, last, failure.as_ref()),
        starts: if failure.is_none() { started(last) } else { 0 },
        failure,
        document: serde_json::from_str(&json::of(report)).unwrap_or_default(),
    }
}

fn detail(report: &CommandReport, last: &Done, failure: Option<&Failure>) -> String {
    if let Some(text) = failure.map(ToString::to_string).or_else(|| message::of(report)) {
        let text = text.split(" (what to do: ").next().unwrap_or_default();
        let of_endpoint = format!("{}: ", report.id.endpoint);
        return text.strip_prefix(&of_endpoint).unwrap_or(text).replace('\n', " ");
    }
    let instances = match (last.from(), last.to()) {
        (Some(from), Some(to)) if from != to => Some(format!("{from} -> {to} instances")),
        _ => None,
    };
    let end = last.effects.awake_until.filter(|end| report.at < *end);
    let zone = local_zone::of_output();
    let end = end.map(|end| format!("awake until {}", with_distance(end, report.at, &zone)));
    let parts: Vec<String> = instances.into_iter().chain(end).collect();
    match parts.as_slice() {
        [] => last.reason.meaning().to_owned(),
        some => some.join(", "),
    }
}
