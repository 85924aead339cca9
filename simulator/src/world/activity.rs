//! Scaling activities: listed, started and ended.

use reactive_scaler::port::VariantId;

use crate::{Activity, ActivityStatus, CallResult, Operation, Page, Paging, activity::ActivityId};

use super::World;

impl World {
    pub(crate) fn activity(&self, id: ActivityId) -> Option<&Activity> {
        self.place_of(id).and_then(|place| self.activities.get(place))
    }

    fn place_of(&self, id: ActivityId) -> Option<usize> {
        self.activities.binary_search_by_key(&id.0, |activity| activity.number).ok()
    }

    /// All activities, oldest first.
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// DescribeScalingActivities of one variant or of the namespace, newest first.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn describe_scaling_activities(
        &mut self,
        id: Option<&VariantId>,
        paging: &Paging,
    ) -> CallResult<Page<Activity>> {
        let resource = id.map_or_else(|| "*".to_owned(), VariantId::resource_id);
        self.call(Operation::DescribeScalingActivities, &resource, String::new(), |world| {
            let wanted = |activity: &&Activity| id.is_none_or(|id| activity.id == *id);
            let all = world.activities.iter().rev().filter(wanted);
            Ok(paging.cut(all, world.settings.page_size)?.map(Clone::clone))
        })
    }

    pub(crate) fn begin_activity(&mut self, id: &VariantId, to: i32, cause: String) -> ActivityId {
        let number = self.activities.last().map_or(self.first_number, |it| it.number + 1);
        self.activities.push(Activity {
            number,
            id: id.clone(),
            description: format!("Setting desired instance count to {to}."),
            cause,
            began_at: self.now(),
            ended_at: None,
            status: ActivityStatus::InProgress,
            message: format!(
                "Successfully set desired instance count to {to}. Waiting for change to be \
                 fulfilled by sagemaker."
            ),
            to,
        });
        ActivityId(number)
    }

    /// Ends an accepted activity, with success or with the reason for its failure.
    pub(crate) fn finish_activity(
        &mut self,
        activity: Option<ActivityId>,
        result: Result<(), String>,
    ) {
        let now = self.now();
        let place = activity.and_then(|id| self.place_of(id));
        let Some(found) = place.and_then(|it| self.activities.get_mut(it)) else { return };
        found.ended_at = Some(now);
        (found.status, found.message) = match result {
            Ok(()) => (
                ActivityStatus::Successful,
                format!(
                    "Successfully set desired instance count to {}. Change successfully fulfilled \
                     by sagemaker.",
                    found.to
                ),
            ),
            Err(reason) => (
                ActivityStatus::Unfulfilled,
                format!(
                    "Successfully set desired instance count to {}. Change could not be \
                     fulfilled by sagemaker. Reason: {reason}",
                    found.to
                ),
            ),
        };
    }

    /// Ends an activity that SageMaker refused.
    pub(crate) fn fail_activity(&mut self, activity: ActivityId, reason: &str) {
        let now = self.now();
        let place = self.place_of(activity);
        let Some(found) = place.and_then(|it| self.activities.get_mut(it)) else { return };
        found.ended_at = Some(now);
        found.status = ActivityStatus::Failed;
        found.message =
            format!("Failed to set desired instance count to {}. Reason: {reason}", found.to);
    }
}
