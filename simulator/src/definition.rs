//! Models and endpoint configurations: what a Create call of SageMaker defines, once and for all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Operation, Tags};

/// A model or an endpoint configuration. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Its tags.
    pub tags: Tags,
    /// The members of the request that created it, in AWS's names, without its name and its tags. The Describe call
    /// returns all of them. The model reads a few.
    pub members: Map<String, Value>,
}

/// What a definition defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DefinitionKind {
    /// A model.
    Model,
    /// An endpoint configuration.
    EndpointConfig,
}

impl DefinitionKind {
    /// The prefix of its members `Name` and `Arn`.
    pub(crate) fn member(self) -> &'static str {
        match self {
            Self::Model => "Model",
            Self::EndpointConfig => "EndpointConfig",
        }
    }

    /// Its name in error messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::EndpointConfig => "endpoint configuration",
        }
    }

    /// Its type in ARNs.
    pub(crate) fn arn_type(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::EndpointConfig => "endpoint-config",
        }
    }

    /// The operations that create, describe, list and delete it.
    pub(crate) fn operations(self) -> [Operation; 4] {
        match self {
            Self::Model => [
                Operation::CreateModel,
                Operation::DescribeModel,
                Operation::ListModels,
                Operation::DeleteModel,
            ],
            Self::EndpointConfig => [
                Operation::CreateEndpointConfig,
                Operation::DescribeEndpointConfig,
                Operation::ListEndpointConfigs,
                Operation::DeleteEndpointConfig,
            ],
        }
    }
}

impl Definition {
    /// The environment of a model's primary container.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let variables =
            self.members.get("PrimaryContainer").and_then(|it| it["Environment"].as_object());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        variables.into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
    }

    /// The models of an endpoint configuration's variants.
    pub fn models(&self) -> Vec<String> {
        let models = self.variant_members().filter_map(|it| it["ModelName"].as_str());
        models.map(str::to_owned).collect()
    }

    /// `OutputConfig.S3OutputPath` of an endpoint configuration.
    pub fn output_path(&self) -> Option<&str> {
        self.output()?["S3OutputPath"].as_str()
    }

    /// `ClientConfig.MaxConcurrentInvocationsPerInstance` of an endpoint configuration.
    pub(crate) fn concurrency(&self) -> Option<usize> {
        let most = &self.asynchronous()?["ClientConfig"]["MaxConcurrentInvocationsPerInstance"];
        most.as_u64().and_then(|it| usize::try_from(it).ok())
    }

    /// `AsyncInferenceConfig` of an endpoint configuration.
    pub(crate) fn asynchronous(&self) -> Option<&Value> {
        self.members.get("AsyncInferenceConfig").filter(|it| it.is_object())
    }

    /// `OutputConfig.S3FailurePath` of an endpoint configuration.
    pub(crate) fn failure_path(&self) -> Option<&str> {
        self.output()?["S3FailurePath"].as_str()
    }

    /// The members of one variant of an endpoint configuration.
    pub(crate) fn variant(&self, name: &str) -> Option<&Value> {
        self.variant_members().find(|it| it["VariantName"] == name)
    }

    /// A definition without members.
    pub(crate) fn empty(name: &str, created_at: Timestamp) -> Self {
        Self { name: name.to_owned(), created_at, tags: Tags::new(), members: Map::new() }
    }

    pub(crate) fn output(&self) -> Option<&Value> {
        self.asynchronous().map(|it| &it["OutputConfig"])
    }

    pub(crate) fn variant_members(&self) -> impl Iterator<Item = &Value> {
        let variants = self.members.get("ProductionVariants").and_then(Value::as_array);
        variants.into_iter().flatten()
    }
}
