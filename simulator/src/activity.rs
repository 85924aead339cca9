//! Scaling activities: what Application Auto Scaling did, and how it tells.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;

use crate::{CallResult, Operation, Page, Paging, World};

/// How a scaling activity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivityStatus {
    /// Accepted, and on its way.
    InProgress,
    /// Done.
    Successful,
    /// Accepted, and it came to nothing.
    Unfulfilled,
    /// Refused by SageMaker.
    Failed,
}

impl ActivityStatus {
    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Unfulfilled => "Unfulfilled",
            Self::Failed => "Failed",
        }
    }
}

/// One scaling activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its place among the world's activities.
    pub number: usize,
    /// The variant.
    pub id: VariantId,
    /// For example `Setting desired instance count to 0.`
    pub description: String,
    /// Why it began.
    pub cause: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it stands.
    pub status: ActivityStatus,
    /// What AWS tells of it; a quota failure shows up here alone.
    pub message: String,
    to: i32,
}

/// Names an activity of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActivityId(usize);

impl World {
    pub(crate) fn activity(&self, id: ActivityId) -> Option<&Activity> {
        self.activities.get(id.0)
    }

    /// All activities, oldest first.
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// DescribeScalingActivities: of one variant or of the namespace, the latest first.
    ///
    /// # Errors
    ///
    /// On a bad page.
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

    /// Ends an accepted activity: fulfilled, or come to nothing for a reason.
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
