//! DescribeAlarmHistory and DescribeAlarmsForMetric.

use crate::{
    Alarm, CallResult, HistoryEvent, HistoryFilter, HistoryItem, Metric, Operation, Page, Paging,
};

use super::World;

impl World {
    /// DescribeAlarmHistory, newest first unless the filter says otherwise. An alarm that never existed has none.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn describe_alarm_history(
        &mut self,
        filter: &HistoryFilter,
        paging: &Paging,
    ) -> CallResult<Page<HistoryItem>> {
        let shown = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let arguments = format!("{}..{}", shown(filter.from), shown(filter.until));
        let alarm = filter.alarm.clone().unwrap_or_else(|| "*".to_owned());
        self.call(Operation::DescribeAlarmHistory, &alarm, arguments, |world| {
            let all = world.alarm_history.iter().filter(|item| filter.covers(item));
            let page = match filter.oldest_first {
                true => paging.cut(all, world.settings.page_size)?,
                false => paging.cut(all.rev(), world.settings.page_size)?,
            };
            Ok(page.map(HistoryItem::clone))
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
        wanted: impl Fn(&Alarm) -> bool,
    ) -> CallResult<Vec<Alarm>> {
        let arguments = format!("{}/{}", metric.namespace(), metric.name());
        self.call(Operation::DescribeAlarmsForMetric, endpoint, arguments, |world| {
            let watches = |alarm: &&Alarm| {
                alarm.spec.metric == *metric && alarm.spec.endpoint == endpoint && wanted(alarm)
            };
            Ok(world.alarms.values().filter(watches).cloned().collect())
        })
    }

    pub(crate) fn record(&mut self, alarm: &str, event: HistoryEvent) {
        let (at, alarm) = (self.now(), alarm.to_owned());
        self.alarm_history.push(HistoryItem { at, alarm, event });
    }
}
