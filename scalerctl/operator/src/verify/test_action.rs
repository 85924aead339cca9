//! A one-time scheduled action that changes nothing, to see what happens to it after its time.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{Clock, Scaling, VariantId};

use super::{
    findings::{Measurements, PAST_ACTION, PAST_AT},
    limits::NAME,
    preconditions::Preconditions,
};
use crate::{
    account::call_error::{CallError, CallResult},
    local_scaler::LocalScaler,
};

/// How far in the future it is scheduled, and how long after its time it is read.
const AHEAD: SignedDuration = SignedDuration::from_secs(90);
const AFTER: SignedDuration = SignedDuration::from_secs(120);

/// The test action. It sets `MaxCapacity` to its current value.
#[derive(Debug, Clone, Copy)]
pub struct TestAction {
    at: Timestamp,
}

impl TestAction {
    /// Creates it.
    ///
    /// # Errors
    ///
    /// The failed call.
    pub async fn put(
        scaler: &LocalScaler,
        found: &Preconditions,
        measurements: &mut Measurements,
    ) -> Result<Self, String> {
        let at = scaler.clock.now() + AHEAD;
        // If the answer is lost, the action may exist.
        measurements.test_action_exists = true;
        put_action(scaler, &found.id, NAME, at, found.target.max)
            .await
            .map_err(|error| error.with_advice())?;
        Ok(Self { at })
    }

    /// Whether its time is over.
    pub fn is_due(self, now: Timestamp) -> bool {
        now >= self.at + AFTER
    }

    /// Checks whether it is still listed, tries an action with a time in the past, and deletes
    /// both.
    ///
    /// # Errors
    ///
    /// The failed call.
    pub async fn look(
        self,
        scaler: &LocalScaler,
        found: &Preconditions,
        measurements: &mut Measurements,
    ) -> Result<(), String> {
        let text = |failure| scaler.refused(failure).to_string();
        let id = &found.id;
        let listed =
            scaler.aws.actions(id).await.map_err(text)?.iter().any(|action| action.name == NAME);
        measurements
            .answer(PAST_ACTION, if listed { "it stays listed" } else { "it is no longer listed" });
        measurements.test_action_exists = true;
        match put_action(scaler, id, NAME, self.at, found.target.max).await {
            Ok(()) => measurements.answer(PAST_AT, "no, it is taken"),
            Err(error) if error.is("ValidationException") => {
                measurements.answer(PAST_AT, format!("yes: {error}"));
            }
            Err(error) => measurements.not_measured(PAST_AT, error.to_string()),
        }
        scaler.aws.delete_action(id, NAME).await.map_err(text)?;
        measurements.test_action_exists = false;
        Ok(())
    }
}

/// PutScheduledAction: a one-time action at `at` (UTC, whole seconds) that sets `MaxCapacity`.
async fn put_action(
    scaler: &LocalScaler,
    id: &VariantId,
    name: &str,
    at: Timestamp,
    max: i32,
) -> CallResult<()> {
    use aws_sdk_applicationautoscaling::types::{
        ScalableDimension, ScalableTargetAction, ServiceNamespace,
    };
    aws_sdk_applicationautoscaling::Client::new(&scaler.config)
        .put_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .scalable_dimension(ScalableDimension::SageMakerVariantDesiredInstanceCount)
        .resource_id(id.resource_id())
        .scheduled_action_name(name)
        .schedule(reactive_scaler::lease::schedule(at))
        .scalable_target_action(ScalableTargetAction::builder().max_capacity(max).build())
        .send()
        .await
        .map_err(|error| {
            let action = "application-autoscaling:PutScheduledAction";
            CallError::of(action, &id.resource_id(), &error)
        })?;
    Ok(())
}
