//! Endpoints: their status and the capacity of their variants.

use jiff::Timestamp;
use reactive_scaler::port::EndpointStatus;
use serde::{Deserialize, Serialize};

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    Definition, Job, Pace, Tags, capacity::Change, compact::compact, cost::Cost, queue::Queue,
};

/// An endpoint of the world.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndpointState {
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: EndpointStatus,
    /// The name of its configuration. Default: the endpoint's name followed by `-config`.
    pub config: String,
    /// Whether it has an `AsyncInferenceConfig`.
    pub asynchronous: bool,
    /// `OutputConfig.S3OutputPath` of its configuration: the location of results.
    pub output_path: String,
    /// `OutputConfig.S3FailurePath` of its configuration: the location of failures.
    pub failure_path: Option<String>,
    /// `NotificationConfig` of the same `OutputConfig`.
    pub topics: ResultTopics,
    /// Its production variants.
    pub variants: Vec<VariantState>,
    /// `FailureReason`. The next accepted change clears it.
    pub failure_reason: Option<String>,
    /// How fast it and its jobs are.
    pub pace: Pace,
    /// Its tags.
    pub tags: Tags,
    /// When it was created.
    pub created_at: Timestamp,
    /// The time of the last change of status or capacity.
    pub modified_at: Timestamp,
    /// The account's quota of instances for the endpoint. `None`: no limit.
    pub quota: Option<i32>,
    /// Whether no instances are available, so that an accepted scale-out fails.
    pub capacity_shortage: bool,
    /// The configuration with which CreateEndpoint or UpdateEndpoint deployed it. `None`: it was added without one, and
    /// its other fields imply one.
    pub(crate) deployed: Option<Arc<Definition>>,
    /// What UpdateEndpoint is deploying.
    pub(crate) pending: Option<Deployment>,
    pub(crate) queue: Queue,
    pub(crate) cost: Cost,
    /// Its time in the agenda of [`Endpoints`](crate::endpoints::Endpoints).
    pub(crate) looked_at_next: Option<Timestamp>,
    pub(crate) change: Option<Change>,
    pub(crate) forced: Option<Forced>,
}

/// The SNS topics to which SageMaker publishes the results of an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultTopics {
    /// `SuccessTopic`.
    pub success: Option<String>,
    /// `ErrorTopic`.
    pub error: Option<String>,
    /// Whether `IncludeInferenceResponseIn` has `SUCCESS_NOTIFICATION_TOPIC`.
    pub response_in_success: bool,
    /// Whether `IncludeInferenceResponseIn` has `ERROR_NOTIFICATION_TOPIC`.
    pub response_in_error: bool,
}

/// A configuration on its way to an endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) config: Arc<Definition>,
    pub(crate) variants: Vec<VariantState>,
    pub(crate) since: Timestamp,
}

/// A production variant of an endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantState {
    /// Its name.
    pub name: String,
    /// The name of its model. Default: the endpoint's name.
    pub model: Option<String>,
    /// `CurrentInstanceCount`.
    pub current: i32,
    /// `DesiredInstanceCount`.
    pub desired: i32,
    /// Whether the variant is serverless, without instances to scale.
    pub serverless: bool,
    /// Whether SageMaker scales the variant itself (managed instance scaling).
    pub managed: bool,
    /// `CurrentWeight` and `DesiredWeight`.
    pub weight: f64,
}

impl VariantState {
    /// A plain variant with this many instances.
    pub fn new(name: impl Into<String>, count: i32) -> Self {
        let name = name.into();
        Self {
            name,
            model: None,
            current: count,
            desired: count,
            serverless: false,
            managed: false,
            weight: 1.0,
        }
    }
}

/// A status that is not the result of a change of capacity.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Forced {
    pub(crate) until: Option<Timestamp>,
    pub(crate) then: AfterForced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AfterForced {
    InService,
    /// What was created or updated is deployed.
    Deployed,
    Gone,
}

impl EndpointState {
    /// The endpoint as DescribeEndpoint returns it, in the port's type.
    pub fn view(&self) -> reactive_scaler::port::Endpoint {
        let counted = self.status != EndpointStatus::Creating;
        let variants = self.variants.iter().map(|variant| reactive_scaler::port::Variant {
            name: variant.name.clone(),
            current: (counted && !variant.serverless).then_some(variant.current),
            desired: (counted && !variant.serverless).then_some(variant.desired),
            serverless: variant.serverless,
            managed: variant.managed,
        });
        reactive_scaler::port::Endpoint {
            status: self.status,
            asynchronous: self.asynchronous,
            variants: variants.collect(),
            failure_reason: self.failure_reason.clone(),
            created_at: Some(self.created_at),
            config: Some(self.config.clone()),
        }
    }

