//! DescribeAlarmHistory and DescribeAlarmsForMetric: how alarms changed, and which watch a metric.

use jiff::Timestamp;

use crate::{Alarm, AlarmChange, CallResult, Metric, Operation, Page, Paging, World};

impl World {
    /// DescribeAlarmHistory of one alarm: its changes of state in `from..=until`, newest first. An
    /// alarm that is not there has none.
    ///
    /// # Errors
    ///
    /// On a bad page.
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

    /// DescribeAlarmsForMetric: those that watch this metric of an endpoint, by name.
    ///
    /// # Errors
    ///
    /// As planned faults have it.
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
