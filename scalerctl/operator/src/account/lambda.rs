//! AWS Lambda: the function, its resource policy, its queues, and invocations.

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::{Client, primitives::Blob, types::FunctionResponseType};
use serde_json::Value;

use super::call_error::{CallError, CallResult};

/// Added to the function's timeout: cold start and network.
const BEYOND_TIME_OUT: Duration = Duration::from_secs(15);

/// The client.
#[derive(Debug)]
pub struct Lambda(Client);

/// The answer of GetFunctionConfiguration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `FunctionArn`, with the qualifier of the request.
    pub arn: String,
    /// `State`.
    pub state: String,
    /// `StateReason`.
    pub state_reason: Option<String>,
    /// `LastUpdateStatus`.
    pub last_update: String,
    /// `LastUpdateStatusReason`.
    pub last_update_reason: Option<String>,
    /// `Role`.
    pub role: String,
    /// `Timeout`.
    pub timeout: Duration,
    /// `LoggingConfig.LogGroup`.
    pub log_group: Option<String>,
    /// `SCALER_ROUTES`.
    pub routes: Option<String>,
    /// `SCALER_MODE`.
    pub mode: Option<String>,
    /// `SCALER_LEDGER`.
    pub ledger: Option<String>,
    /// Why the variables could not be read.
    pub variables_unreadable: Option<String>,
}

impl Function {
    /// Its ARN without a qualifier.
    pub fn unqualified_arn(&self) -> String {
        self.arn.split(':').take(7).collect::<Vec<_>>().join(":")
    }
}

/// A queue that the function reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// `UUID` of the event source mapping.
    pub mapping: String,
    /// The queue's ARN.
    pub arn: String,
    /// `State`.
    pub state: String,
    /// Whether `FunctionResponseTypes` has `ReportBatchItemFailures`.
    pub reports_failures: bool,
    /// Whether it has filter criteria.
    pub filters: bool,
}

/// The result of an invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Whether `FunctionError` is set.
    pub failed: bool,
    /// The payload. Null if it is not JSON.
    pub payload: Value,
}

impl Lambda {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// GetFunctionConfiguration.
    pub async fn function(&self, name: &str) -> CallResult<Function> {
        let answer = self
            .0
            .get_function_configuration()
            .function_name(name)
            .send()
            .await
            .map_err(|error| CallError::of("lambda:GetFunctionConfiguration", name, &error))?;
        let environment = answer.environment();
        let variable = |name: &str| environment?.variables()?.get(name).cloned();
        let said = |text: Option<&str>| text.unwrap_or("not said").to_owned();
        Ok(Function {
            arn: answer.function_arn().unwrap_or(name).to_owned(),
            state: said(answer.state().map(|state| state.as_str())),
            state_reason: answer.state_reason().map(str::to_owned),
            last_update: said(answer.last_update_status().map(|status| status.as_str())),
            last_update_reason: answer.last_update_status_reason().map(str::to_owned),
            role: answer.role().unwrap_or_default().to_owned(),
            timeout: Duration::from_secs(answer.timeout().unwrap_or(60).unsigned_abs().into()),
            log_group: answer
                .logging_config()
                .and_then(|config| config.log_group())
                .map(str::to_owned),
            routes: variable("SCALER_ROUTES"),
            mode: variable("SCALER_MODE"),
            ledger: variable("SCALER_LEDGER").filter(|table| !table.is_empty()),
            variables_unreadable: environment
                .and_then(|environment| environment.error())
                .map(|error| error.message().unwrap_or("no reason given").to_owned()),
        })
    }

    /// ListFunctions: ARN and SCALER_ROUTES of all functions in the region that have this variable.
    pub async fn with_routes(&self) -> CallResult<Vec<(String, String)>> {
        let mut pages = self.0.list_functions().into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(function) = pages.next().await {
            let function =
                function.map_err(|error| CallError::of("lambda:ListFunctions", "*", &error))?;
            let variables = function.environment().and_then(|environment| environment.variables());
            let routes = variables.and_then(|variables| variables.get("SCALER_ROUTES"));
            if let (Some(arn), Some(routes)) = (function.function_arn(), routes) {
                found.push((arn.to_owned(), routes.clone()));
            }
        }
        Ok(found)
    }

    /// GetFunctionEventInvokeConfig: the ARN of the on-failure destination.
    pub async fn on_failure(&self, function: &str) -> CallResult<Option<String>> {
        let answer = self.0.get_function_event_invoke_config().function_name(function).send().await;
        let answer = answer.map_err(|error| {
            CallError::of("lambda:GetFunctionEventInvokeConfig", function, &error)
        });
        match answer {
            Ok(answer) => Ok(answer
                .destination_config()
                .and_then(|config| config.on_failure())
                .and_then(|destination| destination.destination())
                .map(str::to_owned)),
            Err(error) if error.is("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// ListEventSourceMappings: the queues.
    pub async fn queues(&self, function: &str) -> CallResult<Vec<Queue>> {
        let mut pages = self
            .0
            .list_event_source_mappings()
            .function_name(function)
            .into_paginator()
            .items()
            .send();
        let mut queues = Vec::new();
        while let Some(mapping) = pages.next().await {
            let mapping = mapping.map_err(|error| {
                CallError::of("lambda:ListEventSourceMappings", function, &error)
            })?;
            let Some(arn) = mapping.event_source_arn().filter(|arn| arn.contains(":sqs:")) else {
                continue;
            };
            queues.push(Queue {
                mapping: mapping.uuid().unwrap_or_default().to_owned(),
                arn: arn.to_owned(),
                state: mapping.state().unwrap_or("not said").to_owned(),
                reports_failures: mapping
                    .function_response_types()
                    .contains(&FunctionResponseType::ReportBatchItemFailures),
                filters: mapping
                    .filter_criteria()
                    .is_some_and(|criteria| !criteria.filters().is_empty()),
            });
        }
        Ok(queues)
    }

    /// GetPolicy: the resource policy. Null if there is none.
    pub async fn policy(&self, function: &str) -> CallResult<Value> {
        let answer = self.0.get_policy().function_name(function).send().await;
        let answer = answer.map_err(|error| CallError::of("lambda:GetPolicy", function, &error));
        match answer {
            Ok(answer) => {
                Ok(serde_json::from_str(answer.policy().unwrap_or_default()).unwrap_or_default())
            }
            Err(error) if error.is("ResourceNotFoundException") => Ok(Value::Null),
            Err(error) => Err(error),
        }
    }

    /// Invoke, synchronously.
    pub async fn invoke(&self, function: &Function, payload: &Value) -> CallResult<Answer> {
        let patience = function.timeout + BEYOND_TIME_OUT;
        let timeouts = TimeoutConfig::builder().operation_timeout(patience).build();
        let answer = self
            .0
            .invoke()
            .function_name(&function.arn)
            .payload(Blob::new(payload.to_string()))
            .customize()
            .config_override(aws_sdk_lambda::config::Builder::new().timeout_config(timeouts))
            .send()
            .await
            .map_err(|error| CallError::of("lambda:InvokeFunction", &function.arn, &error))?;
        let payload = answer.payload().map(Blob::as_ref).unwrap_or_default();
        Ok(Answer {
            failed: answer.function_error().is_some(),
            payload: serde_json::from_slice(payload).unwrap_or_default(),
        })
    }
}
