//! Requests of InvokeEndpointAsync: accepted, ended, and their results published.

use std::{borrow::Cow, time::Duration};

use serde_json::{Value, json};

use crate::{
    AcceptedRequest, CallResult, Delivery, EndpointState, FinishedRequest, InferenceRequest, JobId,
    JobSpec, JobState, Operation, Refusal, RequestInput, RequestStatus, ResultDelivery,
    compact::compact,
    inference::{OpenRequest, Plan},
};

use super::World;

/// The default of `InvocationTimeoutSeconds`.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// The largest response that a notification includes.
const INCLUDED_BYTES: usize = 128 * 1024;

/// The `failureReason` of a request that the model answered with an error, as users report it.
const MODEL_ERROR: &str = "ClientError: Received server error (500) from model. See the SageMaker Endpoint logs in your \
                           account for more information.";

impl World {
    /// InvokeEndpointAsync of SageMaker. An input in S3 leads to no event of an upload.
    ///
    /// # Errors
    ///
    /// `ValidationError` if the endpoint does not exist or does not accept requests, and planned faults.
    pub fn invoke_endpoint_async(
        &mut self,
        endpoint: &str,
        request: InferenceRequest,
    ) -> CallResult<AcceptedRequest> {
        let input = match &request.input {
            RequestInput::Location(location) => location.clone(),
            RequestInput::Inline(body) => format!("{} bytes", body.len()),
        };
        self.call(Operation::InvokeEndpointAsync, endpoint, input, |world| {
            let found = world.invokable(endpoint)?;
            let job = JobId(world.jobs.len());
            let inference_id = request.inference_id;
            let id =
                inference_id.unwrap_or_else(|| format!("00000000-0000-4000-8000-{:012x}", job.0));
            let extension = request.path_extension.as_deref();
            let name = |end: &str| match &request.filename {
                Some(filename) => Cow::from(filename),
                None => Cow::from(format!("{id}{end}")),
            };
            let output = below(&world.output_path(found), extension, &name(".out"));
            let failure = below(&failure_path(found), extension, &name("-error.out"));
            let plan = request.custom_attributes.as_deref().map(Plan::read).unwrap_or_default();
            let wanted = plan.processing.unwrap_or(found.pace.processing);
            let timeout = request.timeout.unwrap_or(TIMEOUT);
            let then = if wanted > timeout {
                RequestStatus::Expired(expired("was processed", timeout))
            } else if plan.fails || world.settings.requests_fail {
                RequestStatus::Failed(MODEL_ERROR.into())
            } else {
                RequestStatus::Completed
            };
            let ttl = request.ttl.map(|it| it.min(found.pace.request_ttl));
            let open = OpenRequest {
                inference_id: id.clone(),
                input: request.input,
                content_type: request.content_type,
                accept: request.accept,
                output: output.clone(),
                failure: failure.clone(),
                expires_at: ttl.map(|it| world.now() + it),
                then,
            };
            world.requests.insert(job, open);
            let processing = Some(wanted.min(timeout));
            world.add_job(endpoint, &JobSpec { inline: true, processing, ..JobSpec::default() });
            Ok(AcceptedRequest { job, inference_id: id, output, failure })
        })
    }

    /// From now on, [`World::take_finished`] returns the finished requests, and whoever takes them writes their objects
    /// and then calls [`World::publish_result`]. Without this, the model knows the locations of results only, and
    /// publishes at once.
    pub fn hand_over_finished(&mut self) {
        self.finished.get_or_insert_default();
    }

