//! Scaling activities: listed, started and ended.

use reactive_scaler::port::VariantId;

use crate::{Activity, ActivityStatus, CallResult, Operation, Page, Paging, activity::ActivityId};

use super::World;

impl World {
    pub(crate) fn activity(&self, id: ActivityId) -> Option<&Activity> {
        self.activities.get(id.0)
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
        let number = self.activities.len();
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
        let Some(found) = activity.and_then(|id| self.activities.get_mut(id.0)) else { return };
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
        let Some(found) = self.activities.get_mut(activity.0) else { return };
        found.ended_at = Some(now);
        found.status = ActivityStatus::Failed;
        found.message =
            format!("Failed to set desired instance count to {}. Reason: {reason}", found.to);
    }
}
