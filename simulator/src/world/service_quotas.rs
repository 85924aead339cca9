//! Service Quotas: the quota of instances for endpoints.

use crate::{CallResult, Operation};

use super::World;

/// The part of Service Quotas that the model has: one quota, of the instances for endpoints of
/// [`Settings::instance_type`](crate::Settings::instance_type).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InstanceQuota {
    pub(crate) name: String,
    pub(crate) value: i32,
}

/// Its `QuotaCode`. Assumption: AWS has another code for each instance type.
pub(crate) const QUOTA_CODE: &str = "L-ENDPOINT";

/// The quota of endpoints without a limit. Assumption: the quotas of AWS differ between accounts and instance types.
const WITHOUT_LIMIT: i32 = 1_000;

impl World {
    /// ListServiceQuotas of SageMaker. The model has a limit for each endpoint: the smallest one is the quota of the
    /// account.
    ///
    /// # Errors
    ///
    /// Planned failures.
    pub(crate) fn list_instance_quotas(&mut self) -> CallResult<Vec<InstanceQuota>> {
        self.call(Operation::ListServiceQuotas, "sagemaker", String::new(), |world| {
            Ok(vec![world.instance_quota()])
        })
    }

    /// RequestServiceQuotaIncrease of SageMaker. The increase takes effect immediately. Assumption: AWS needs minutes
    /// to days, and can refuse it.
    ///
    /// # Errors
    ///
    /// Planned failures, and the refusal of `check`.
    pub(crate) fn request_instance_quota(
        &mut self,
        value: i32,
        check: impl FnOnce(&InstanceQuota) -> Result<(), crate::Refusal>,
    ) -> CallResult<InstanceQuota> {
        let operation = Operation::RequestServiceQuotaIncrease;
        self.call(operation, "sagemaker", format!("{value}"), |world| {
            check(&world.instance_quota())?;
            let limited = |(name, it): (_, &crate::EndpointState)| {
                it.quota.is_some_and(|quota| quota < value).then(|| String::clone(name))
            };
            let limited: Vec<String> = world.endpoints.iter().filter_map(limited).collect();
            for name in limited {
                world.set_quota(&name, Some(value));
            }
            Ok(InstanceQuota { value, ..world.instance_quota() })
        })
    }

    fn instance_quota(&self) -> InstanceQuota {
        let limits = self.endpoints.iter().filter_map(|(_, it)| it.quota);
        InstanceQuota {
            name: format!("{} for endpoint usage", self.settings.instance_type),
            value: limits.min().unwrap_or(WITHOUT_LIMIT),
        }
    }
}
