//! CloudWatch alarms: put, described, changed and deleted.

use crate::{
    Alarm, AlarmChange, AlarmFilter, AlarmSpec, AlarmState, CallResult, HistoryEvent, Operation,
    Page, Paging, Refusal, Tags, tags,
};

use super::World;

impl World {
    /// Puts an alarm without an API call. An existing alarm keeps its state, as in the API
    /// reference of PutMetricAlarm. A new alarm has the state `INSUFFICIENT_DATA` until the end of
    /// the minute.
    ///
    /// # Errors
    ///
    /// The errors of AWS, such as a period of 45 s.
    pub fn put_alarm(&mut self, spec: AlarmSpec) -> Result<(), Refusal> {
        spec.check()?;
        let now = self.now();
        let (name, settings) = (spec.name.clone(), Box::new(spec.clone()));
        let event = match self.alarms.get_mut(&name) {
            Some(standing) => {
                standing.spec = spec;
                standing.configured_at = now;
                HistoryEvent::Updated(settings)
            }
            None => {
                self.alarms.insert(name.clone(), Alarm::new(spec, now));
                HistoryEvent::Created(settings)
            }
        };
        self.record(&name, event);
        Ok(())
    }

    /// PutMetricAlarm. Tags apply to a new alarm only, as the API reference says.
    ///
    /// # Errors
    ///
    /// The errors of AWS, such as a period of 45 s.
    pub fn put_metric_alarm(&mut self, spec: AlarmSpec, new_tags: &Tags) -> CallResult<()> {
        let name = spec.name.clone();
        self.call(Operation::PutMetricAlarm, &name, String::new(), |world| {
            let is_new = !world.alarms.contains_key(&name);
            let new_tags = new_tags.clone().into_iter().collect::<Vec<_>>();
            let new_tags = tags::added(&Tags::new(), &new_tags)?;
            world.put_alarm(spec)?;
            if let Some(alarm) = world.alarms.get_mut(&name).filter(|_| is_new) {
                alarm.tags = new_tags;
            }
            Ok(())
        })
    }

    /// Deletes an alarm without an API call.
    pub fn delete_alarm(&mut self, name: &str) {
        if let Some(gone) = self.alarms.remove(name) {
            self.record(name, HistoryEvent::Deleted(Box::new(gone.spec)));
        }
    }

    /// DeleteAlarms.
    ///
    /// # Errors
    ///
    /// `ResourceNotFound` if an alarm does not exist. In this case, no alarm is deleted.
    pub fn delete_alarms(&mut self, names: &[String]) -> CallResult<()> {
        self.call(Operation::DeleteAlarms, &names.join(","), String::new(), |world| {
            names.iter().try_for_each(|name| world.check_alarm(name))?;
            names.iter().for_each(|name| world.delete_alarm(name));
            Ok(())
        })
    }

