//! SageMaker: the endpoint and its configuration, for the model's name.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Incoming, Shared, json_answer, json_error};

pub fn answer(shared: &Shared, incoming: &Incoming) -> Option<Response> {
    let operation = match incoming.target.as_deref()? {
        "SageMaker.DescribeEndpoint" => "DescribeEndpoint",
        "SageMaker.DescribeEndpointConfig" => "DescribeEndpointConfig",
        _ => return None,
    };
    let body: Value = serde_json::from_slice(&incoming.body).unwrap();
    if !shared.admits(operation, body.clone()) {
        return Some(json_error(400, "AccessDeniedException", "no"));
    }
    let name = body.get("EndpointName").or(body.get("EndpointConfigName")).unwrap();
    let name = name.as_str().unwrap().trim_end_matches("-config").to_owned();
    let endpoint = shared.deployment.sim.with(|world| world.describe_endpoint(&name));
    let Ok(endpoint) = endpoint else {
        let message = format!("Could not find endpoint \"{name}\".");
        return Some(json_error(400, "ValidationException", &message));
    };
    let variants = endpoint.variants.iter().zip(endpoint.models());
    let variants = variants
        .map(|(variant, model)| {
            json!({ "VariantName": variant.name, "ModelName": model, "InitialInstanceCount": 1 })
        })
        .collect::<Vec<_>>();
    Some(json_answer(&json!({
        "EndpointName": name,
        "EndpointConfigName": endpoint.config,
        "EndpointStatus": "InService",
        "ProductionVariants": variants,
    })))
}
