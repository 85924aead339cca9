//! Decisions not to scale, as DescribeScalingActivities tells them with
//! `IncludeNotScaledActivities`.
//!
//! "Scaling activities" in the Application Auto Scaling User Guide has the codes. What would be
//! `AutoScalingAnticipatedFlapping` is told as `AlreadyAtDesiredCapacity`: target tracking comes to
//! the same capacity either way.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;

use crate::World;

/// `NotScaledReason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotScaledReason {
    /// `AlreadyAtMaxCapacity`: the target's maximum blocks it.
    AlreadyAtMaxCapacity(i32),
    /// `AlreadyAtMinCapacity`: the target's minimum blocks it.
    AlreadyAtMinCapacity(i32),
    /// `AlreadyAtDesiredCapacity`: the policy comes to the capacity that there is.
    AlreadyAtDesiredCapacity(i32),
}

impl NotScaledReason {
    /// `Code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyAtMaxCapacity(_) => "AlreadyAtMaxCapacity",
            Self::AlreadyAtMinCapacity(_) => "AlreadyAtMinCapacity",
            Self::AlreadyAtDesiredCapacity(_) => "AlreadyAtDesiredCapacity",
        }
    }
}

/// A decision not to scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotScaled {
    /// The variant.
    pub id: VariantId,
    /// When it was decided.
    pub at: Timestamp,
    /// Which alarm triggered which policy.
    pub cause: String,
    /// Why nothing was scaled.
    pub reason: NotScaledReason,
}

impl World {
    /// All decisions not to scale, oldest first. A run of the same one is listed as
    /// [`Settings::repeat_not_scaled`](crate::Settings::repeat_not_scaled) says.
    pub fn not_scaled(&self) -> &[NotScaled] {
        &self.not_scaled
    }

    pub(crate) fn note_not_scaled(
        &mut self,
        id: &VariantId,
        cause: String,
        reason: NotScaledReason,
    ) {
        let at = self.now();
        let Some(found) = self.targets.get_mut(id) else { return };
        let decision = (cause.clone(), reason);
        if !self.settings.repeat_not_scaled && found.not_scaled.as_ref() == Some(&decision) {
            return;
        }
        found.not_scaled = Some(decision);
        self.not_scaled.push(NotScaled { id: id.clone(), at, cause, reason });
    }
}
