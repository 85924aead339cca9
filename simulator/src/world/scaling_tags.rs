//! Tags of scalable targets.

use reactive_scaler::port::VariantId;

use crate::{CallResult, Operation, Refusal, Tags, arn::key, autoscaling::Target, tags};

use super::World;

impl World {
    /// The ARN of a scalable target. The target does not need to exist.
    pub fn target_arn(&self, id: &VariantId) -> String {
        let rest = format!("scalable-target/{}", key(&id.resource_id()));
        self.arn("application-autoscaling", &rest)
    }

    /// TagResource of Application Auto Scaling.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` if there is no such target, or a tag violates a limit.
    pub fn tag_target(&mut self, arn: &str, new: &[(String, String)]) -> CallResult<()> {
        self.call(Operation::TagScalableTarget, arn, String::new(), |world| {
            let target = world.target_with_arn(arn)?;
            target.tags = tags::added(&target.tags, new)?;
            Ok(())
        })
    }

    /// UntagResource of Application Auto Scaling.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` if there is no such target.
    pub fn untag_target(&mut self, arn: &str, keys: &[String]) -> CallResult<()> {
        self.call(Operation::UntagScalableTarget, arn, keys.join(","), |world| {
            world.target_with_arn(arn)?.tags.retain(|key, _| !keys.contains(key));
            Ok(())
        })
    }

    /// ListTagsForResource of Application Auto Scaling.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` if there is no such target.
    pub fn list_tags_of_target(&mut self, arn: &str) -> CallResult<Tags> {
        self.call(Operation::ListTagsOfScalableTarget, arn, String::new(), |world| {
            Ok(world.target_with_arn(arn)?.tags.clone())
        })
    }

    fn target_with_arn(&mut self, arn: &str) -> Result<&mut Target, Refusal> {
        let ids = self.targets.keys();
        let found = ids.into_iter().find(|id| self.target_arn(id) == arn).cloned();
        let found = found.and_then(|id| self.targets.get_mut(&id));
        found.ok_or_else(|| {
            let message = format!("The scalable target {arn} does not exist");
            Refusal::new("ResourceNotFoundException", message)
        })
    }
}
