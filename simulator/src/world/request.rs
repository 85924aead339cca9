//! Requests of clients: InvokeEndpointAsync, and the objects with their results.

use crate::{AcceptedRequest, CallResult, JobSpec, JobState, Operation, Refusal};

use super::World;

impl World {
    /// InvokeEndpointAsync of SageMaker for an input that is in S3 already. There is no event of an upload.
    ///
    /// # Errors
    ///
    /// `ValidationError` if the endpoint does not exist or does not accept requests, and planned faults.
    pub fn invoke_endpoint_async(
        &mut self,
        endpoint: &str,
        input: &str,
    ) -> CallResult<AcceptedRequest> {
        self.call(Operation::InvokeEndpointAsync, endpoint, input.to_owned(), |world| {
            let found = world.endpoints.get(endpoint).filter(|found| found.takes_requests());
            let found = found.ok_or_else(|| {
                let account = &world.settings.account;
                Refusal::new(
                    "ValidationError",
                    format!("Endpoint {endpoint} of account {account} not found."),
                )
            })?;
            let path = found.output_path.trim_end_matches('/').to_owned();
            let job = world.add_job(endpoint, &JobSpec { inline: true, ..JobSpec::default() });
            let id = format!("00000000-0000-4000-8000-{:012x}", job.0);
            let request = AcceptedRequest {
                job,
                output: format!("{path}/{id}.out"),
                failure: format!("{path}-failures/{id}-error.out"),
                inference_id: id,
            };
            let fails = world.settings.requests_fail;
            let result = if fails { &request.failure } else { &request.output };
            world.results.insert(result.clone(), job);
            Ok(request)
        })
    }

    /// HeadObject of Amazon S3: whether there is an object. The result of a request is there when it was processed.
    ///
    /// # Errors
    ///
    /// `NoSuchKey`, and planned faults.
    pub fn head_object(&mut self, bucket: &str, key: &str) -> CallResult<()> {
        let address = format!("{bucket}/{key}");
        self.call(Operation::HeadObject, &address, String::new(), |world| {
            let location = format!("s3://{address}");
            let job = world.results.get(&location).and_then(|id| world.job(*id));
            let processed = job.is_some_and(|it| matches!(it.state, JobState::Completed(_)));
            match processed || world.stored.contains_key(&location) {
                true => Ok(()),
                false => Err(Refusal::new("NoSuchKey", "The specified key does not exist.")),
            }
        })
    }
}
