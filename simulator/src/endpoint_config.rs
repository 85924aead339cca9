//! What an endpoint configuration says of an endpoint.

use serde_json::{Map, Value, json};

use crate::{Definition, EndpointState, ResultTopics, VariantState};

impl Definition {
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
}

/// The `ServerlessConfig` of a variant that was added without one.
pub(crate) fn serverless() -> Value {
    json!({ "MemorySizeInMB": 2048, "MaxConcurrency": 5 })
}
