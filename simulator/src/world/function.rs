//! Lambda functions: put, described, configured, and the queues that they read.

use jiff::Timestamp;

use crate::{
    CallResult, EventInvokeConfig, EventSourceMapping, FunctionReference, LambdaFunction,
    Operation, Page, Paging, QueueBatch, Refusal,
    arn::uuid,
    function::{invalid, not_found},
};

use super::World;

/// Messages of a queue for a function that reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionBatch {
    /// The function's name.
    pub function: String,
    /// Whether the function reports the messages that failed.
    pub reports_failures: bool,
    /// The messages.
    pub batch: QueueBatch,
}

impl World {
    /// Puts a function. Replaces an existing function of the same name.
    pub fn put_function(&mut self, function: LambdaFunction) {
        self.functions.insert(function.name.clone(), function);
    }

    /// The ARN of a function. The function does not need to exist.
    pub fn function_arn(&self, name: &str) -> String {
        self.arn("lambda", &format!("function:{name}"))
    }

    /// The function of that name.
    pub fn function(&self, name: &str) -> Option<&LambdaFunction> {
        self.functions.get(name)
    }

    /// ListFunctions of AWS Lambda, by name.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn list_functions(&mut self, paging: &Paging) -> CallResult<Page<LambdaFunction>> {
        self.call(Operation::ListFunctions, "*", String::new(), |world| {
            let page = paging.cut(world.functions.values(), world.settings.page_size)?;
            Ok(page.map(Clone::clone))
        })
    }

    /// GetFunctionConfiguration of AWS Lambda, by name or ARN.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub fn get_function_configuration(&mut self, function: &str) -> CallResult<LambdaFunction> {
        let wanted = FunctionReference::read(function, None);
        self.described_function(Operation::GetFunctionConfiguration, &wanted)
    }

    /// The function, with the variables of the version.
    pub(crate) fn described_function(
        &mut self,
        operation: Operation,
        wanted: &FunctionReference,
    ) -> CallResult<LambdaFunction> {
        self.on_function(operation, wanted, String::new(), |function, _| {
            let mut found = function.clone();
            if let Some(variables) = function.versions.get(wanted.qualifier()) {
                found.variables.clone_from(variables);
            }
            Ok(found)
        })
    }

    /// GetFunctionEventInvokeConfig of AWS Lambda, by name or ARN.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`, also if the function has no such configuration.
    pub fn get_function_event_invoke_config(
        &mut self,
        function: &str,
    ) -> CallResult<EventInvokeConfig> {
        let wanted = FunctionReference::read(function, None);
        let operation = Operation::GetFunctionEventInvokeConfig;
        self.on_function(operation, &wanted, String::new(), |function, _| {
            function.invoke_configs.get(wanted.qualifier()).cloned().ok_or_else(|| {
                let arn = wanted.text();
                not_found(format!("The function {arn} doesn't have an EventInvokeConfig"))
            })
        })
    }

    /// A call of the Lambda API about one version or alias of a function.
    pub(crate) fn on_function<T>(
        &mut self,
        operation: Operation,
        wanted: &FunctionReference,
        arguments: String,
        effect: impl FnOnce(&mut LambdaFunction, Timestamp) -> Result<T, Refusal>,
    ) -> CallResult<T> {
        self.call(operation, &wanted.text(), arguments, |world| {
            let now = world.now();
            effect(world.found_function(wanted)?, now)
        })
    }

    fn found_function(
        &mut self,
        wanted: &FunctionReference,
    ) -> Result<&mut LambdaFunction, Refusal> {
        let arn = self.function_arn(&wanted.text());
        let found = self.functions.get_mut(&wanted.name);
        let found = found.ok_or_else(|| not_found(format!("Function not found: {arn}")))?;
        found.check(wanted.qualifier(), &arn)?;
        Ok(found)
    }

    /// CreateEventSourceMapping. The mapping gets a new UUID.
    pub(crate) fn create_mapping(
        &mut self,
        wanted: &FunctionReference,
        mapping: EventSourceMapping,
    ) -> CallResult<EventSourceMapping> {
        let (operation, queue) = (Operation::CreateEventSourceMapping, mapping.source.clone());
        self.call(operation, &wanted.text(), queue.clone(), |world| {
            if !world.queues.contains_key(queue.rsplit(':').next().unwrap_or_default()) {
                return Err(invalid(
                    "Error occurred while ReceiveMessage. SQS Error Code: \
                     AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
                ));
            }
            let (id, modified) = (world.fresh_id(), world.now());
            let function = world.found_function(wanted)?;
            if let Some(other) = function.mappings.iter().find(|it| it.source == queue) {
                let message = format!(
                    "An event source mapping with SQS arn (\" {queue} \") and function (\" {} \") already exists. \
                     Please update or delete the existing mapping with UUID {}",
                    wanted.text(),
                    other.id
                );
                return Err(Refusal::new("ResourceConflictException", message));
            }
            let mapping = EventSourceMapping { id, modified, ..mapping };
            function.mappings.push(mapping.clone());
            Ok(mapping)
        })
    }

    /// A call about the event source mapping of this UUID. Returns the name of its function with the result.
    pub(crate) fn on_mapping<T>(
        &mut self,
        operation: Operation,
        id: &str,
        effect: impl FnOnce(&mut Vec<EventSourceMapping>, usize, Timestamp) -> T,
    ) -> CallResult<(String, T)> {
        self.call(operation, id, String::new(), |world| {
            let now = world.now();
            for function in world.functions.values_mut() {
                if let Some(at) = function.mappings.iter().position(|it| it.id == id) {
                    return Ok((function.name.clone(), effect(&mut function.mappings, at, now)));
                }
            }
            Err(not_found("The resource you requested does not exist.".into()))
        })
    }

    /// ListEventSourceMappings, of one function and one queue if they are given.
    pub(crate) fn list_mappings(
        &mut self,
        function: Option<&FunctionReference>,
        queue: Option<&str>,
    ) -> CallResult<Vec<(String, EventSourceMapping)>> {
        let shown = function.map_or("*".to_owned(), FunctionReference::text);
        self.call(Operation::ListEventSourceMappings, &shown, String::new(), |world| {
            if let Some(function) = function {
                world.found_function(function)?;
            }
            let functions = world.functions.values();
            let functions = functions.filter(|it| function.is_none_or(|of| of.name == it.name));
            let all = functions.flat_map(|function| {
                function.mappings.iter().map(|it| (function.name.clone(), it.clone()))
            });
            Ok(all.filter(|(_, it)| queue.is_none_or(|wanted| wanted == it.source)).collect())
        })
    }

    /// Receives the messages that are due of the queues that functions read. A mapping with a batching window waits for
    /// it from the first message on; a full batch does not end the wait. Assumption: AWS invokes at a full batch.
    pub fn take_queue_batches(&mut self) -> Vec<FunctionBatch> {
        let now = self.now();
        let enabled = |it: &&EventSourceMapping| it.enabled;
        let mappings: Vec<(String, EventSourceMapping)> = self
            .functions
            .values()
            .filter(|it| !it.is_stopped())
            .flat_map(|it| {
                it.mappings.iter().filter(enabled).map(|of| (it.name.clone(), of.clone()))
            })
            .collect();
        let mut batches = Vec::new();
        for (function, mapping) in mappings {
            let queue = mapping.source.rsplit(':').next().unwrap_or_default();
            let waiting = self.has_message(queue);
            let since = mapping.collecting_since.unwrap_or(now);
            let due = waiting && since + seconds(mapping.window) <= now;
            if let Some(it) = self.mapping_mut(&function, &mapping.id) {
                it.collecting_since = (waiting && !due).then_some(since);
            }
            let receive = || self.receive_for_function(&mapping.source, mapping.batch_size);
            if let Some(batch) = due.then(receive).flatten() {
                let reports_failures = mapping.reports_failures;
                batches.push(FunctionBatch { function, reports_failures, batch });
            }
        }
        batches
    }

    fn mapping_mut(&mut self, function: &str, id: &str) -> Option<&mut EventSourceMapping> {
        self.functions.get_mut(function)?.mappings.iter_mut().find(|it| it.id == id)
    }

    /// Invoke of AWS Lambda, as far as it needs no code: the function that is to run.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`; `TooManyRequestsException` if the function is stopped.
    pub fn invoke_function(
        &mut self,
        wanted: &FunctionReference,
        kind: &str,
    ) -> CallResult<LambdaFunction> {
        self.on_function(Operation::Invoke, wanted, kind.to_owned(), |function, _| {
            match function.is_stopped() && kind != "Event" {
                true => Err(Refusal::new("TooManyRequestsException", "Rate Exceeded.")),
                false => Ok(function.clone()),
            }
        })
    }

    /// A stand-in for the random ID of an invocation.
    pub fn request_id(&mut self) -> String {
        self.fresh_id()
    }

    /// A stand-in for the random part of the name of a log stream.
    pub fn log_stream(&mut self) -> String {
        let id = self.fresh_id();
        let id = uuid(&["stream", &id]).replace('-', "");
        format!("{}/[$LATEST]{id}", self.now().strftime("%Y/%m/%d"))
    }
}

fn seconds(count: u32) -> std::time::Duration {
    std::time::Duration::from_secs(count.into())
}
