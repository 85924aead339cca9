//! Endpoints: their status and the capacity of their variants.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::port::{EndpointStatus, VariantId};

use crate::{
    CallResult, Event, Job, Operation, Pace, Refusal, World, bill::Bill, capacity::Change,
    queue::Queue,
};

/// An endpoint of the world.
#[derive(Debug, Clone)]
pub struct EndpointState {
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: EndpointStatus,
    /// Name of its configuration; its name with `-config` behind it where nothing else is set.
    pub config: String,
    /// Whether it has an `AsyncInferenceConfig`.
    pub asynchronous: bool,
    /// `OutputConfig.S3OutputPath` of its configuration: where results go.
    pub output_path: String,
    /// Its production variants.
    pub variants: Vec<VariantState>,
    /// `FailureReason`; forgotten with the next accepted change.
    pub failure_reason: Option<String>,
    /// How fast it and its jobs are.
    pub pace: Pace,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its status or capacity changed last.
    pub modified_at: Timestamp,
    /// Most instances that the account may have of it; `None`: no limit.
    pub quota: Option<i32>,
    /// There are no instances to be had: an accepted scale-out comes to nothing.
    pub capacity_shortage: bool,
    pub(crate) queue: Queue,
    pub(crate) bill: Bill,
    /// Where it stands in the agenda of [`Endpoints`](crate::endpoints::Endpoints).
    pub(crate) looked_at_next: Option<Timestamp>,
    pub(crate) change: Option<Change>,
    pub(crate) forced: Option<Forced>,
}

/// A production variant of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantState {
    /// Its name.
    pub name: String,
    /// Name of its model; the endpoint's name where none is set.
    pub model: Option<String>,
    /// Instances that serve.
    pub current: i32,
    /// Instances that it is to have.
    pub desired: i32,
    /// Serverless: there are no instances to scale.
    pub serverless: bool,
    /// SageMaker scales it by itself.
    pub managed: bool,
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
        }
    }
}

/// A status with another cause than a change of capacity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forced {
    until: Option<Timestamp>,
    then: AfterForced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AfterForced {
    InService,
    Gone,
}

impl EndpointState {
    /// What DescribeEndpoint tells of the endpoint, as the port has it.
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

    /// The model of each production variant, as its configuration names it.
    pub fn models(&self) -> Vec<String> {
        let model = |variant: &VariantState| variant.model.clone();
        self.variants.iter().map(|it| model(it).unwrap_or_else(|| self.name.clone())).collect()
    }

    pub(crate) fn variant(&self, name: &str) -> Option<&VariantState> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    pub(crate) fn variant_mut(&mut self, name: &str) -> Option<&mut VariantState> {
        self.variants.iter_mut().find(|variant| variant.name == name)
    }

    /// When something happens next by itself; `jobs` are the world's.
    pub(crate) fn next_event(&self, jobs: &[Job]) -> Option<Timestamp> {
        let change = self.change.as_ref().map(|change| change.done_at);
        let forced = self.forced.and_then(|forced| forced.until);
        let expiry = self.next_expiry(jobs);
        [change, forced, expiry, self.queue.next_event()].into_iter().flatten().min()
    }

    /// When the oldest waiting job expires.
    pub(crate) fn next_expiry(&self, jobs: &[Job]) -> Option<Timestamp> {
        let oldest = jobs.get(self.queue.waiting.front()?.0)?;
        Some(oldest.invoked_at + self.pace.request_ttl)
    }

    /// Instances that take work. Those that are to go take none.
    pub(crate) fn serving(&self) -> i32 {
        if !self.is_up() {
            return 0;
        }
        self.variants.iter().map(|variant| variant.current.min(variant.desired)).sum()
    }

    /// Whether a waiting job could be picked up.
    pub(crate) fn has_room(&self) -> bool {
        !self.queue.waiting.is_empty() && self.queue.running.len() < self.slots()
    }

    /// Jobs that can run at a time.
    pub(crate) fn slots(&self) -> usize {
        usize::try_from(self.serving()).unwrap_or(0) * self.pace.concurrency
    }

    pub(crate) fn takes_requests(&self) -> bool {
        self.asynchronous && self.is_up()
    }

    fn is_up(&self) -> bool {
        !matches!(
            self.status,
            EndpointStatus::Creating
                | EndpointStatus::OutOfService
                | EndpointStatus::Deleting
                | EndpointStatus::Failed
        )
    }
}

impl World {
    /// Adds an async endpoint `InService` with one variant. One of the same name is replaced, as
    /// when it is deleted and created again.
    pub fn add_async_endpoint(
        &mut self,
        name: &str,
        variant: &str,
        count: i32,
    ) -> &mut EndpointState {
        self.add_endpoint(name, vec![VariantState::new(variant, count)], true)
    }

    /// Adds an endpoint `InService`. One of the same name is deleted first.
    pub fn add_endpoint(
        &mut self,
        name: &str,
        variants: Vec<VariantState>,
        asynchronous: bool,
    ) -> &mut EndpointState {
        if self.endpoints.contains(name) {
            self.delete_endpoint(name);
        }
        let now = self.now();
        self.endpoints.add(EndpointState {
            name: name.to_owned(),
            config: format!("{name}-config"),
            status: EndpointStatus::InService,
            asynchronous,
            output_path: "s3://my-outputs/async/".into(),
            variants,
            failure_reason: None,
            pace: self.settings.pace.clone(),
            created_at: now,
            modified_at: now,
            quota: None,
            capacity_shortage: false,
            queue: Queue::default(),
            bill: Bill::from(now),
            looked_at_next: None,
            change: None,
            forced: None,
        })
    }

