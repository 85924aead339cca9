//! Endpoints: added, described, changed and deleted.

use std::time::Duration;

use reactive_scaler::port::{EndpointStatus, VariantId};

use crate::{
    CallResult, EndpointState, Event, Operation, Refusal, ResultTopics, Tags, VariantState,
    cost::Cost,
    endpoint::{AfterForced, Forced},
    queue::Queue,
};

use super::World;

impl World {
    /// Adds an async endpoint that is `InService` and has one variant. Replaces an endpoint of the
    /// same name, as if it were deleted and created again.
    pub fn add_async_endpoint(
        &mut self,
        name: &str,
        variant: &str,
        count: i32,
    ) -> &mut EndpointState {
        self.add_endpoint(name, vec![VariantState::new(variant, count)], true)
    }

    /// Adds an endpoint that is `InService`. Deletes an endpoint of the same name first.
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
            failure_path: None,
            topics: ResultTopics::default(),
            variants,
            failure_reason: None,
            pace: self.settings.pace.clone(),
            tags: Tags::default(),
            created_at: now,
            modified_at: now,
            quota: None,
            capacity_shortage: false,
            deployed: None,
            pending: None,
            queue: Queue::default(),
            cost: Cost::starting_at(now),
            looked_at_next: None,
            change: None,
            forced: None,
        })
    }

    /// All endpoints, in the order of their names. This is not an API call.
    pub fn endpoints(&self) -> impl Iterator<Item = &EndpointState> {
        self.endpoints.iter().map(|(_, endpoint)| endpoint)
    }

    /// An endpoint.
    pub fn endpoint(&self, name: &str) -> Option<&EndpointState> {
        self.endpoints.get(name)
    }

    /// All endpoints, by name.
    pub fn all_endpoints(&self) -> impl Iterator<Item = &EndpointState> {
        self.endpoints.iter().map(|(_, endpoint)| endpoint)
    }

    /// An endpoint, to change its settings.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
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
    /// If the variant does not exist.
    pub fn capacity(&self, id: &VariantId) -> (i32, i32) {
        match self.known(&id.endpoint).variant(&id.variant) {
            Some(variant) => (variant.current, variant.desired),
            None => panic!("the world has no variant {id}"),
        }
    }

    /// Sets the status of an endpoint until the next call. `InService` ends a status that was set
    /// before; a change of capacity in progress is visible again.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
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

    /// Sets the status of an endpoint for this duration. After that, it is `InService` again, or
    /// deleted if the status is `Deleting`.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
    pub fn begin_status(&mut self, name: &str, status: EndpointStatus, lasting: Duration) {
        let then = match status {
            EndpointStatus::Deleting => AfterForced::Gone,
            _ => AfterForced::InService,
        };
        self.begin_status_then(name, status, lasting, then);
    }

    pub(crate) fn begin_status_then(
        &mut self,
        name: &str,
        status: EndpointStatus,
        lasting: Duration,
        then: AfterForced,
    ) {
        let until = Some(self.now() + lasting);
        self.endpoint_mut(name).forced = Some(Forced { until, then });
        self.show_status(name, status);
    }

    /// Starts a deployment: the status is `Updating` and the capacity does not change.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
    pub fn begin_deployment(&mut self, name: &str, lasting: Duration) {
        self.begin_status(name, EndpointStatus::Updating, lasting);
    }

    /// Deletes an endpoint and its queue immediately. Its metrics remain.
    pub fn delete_endpoint(&mut self, name: &str) {
        let Some(gone) = self.endpoints.remove(name) else { return };
        self.kill_all(gone.queue);
        if let Some(change) = gone.change {
            self.finish_activity(change.activity, Err("The endpoint was deleted.".to_owned()));
        }
        self.deregister_deleted(name);
        self.journal.event(self.now(), Event::Deleted(name.to_owned()));
    }

    /// Deregisters the variants of a deleted endpoint.
    pub(crate) fn deregister_deleted(&mut self, name: &str) {
        if self.settings.deregister_on_delete {
            self.targets.retain(|id, _| id.endpoint != name);
            self.actions.remove_of(|id| id.endpoint == name);
            self.forget_policies(|id, _| id.endpoint == name);
        }
    }

    /// Sets the account's quota of instances. `None`: no limit.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
    pub fn set_quota(&mut self, endpoint: &str, instances: Option<i32>) {
        self.endpoint_mut(endpoint).quota = instances;
    }

    /// Sets whether there is a capacity shortage. During a shortage, an accepted scale-out ends
    /// with the old instance count and a `FailureReason`.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
    pub fn set_capacity_shortage(&mut self, endpoint: &str, shortage: bool) {
        self.endpoint_mut(endpoint).capacity_shortage = shortage;
    }

    /// DescribeEndpoint.
    ///
    /// # Errors
    ///
    /// The error of AWS: `Could not find endpoint`.
    pub fn describe_endpoint(&mut self, name: &str) -> CallResult<EndpointState> {
        self.call(Operation::DescribeEndpoint, name, String::new(), |world| {
            world.endpoints.get(name).cloned().ok_or_else(|| world.missing(name))
        })
    }

    pub(crate) fn missing(&self, name: &str) -> Refusal {
        Refusal::validation(format!("Could not find endpoint \"{}\".", self.endpoint_arn(name)))
    }

    /// The ARN of an endpoint. The endpoint does not need to exist.
    pub fn endpoint_arn(&self, name: &str) -> String {
        let (region, account) = (&self.settings.region, &self.settings.account);
        format!("arn:aws:sagemaker:{region}:{account}:endpoint/{}", name.to_lowercase())
    }

    /// Ends a change of capacity or a status that is due.
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
                AfterForced::Deployed => self.end_deployment(name),
                AfterForced::Gone => self.delete_endpoint(name),
            }
        }
    }

    pub(crate) fn end_forced(&mut self, name: &str) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        endpoint.forced = None;
        let status = match endpoint.change {
            Some(_) => EndpointStatus::Updating,
            None => EndpointStatus::InService,
        };
        self.show_status(name, status);
    }

    pub(crate) fn show_status(&mut self, name: &str, status: EndpointStatus) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        endpoint.status = status;
        endpoint.modified_at = now;
        self.journal.event(now, Event::Status(name.to_owned(), status));
        self.cut_overflow(name);
        self.work(name);
    }
}
