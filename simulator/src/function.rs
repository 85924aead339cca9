//! Lambda functions of the account, as the Lambda API describes them. The model does not run their code.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Refusal, Tags};

/// The version of a function without a qualifier.
pub(crate) const LATEST: &str = "$LATEST";

/// A Lambda function of the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LambdaFunction {
    /// `FunctionName`.
    pub name: String,
    /// `Description`.
    pub description: String,
    /// `Environment.Variables`.
    pub variables: BTreeMap<String, String>,
    /// `Timeout`, in seconds.
    pub timeout: u32,
    /// `MemorySize`, in MB.
    pub memory: u32,
    /// `ReservedConcurrentExecutions`. 0: nothing invokes it. Other values have no effect in the model.
    pub reserved: Option<u32>,
    /// `State`, for example `Active`.
    pub state: String,
    /// `LastUpdateStatus`, for example `Successful`.
    pub last_update: String,
    /// `LastModified`.
    pub modified: Timestamp,
    /// How often its configuration was changed.
    pub revision: u32,
    /// Its settings for asynchronous invocations, by version or alias.
    pub invoke_configs: BTreeMap<String, EventInvokeConfig>,
    /// The queues that it reads.
    pub mappings: Vec<EventSourceMapping>,
    /// Aliases of `$LATEST`.
    pub aliases: Vec<String>,
    /// The variables of its versions, by number or alias.
    pub versions: BTreeMap<String, BTreeMap<String, String>>,
    /// The statements of its resource policies: the version or alias, and the statement.
    pub permissions: Vec<(String, Value)>,
    /// Its tags.
    pub tags: Tags,
}

/// Settings for asynchronous invocations of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventInvokeConfig {
    /// `MaximumRetryAttempts`.
    pub retries: u32,
    /// `MaximumEventAgeInSeconds`.
    pub max_age: u32,
    /// The ARN of the destination of events that succeeded (`DestinationConfig.OnSuccess`).
    pub on_success: Option<String>,
    /// The ARN of the destination of events that failed (`DestinationConfig.OnFailure`).
    pub on_failure: Option<String>,
    /// `LastModified`.
    pub modified: Timestamp,
}

/// Without a configuration: two retries, and 6 hours (Lambda Developer Guide, "Configuring error handling settings for
/// Lambda asynchronous invocations").
impl Default for EventInvokeConfig {
    fn default() -> Self {
        let modified = Timestamp::UNIX_EPOCH;
        Self { retries: 2, max_age: 21_600, on_success: None, on_failure: None, modified }
    }
}

/// An event source mapping: a queue that a function reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSourceMapping {
    /// `UUID`.
    pub id: String,
    /// `EventSourceArn`: the queue.
    pub source: String,
    /// Whether `State` is `Enabled`.
    pub enabled: bool,
    /// `BatchSize`.
    pub batch_size: usize,
    /// `MaximumBatchingWindowInSeconds`.
    pub window: u32,
    /// Whether `FunctionResponseTypes` has `ReportBatchItemFailures`.
    pub reports_failures: bool,
    /// `LastModified`.
    pub modified: Timestamp,
    /// When a batch began to be collected.
    pub(crate) collecting_since: Option<Timestamp>,
}

impl EventSourceMapping {
    /// An enabled mapping of a queue, with the defaults of CreateEventSourceMapping.
    pub fn new(id: impl Into<String>, queue: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            source: queue.into(),
            enabled: true,
            batch_size: 10,
            window: 0,
            reports_failures: false,
            modified: Timestamp::UNIX_EPOCH,
            collecting_since: None,
        }
    }
}

impl LambdaFunction {
    /// An active function with these variables, and with the alias `tick`.
    pub fn new<N: Into<String>, V: Into<String>>(
        name: impl Into<String>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self {
            name: name.into(),
            description: String::new(),
            variables: variables.collect(),
            // The template's timeout, memory, and alias.
            timeout: 55,
            memory: 256,
            reserved: None,
            state: "Active".into(),
            last_update: "Successful".into(),
            modified: Timestamp::UNIX_EPOCH,
            revision: 0,
            invoke_configs: BTreeMap::new(),
            mappings: Vec::new(),
            aliases: vec!["tick".into()],
            versions: BTreeMap::new(),
            permissions: Vec::new(),
            tags: Tags::new(),
        }
    }

    /// The function with this destination for events that failed.
    #[must_use]
    pub fn with_on_failure(mut self, destination: impl Into<String>) -> Self {
        let on_failure = Some(destination.into());
        let config = EventInvokeConfig { on_failure, ..EventInvokeConfig::default() };
        self.invoke_configs.insert(LATEST.into(), config);
        self
    }

    /// The function that also reads this queue.
    #[must_use]
    pub fn with_queue(mut self, queue: impl Into<String>) -> Self {
        let id = format!("00000000-0000-4000-8000-{:012x}", self.mappings.len());
        self.mappings.push(EventSourceMapping::new(id, queue));
        self
    }

    /// Whether its reserved concurrency is 0, so that nothing invokes it (Lambda Developer Guide, "Configuring reserved
    /// concurrency").
    pub fn is_stopped(&self) -> bool {
        self.reserved == Some(0)
    }

    /// The log group.
    pub fn log_group(&self) -> String {
        format!("/aws/lambda/{}", self.name)
    }

    /// Its settings for asynchronous invocations of a version or alias.
    pub fn invoke_config(&self, qualifier: &str) -> EventInvokeConfig {
        self.invoke_configs.get(qualifier).cloned().unwrap_or_default()
    }

    /// The resource policy of a version or alias, unless it has no statement.
    pub(crate) fn policy(&self, qualifier: &str) -> Option<Value> {
        let statements = self.permissions.iter().filter(|(of, _)| of == qualifier);
        let statements: Vec<_> = statements.map(|(_, statement)| statement).collect();
        let policy =
            || json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
        (!statements.is_empty()).then(policy)
    }

    /// Whether it has this version or alias.
    fn has(&self, qualifier: &str) -> bool {
        qualifier == LATEST
            || self.versions.contains_key(qualifier)
            || self.aliases.iter().any(|alias| alias == qualifier)
    }

    /// Refuses a version or alias that it does not have.
    pub(crate) fn check(&self, qualifier: &str, arn: &str) -> Result<(), Refusal> {
        let missing = || not_found(format!("Function not found: {arn}"));
        if self.has(qualifier) { Ok(()) } else { Err(missing()) }
    }
}

/// A function in a request: by name or ARN, each with or without a version or alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionReference {
    /// The function's name.
    pub name: String,
    /// The version or alias.
    pub qualifier: Option<String>,
}

impl FunctionReference {
    /// Reads `FunctionName` and `Qualifier` of a request.
    pub fn read(function: &str, qualifier: Option<&str>) -> Self {
        let text = function.rsplit(":function:").next().unwrap_or(function);
        let (name, own) = match text.split_once(':') {
            Some((name, own)) => (name, Some(own)),
            None => (text, None),
        };
        Self { name: name.to_owned(), qualifier: qualifier.or(own).map(str::to_owned) }
    }

    /// The version or alias, by default `$LATEST`.
    pub fn qualifier(&self) -> &str {
        self.qualifier.as_deref().unwrap_or(LATEST)
    }

    /// `NAME` or `NAME:QUALIFIER`.
    pub(crate) fn text(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A `ResourceNotFoundException`.
pub(crate) fn not_found(message: String) -> Refusal {
    Refusal::new("ResourceNotFoundException", message)
}

/// An `InvalidParameterValueException`.
pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterValueException", message)
}