    /// EnableAlarmActions and DisableAlarmActions. Names without an alarm have no effect.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn enable_alarm_actions(&mut self, names: &[String], enabled: bool) -> CallResult<()> {
        let operation = match enabled {
            true => Operation::EnableAlarmActions,
            false => Operation::DisableAlarmActions,
        };
        self.call(operation, &names.join(","), String::new(), |world| {
            for name in names {
                let Some(alarm) = world.alarms.get_mut(name) else { continue };
                alarm.spec.actions_enabled = enabled;
                let settings = Box::new(alarm.spec.clone());
                world.record(name, HistoryEvent::Updated(settings));
            }
            Ok(())
        })
    }

    /// SetAlarmState: the state lasts until the next evaluation. Its actions run.
    ///
    /// # Errors
    ///
    /// `ResourceNotFound` if there is no such alarm, `InvalidFormat` if the data is not JSON.
    pub fn set_alarm_state(
        &mut self,
        name: &str,
        state: AlarmState,
        reason: &str,
        reason_data: Option<&str>,
    ) -> CallResult<()> {
        let arguments = format!("{} {reason}", state.as_str());
        self.call(Operation::SetAlarmState, name, arguments, |world| {
            world.check_alarm(name)?;
            let is_json = |data: &str| serde_json::from_str::<serde_json::Value>(data).is_ok();
            if !reason_data.is_none_or(is_json) {
                return Err(Refusal::new("InvalidFormat", "StateReasonData is not valid JSON"));
            }
            let Some(mut alarm) = world.alarms.remove(name) else { return Ok(()) };
            let change = AlarmChange {
                at: world.now(),
                from: alarm.state,
                to: state,
                reason: reason.to_owned(),
                reason_data: reason_data.map(str::to_owned),
            };
            // Without a change, only the reason is new.
            match change.from == change.to {
                true => (alarm.reason, alarm.reason_data) = (change.reason, change.reason_data),
                false => world.change_alarm(&mut alarm, change),
            }
            world.alarms.insert(name.to_owned(), alarm);
            world.run_policies_of(name);
            Ok(())
        })
    }

    /// DescribeAlarms, by name.
    ///
    /// # Errors
    ///
    /// If names and a prefix are both set, or the page request is invalid.
    pub fn describe_alarms(
        &mut self,
        filter: &AlarmFilter,
        paging: &Paging,
    ) -> CallResult<Page<Alarm>> {
        let arguments = filter.prefix.clone().unwrap_or_default();
        self.call(Operation::DescribeAlarms, "*", arguments, |world| {
            if filter.names.is_some() && filter.prefix.is_some() {
                return Err(Refusal::validation(
                    "AlarmNamePrefix cannot be used together with AlarmNames",
                ));
            }
            let all = world.alarms.values().filter(|alarm| world.covers(filter, alarm));
            Ok(paging.cut(all, world.settings.page_size)?.map(Clone::clone))
        })
    }

    fn covers(&self, filter: &AlarmFilter, alarm: &Alarm) -> bool {
        let name = &alarm.spec.name;
        let acts = |prefix: &String| {
            let states = [AlarmState::Alarm, AlarmState::Ok, AlarmState::InsufficientData];
            let mut actions = states.into_iter().flat_map(|state| alarm.spec.actions(state));
            actions.any(|action| self.action_arn(action).starts_with(prefix))
        };
        filter.names.as_ref().is_none_or(|names| names.contains(name))
            && filter.prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix))
            && filter.state.is_none_or(|state| alarm.state == state)
            && filter.action_prefix.as_ref().is_none_or(acts)
    }

    /// TagResource of CloudWatch.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` if there is no such alarm, or a tag violates a limit.
    pub fn tag_alarm(&mut self, arn: &str, new: &[(String, String)]) -> CallResult<()> {
        self.call(Operation::TagAlarm, arn, String::new(), |world| {
            let alarm = world.alarm_with_arn(arn)?;
            alarm.tags = tags::added(&alarm.tags, new)?;
            Ok(())
        })
    }

    /// UntagResource of CloudWatch.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` if there is no such alarm.
    pub fn untag_alarm(&mut self, arn: &str, keys: &[String]) -> CallResult<()> {
        self.call(Operation::UntagAlarm, arn, keys.join(","), |world| {
            world.alarm_with_arn(arn)?.tags.retain(|key, _| !keys.contains(key));
            Ok(())
        })
    }

    /// ListTagsForResource of CloudWatch.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` if there is no such alarm.
    pub fn list_tags_of_alarm(&mut self, arn: &str) -> CallResult<Tags> {
        self.call(Operation::ListTagsOfAlarm, arn, String::new(), |world| {
            Ok(world.alarm_with_arn(arn)?.tags.clone())
        })
    }

    fn alarm_with_arn(&mut self, arn: &str) -> Result<&mut Alarm, Refusal> {
        let prefix = self.alarm_arn("");
        let missing = || Refusal::new("ResourceNotFoundException", format!("{arn} does not exist"));
        let name = arn.strip_prefix(&prefix).ok_or_else(missing)?;
        self.alarms.get_mut(name).ok_or_else(missing)
    }

    fn check_alarm(&self, name: &str) -> Result<(), Refusal> {
        match self.alarms.contains_key(name) {
            true => Ok(()),
            false => Err(Refusal::new("ResourceNotFound", format!("{name} does not exist"))),
        }
    }

    /// An alarm.
    pub fn alarm(&self, name: &str) -> Option<&Alarm> {
        self.alarms.get(name)
    }

    /// All alarms, by name.
    pub fn alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.values()
    }
}
