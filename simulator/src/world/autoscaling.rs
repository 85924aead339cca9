//! Scalable targets: registered, described and kept within their bounds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reactive_scaler::port::{EndpointStatus, ScalableTarget, Suspended, VariantId};

use crate::{
    Actor, CallResult, Operation, Page, Paging, Refusal, Registration, Tags, activity::ActivityId,
    autoscaling::Target, tags,
};

use super::World;

impl World {
    /// Registers a variant without an API call. Replaces an existing target.
    pub fn register_target(&mut self, id: &VariantId, min: i32, max: i32) {
        let suspended = Suspended::default();
        let target = ScalableTarget { id: id.clone(), min, max, suspended };
        let registered_at = self.now();
        let fresh = Target {
            target,
            registered_at,
            alarm_low: false,
            cooldowns: Vec::new(),
            not_scaled: None,
            tags: Tags::new(),
        };
        self.targets.insert(id.clone(), fresh);
    }

    /// Deregisters a variant without an API call, with its scheduled actions and policies.
    pub fn deregister_target(&mut self, id: &VariantId) {
        self.targets.remove(id);
        self.forget_policies(|owner, _| owner == id);
        self.actions.remove_of(|owner| owner == id);
    }

    /// A registered target.
    pub fn target(&self, id: &VariantId) -> Option<ScalableTarget> {
        self.targets.get(id).map(|found| found.target.clone())
    }

    /// Sets the suspended state without an API call. When scaling in a direction is resumed, its
    /// policies are evaluated immediately.
    ///
    /// # Panics
    ///
    /// If the variant is not registered.
    pub fn suspend(&mut self, id: &VariantId, suspended: Suspended) {
        let standing = std::mem::replace(&mut self.target_mut(id).target.suspended, suspended);
        self.after_suspending(id, standing);
    }

    fn after_suspending(&mut self, id: &VariantId, before: Suspended) {
        let Some(now) = self.target(id).map(|target| target.suspended) else { return };
        let resumed_in = before.scaling_in && !now.scaling_in;
        let resumed_out = before.scaling_out && !now.scaling_out;
        if resumed_in || resumed_out {
            self.resume_policies(id);
        }
    }

    /// Sets the bounds of a registered target without an API call. The capacity does not change.
    ///
    /// # Panics
    ///
    /// If the variant is not registered.
    pub fn set_bounds(&mut self, id: &VariantId, min: i32, max: i32) {
        let found = &mut self.target_mut(id).target;
        (found.min, found.max) = (min, max);
    }

    pub(crate) fn target_mut(&mut self, id: &VariantId) -> &mut Target {
        match self.targets.get_mut(id) {
            Some(found) => found,
            None => panic!("{id} is not registered"),
        }
    }

