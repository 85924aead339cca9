//! Names of the candidates.

use std::fmt;

use clap::ValueEnum;

/// The name of a candidate in `--policy`, JSON, CSV, HTML, and in the names of SVG files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CandidateId {
    /// Target tracking on ApproximateBacklogSizePerInstance = 1, cooldowns 60 s
    BacklogPerInstance,
    /// Target tracking on HasBacklogWithoutCapacity = 0.5 (Maximum)
    HasBacklog,
    /// The pair that AWS documents: target tracking on ApproximateBacklogSizePerInstance = 5, and
    /// step scaling on HasBacklogWithoutCapacity, 2 of 2 datapoints
    AwsDocumentedPair,
    /// Always one instance
    AlwaysOn,
    /// reactive-scaler as its template deploys it, with target tracking on
    /// ApproximateBacklogSizePerInstance = 5 between 1 and MaxCapacity, and its backstop alarm
    ReactiveScaler,
    /// The same, with the results of the requests connected and the template's ResultsIdleMinutes, 1
    ReactiveScalerWithResults,
    /// reactive-scaler and the policy of backlog-per-instance
    ReactiveScalerWithTargetTracking,
    /// reactive-scaler with --inputs-per-instance and an event for each upload
    ReactiveScalerPerInput,
    /// reactive-scaler with --inputs-per-instance and a queue that batches the uploads
    ReactiveScalerBatched,
    /// The policies and alarms of the files of --own
    Own,
    /// Scales out on HasBacklogWithoutCapacity, and in when 3 of 3 datapoints show that each request
    /// has a result, as the public repository EVERYTHING-studios/infra-aws does. Only with --policy
    ResultsMetric,
    /// An idle window of 5 s, as RunPod has. SageMaker has none. Only with --policy
    AsRunpod,
    /// An idle window of 60 s, as Modal has. SageMaker has none. Only with --policy
    AsModal,
    /// An idle window of 60 s, as Knative has. SageMaker has none. Only with --policy
    AsKnative,
    /// An idle window of 5 min, as KEDA has. SageMaker has none. Only with --policy
    AsKeda,
    /// An idle window of 15 min, as Cloud Run has. SageMaker has none. Only with --policy
    AsCloudRun,
    /// An idle window of 60 min, as Hugging Face has. SageMaker has none. Only with --policy
    AsHuggingFace,
}

impl CandidateId {
    /// The option without which the candidate does not exist.
    pub fn required_option(self) -> Option<&'static str> {
        match self {
            Self::ReactiveScalerPerInput | Self::ReactiveScalerBatched => {
                Some("--inputs-per-instance")
            }
            Self::Own => Some("--own"),
            _ => None,
        }
    }
}

impl fmt::Display for CandidateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_possible_value() {
            Some(value) => f.write_str(value.get_name()),
            None => Ok(()),
        }
    }
}