    /// Removes and returns the finished requests, oldest first.
    pub fn take_finished(&mut self) -> Vec<FinishedRequest> {
        self.finished.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Sends the result of a request, whose object has been written, to the topic of the endpoint. Assumption: a
    /// request that expired is published like one that failed.
    pub fn publish_result(&mut self, request: &FinishedRequest, response: &[u8]) {
        let topics = &request.topics;
        let (status, reason) = match &request.status {
            RequestStatus::Completed => ("Completed", None),
            RequestStatus::Failed(reason) => ("Failed", Some(reason)),
            RequestStatus::Expired(reason) => ("Expired", Some(reason)),
        };
        let (topic, included, answered) = match reason {
            None => (&topics.success, topics.response_in_success, true),
            Some(_) => (&topics.error, topics.response_in_error, false),
        };
        let Some(topic) = topic.clone() else { return };
        let input = match &request.input {
            RequestInput::Location(location) => Some(location),
            RequestInput::Inline(_) => None,
        };
        // The form of this member is an assumption.
        let included = included && response.len() <= INCLUDED_BYTES;
        let included = included.then(|| json!({ "content": String::from_utf8_lossy(response) }));
        let answered = answered.then(|| {
            compact(
                json!({ "contentType": request.content_type, "outputLocation": request.output }),
            )
        });
        let message = compact(json!({
            "awsRegion": self.settings.region,
            "eventTime": format!("{:.3}", request.finished_at),
            "receivedTime": format!("{:.3}", request.received_at),
            "invocationStatus": status,
            "requestParameters": compact(json!({
                "contentType": request.content_type,
                "accept": request.accept,
                "endpointName": request.endpoint,
                "inputLocation": input,
            })),
            "responseParameters": answered,
            "responseBody": included,
            "failureReason": reason,
            "inferenceId": request.inference_id,
            "eventVersion": "1.0",
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
        }));
        let (times, delay) = match self.settings.result_delivery {
            ResultDelivery::Once => (1, Duration::ZERO),
            ResultDelivery::Lost => (0, Duration::ZERO),
            ResultDelivery::Twice => (2, Duration::ZERO),
            ResultDelivery::Late(delay) => (1, delay),
        };
        let delivery = Delivery {
            at: self.now() + delay,
            to: topic,
            from: "sagemaker.amazonaws.com".into(),
            body: json!({ "Message": Value::from(message.to_string()) }),
        };
        for _ in 0..times {
            self.send(delivery.clone());
        }
    }

    /// HeadObject of Amazon S3: whether there is an object. The result of a request is there when the request has ended.
    ///
    /// # Errors
    ///
    /// `NoSuchKey`, and planned faults.
    pub fn head_object(&mut self, bucket: &str, key: &str) -> CallResult<()> {
        let address = format!("{bucket}/{key}");
        self.call(Operation::HeadObject, &address, String::new(), |world| {
            let location = format!("s3://{address}");
            match world.results.contains(&location) || world.stored.contains_key(&location) {
                true => Ok(()),
                false => Err(Refusal::new("NoSuchKey", "The specified key does not exist.")),
            }
        })
    }

    /// Ends the request of a job, if it has one. Assumption: a request whose instance was removed or whose endpoint was
    /// deleted has no result.
    pub(crate) fn end_request(&mut self, id: JobId, state: JobState) {
        let Some(open) = self.requests.remove(&id) else { return };
        let Some(job) = self.jobs.get(id.0) else { return };
        let Some(endpoint) = self.endpoints.get(&job.endpoint) else { return };
        let ttl = open.expires_at.map(|at| at.duration_since(job.invoked_at).unsigned_abs());
        let status = match state {
            JobState::Completed(_) => open.then,
            JobState::Expired(_) => {
                let ttl = ttl.unwrap_or(endpoint.pace.request_ttl);
                RequestStatus::Expired(expired("waited", ttl))
            }
            _ => return,
        };
        let request = FinishedRequest {
            endpoint: job.endpoint.clone(),
            inference_id: open.inference_id,
            input: open.input,
            content_type: open.content_type,
            accept: open.accept,
            output: open.output,
            failure: open.failure,
            received_at: job.invoked_at,
            finished_at: self.now(),
            status,
            topics: endpoint.topics.clone(),
        };
        if let Some(finished) = &mut self.finished {
            finished.push(request);
            return;
        }
        self.publish_result(&request, &[]);
        let completed = request.status == RequestStatus::Completed;
        self.results.insert(if completed { request.output } else { request.failure });
    }

    /// When a waiting request expires, if it has a time to live of its own.
    pub(crate) fn expires_at(&self, id: JobId) -> Option<jiff::Timestamp> {
        self.requests.get(&id)?.expires_at
    }

    /// An endpoint that accepts requests.
    fn invokable(&self, name: &str) -> Result<&EndpointState, Refusal> {
        let account = &self.settings.account;
        let refusal = |message| Refusal::new("ValidationError", message);
        match self.endpoints.get(name).filter(|it| it.is_up()) {
            Some(found) if found.asynchronous => Ok(found),
            // The wording is an assumption.
            Some(_) => Err(refusal(format!(
                "Endpoint {name} of account {account} is not an asynchronous inference endpoint."
            ))),
            None => Err(refusal(format!("Endpoint {name} of account {account} not found."))),
        }
    }

    /// Where outputs go. Assumption: without `S3OutputPath`, to the default bucket of the SageMaker Python SDK.
    fn output_path(&self, endpoint: &EndpointState) -> String {
        match endpoint.output_path.trim_end_matches('/') {
            "" => format!("s3://sagemaker-{}-{}", self.settings.region, self.settings.account),
            path => path.to_owned(),
        }
    }
}

/// Where failures go. Assumption: without `S3FailurePath`, to a folder beside the outputs.
fn failure_path(endpoint: &EndpointState) -> String {
    let path = endpoint.output_path.trim_end_matches('/');
    match endpoint.failure_path.as_deref() {
        Some(path) => path.trim_end_matches('/').to_owned(),
        None if path.matches('/').count() > 2 => format!("{path}-failures"),
        None => format!("{path}/failures"),
    }
}

fn below(path: &str, extension: Option<&str>, name: &str) -> String {
    match extension.map(|it| it.trim_matches('/')) {
        Some(extension) => format!("{path}/{extension}/{name}"),
        None => format!("{path}/{name}"),
    }
}

/// The `failureReason` of a request that expired. The wording is an assumption.
fn expired(what: &str, after: Duration) -> String {
    format!("Request expired: it {what} for {} seconds.", after.as_secs())
}
