//! Scaling policies and alarms of a CloudFormation template, or of one resource of it.
//!
//! The simulation needs the values of all fields but names: a name can be a reference, and two equal references name
//! the same thing. A resource with a `Condition` counts as created.

use std::path::Path;

use serde_json::{Map, Value, json};
use simulator::JsonError;

use super::{
    entry::{Entries, Entry},
    intrinsic,
};

const POLICY: &str = "AWS::ApplicationAutoScaling::ScalingPolicy";
const TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";
const ALARM: &str = "AWS::CloudWatch::Alarm";
const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";
const ENDPOINT: &str = "AWS::SageMaker::Endpoint";

/// The lists of an alarm's actions.
const ACTIONS: [&str; 3] = ["AlarmActions", "OKActions", "InsufficientDataActions"];

/// What the simulation does not use.
const UNUSED: [&str; 4] =
    ["Tags", "AlarmDescription", "EvaluateLowSampleCountPercentile", "ScalingTargetId"];

/// Fields whose numbers, and true or false, a template can write as texts.
const VALUES: [&str; 14] = [
    "TargetValue",
    "ScaleOutCooldown",
    "ScaleInCooldown",
    "Cooldown",
    "MinAdjustmentMagnitude",
    "MetricIntervalLowerBound",
    "MetricIntervalUpperBound",
    "ScalingAdjustment",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ActionsEnabled",
    "DisableScaleIn",
];

/// Whether this is a template, some resources by name, or one resource.
pub fn is_one(root: &Value) -> bool {
    let is_resource = |it: &Value| kind(it).starts_with("AWS::");
    let members = root.as_object();
    root.get("Resources").is_some_and(Value::is_object)
        || is_resource(root)
        || members.is_some_and(|it| !it.is_empty() && it.values().all(is_resource))
}

/// The policies and alarms.
///
/// # Errors
///
/// [`JsonError`] if the scalable target of a policy is not in the file, or a policy is chosen by a condition.
pub fn entries(file: &Path, root: &Value) -> Result<Entries, JsonError> {
    let (prefix, resources) = match (root.get("Resources"), root) {
        (Some(Value::Object(resources)), _) => ("Resources.", resources.clone()),
        (_, root) if !kind(root).is_empty() => {
            ("", Map::from_iter([(String::new(), root.clone())]))
        }
        (_, Value::Object(resources)) => ("", resources.clone()),
        _ => ("", Map::new()),
    };
    let template = Template { file, prefix, resources };
    let mut entries = Entries::default();
    let mut policies = Vec::new();
    for (name, resource) in &template.resources {
        match kind(resource) {
            POLICY => match template.policy(name, resource)? {
                Some(policy) => policies.push((name.as_str(), policy)),
                None => entries.of_other_services += 1,
            },
            COMPOSITE => entries.composite_alarms += 1,
            _ => {}
        }
    }
    for (name, resource) in &template.resources {
        if kind(resource) == ALARM {
            entries.alarms.push(template.alarm(name, resource, &policies)?);
        }
    }
    entries.policies = policies.into_iter().map(|(_, policy)| policy).collect();
    Ok(entries)
}

fn kind(resource: &Value) -> &str {
    resource.get("Type").and_then(Value::as_str).unwrap_or_default()
}

/// The resources of a file.
struct Template<'a> {
    file: &'a Path,
    /// What stands before the name of a resource in a path.
    prefix: &'static str,
    resources: Map<String, Value>,
}

