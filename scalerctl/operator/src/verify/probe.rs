//! A one-time action of our own that changes nothing, put to see what becomes of it.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{Clock, Scaling};

use super::{
    account,
    answer::{Learnt, PAST_ACTION, PAST_AT},
    found::Found,
    limits::NAME,
};
use crate::deeds::Operator;

/// How far ahead it is put, and how long after its time it is looked for.
const AHEAD: SignedDuration = SignedDuration::from_secs(90);
const AFTER: SignedDuration = SignedDuration::from_secs(120);

/// The probe. It sets `MaxCapacity` to what it is: neither the lease's floor nor anything else moves.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    at: Timestamp,
}

impl Probe {
    /// Puts it.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn put(
        operator: &Operator,
        found: &Found,
        learnt: &mut Learnt,
    ) -> Result<Self, String> {
        let at = operator.clock.now() + AHEAD;
        // A lost answer may hide one that stands.
        learnt.probe_stands = true;
        account::put_action(operator, &found.id, NAME, at, found.target.max)
            .await
            .map_err(|refusal| refusal.told())?;
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
        operator: &Operator,
        found: &Found,
        learnt: &mut Learnt,
    ) -> Result<(), String> {
        let told = |failure| operator.refused(failure).to_string();
        let id = &found.id;
        let listed =
            operator.aws.actions(id).await.map_err(told)?.iter().any(|action| action.name == NAME);
        learnt.tell(PAST_ACTION, if listed { "it stays listed" } else { "it is no longer listed" });
        learnt.probe_stands = true;
        match account::put_action(operator, id, NAME, self.at, found.target.max).await {
            Ok(()) => learnt.tell(PAST_AT, "no, it is taken"),
            Err(refusal) if refusal.is("ValidationException") => {
                learnt.tell(PAST_AT, format!("yes: {refusal}"));
            }
            Err(refusal) => learnt.not_measured(PAST_AT, refusal.to_string()),
        }
        operator.aws.delete_action(id, NAME).await.map_err(told)?;
        learnt.probe_stands = false;
        Ok(())
    }
}
