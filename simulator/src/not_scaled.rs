//! Decisions not to scale, as DescribeScalingActivities tells them with
//! `IncludeNotScaledActivities`.
//!
//! "Scaling activities" in the Application Auto Scaling User Guide has the codes. What would be
//! `AutoScalingAnticipatedFlapping` is told as `AlreadyAtDesiredCapacity`: target tracking comes to
//! the same capacity either way.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;

use crate::{Activity, CallResult, Operation, Page, Paging, World};

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
    /// Its place among the world's decisions not to scale.
    pub number: usize,
    /// The variant.
    pub id: VariantId,
    /// When it was decided.
    pub at: Timestamp,
    /// Which alarm triggered which policy.
    pub cause: String,
    /// Why nothing was scaled.
    pub reason: NotScaledReason,
}

/// One line of DescribeScalingActivities with `IncludeNotScaledActivities`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScalingRecord {
    /// A scaling activity.
    Activity(Activity),
    /// A decision not to scale.
    NotScaled(NotScaled),
}

impl ScalingRecord {
    fn began_at(&self) -> Timestamp {
        match self {
            Self::Activity(activity) => activity.began_at,
            Self::NotScaled(decision) => decision.at,
        }
    }
}

impl World {
    /// DescribeScalingActivities with `IncludeNotScaledActivities`: of one variant or of the
    /// namespace, the latest first.
    ///
    /// # Errors
    ///
    /// On a bad page.
    pub fn describe_scaling_records(
        &mut self,
        id: Option<&VariantId>,
        paging: &Paging,
    ) -> CallResult<Page<ScalingRecord>> {
        let resource = id.map_or_else(|| "*".to_owned(), VariantId::resource_id);
        self.call(Operation::DescribeScalingActivities, &resource, String::new(), |world| {
            let wanted = |owner: &VariantId| id.is_none_or(|id| owner == id);
            let scaled = world.activities.iter().filter(|activity| wanted(&activity.id));
            let not_scaled = world.not_scaled.iter().filter(|decision| wanted(&decision.id));
            let scaled = scaled.cloned().map(ScalingRecord::Activity);
            let mut all =
                scaled.chain(not_scaled.cloned().map(ScalingRecord::NotScaled)).collect::<Vec<_>>();
            all.sort_by_key(|record| std::cmp::Reverse(record.began_at()));
            paging.cut(all.into_iter(), world.settings.page_size)
        })
    }

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
        let number = self.not_scaled.len();
        self.not_scaled.push(NotScaled { number, id: id.clone(), at, cause, reason });
    }
}
