//! AWS Lambda: who may invoke the function, and the stack that it belongs to.

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use scalerctl_operator::account::{CallError, call_error::CallResult};

/// The tag that CloudFormation gives to each function that it creates.
const STACK: &str = "aws:cloudformation:stack-name";

/// The longest `StatementId` (Lambda API Reference, AddPermission).
const LONGEST_ID: usize = 100;

/// The client.
#[derive(Debug)]
pub struct Functions(Client);

/// The `Sid` of the statement that `register` adds for a topic.
pub fn statement_for(topic: &str) -> String {
    let name = topic.rsplit(':').next().unwrap_or(topic);
    format!("reactive-scaler-{name}").chars().take(LONGEST_ID).collect()
}

impl Functions {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// AddPermission: lets a topic invoke the function. A statement that exists is no error.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn admit(&self, function: &str, topic: &str) -> CallResult<()> {
        let call = self
            .0
            .add_permission()
            .function_name(function)
            .statement_id(statement_for(topic))
            .action("lambda:InvokeFunction")
            .principal("sns.amazonaws.com")
            .source_arn(topic);
        let answer = call.send().await;
        match answer.map_err(|error| CallError::of("lambda:AddPermission", function, &error)) {
            Err(error) if error.is("ResourceConflictException") => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    /// RemovePermission: removes the statement of a topic. A statement that does not exist is no error.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn shut_out(&self, function: &str, topic: &str) -> CallResult<()> {
        let call =
            self.0.remove_permission().function_name(function).statement_id(statement_for(topic));
        let answer = call.send().await;
        match answer.map_err(|error| CallError::of("lambda:RemovePermission", function, &error)) {
            Err(error) if error.is("ResourceNotFoundException") => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    /// PutFunctionConcurrency: nothing invokes the function from now on.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn stop(&self, function: &str) -> CallResult<()> {
        let call = self.0.put_function_concurrency().function_name(function);
        let answer = call.reserved_concurrent_executions(0).send().await;
        answer
            .map(|_| ())
            .map_err(|error| CallError::of("lambda:PutFunctionConcurrency", function, &error))
    }

    /// ListTags: the name of the stack that created the function. `None`: no stack did.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn stack(&self, function: &str) -> CallResult<Option<String>> {
        let answer = self.0.list_tags().resource(function).send().await;
        let answer = answer.map_err(|error| CallError::of("lambda:ListTags", function, &error))?;
        Ok(answer.tags().and_then(|tags| tags.get(STACK)).cloned())
    }
}
