//! The state of the endpoint, and whether it allows the measurement.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Records,
    port::{Clock, EndpointStatus, Endpoints, Metrics, ScalableTarget, Scaling, VariantId},
};

use crate::{account::sagemaker::SageMaker, local_scaler::LocalScaler};
use scalerctl_console::Failure;

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
    /// When it was read.
    pub at: Timestamp,
}

impl Preconditions {
    /// Reads the state, and refuses if the measurement could do harm or would have no result.
    ///
    /// # Errors
    /// [`Failure::NotOk`] with all conditions that are not met; else the failed call.
    pub async fn look(scaler: &LocalScaler) -> Result<Self, Failure> {
        let (id, _) = scaler.status().await?;
        let at = scaler.clock.now();
        let refused = |failure| scaler.refused(failure);
        let endpoint = scaler.aws.endpoint(&id.endpoint).await.map_err(refused)?;
        let target = scaler.aws.target(&id).await.map_err(refused)?;
        let actions = scaler.aws.actions(&id).await.map_err(refused)?;
        let backlog = scaler.aws.backlog(&id.endpoint, at - QUIET, at).await.map_err(refused)?;
        let modified = SageMaker::new(&scaler.config)
            .endpoint(&id.endpoint)
            .await
            .map_err(|error| Failure::NoAccess(error.with_advice()))?
            .modified_at;
        let Some(endpoint) = endpoint else { return Err(scaler.missing().await) };
        let Some(target) = target else {
            return Err(forbidden(&id, &["the variant is not a registered scalable target"]));
        };
        let mut in_the_way = Vec::new();
        let mut unless = |allowed: bool, why: &'static str| {
            if !allowed {
                in_the_way.push(why);
            }
        };
        let variant = endpoint.variants.iter().find(|variant| variant.name == id.variant);
        let count = variant.map(|variant| (variant.current, variant.desired));
        let records = Records::read(&actions, &id, at);
        let suspended = target.suspended;
        unless(endpoint.asynchronous, "it is not an async endpoint");
        unless(endpoint.status == EndpointStatus::InService, "it is not InService");
        unless(
            count == Some((Some(0), Some(0))),
            "it is not at zero (what to do: scale it to zero with `scalerctl sleep ENDPOINT --wait`)",
        );
        unless(
            backlog.iter().all(|datapoint| datapoint.value == 0.0),
            "there is a backlog, or was in the last 15 minutes",
        );
        unless(
            !records.exist(),
            "there is a lease or a hold (what to do: wait 10 minutes after `scalerctl release ENDPOINT`)",
        );
        unless(!records.garbled, "a scheduled action of the function was edited");
        unless(!records.foreign_min, "another scheduled action sets MinCapacity");
        unless(target.min == 0, "MinCapacity is not 0");
        unless(target.max >= 1, "MaxCapacity is 0");
        unless(
            !(suspended.scaling_in || suspended.scaling_out || suspended.scheduled),
            "scaling is suspended",
        );
        match in_the_way.as_slice() {
            [] => Ok(Self { id, target, modified, at }),
            some => Err(forbidden(&id, some)),
        }
    }
}

fn forbidden(id: &VariantId, why: &[&str]) -> Failure {
    let why = why.join("\n").replace("ENDPOINT", &id.endpoint);
    Failure::NotOk(format!("{}: nothing was started:\n{why}", id.endpoint))
}
