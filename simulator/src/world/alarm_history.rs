//! DescribeAlarmHistory and DescribeAlarmsForMetric.

use jiff::Timestamp;

use crate::{Alarm, AlarmChange, CallResult, Metric, Operation, Page, Paging};

use super::World;

impl World {
    /// DescribeAlarmHistory of one alarm: its changes of state in `from..=until`, newest first. An
    /// alarm that does not exist has none.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn describe_alarm_history(
        &mut self,
        alarm: &str,
        (from, until): (Timestamp, Timestamp),
        paging: &Paging,
    ) -> CallResult<Page<AlarmChange>> {
        let arguments = format!("{from}..{until}");
        self.call(Operation::DescribeAlarmHistory, alarm, arguments, |world| {
            let changes = world.alarms.get(alarm).map(|found| found.history.as_slice());
            let within = |change: &&AlarmChange| from <= change.at && change.at <= until;
            let all = changes.unwrap_or_default().iter().rev().filter(within);
            Ok(paging.cut(all, world.settings.page_size)?.map(AlarmChange::clone))
        })
    }

    /// DescribeAlarmsForMetric: the alarms that watch this metric of an endpoint, by name.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn describe_alarms_for_metric(
        &mut self,
        metric: &Metric,
        endpoint: &str,
    ) -> CallResult<Vec<Alarm>> {
        let arguments = format!("{}/{}", metric.namespace(), metric.name());
        self.call(Operation::DescribeAlarmsForMetric, endpoint, arguments, |world| {
            let watches =
                |alarm: &&Alarm| alarm.spec.metric == *metric && alarm.spec.endpoint == endpoint;
            Ok(world.alarms.values().filter(watches).cloned().collect())
        })
    }
}