    /// DescribeScalableTargets of these resources, or of the whole namespace if none is named.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn describe_scalable_targets(
        &mut self,
        ids: &[VariantId],
        paging: &Paging,
    ) -> CallResult<Page<(ScalableTarget, Timestamp)>> {
        let resource = match ids {
            [] => "*".to_owned(),
            _ => ids.iter().map(VariantId::resource_id).collect::<Vec<_>>().join(","),
        };
        self.call(Operation::DescribeScalableTargets, &resource, String::new(), |world| {
            let page = match ids {
                [] => paging.cut_behind(
                    &world.targets,
                    world.settings.page_size,
                    VariantId::resource_id,
                    VariantId::from_resource_id,
                )?,
                _ => {
                    let named = ids.iter().collect::<BTreeSet<_>>().into_iter();
                    let found = named.filter_map(|id| world.targets.get(id));
                    paging.cut(found, world.settings.page_size)?
                }
            };
            Ok(page.map(|found| (found.target.clone(), found.registered_at)))
        })
    }

    /// RegisterScalableTarget: creates or updates the target, then brings the capacity into the
    /// bounds, even if the request contains no bounds and even while scaling is suspended.
    ///
    /// # Errors
    ///
    /// The errors of AWS: no such endpoint, bounds missing for a new target, minimum above maximum.
    pub fn register_scalable_target(
        &mut self,
        id: &VariantId,
        registration: Registration,
    ) -> CallResult<()> {
        self.register_scalable_target_with_tags(id, registration, Tags::new())
    }

    /// RegisterScalableTarget with tags. They apply to a new target.
    ///
    /// # Errors
    ///
    /// Those of [`World::register_scalable_target`], and tags of a target that exists.
    pub fn register_scalable_target_with_tags(
        &mut self,
        id: &VariantId,
        registration: Registration,
        new_tags: Tags,
    ) -> CallResult<()> {
        let bound = |name: &str, value: Option<i32>| value.map(|value| format!("{name}={value}"));
        let flag = |name: &str, value: Option<bool>| value.map(|value| format!("{name}={value}"));
        let arguments = [
            bound("min", registration.min),
            bound("max", registration.max),
            flag("in_suspended", registration.scaling_in_suspended),
            flag("out_suspended", registration.scaling_out_suspended),
            flag("scheduled_suspended", registration.scheduled_suspended),
        ];
        let arguments = arguments.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let operation = Operation::RegisterScalableTarget;
        self.call(operation, &id.resource_id(), arguments, |world| {
            let new_tags = new_tags.into_iter().collect::<Vec<_>>();
            let new_tags = tags::added(&Tags::new(), &new_tags)?;
            if !new_tags.is_empty() && world.targets.contains_key(id) {
                return Err(Refusal::validation(
                    "Tags can be set only when a scalable target is created: use TagResource",
                ));
            }
            world.register(id, registration)?;
            if let Some(found) = world.targets.get_mut(id).filter(|_| !new_tags.is_empty()) {
                found.tags = new_tags;
            }
            Ok(())
        })
    }

    /// DeregisterScalableTarget, with the scheduled actions and policies of the target.
    ///
    /// # Errors
    ///
    /// `ObjectNotFoundException` if the variant is not registered.
    pub fn deregister_scalable_target(&mut self, id: &VariantId) -> CallResult<()> {
        let operation = Operation::DeregisterScalableTarget;
        self.call(operation, &id.resource_id(), String::new(), |world| {
            if !world.targets.contains_key(id) {
                return Err(Refusal::not_found(format!(
                    "No scalable target found for {}",
                    described(id)
                )));
            }
            world.deregister_target(id);
            Ok(())
        })
    }

    fn register(&mut self, id: &VariantId, new: Registration) -> Result<(), Refusal> {
        let endpoint =
            self.endpoints.get(&id.endpoint).ok_or_else(|| self.missing(&id.endpoint))?;
        if endpoint.variant(&id.variant).is_none() {
            return Err(Refusal::validation(format!("{id} is not a variant of the endpoint")));
        }
        let standing = self.target(id);
        let min = new.min.or(standing.as_ref().map(|target| target.min));
        let max = new.max.or(standing.as_ref().map(|target| target.max));
        let (Some(min), Some(max)) = (min, max) else {
            return Err(Refusal::validation(
                "Both MinCapacity and MaxCapacity are required to register a scalable target",
            ));
        };
        if min < 0 || min > max {
            return Err(Refusal::validation(format!(
                "MinCapacity {min} must be at least 0 and at most MaxCapacity {max}"
            )));
        }
        if standing.is_none() {
            self.register_target(id, min, max);
        }
        if let Some(found) = self.targets.get_mut(id) {
            (found.target.min, found.target.max) = (min, max);
            let suspended = &mut found.target.suspended;
            let part = |standing: bool, new: Option<bool>| new.unwrap_or(standing);
            *suspended = Suspended {
                scaling_in: part(suspended.scaling_in, new.scaling_in_suspended),
                scaling_out: part(suspended.scaling_out, new.scaling_out_suspended),
                scheduled: part(suspended.scheduled, new.scheduled_suspended),
            };
        }
        if self.endpoints.get(&id.endpoint).is_some_and(|e| e.status == EndpointStatus::InService) {
            self.clamp(id, "the scalable target was registered");
        }
        if let Some(standing) = standing {
            self.after_suspending(id, standing.suspended);
        }
        Ok(())
    }

    pub(crate) fn check_registered(&self, id: &VariantId) -> Result<(), Refusal> {
        if self.targets.contains_key(id) {
            return Ok(());
        }
        Err(Refusal::not_found(format!("No scalable target registered for {}", described(id))))
    }

    /// Brings the desired capacity into the target's bounds.
    pub(crate) fn clamp(&mut self, id: &VariantId, why: &str) {
        let Some(Target { target, .. }) = self.targets.get(id) else { return };
        let variant = self.endpoints.get(&id.endpoint).and_then(|found| found.variant(&id.variant));
        let Some(desired) = variant.map(|variant| variant.desired) else { return };
        let (to, bound) = if desired < target.min {
            (target.min, "minimum")
        } else if desired > target.max {
            (target.max, "maximum")
        } else {
            return;
        };
        self.scale(id, to, format!("{why}: {bound} capacity was set to {to}"));
    }

    /// Application Auto Scaling requests a capacity and records the result as an activity.
    pub(crate) fn scale(&mut self, id: &VariantId, to: i32, cause: String) -> ActivityId {
        let activity = self.begin_activity(id, to, cause);
        if let Err(refusal) = self.request_capacity(id, to, Actor::AutoScaling, Some(activity)) {
            self.fail_activity(activity, &refusal.message);
        }
        activity
    }

    /// A policy requests a capacity. It stays within the bounds, and does not scale in a suspended
    /// direction. If the endpoint is not `InService`, the policy is skipped and nothing is
    /// recorded.
    pub(crate) fn scale_by_policy(&mut self, id: &VariantId, to: i32, cause: &str) {
        let Some(Target { target, .. }) = self.targets.get(id) else { return };
        let to = to.max(target.min).min(target.max);
        let Some(endpoint) = self.endpoints.get(&id.endpoint) else { return };
        let Some(variant) = endpoint.variant(&id.variant) else { return };
        let suspended = match to.cmp(&variant.desired) {
            std::cmp::Ordering::Less => target.suspended.scaling_in,
            std::cmp::Ordering::Equal => true,
            std::cmp::Ordering::Greater => target.suspended.scaling_out,
        };
        if !suspended && endpoint.status == EndpointStatus::InService {
            self.scale(id, to, cause.to_owned());
        }
    }
}

/// A target, as the messages of Application Auto Scaling name it.
pub(crate) fn described(id: &VariantId) -> String {
    format!(
        "service namespace: sagemaker, resource ID: {id}, scalable dimension: \
         sagemaker:variant:DesiredInstanceCount"
    )
}
