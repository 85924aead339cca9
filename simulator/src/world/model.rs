//! SageMaker models: the environment of their container.

use std::collections::BTreeMap;

use crate::{CallResult, Operation, Refusal};

use super::World;

impl World {
    /// Sets a variable in the environment of a model's container.
    pub fn set_model_variable(&mut self, model: &str, name: &str, value: &str) {
        self.models.entry(model.into()).or_default().insert(name.into(), value.into());
    }

    /// DescribeModel: the environment of the container. The models of all endpoints exist.
    ///
    /// # Errors
    ///
    /// The error of AWS: `Could not find model`.
    pub fn describe_model(&mut self, model: &str) -> CallResult<BTreeMap<String, String>> {
        self.call(Operation::DescribeModel, model, String::new(), |world| {
            let mut used = world.endpoints.iter().flat_map(|(_, endpoint)| endpoint.models());
            let exists = world.models.contains_key(model) || used.any(|name| name == model);
            if exists {
                return Ok(world.models.get(model).cloned().unwrap_or_default());
            }
            let arn = world.arn("sagemaker", &format!("model/{model}"));
            Err(Refusal::validation(format!("Could not find model \"{arn}\".")))
        })
    }
}
