//! A one-time action of our own that changes nothing, put to see what becomes of it.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{Clock, Scaling};

use super::{
    account,
    findings::{Measurements, PAST_ACTION, PAST_AT},
    limits::NAME,
    preconditions::Preconditions,
};
use crate::local_scaler::LocalScaler;

/// How far ahead it is put, and how long after its time it is looked for.
const AHEAD: SignedDuration = SignedDuration::from_secs(90);
const AFTER: SignedDuration = SignedDuration::from_secs(120);

/// The test_action. It sets `MaxCapacity` to what it is: neither the lease's floor nor anything else moves.
#[derive(Debug, Clone, Copy)]
pub struct TestAction {
    at: Timestamp,
}

impl TestAction {
    /// Puts it.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn put(
        scaler: &LocalScaler,
        found: &Preconditions,
        measurements: &mut Measurements,
    ) -> Result<Self, String> {
        let at = scaler.clock.now() + AHEAD;
        // A lost answer may hide one that stands.
        measurements.test_action_exists = true;
        account::put_action(scaler, &found.id, NAME, at, found.target.max)
            .await
            .map_err(|error| error.told())?;
        Ok(Self { at })
    }

    /// Whether it is time to look.
    pub fn is_due(self, now: Timestamp) -> bool {
        now >= self.at + AFTER
    }

    /// Looks what became of it, tries one whose time is past, and removes what stands.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn look(
        self,
        scaler: &LocalScaler,
        found: &Preconditions,
        measurements: &mut Measurements,
    ) -> Result<(), String> {
        let told = |failure| scaler.refused(failure).to_string();
        let id = &found.id;
        let listed =
            scaler.aws.actions(id).await.map_err(told)?.iter().any(|action| action.name == NAME);
        measurements
            .tell(PAST_ACTION, if listed { "it stays listed" } else { "it is no longer listed" });
        measurements.test_action_exists = true;
        match account::put_action(scaler, id, NAME, self.at, found.target.max).await {
            Ok(()) => measurements.tell(PAST_AT, "no, it is taken"),
            Err(error) if error.is("ValidationException") => {
                measurements.tell(PAST_AT, format!("yes: {error}"));
            }
            Err(error) => measurements.not_measured(PAST_AT, error.to_string()),
        }
        scaler.aws.delete_action(id, NAME).await.map_err(told)?;
        measurements.test_action_exists = false;
        Ok(())
    }
}
