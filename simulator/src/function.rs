//! Lambda functions of the account, as far as AWS Lambda tells of them. They are never invoked.

use std::collections::BTreeMap;

use crate::{CallResult, Operation, Page, Paging, Refusal, World};

/// A Lambda function of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LambdaFunction {
    /// `FunctionName`.
    pub name: String,
    /// `Environment.Variables`.
    pub variables: BTreeMap<String, String>,
    /// `State`, for example `Active`.
    pub state: String,
    /// `LastUpdateStatus`, for example `Successful`.
    pub last_update: String,
    /// Where events go that it failed at (`DestinationConfig.OnFailure`): an ARN.
    pub on_failure: Option<String>,
}

impl LambdaFunction {
    /// An active function with these variables.
    pub fn new<N: Into<String>, V: Into<String>>(
        name: impl Into<String>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self {
            name: name.into(),
            variables: variables.collect(),
            state: "Active".into(),
            last_update: "Successful".into(),
            on_failure: None,
        }
    }
}

impl World {
    /// Puts a function. It replaces one of the same name.
    pub fn put_function(&mut self, function: LambdaFunction) {
        self.functions.insert(function.name.clone(), function);
    }

    /// The ARN of a function, there or not.
    pub fn function_arn(&self, name: &str) -> String {
        self.arn("lambda", &format!("function:{name}"))
    }

    /// Lambda's ListFunctions, by name.
    ///
    /// # Errors
    ///
    /// On a bad page.
    pub fn list_functions(&mut self, paging: &Paging) -> CallResult<Page<LambdaFunction>> {
        self.call(Operation::ListFunctions, "*", String::new(), |world| {
            let page = paging.cut(world.functions.values(), world.settings.page_size)?;
            Ok(page.map(Clone::clone))
        })
    }

    /// Lambda's GetFunctionConfiguration, by name or ARN.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub fn get_function_configuration(&mut self, function: &str) -> CallResult<LambdaFunction> {
        self.call(Operation::GetFunctionConfiguration, function, String::new(), |world| {
            world.named_function(function)
        })
    }

    /// Lambda's GetFunctionEventInvokeConfig, by name or ARN.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`, also where the function has none.
    pub fn get_function_event_invoke_config(
        &mut self,
        function: &str,
    ) -> CallResult<LambdaFunction> {
        self.call(Operation::GetFunctionEventInvokeConfig, function, String::new(), |world| {
            let found = world.named_function(function)?;
            match found.on_failure {
                Some(_) => Ok(found),
                None => Err(Refusal::new(
                    "ResourceNotFoundException",
                    format!("The function {function} doesn't have an EventInvokeConfig"),
                )),
            }
        })
    }

    fn named_function(&self, function: &str) -> Result<LambdaFunction, Refusal> {
        let name = function.rsplit(':').next().unwrap_or(function);
        let missing = || {
            let arn = self.function_arn(name);
            Refusal::new("ResourceNotFoundException", format!("Function not found: {arn}"))
        };
        self.functions.get(name).cloned().ok_or_else(missing)
    }
}
