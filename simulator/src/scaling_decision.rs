//! What the alarms that trigger policies come to: nothing, as long as there are no policies.

use reactive_scaler::port::VariantId;

use crate::{World, alarm_watch::Trigger};

impl World {
    pub(crate) fn run_policies(&mut self, _id: &VariantId, _triggers: &[Trigger]) {}
}