    /// An endpoint.
    pub fn endpoint(&self, name: &str) -> Option<&EndpointState> {
        self.endpoints.get(name)
    }

    /// An endpoint, to change how it behaves.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn endpoint_mut(&mut self, name: &str) -> &mut EndpointState {
        let now = self.now();
        match self.endpoints.get_mut(name, now) {
            Some(found) => found,
            None => panic!("the world has no endpoint {name:?}"),
        }
    }

    pub(crate) fn known(&self, name: &str) -> &EndpointState {
        match self.endpoints.get(name) {
            Some(found) => found,
            None => panic!("the world has no endpoint {name:?}"),
        }
    }

    /// Current and desired instances of a variant.
    ///
    /// # Panics
    ///
    /// When there is no such variant.
    pub fn capacity(&self, id: &VariantId) -> (i32, i32) {
        match self.known(&id.endpoint).variant(&id.variant) {
            Some(variant) => (variant.current, variant.desired),
            None => panic!("the world has no variant {id}"),
        }
    }

    /// Puts an endpoint into a status until somebody puts it into another one. `InService` ends
    /// whatever status was forced; a change of capacity that is on its way shows again.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn set_status(&mut self, name: &str, status: EndpointStatus) {
        if status == EndpointStatus::InService {
            self.endpoint_mut(name).forced = None;
            self.end_forced(name);
        } else {
            let then = AfterForced::InService;
            self.endpoint_mut(name).forced = Some(Forced { until: None, then });
            self.show_status(name, status);
        }
    }

    /// Puts an endpoint into a status for a while; then it is `InService` again, or gone after
    /// `Deleting`.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn begin_status(&mut self, name: &str, status: EndpointStatus, lasting: Duration) {
        let until = Some(self.now() + lasting);
        let then = match status {
            EndpointStatus::Deleting => AfterForced::Gone,
            _ => AfterForced::InService,
        };
        self.endpoint_mut(name).forced = Some(Forced { until, then });
        self.show_status(name, status);
    }

    /// Begins a deployment: `Updating`, with the capacity as it is.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn begin_deployment(&mut self, name: &str, lasting: Duration) {
        self.begin_status(name, EndpointStatus::Updating, lasting);
    }

    /// Deletes an endpoint at once, with its queue. Its metrics stay.
    pub fn delete_endpoint(&mut self, name: &str) {
        let Some(gone) = self.endpoints.remove(name) else { return };
        self.kill_all(gone.queue);
        if let Some(change) = gone.change {
            self.finish_activity(change.activity, Err("The endpoint was deleted.".to_owned()));
        }
        if self.settings.deregister_on_delete {
            self.targets.retain(|id, _| id.endpoint != name);
            self.actions.remove_of(|id| id.endpoint == name);
            self.forget_policies(|id, _| id.endpoint == name);
        }
        self.journal.event(self.now(), Event::Deleted(name.to_owned()));
    }

    /// Makes the account's quota of instances this large; `None`: no limit.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn set_quota(&mut self, endpoint: &str, instances: Option<i32>) {
        self.endpoint_mut(endpoint).quota = instances;
    }

    /// From now on (or no more), there are no instances to be had: an accepted scale-out ends
    /// with the old count and a `FailureReason`.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn set_capacity_shortage(&mut self, endpoint: &str, shortage: bool) {
        self.endpoint_mut(endpoint).capacity_shortage = shortage;
    }

    /// DescribeEndpoint.
    ///
    /// # Errors
    ///
    /// As AWS refuses: `Could not find endpoint`.
    pub fn describe_endpoint(&mut self, name: &str) -> CallResult<EndpointState> {
        self.call(Operation::DescribeEndpoint, name, String::new(), |world| {
            world.endpoints.get(name).cloned().ok_or_else(|| world.missing(name))
        })
    }

    pub(crate) fn missing(&self, name: &str) -> Refusal {
        Refusal::validation(format!("Could not find endpoint \"{}\".", self.endpoint_arn(name)))
    }

    /// The ARN of an endpoint, there or not.
    pub fn endpoint_arn(&self, name: &str) -> String {
        let (region, account) = (&self.settings.region, &self.settings.account);
        format!("arn:aws:sagemaker:{region}:{account}:endpoint/{}", name.to_lowercase())
    }

    /// Ends what is due: a change of capacity, a forced status.
    pub(crate) fn settle_endpoint(&mut self, name: &str) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        if let Some(change) = endpoint.change.take_if(|change| change.done_at <= now) {
            self.settle_change(name, change);
        }
        let forced = self.endpoints.get(name).and_then(|endpoint| endpoint.forced);
        if let Some(forced) = forced.filter(|forced| forced.until.is_some_and(|at| at <= now)) {
            match forced.then {
                AfterForced::InService => self.end_forced(name),
                AfterForced::Gone => self.delete_endpoint(name),
            }
        }
    }

    fn end_forced(&mut self, name: &str) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        endpoint.forced = None;
        let status = match endpoint.change {
            Some(_) => EndpointStatus::Updating,
            None => EndpointStatus::InService,
        };
        self.show_status(name, status);
    }

    fn show_status(&mut self, name: &str, status: EndpointStatus) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        endpoint.status = status;
        endpoint.modified_at = now;
        self.journal.event(now, Event::Status(name.to_owned(), status));
        self.kill_overflow(name);
        self.work(name);
    }
}
