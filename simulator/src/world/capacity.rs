//! Changes of capacity: who may request one, which ones SageMaker refuses, and how they end.

use reactive_scaler::port::{EndpointStatus, VariantId};

use crate::{
    Actor, CallResult, EndpointState, Event, Operation, Refusal, activity::ActivityId,
    capacity::Change,
};

use super::World;

impl World {
    /// Changes the capacity manually, with the rules of UpdateEndpointWeightsAndCapacities.
    ///
    /// # Errors
    ///
    /// The errors of AWS.
    pub fn scale_by_person(&mut self, id: &VariantId, to: i32) -> Result<(), Refusal> {
        self.request_capacity(id, to, Actor::Person, None)
    }

    /// UpdateEndpointWeightsAndCapacities, of (variant, `DesiredInstanceCount`). Weights are
    /// ignored. AWS changes the capacity of one variant per call.
    ///
    /// # Errors
    ///
    /// The errors of AWS: endpoint busy or missing, invalid count, over quota.
    pub fn update_endpoint_weights_and_capacities(
        &mut self,
        name: &str,
        desired: &[(String, Option<i32>)],
    ) -> CallResult<()> {
        let operation = Operation::UpdateEndpointWeightsAndCapacities;
        let arguments = desired
            .iter()
            .map(|(variant, count)| match count {
                Some(count) => format!("{variant}={count}"),
                None => variant.clone(),
            })
            .collect::<Vec<_>>()
            .join(",");
        self.call(operation, name, arguments, |world| {
            let counted = desired.iter().filter_map(|(variant, count)| Some((variant, (*count)?)));
            match counted.collect::<Vec<_>>().as_slice() {
                [] => world.check_updatable(name).map(drop),
                [(variant, count)] => {
                    let id = VariantId::new(name, variant.as_str());
                    world.request_capacity(&id, *count, Actor::Caller, None)
                }
                _ => Err(Refusal::validation(
                    "The capacity of only one variant can be updated at a time",
                )),
            }
        })
    }

    /// Requests a capacity on behalf of `by`.
    pub(crate) fn request_capacity(
        &mut self,
        id: &VariantId,
        to: i32,
        by: Actor,
        activity: Option<ActivityId>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let arn = self.endpoint_arn(&id.endpoint);
        let endpoint = self.check_updatable(&id.endpoint)?;
        let Some(variant) = endpoint.variant(&id.variant) else {
            return Err(Refusal::validation(format!(
                "The variant name(s) \"{}\" is/are not present within endpoint configuration of \
                 endpoint \"{arn}\".",
                id.variant
            )));
        };
        if to < 0 || variant.serverless || (to == 0 && !endpoint.asynchronous) {
            return Err(Refusal::validation(format!(
                "Invalid desired instance count {to} for variant \"{}\" of endpoint \"{arn}\".",
                id.variant
            )));
        }
        let (current, from) = (variant.current, variant.desired);
        if let Some(quota) = endpoint.quota.filter(|quota| to > current && to > *quota) {
            return Err(Refusal::new(
                "ResourceLimitExceeded",
                format!(
                    "The account-level service limit '{} for endpoint usage' is {quota} Instances, \
                     with current utilization of {current} Instances and a request delta of {} \
                     Instances. Please use AWS Service Quotas to request an increase for this \
                     quota. If AWS Service Quotas is not available, contact AWS support to request \
                     an increase for this quota.",
                    self.settings.instance_type,
                    to - current
                ),
            ));
        }
        if let Some(endpoint) = self.endpoints.get_mut(&id.endpoint, now) {
            if let Some(variant) = endpoint.variant_mut(&id.variant) {
                variant.desired = to;
            }
            if to == current {
                // Assumption: without a change, the status does not become `Updating`.
                endpoint.status = EndpointStatus::InService;
            } else {
                let takes =
                    if to > current { endpoint.pace.provisioning } else { endpoint.pace.scale_in };
                endpoint.status = EndpointStatus::Updating;
                endpoint.change = Some(Change {
                    variant: id.variant.clone(),
                    from: current,
                    to,
                    done_at: now + takes,
                    activity,
                });
            }
            endpoint.forced = None;
            endpoint.failure_reason = None;
            endpoint.modified_at = now;
        }
        self.journal.event(now, Event::CapacityRequested { id: id.clone(), from, to, by });
        self.cut_overflow(&id.endpoint);
        if to == current {
            self.finish_activity(activity, Ok(()));
        }
        Ok(())
    }

    pub(crate) fn check_updatable(&self, name: &str) -> Result<&EndpointState, Refusal> {
        let endpoint = self.endpoints.get(name).ok_or_else(|| self.missing(name))?;
        let arn = self.endpoint_arn(name);
        let busy =
            || Err(Refusal::validation(format!("Cannot update in-progress endpoint \"{arn}\".")));
        match endpoint.status {
            EndpointStatus::InService => Ok(endpoint),
            // A change in progress must end first, even if another status hides it.
            _ if endpoint.change.is_some() => busy(),
            EndpointStatus::OutOfService | EndpointStatus::UpdateRollbackFailed
                if self.settings.update_accepted_when_degraded =>
            {
                Ok(endpoint)
            }
            EndpointStatus::OutOfService
            | EndpointStatus::UpdateRollbackFailed
            | EndpointStatus::Failed => Err(Refusal::validation(format!(
                "Cannot update endpoint \"{arn}\" with status {}.",
                endpoint.status.as_str()
            ))),
            _ => busy(),
        }
    }

    /// Ends a change of capacity.
    pub(crate) fn settle_change(&mut self, name: &str, change: Change) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        let failed = endpoint.capacity_shortage && change.to > change.from;
        let count = if failed { change.from } else { change.to };
        if let Some(variant) = endpoint.variant_mut(&change.variant) {
            variant.current = count;
            variant.desired = count;
        }
        if endpoint.forced.is_none() {
            endpoint.status = EndpointStatus::InService;
        }
        endpoint.modified_at = now;
        let id = VariantId::new(name, change.variant);
        if failed {
            let reason = no_capacity(&id.variant);
            endpoint.failure_reason = Some(reason.clone());
            self.journal.event(now, Event::CapacityFailed(id));
            self.finish_activity(change.activity, Err(reason));
        } else {
            let event = match count {
                0 => Event::AtZero(id),
                _ => Event::InService(id, count),
            };
            self.journal.event(now, event);
            self.finish_activity(change.activity, Ok(()));
        }
    }
}

/// The `FailureReason` without available instances.
pub(crate) fn no_capacity(variant: &str) -> String {
    format!(
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using \
         a different ML instance type or after some time. (variant {variant})"
    )
}