impl Template<'_> {
    fn path(&self, name: &str) -> String {
        JsonError::at(&format!("{}{name}", self.prefix), "Properties", "").field
    }

    /// The fields of a resource that the simulation uses, with the names of endpoints as texts.
    fn fields(&self, resource: &Value) -> Value {
        let fields = resource.get("Properties").filter(|it| it.is_object()).cloned();
        let mut fields = fields.unwrap_or_else(|| json!({}));
        if let Some(members) = fields.as_object_mut() {
            members.retain(|name, _| !UNUSED.contains(&name.as_str()));
        }
        self.settle(&mut fields);
        fields
    }

    /// Numbers that are texts, and the values of dimensions.
    fn settle(&self, value: &mut Value) {
        match value {
            Value::Array(members) => members.iter_mut().for_each(|it| self.settle(it)),
            Value::Object(members) => {
                for (name, member) in members {
                    match member.as_str().map(str::parse) {
                        Some(Ok(parsed @ (Value::Number(_) | Value::Bool(_))))
                            if VALUES.contains(&name.as_str()) =>
                        {
                            *member = parsed;
                        }
                        _ if name == "Dimensions" => {
                            let dimensions = member.as_array_mut().into_iter().flatten();
                            for value in dimensions.filter_map(|it| it.get_mut("Value")) {
                                self.name(value);
                            }
                        }
                        _ => self.settle(member),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Replaces references by a text, if that is possible.
    fn name(&self, value: &mut Value) {
        let Some(text) = intrinsic::text(value) else { return };
        // The name of an endpoint of this template, if the template says it.
        let endpoints = self.resources.iter().filter(|(_, it)| kind(it) == ENDPOINT);
        let text = endpoints.fold(text, |text, (name, endpoint)| {
            let known = endpoint.pointer("/Properties/EndpointName").and_then(intrinsic::text);
            let reference = format!("${{{name}.EndpointName}}");
            known.map_or_else(|| text.clone(), |known| text.replace(&reference, &known))
        });
        *value = Value::String(text);
    }

    /// A policy. `None`: it is of another service.
    fn policy(&self, name: &str, resource: &Value) -> Result<Option<Entry>, JsonError> {
        let path = self.path(name);
        let mut fields = self.fields(resource);
        let target = resource.pointer("/Properties/ScalingTargetId");
        if let (Some(target), None) = (target, fields.get("ResourceId")) {
            let of_target = self.target(target).ok_or_else(|| {
                let problem = "names a scalable target that is not in the file; write ResourceId, ScalableDimension and \
                               ServiceNamespace in its place";
                JsonError::at(&path, "ScalingTargetId", problem)
            })?;
            for (field, value) in of_target {
                fields[field] = value;
            }
        }
        for field in ["PolicyName", "ResourceId", "ScalableDimension", "ServiceNamespace"] {
            if let Some(value) = fields.get_mut(field) {
                self.name(value);
            }
        }
        let is_ours = fields.get("ServiceNamespace").is_none_or(|it| it == "sagemaker");
        Ok(is_ours.then(|| Entry::new(self.file, path, fields)))
    }

    /// The fields of the scalable target that an id names.
    fn target(&self, id: &Value) -> Option<Vec<(&'static str, Value)>> {
        let names = ["ResourceId", "ScalableDimension", "ServiceNamespace"];
        if let Value::String(id) = id {
            // ResourceId|ScalableDimension|ServiceNamespace.
            let parts = id.split('|').map(Value::from).collect::<Vec<_>>();
            return (parts.len() == names.len()).then(|| names.into_iter().zip(parts).collect());
        }
        let (_, arguments) = intrinsic::function(id).filter(|(name, _)| *name == "Ref")?;
        let target = self.resources.get(arguments.as_str()?).filter(|it| kind(it) == TARGET)?;
        let field = |name: &'static str| Some((name, target.get("Properties")?.get(name)?.clone()));
        Some(names.into_iter().filter_map(field).collect())
    }

    fn alarm(
        &self,
        name: &str,
        resource: &Value,
        policies: &[(&str, Entry)],
    ) -> Result<Entry, JsonError> {
        let path = self.path(name);
        let mut fields = self.fields(resource);
        match fields.get_mut("AlarmName") {
            Some(given) => self.name(given),
            None => fields["AlarmName"] = Value::from(name),
        }
        for list in ACTIONS {
            let actions = fields.get_mut(list).and_then(Value::as_array_mut);
            for (index, action) in actions.into_iter().flatten().enumerate() {
                let arn = self.action(action, policies).map_err(|problem| {
                    JsonError::at(&path, &format!("{list}[{index}]"), problem)
                })?;
                *action = Value::String(arn);
            }
        }
        Ok(Entry::new(self.file, path, fields))
    }

    /// The ARN of an action. `Ref` of a policy is its ARN.
    fn action(&self, action: &Value, policies: &[(&str, Entry)]) -> Result<String, String> {
        let named = policies.iter().find(|(name, _)| intrinsic::names(action, name));
        match (intrinsic::function(action), named) {
            (Some(("Ref" | "Fn::GetAtt", _)), Some((name, policy))) => {
                let field = |field| policy.text(field).unwrap_or(name);
                Ok(format!(
                    "arn:aws:autoscaling:::scalingPolicy:{name}:resource/sagemaker/{}:policyName/{}",
                    field("ResourceId"),
                    field("PolicyName")
                ))
            }
            (Some((function, _)), Some((name, _))) => Err(format!(
                "is !{}, which decides whether the policy {name} is the action; write !Ref {name}",
                function.trim_start_matches("Fn::")
            )),
            // A topic or a function, whose ARN decides nothing here.
            _ => Ok(intrinsic::text(action).unwrap_or_default()),
        }
    }
}
