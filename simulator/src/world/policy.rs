//! Scaling policies: put, described and deleted.

use reactive_scaler::port::VariantId;

use crate::{
    Alarm, AlarmSpec, CallResult, Operation, Page, Paging, Policy, PolicyKind, PolicyPut, Refusal,
    TargetTracking,
};

use super::{World, autoscaling::described};

impl World {
    /// Puts a scaling policy without an API call. Replaces a policy of the same name. Policies of
    /// different names apply together. Target tracking creates its two alarms.
    ///
    /// # Errors
    ///
    /// The errors of AWS: target not registered, or invalid configuration.
    pub fn put_scaling_policy(
        &mut self,
        id: &VariantId,
        name: &str,
        kind: impl Into<PolicyKind>,
    ) -> Result<(), Refusal> {
        let kind = kind.into();
        self.check_registered(id)?;
        match &kind {
            PolicyKind::TargetTracking(tracking) => {
                tracking.check()?;
                self.check_metric_is_tracked_once(id, name, tracking)?;
            }
            PolicyKind::StepScaling(steps) => steps.check()?,
        }
        let key = (id.clone(), name.to_owned());
        let standing = self.policies.get(&key);
        let created_at = standing.map_or(self.now(), |standing| standing.created_at);
        let made = match &kind {
            PolicyKind::TargetTracking(tracking) => {
                let percent = self.settings.alarm_low_percent;
                tracking.alarms(id, name, f64::from(percent) / 100.0).to_vec()
            }
            PolicyKind::StepScaling(_) => Vec::new(),
        };
        let own_alarms = made.iter().map(|alarm| alarm.name.clone()).collect::<Vec<_>>();
        if let Some(standing) = self.policies.get(&key) {
            let gone = |name: &String| !own_alarms.contains(name);
            for name in standing.own_alarms.clone().iter().filter(|name| gone(name)) {
                self.delete_alarm(name);
            }
        }
        let arn = self.policy_arn(id, name);
        for alarm in made {
            let description =
                format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}.");
            self.put_alarm(AlarmSpec { description: Some(description), ..alarm })?;
        }
        let (id, name) = key.clone();
        self.policies.insert(key, Policy { id, name, kind, created_at, own_alarms });
        Ok(())
    }

    /// Deletes a scaling policy without an API call, with the alarms that it created. Other alarms
    /// that name it remain.
    pub fn delete_scaling_policy(&mut self, id: &VariantId, name: &str) {
        self.forget_policies(|owner, policy| owner == id && policy == name);
    }

    /// PutScalingPolicy: the policy, as [`World::put_scaling_policy`].
    ///
    /// # Errors
    ///
    /// The errors of AWS: target not registered, or invalid configuration.
    pub fn put_policy(&mut self, put: PolicyPut) -> CallResult<()> {
        let PolicyPut { id, name, kind } = put;
        let (operation, arguments) = (Operation::PutScalingPolicy, name.clone());
        self.call(operation, &id.resource_id(), arguments, |world| {
            world.put_scaling_policy(&id, &name, kind)
        })
    }

    /// DeleteScalingPolicy, with the alarms that target tracking created.
    ///
    /// # Errors
    ///
    /// `ObjectNotFoundException` if the target has no policy of this name.
    pub fn delete_policy(&mut self, id: &VariantId, name: &str) -> CallResult<()> {
        let operation = Operation::DeleteScalingPolicy;
        self.call(operation, &id.resource_id(), name.to_owned(), |world| {
            if world.scaling_policy(id, name).is_none() {
                return Err(Refusal::not_found(format!(
                    "No scaling policy found for {}, policy name: {name}",
                    described(id)
                )));
            }
            world.delete_scaling_policy(id, name);
            Ok(())
        })
    }

    /// The policies of a scalable target, by name.
    pub fn scaling_policies(&self, id: &VariantId) -> impl Iterator<Item = &Policy> {
        self.policies.values().filter(move |policy| policy.id == *id)
    }

    /// A scaling policy.
    pub fn scaling_policy(&self, id: &VariantId, name: &str) -> Option<&Policy> {
        self.policies.get(&(id.clone(), name.to_owned()))
    }

    /// DescribeScalingPolicies of one variant or of the namespace, with these names or all.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn describe_scaling_policies(
        &mut self,
        id: Option<&VariantId>,
        names: &[String],
        paging: &Paging,
    ) -> CallResult<Page<Policy>> {
        let resource = id.map_or_else(|| "*".to_owned(), VariantId::resource_id);
        let operation = Operation::DescribeScalingPolicies;
        self.call(operation, &resource, names.join(","), |world| {
            let wanted = |policy: &&Policy| {
                id.is_none_or(|id| policy.id == *id)
                    && (names.is_empty() || names.contains(&policy.name))
            };
            let all = world.policies.values().filter(wanted);
            Ok(paging.cut(all, world.settings.page_size)?.map(Clone::clone))
        })
    }

    /// The names of the alarms that trigger a policy: those that it created, or those that name it.
    pub fn alarms_of(&self, policy: &Policy) -> Vec<String> {
        match policy.kind {
            PolicyKind::TargetTracking(_) => policy.own_alarms.clone(),
            PolicyKind::StepScaling(_) => {
                let names = |alarm: &&Alarm| alarm.spec.triggers(&policy.id, &policy.name);
                self.alarms().filter(names).map(|alarm| alarm.spec.name.clone()).collect()
            }
        }
    }

    /// Removes policies, with the alarms that they created.
    pub(crate) fn forget_policies(&mut self, gone: impl Fn(&VariantId, &str) -> bool) {
        let gone = self.policies.extract_if(.., |(id, name), _| gone(id, name));
        let alarms = gone.flat_map(|(_, policy)| policy.own_alarms).collect::<Vec<_>>();
        alarms.iter().for_each(|name| self.delete_alarm(name));
    }

    /// The guide allows several target tracking policies, "provided that each of them uses a
    /// different metric".
    fn check_metric_is_tracked_once(
        &self,
        id: &VariantId,
        name: &str,
        tracking: &TargetTracking,
    ) -> Result<(), Refusal> {
        let others = self.scaling_policies(id).filter(|policy| policy.name != name);
        let mut tracked = others.filter_map(Policy::tracking);
        match tracked.any(|other| other.metric == tracking.metric) {
            true => Err(Refusal::validation(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
            )),
            false => Ok(()),
        }
    }
}
