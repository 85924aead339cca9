//! Reads the function's decisions about the endpoint, and the time of the newest datapoint of its backlog.

use jiff::Timestamp;
use reactive_scaler::decide::idle_evidence::{LOOK_BACK, STALE};

use super::{Account, Facts};
use crate::account::metrics::{LAST_DAY, MetricQuery, SAGEMAKER};

impl Facts {
    /// Reads the log of a function that is known, and the metric of an endpoint with instances.
    pub(super) async fn read_log(&mut self, account: &Account) {
        let name = self.endpoint.name.clone();
        let group = self.function().and_then(|function| function.log_group.clone());
        if let Some(group) = group.filter(|_| self.route().is_some()) {
            let range = (self.now - LAST_DAY, self.now);
            self.log.decisions = match account.log.read(&group, Some(&name), range).await {
                // The function has not logged anything.
                Err(error) if error.is("ResourceNotFoundException") => Vec::new(),
                decisions => self.known(decisions).unwrap_or_default(),
            };
        }
        if self.variants.iter().any(|variant| variant.current.is_some_and(|count| count > 0)) {
            self.read_newest_datapoint(account, &name).await;
        }
    }

    async fn read_newest_datapoint(&mut self, account: &Account, endpoint: &str) {
        let now = self.time_of_aws();
        // An instance has just started, and there may have been no datapoints before.
        if self.endpoint.modified_at.is_some_and(|at| now.duration_since(at) < STALE) {
            return;
        }
        let metric =
            MetricQuery::of_endpoint(SAGEMAKER, "ApproximateBacklogSize", "Maximum", endpoint);
        let read = account.metrics.read(&[metric], 60, (now - LOOK_BACK, now)).await;
        let points = self.known(read).into_iter().flatten().flatten();
        let newest = points.map(|point| point.at).max();
        self.log.newest_datapoint = newest.map(|at| now.duration_since(at));
    }

    /// The clock of AWS can be ahead of the clock here, as with `scalerctl aws --speed`. The newest time in the log
    /// shows it.
    fn time_of_aws(&self) -> Timestamp {
        self.log.decisions.last().map_or(self.now, |newest| newest.at.max(self.now))
    }
}
