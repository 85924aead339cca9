//! A scale-in policy whose alarm-low stays in ALARM: its action is repeated each minute.

use reactive_scaler::port::VariantId;

use super::World;

impl World {
    /// Sets or clears the ALARM state of the low alarm of a registered target. While it is set,
    /// each minute scales in to the target's minimum, and never scales out. A scale-out would hide
    /// a wake that the scaler has lost.
    ///
    /// # Panics
    ///
    /// If the variant is not registered.
    pub fn set_alarm_low(&mut self, id: &VariantId, in_alarm: bool) {
        self.target_mut(id).alarm_low = in_alarm;
    }

    pub(crate) fn run_alarm_low(&mut self) {
        let in_alarm = self.targets.values().filter(|found| {
            let id = &found.target.id;
            let variant =
                self.endpoint(&id.endpoint).and_then(|endpoint| endpoint.variant(&id.variant));
            found.alarm_low && variant.is_some_and(|variant| variant.desired > found.target.min)
        });
        for id in in_alarm.map(|found| found.target.id.clone()).collect::<Vec<_>>() {
            self.scale_by_policy(&id, 0, "monitor alarm alarm-low in state ALARM triggered policy");
        }
    }
}
