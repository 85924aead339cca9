//! Habits of other services: how long they keep an idle instance. Here, what SageMaker would cost
//! with such a window.
//!
//! Only the window is theirs. A waiting request starts an instance at once, and the last instance
//! is removed when no request was there for the window, to the second. Between one instance and
//! `MaxCapacity`, the target tracking of reactive-scaler's template scales. Their start times,
//! polling intervals (KEDA: 30 s) and grace periods (Knative: up to 30 s) are not modelled.

use std::time::Duration;

use super::candidate_id::CandidateId;

/// How long a service keeps an idle instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habit {
    /// Its name as a policy.
    pub id: CandidateId,
    /// The service.
    pub service: &'static str,
    /// The window.
    pub window: Duration,
    /// Whether it is the default or the maximum.
    pub kind: &'static str,
    /// The page.
    pub source: &'static str,
}

/// All of them, the shortest window first.
pub const HABITS: [Habit; 6] = [
    Habit {
        id: CandidateId::AsRunpod,
        service: "RunPod",
        window: Duration::from_secs(5),
        kind: "by default",
        source: "https://docs.runpod.io/serverless/endpoints/endpoint-configurations",
    },
    Habit {
        id: CandidateId::AsModal,
        service: "Modal",
        window: Duration::from_secs(60),
        kind: "by default",
        source: "https://modal.com/docs/guide/cold-start",
    },
    Habit {
        id: CandidateId::AsKnative,
        service: "Knative",
        window: Duration::from_secs(60),
        kind: "by default",
        source: "https://github.com/knative/serving/blob/main/config/core/configmaps/autoscaler.yaml",
    },
    Habit {
        id: CandidateId::AsKeda,
        service: "KEDA",
        window: Duration::from_secs(5 * 60),
        kind: "by default",
        source: "https://keda.sh/docs/latest/reference/scaledobject-spec/",
    },
    Habit {
        id: CandidateId::AsCloudRun,
        service: "Cloud Run",
        // With a GPU it is 10 minutes.
        window: Duration::from_secs(15 * 60),
        kind: "at most",
        source: "https://docs.cloud.google.com/run/docs/about-instance-autoscaling",
    },
    Habit {
        id: CandidateId::AsHuggingFace,
        service: "Hugging Face Inference Endpoints",
        window: Duration::from_secs(60 * 60),
        kind: "by default",
        source: "https://huggingface.co/docs/inference-endpoints/guides/autoscaling",
    },
];
