//! Models and endpoint configurations: what a Create call of SageMaker defines, once and for all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{EndpointState, Operation, ResultTopics, Tags, VariantState};

/// A model or an endpoint configuration. It never changes.
#[derive(Debug, Clone, PartialEq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

    /// `OutputConfig.NotificationConfig` of an endpoint configuration.
    pub(crate) fn topics(&self) -> ResultTopics {
        let topics = self.output().map(|it| &it["NotificationConfig"]);
        let topic = |name| topics.and_then(|it| it[name].as_str()).map(str::to_owned);
        let included = topics.and_then(|it| it["IncludeInferenceResponseIn"].as_array());
        let included = |name| included.is_some_and(|it| it.iter().any(|it| it == name));
        ResultTopics {
            success: topic("SuccessTopic"),
            error: topic("ErrorTopic"),
            response_in_success: included("SUCCESS_NOTIFICATION_TOPIC"),
            response_in_error: included("ERROR_NOTIFICATION_TOPIC"),
        }
    }

    /// The variants that an endpoint configuration asks for, all without an instance yet.
    pub(crate) fn variants(&self) -> Vec<VariantState> {
        let variants = self.variant_members().map(|it| VariantState {
            model: it["ModelName"].as_str().map(str::to_owned),
            desired: it["InitialInstanceCount"]
                .as_i64()
                .and_then(|it| i32::try_from(it).ok())
                .unwrap_or(0),
            serverless: it["ServerlessConfig"].is_object(),
            managed: it["ManagedInstanceScaling"]["Status"] == "ENABLED",
            weight: it["InitialVariantWeight"].as_f64().unwrap_or(1.0),
            ..VariantState::new(it["VariantName"].as_str().unwrap_or_default(), 0)
        });
        variants.collect()
    }

    /// The members of one variant of an endpoint configuration.
    pub(crate) fn variant(&self, name: &str) -> Option<&Value> {
        self.variant_members().find(|it| it["VariantName"] == name)
    }

    /// The configuration of an endpoint that was added without one. Its models have no definition either.
    pub(crate) fn implied(endpoint: &EndpointState, instance_type: &str) -> Self {
        let variants = endpoint.variants.iter().zip(endpoint.models()).map(|(variant, model)| {
            let mut members = json!({
                "VariantName": variant.name,
                "ModelName": model,
                "InitialVariantWeight": variant.weight,
            });
            if variant.serverless {
                members["ServerlessConfig"] = serverless();
            } else {
                members["InstanceType"] = instance_type.into();
                members["InitialInstanceCount"] = 1.into();
            }
            members
        });
        let mut members = Map::new();
        members.insert("ProductionVariants".into(), variants.collect());
        if endpoint.asynchronous {
            members.insert("AsyncInferenceConfig".into(), endpoint.async_members());
        }
        Self { members, ..Self::empty(&endpoint.config, endpoint.created_at) }
    }

    /// A definition without members.
    pub(crate) fn empty(name: &str, created_at: Timestamp) -> Self {
        Self { name: name.to_owned(), created_at, tags: Tags::new(), members: Map::new() }
    }

    fn output(&self) -> Option<&Value> {
        self.asynchronous().map(|it| &it["OutputConfig"])
    }

    fn variant_members(&self) -> impl Iterator<Item = &Value> {
        let variants = self.members.get("ProductionVariants").and_then(Value::as_array);
        variants.into_iter().flatten()
    }
}

/// The `ServerlessConfig` of a variant that was added without one.
pub(crate) fn serverless() -> Value {
    json!({ "MemorySizeInMB": 2048, "MaxConcurrency": 5 })
}
