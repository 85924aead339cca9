//! The state of the endpoint, and whether it allows the measurement.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Records,
    port::{Clock, EndpointStatus, Endpoints, Metrics, ScalableTarget, Scaling, VariantId},
};

use crate::{
    account::{cli_commands, sagemaker::SageMaker},
    local_scaler::{LocalScaler, args::PolicyArgs},
};
use scalerctl_console::{
    Failure,
    suggested::Suggested,
    times::{in_full::in_full, local_zone},
};

/// The time for which the backlog must have been empty.
const QUIET: SignedDuration = SignedDuration::from_mins(15);

/// The state before the measurement.
#[derive(Debug, Clone)]
pub struct Preconditions {
    /// The variant.
    pub id: VariantId,
    /// The scalable target.
    pub target: ScalableTarget,
    /// `LastModifiedTime`.
    pub modified: Option<Timestamp>,
    /// The instance type, if the endpoint's configuration has one and can be read.
    pub instance_type: Option<String>,
    /// Where the results of the endpoint go, if its configuration can be read.
    pub output_paths: Vec<String>,
    /// When it was read.
    pub at: Timestamp,
}

impl Preconditions {
    /// Reads the state, and refuses if the measurement could do harm or would have no result.
    ///
    /// # Errors
    /// [`Failure::NotOk`] with all conditions that are not met; else the failed call.
    pub async fn look(scaler: &LocalScaler) -> Result<Self, Failure> {
        let (id, status) = scaler.status().await?;
        let at = scaler.clock.now();
        let refused = |failure| scaler.refused(failure);
        let endpoint = scaler.aws.endpoint(&id.endpoint).await.map_err(refused)?;
        let target = scaler.aws.target(&id).await.map_err(refused)?;
        let actions = scaler.aws.actions(&id).await.map_err(refused)?;
        let backlog = scaler.aws.backlog(&id.endpoint, at - QUIET, at).await.map_err(refused)?;
        let sagemaker = SageMaker::new(&scaler.config);
        let described = sagemaker.endpoint(&id.endpoint).await;
        let described = described.map_err(|error| Failure::NoAccess(error.with_advice()))?;
        let modified = described.modified_at;
        // Only for the plan and the check of the results.
        let config = sagemaker.config(&described.config).await.ok();
        let instance_type = config.as_ref().and_then(|config| {
            let mut variants = config.variants.iter();
            variants.find(|(name, _)| *name == id.variant).map(|(_, kind)| kind.clone())
        });
        let output_paths = config.map(|config| config.output_paths).unwrap_or_default();
        let Some(endpoint) = endpoint else { return Err(scaler.missing().await) };
        let Some(target) = target else {
            let command = cli_commands::register_new(&id, status.desired);
            let why = "the variant is not a registered scalable target";
            let why = format!("{why} (what to do: register it with `{command}`)");
            return Err(forbidden(&id, &[why]));
        };
        let mut in_the_way = Vec::new();
        let mut unless = |allowed: bool, why: &str, what_to_do: &str| {
            if !allowed {
                in_the_way.push(format!("{why} (what to do: {what_to_do})"));
            }
        };
        let next = scaler.same_variant(&PolicyArgs::default());
        let with = |what: &str, command: Suggested| format!("{what} `{command}`");
        let variant = endpoint.variants.iter().find(|variant| variant.name == id.variant);
        let count = variant.map(|variant| (variant.current, variant.desired));
        let records = Records::read(&actions, &id, at);
        let suspended = target.suspended;
        let is_live = records.live(at);
        unless(
            endpoint.asynchronous,
            "it is not an async endpoint",
            "choose an async endpoint: the function does not scale others",
        );
        unless(
            endpoint.status == EndpointStatus::InService,
            &format!("it is {}, not InService", endpoint.status.as_str()),
            &with("wait until it is InService; to see its status", next.status("")),
        );
        // Without --force, a sleep is refused while a lease or hold is live.
        let options = if is_live { "--force --wait" } else { "--wait" };
        unless(
            count == Some((Some(0), Some(0))),
            "it is not at zero",
            &with("scale it to zero with", next.sleep(options)),
        );
        unless(
            backlog.iter().all(|datapoint| datapoint.value == 0.0),
            "there is a backlog, or was in the last 15 minutes",
            "run the command again 15 minutes after the work is done",
        );
        unless(
            !is_live,
            "there is a lease or a hold",
            &with("end it, and run the command again 10 minutes later; to end it", next.release()),
        );
        unless(
            is_live || !records.exist(),
            "there is a lease or a hold that has ended, and its scheduled action still exists",
            &format!(
                "run the command again after {}",
                records.release_at().map_or_else(|| "10 minutes".to_owned(), after)
            ),
        );
        let delete = |what: &str| with(what, cli_commands::show_actions(&id));
        unless(
            !records.garbled,
            "a scheduled action of the function was edited",
            &delete("delete it; to show it"),
        );
        unless(
            !records.foreign_min,
            "another scheduled action sets MinCapacity",
            &delete("delete it if nobody needs it; to show it"),
        );
        unless(
            // The function sets it back to 0 after its lease or hold.
            target.min == 0 || (target.min == 1 && records.floor_is_ours()),
            "MinCapacity is not 0",
            &with("set it to 0 with", cli_commands::register(&id, "--min-capacity 0")),
        );
        unless(
            target.max >= 1,
            "MaxCapacity is 0",
            &with("set it to 1 with", cli_commands::register(&id, "--max-capacity 1")),
        );
        unless(
            !(suspended.scaling_in || suspended.scaling_out),
            "scaling is suspended",
            &with("resume it with", next.resume("")),
        );
        unless(
            !suspended.scheduled,
            "scheduled scaling is suspended",
            &with("resume it with", cli_commands::resume(&id, "ScheduledScalingSuspended")),
        );
        match in_the_way.as_slice() {
            [] => Ok(Self { id, target, modified, instance_type, output_paths, at }),
            some => Err(forbidden(&id, some)),
        }
    }
}

/// At the end of the minute, because seconds are not shown.
fn after(at: Timestamp) -> String {
    in_full(at + SignedDuration::from_secs(59), &local_zone::of_output())
}

fn forbidden(id: &VariantId, why: &[String]) -> Failure {
    let why = why.join("\n");
    Failure::NotOk(format!("{}: nothing was started:\n{why}", id.endpoint))
}
