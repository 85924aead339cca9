//! Decisions not to scale: recorded and listed.

use reactive_scaler::port::VariantId;

use crate::{CallResult, NotScaled, NotScaledReason, Operation, Page, Paging, ScalingRecord};

use super::World;

impl World {
    /// DescribeScalingActivities with `IncludeNotScaledActivities`, of one variant or of the
    /// namespace, newest first.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
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

    /// All decisions not to scale, oldest first.
    /// [`Settings::repeat_not_scaled`](crate::Settings::repeat_not_scaled) defines how repeated
    /// decisions are listed.
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
        let number = self.not_scaled.last().map_or(self.first_number, |it| it.number + 1);
        self.not_scaled.push(NotScaled { number, id: id.clone(), at, cause, reason });
    }
}
