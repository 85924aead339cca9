//! Lambda functions: put, listed and described.

use crate::{CallResult, LambdaFunction, Operation, Page, Paging, Refusal};

use super::World;

impl World {
    /// Puts a function. Replaces an existing function of the same name.
    pub fn put_function(&mut self, function: LambdaFunction) {
        self.functions.insert(function.name.clone(), function);
    }

    /// The ARN of a function. The function does not need to exist.
    pub fn function_arn(&self, name: &str) -> String {
        self.arn("lambda", &format!("function:{name}"))
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
        self.call(Operation::GetFunctionConfiguration, function, String::new(), |world| {
            world.named_function(function)
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

    /// ListEventSourceMappings of AWS Lambda, for one function by name or ARN.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub fn list_event_source_mappings(&mut self, function: &str) -> CallResult<LambdaFunction> {
        self.call(Operation::ListEventSourceMappings, function, String::new(), |world| {
            world.named_function(function)
        })
    }

    /// By name or ARN, each with or without a qualifier.
    fn named_function(&self, function: &str) -> Result<LambdaFunction, Refusal> {
        let text = function.rsplit(":function:").next().unwrap_or(function);
        let (name, qualifier) = text.split_once(':').unwrap_or((text, "$LATEST"));
        let missing = || {
            let arn = self.function_arn(text);
            Refusal::new("ResourceNotFoundException", format!("Function not found: {arn}"))
        };
        let mut found = self.functions.get(name).cloned().ok_or_else(missing)?;
        if let Some(variables) = found.versions.get(qualifier) {
            found.variables.clone_from(variables);
        } else if qualifier != "$LATEST" && !found.aliases.iter().any(|it| it == qualifier) {
            return Err(missing());
        }
        Ok(found)
    }
}
