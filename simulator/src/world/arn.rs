//! ARNs of the resources in the world.

use reactive_scaler::port::VariantId;

use crate::arn::uuid;

use super::World;

impl World {
    /// An ARN in the world's region and account.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.settings.region, self.settings.account)
    }

    /// The ARN of an alarm. The alarm does not need to exist.
    pub fn alarm_arn(&self, name: &str) -> String {
        self.arn("cloudwatch", &format!("alarm:{name}"))
    }

    /// The ARN of a scaling policy. The policy does not need to exist.
    pub fn policy_arn(&self, id: &VariantId, policy: &str) -> String {
        let resource = id.resource_id();
        let key = uuid(&[&resource, policy]);
        let rest = format!("scalingPolicy:{key}:resource/sagemaker/{resource}:policyName/{policy}");
        self.arn("autoscaling", &rest)
    }
}
