//! GetMetricData and GetMetricStatistics of any metric, and ListMetrics.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;

use crate::{
    CallResult, CustomMetric, Metric, MetricFilter, MetricName, MetricStatistics, Operation, Page,
    Paging, Refusal, SeriesQuery, Statistic, minute::minute_of, statistic::Summary,
};

use super::World;

/// The largest page of ListMetrics.
const METRICS_A_PAGE: usize = 500;

/// The number of datapoints of GetMetricStatistics.
const MOST_DATAPOINTS: i64 = 1440;

impl World {
    /// GetMetricData: the datapoints of each query in `from..until`, oldest first. Periods begin at multiples of their
    /// length, and `from` is rounded down to the minute.
    ///
    /// # Errors
    ///
    /// If the range is empty.
    pub fn read_series(
        &mut self,
        queries: &[SeriesQuery],
        from: Timestamp,
        until: Timestamp,
    ) -> CallResult<Vec<Vec<Datapoint>>> {
        // The call is shown with the endpoints of the metrics that have no other dimension.
        let endpoint = |query: &SeriesQuery| match query.metric.further() {
            [] => query.endpoint.clone(),
            _ => String::new(),
        };
        let mut endpoints = queries.iter().map(endpoint).collect::<Vec<_>>();
        endpoints.dedup();
        let (endpoints, arguments) = (endpoints.join(","), format!("{from}..{until}"));
        self.call(Operation::GetMetricData, &endpoints, arguments, |world| {
            check_range("ValidationError", from, until)?;
            let read = |query: &SeriesQuery| {
                let begin = Timestamp::UNIX_EPOCH;
                let periods = world.periods(query, begin, (rounded(from, query.period), until));
                let value = |(at, summary): (Timestamp, Summary)| {
                    Some(Datapoint { at, value: summary.get(query.statistic)? })
                };
                periods.into_iter().filter_map(value).collect()
            };
            Ok(queries.iter().map(read).collect())
        })
    }

    /// GetMetricStatistics: for each period, its statistics. Periods begin at the start of the range. Also returns
    /// the unit.
    ///
    /// # Errors
    ///
    /// If the range is empty, or has more than 1,440 periods.
    pub fn get_metric_statistics(
        &mut self,
        query: &SeriesQuery,
        statistics: &[Statistic],
        from: Timestamp,
        until: Timestamp,
    ) -> CallResult<MetricStatistics> {
        let arguments = format!("{} {from}..{until}", query.metric.name());
        self.call(Operation::GetMetricStatistics, &query.endpoint, arguments, |world| {
            check_range("InvalidParameterValue", from, until)?;
            let from = rounded(from, query.period);
            let length = i64::try_from(query.period.as_secs()).unwrap_or(i64::MAX).max(1);
            let periods = (until.as_second() - from.as_second()) / length;
            if periods > MOST_DATAPOINTS {
                return Err(Refusal::new(
                    "InvalidParameterCombination",
                    format!(
                        "You have requested up to {periods} datapoints, which exceeds the limit of 1,440. You may \
                         reduce the datapoints requested by increasing Period, or decreasing the time range."
                    ),
                ));
            }
            let row = |(at, summary): (Timestamp, Summary)| {
                let values = statistics.iter().map(|it| summary.get(*it)).collect::<Option<_>>()?;
                Some((at, values))
            };
            let rows = world.periods(query, from, (from, until)).into_iter().filter_map(row);
            let unit = world.unit_of(&query.metric, &query.endpoint).unwrap_or("None").to_owned();
            Ok(MetricStatistics { rows: rows.collect(), unit })
        })
    }

    /// ListMetrics: SageMaker's metrics that have datapoints, and those that were put.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn list_metrics(
        &mut self,
        filter: &MetricFilter,
        paging: &Paging,
    ) -> CallResult<Page<CustomMetric>> {
        let namespace = filter.namespace.clone().unwrap_or_else(|| "*".to_owned());
        let name = filter.name.clone().unwrap_or_default();
        self.call(Operation::ListMetrics, &namespace, name, |world| {
            let world = &*world;
            let recent = world.now() - SignedDuration::from_hours(3);
            let is_recent = |newest: Timestamp| !filter.recently_active || newest >= recent;
            let published = world.series.keys().flat_map(|endpoint| {
                let seen = move |name: &MetricName| {
                    world.newest_value(*name, endpoint).is_some_and(is_recent)
                };
                let names = MetricName::ALL.into_iter().filter(seen);
                names.map(|name| CustomMetric::of(&Metric::Published(name), endpoint))
            });
            let put = world
                .custom
                .iter()
                .filter(|(_, all)| all.last().is_some_and(|newest| is_recent(newest.at)));
            let all = published.chain(put.map(|(metric, _)| metric.clone()));
            paging.cut(all.filter(|metric| filter.covers(metric)), METRICS_A_PAGE)
        })
    }

    /// The values of each period that has some. The first period begins at `begin`, or whole periods before it.
    fn periods(
        &self,
        query: &SeriesQuery,
        begin: Timestamp,
        range: (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, Summary)> {
        let length = i64::try_from(query.period.as_secs()).unwrap_or(i64::MAX).max(1);
        let begin = begin.as_second();
        let mut periods = BTreeMap::<i64, Summary>::new();
        let unit = query.unit.as_deref();
        self.each_value(&query.metric, &query.endpoint, unit, range, |at, values| {
            let period = (at.as_second() - begin).div_euclid(length);
            // One summary serves several statistics, percentiles among them.
            periods.entry(period).or_default().merge(values, Statistic::Percentile(0));
        });
        let at = |period: i64| Timestamp::from_second(begin + period * length).ok();
        periods.into_iter().filter_map(|(period, values)| Some((at(period)?, values))).collect()
    }
}

/// `StartTime` is rounded down to the minute. With a period below a minute, it is rounded down to the second.
fn rounded(from: Timestamp, period: Duration) -> Timestamp {
    match period < Duration::from_secs(60) {
        true => Timestamp::from_second(from.as_millisecond().div_euclid(1000)).unwrap_or(from),
        false => minute_of(from),
    }
}

fn check_range(code: &str, from: Timestamp, until: Timestamp) -> Result<(), Refusal> {
    match from < until {
        true => Ok(()),
        false => Err(Refusal::new(
            code,
            "The parameter StartTime must be less than the parameter EndTime.",
        )),
    }
}