    /// The number of requests that wait for an instance.
    pub fn waiting(&self) -> usize {
        self.queue.waiting.len()
    }

    /// The number of requests that are processed.
    pub fn running(&self) -> usize {
        self.queue.running.len()
    }

    /// The model of each production variant.
    pub fn models(&self) -> Vec<String> {
        let model = |variant: &VariantState| variant.model.clone();
        self.variants.iter().map(|it| model(it).unwrap_or_else(|| self.name.clone())).collect()
    }

    /// Takes over a configuration and its variants.
    pub(crate) fn deploy(&mut self, config: Arc<Definition>, variants: Vec<VariantState>) {
        self.config.clone_from(&config.name);
        self.asynchronous = config.asynchronous().is_some();
        self.output_path = config.output_path().unwrap_or_default().to_owned();
        self.failure_path = config.failure_path().map(str::to_owned);
        self.topics = config.topics();
        if let Some(concurrency) = config.concurrency() {
            self.pace.concurrency = concurrency;
        }
        self.variants = variants;
        self.deployed = Some(config);
    }

    /// `AsyncInferenceConfig` of an async endpoint.
    pub(crate) fn async_members(&self) -> Value {
        if let Some(deployed) = self.deployed.as_ref().and_then(|it| it.asynchronous()) {
            return deployed.clone();
        }
        let topics = &self.topics;
        let notification =
            compact(json!({ "SuccessTopic": topics.success, "ErrorTopic": topics.error }));
        let notification = (topics != &ResultTopics::default()).then_some(notification);
        json!({ "OutputConfig": compact(json!({
            "S3OutputPath": self.output_path,
            "S3FailurePath": self.failure_path,
            "NotificationConfig": notification,
        })) })
    }

    pub(crate) fn variant(&self, name: &str) -> Option<&VariantState> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    pub(crate) fn variant_mut(&mut self, name: &str) -> Option<&mut VariantState> {
        self.variants.iter_mut().find(|variant| variant.name == name)
    }

    /// The time of the next event of the endpoint. `jobs` are the jobs of the world.
    pub(crate) fn next_event(&self, jobs: &[Job]) -> Option<Timestamp> {
        let change = self.change.as_ref().map(|change| change.done_at);
        let forced = self.forced.and_then(|forced| forced.until);
        let expiry = self.next_expiry(jobs);
        [change, forced, expiry, self.queue.next_event()].into_iter().flatten().min()
    }

    /// The time at which the next waiting job expires.
    pub(crate) fn next_expiry(&self, jobs: &[Job]) -> Option<Timestamp> {
        let oldest = jobs.get(self.queue.waiting.front()?.0)?.invoked_at + self.pace.request_ttl;
        let own = self.queue.expiring.first().map(|(at, _)| *at);
        Some(own.map_or(oldest, |own| own.min(oldest)))
    }

    /// The number of instances that accept jobs. Instances that will be removed accept none.
    pub(crate) fn serving(&self) -> i32 {
        if !self.is_up() {
            return 0;
        }
        self.variants.iter().map(|variant| variant.current.min(variant.desired)).sum()
    }

    /// Whether an instance can start a waiting job.
    pub(crate) fn has_room(&self) -> bool {
        !self.queue.waiting.is_empty() && self.queue.running.len() < self.slots()
    }

    /// The number of jobs that can run at the same time.
    pub(crate) fn slots(&self) -> usize {
        usize::try_from(self.serving()).unwrap_or(0) * self.pace.concurrency
    }

    pub(crate) fn takes_requests(&self) -> bool {
        self.asynchronous && self.is_up()
    }

    /// Updates the cost to this time. Call it before each change.
    pub(crate) fn update_cost(&mut self, until: Timestamp) {
        self.cost = self.cost_at(until);
    }

    pub(crate) fn cost_at(&self, until: Timestamp) -> Cost {
        let Cost { paid, working, until: since } = self.cost;
        let passed = until.duration_since(since).unsigned_abs();
        let instances: i32 = self.variants.iter().map(|variant| variant.current).sum();
        let jobs = u32::try_from(self.queue.running.len()).unwrap_or(u32::MAX);
        Cost {
            paid: paid + passed * u32::try_from(instances).unwrap_or(0),
            working: working + passed * jobs,
            until,
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        !matches!(
            self.status,
            EndpointStatus::Creating
                | EndpointStatus::OutOfService
                | EndpointStatus::Deleting
                | EndpointStatus::Failed
        )
    }
}
