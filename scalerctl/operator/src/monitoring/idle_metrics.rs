//! Reads the metrics of the paid idle time.

use jiff::SignedDuration;
use reactive_scaler::{port::Datapoint, report::NAMESPACE};
use scalerctl_console::Failure;

use super::{
    Account, TimeRange,
    interval::{KNOWN_FOR, intervals},
    no_access,
    paid_idle::PaidIdle,
};
use crate::account::metrics::{MetricQuery, SAGEMAKER};

/// The time in service of each endpoint, by whether work was known. The log has neither the backlog nor what was in
/// service.
///
/// # Errors
///
/// [`Failure::NoAccess`].
pub async fn read(
    account: &Account,
    endpoints: &[String],
    period: i32,
    range: TimeRange,
) -> Result<Vec<Option<PaidIdle>>, Failure> {
    const METRICS: [(&str, &str); 2] =
        [(NAMESPACE, "InServiceInstances"), (SAGEMAKER, "ApproximateBacklogSize")];
    let metrics: Vec<MetricQuery<'_>> = endpoints
        .iter()
        .flat_map(|endpoint| {
            METRICS.map(|(namespace, name)| {
                MetricQuery::of_endpoint(namespace, name, "Maximum", endpoint)
            })
        })
        .collect();
    let read = account.metrics.read(&metrics, period, range.pair()).await.map_err(no_access)?;
    let long = SignedDuration::from_secs(period.into());
    let of = |metrics: &[Vec<Datapoint>]| {
        let [in_service, backlog] = metrics else { return None };
        let in_service = intervals(in_service, range.until, KNOWN_FOR.max(long));
        (!in_service.is_empty()).then(|| PaidIdle::of(&in_service, backlog, long))
    };
    Ok(read.chunks(METRICS.len()).map(of).collect())
}
