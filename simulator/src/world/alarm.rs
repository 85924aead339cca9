//! CloudWatch alarms: put, described and deleted.

use crate::{Alarm, AlarmSpec, AlarmState, CallResult, Operation, Page, Paging, Refusal};

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
        match self.alarms.get_mut(&spec.name) {
            Some(standing) => standing.spec = spec,
            None => {
                let alarm = Alarm {
                    state: AlarmState::InsufficientData,
                    reason: "Unchecked: Initial alarm creation".to_owned(),
                    history: Vec::new(),
                    values: Vec::new(),
                    spec,
                };
                self.alarms.insert(alarm.spec.name.clone(), alarm);
            }
        }
        Ok(())
    }

    /// Deletes an alarm without an API call.
    pub fn delete_alarm(&mut self, name: &str) {
        self.alarms.remove(name);
    }

    /// DescribeAlarms: the alarms of these names, those with a name prefix, or all.
    ///
    /// # Errors
    ///
    /// If names and a prefix are both set, or the page request is invalid.
    pub fn describe_alarms(
        &mut self,
        names: Option<&[String]>,
        prefix: Option<&str>,
        paging: &Paging,
    ) -> CallResult<Page<Alarm>> {
        let arguments = prefix.unwrap_or_default().to_owned();
        self.call(Operation::DescribeAlarms, "*", arguments, |world| {
            if names.is_some() && prefix.is_some() {
                return Err(Refusal::validation(
                    "AlarmNamePrefix cannot be used together with AlarmNames",
                ));
            }
            let wanted = |alarm: &&Alarm| {
                names.is_none_or(|names| names.contains(&alarm.spec.name))
                    && prefix.is_none_or(|prefix| alarm.spec.name.starts_with(prefix))
            };
            let all = world.alarms.values().filter(wanted);
            Ok(paging.cut(all, world.settings.page_size)?.map(Clone::clone))
        })
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
