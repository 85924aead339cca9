//! Application Auto Scaling over awsJson1.1.

use jiff::Timestamp;
use reactive_scaler::port::{ScalableTarget, VariantId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    ActionPut, ActionSpan, ActionState, Activity, CallError, CallResult, NotScaled,
    NotScaledReason, Operation, Page, Paging, Refusal, Registration, ScalingRecord, Tags, World,
    arn::key,
    http::{
        json::{compact, epoch, request, seconds},
        policies::{alarms_json, policy_json},
        refusals::unknown_operation,
    },
    policies_from_json,
};

const NAMESPACE: &str = "sagemaker";
const DIMENSION: &str = "sagemaker:variant:DesiredInstanceCount";

/// The members of all requests of the service. Each operation uses some of them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    resource_id: Option<String>,
    resource_ids: Option<Vec<String>>,
    scalable_dimension: Option<String>,
    scheduled_action_name: Option<String>,
    scheduled_action_names: Option<Vec<String>>,
    policy_name: Option<String>,
    policy_names: Option<Vec<String>>,
    include_not_scaled_activities: Option<bool>,
    schedule: Option<String>,
    timezone: Option<String>,
    scalable_target_action: Option<Bounds>,
    min_capacity: Option<i32>,
    max_capacity: Option<i32>,
    suspended_state: Option<SuspendedState>,
    #[serde(default)]
    tags: Tags,
    #[serde(default, deserialize_with = "seconds")]
    start_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "seconds")]
    end_time: Option<Timestamp>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bounds {
    min_capacity: Option<i32>,
    max_capacity: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SuspendedState {
    dynamic_scaling_in_suspended: Option<bool>,
    dynamic_scaling_out_suspended: Option<bool>,
    scheduled_scaling_suspended: Option<bool>,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    match operation {
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            return tagging(world, operation, body);
        }
        _ => {}
    }
    let known = Operation::from_name(operation)
        .filter(|known| known.service() == crate::Service::AutoScaling)
        .ok_or_else(|| CallError::Refused(unknown_operation(operation)))?;
    if let Some(other) = body["ServiceNamespace"].as_str().filter(|it| *it != NAMESPACE) {
        let message =
            format!("The model serves the service namespace {NAMESPACE}, and not {other}");
        return refuse(world, known, Refusal::validation(message));
    }
    if known == Operation::PutScalingPolicy {
        return put_policy(world, &body);
    }
    let request: Request = request(body)?;
    if known == Operation::GetPredictiveScalingForecast {
        // Assumption: AWS does not publish the message. Predictive scaling is for other services.
        let message = "Predictive scaling is not supported for the service namespace sagemaker";
        return refuse(world, known, Refusal::validation(message));
    }
    if known.is_write() {
        match request.variant() {
            Ok(id) => write(world, known, &id, request),
            Err(refusal) => refuse(world, known, refusal),
        }
    } else {
        match request.filter() {
            Ok(ids) => read(world, known, &ids, &request),
            Err(refusal) => refuse(world, known, refusal),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagging {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    tag_keys: Vec<String>,
}

fn tagging(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    let Tagging { resource_arn, tags, tag_keys } = request(body)?;
    match operation {
        "TagResource" => {
            world.tag_target(&resource_arn, &tags.into_iter().collect::<Vec<_>>())?;
            Ok(json!({}))
        }
        "UntagResource" => {
            world.untag_target(&resource_arn, &tag_keys)?;
            Ok(json!({}))
        }
        _ => Ok(json!({ "Tags": world.list_tags_of_target(&resource_arn)? })),
    }
}

/// A request that is refused before it reaches a target is counted as a call.
fn refuse(world: &mut World, operation: Operation, refusal: Refusal) -> CallResult<Value> {
    world.call(operation, "*", String::new(), |_| Err(refusal))
}

impl Request {
    /// The variant in the request of a write.
    fn variant(&self) -> Result<VariantId, Refusal> {
        if self.scalable_dimension.as_deref() != Some(DIMENSION) {
            return Err(Refusal::validation(
                "Unsupported service namespace, resource type or dimension",
            ));
        }
        variant(self.resource_id.as_deref().unwrap_or_default())
    }

    /// The variants in the request of a read. None: all variants of the namespace.
    fn filter(&self) -> Result<Vec<VariantId>, Refusal> {
        let named = self.resource_ids.iter().flatten().chain(&self.resource_id);
        let ids = named.map(|id| variant(id)).collect::<Result<Vec<_>, _>>()?;
        if self.scalable_dimension.is_some() && ids.is_empty() {
            return Err(Refusal::validation(
                "ResourceId must be provided when ScalableDimension is provided",
            ));
        }
        Ok(ids)
    }

    fn paging(&self) -> Paging {
        Paging { max_results: self.max_results, next_token: self.next_token.clone() }
    }
}

fn variant(resource_id: &str) -> Result<VariantId, Refusal> {
    VariantId::from_resource_id(resource_id)
        .ok_or_else(|| Refusal::validation(format!("Unsupported resource ID: {resource_id}")))
}

/// The configuration of a policy has a parser of its own, which names the field of a problem.
fn put_policy(world: &mut World, body: &Value) -> CallResult<Value> {
    let specification =
        &body["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"];
    if !specification["Metrics"].is_null() {
        let message = "The model does not support metric math in a target tracking policy";
        return refuse(world, Operation::PutScalingPolicy, Refusal::validation(message));
    }
    let put = match policies_from_json(&body.to_string()).as_deref() {
        Ok([only]) => only.clone(),
        Ok(_) => {
            return refuse(world, Operation::PutScalingPolicy, Refusal::validation("one policy"));
        }
        Err(error) => {
            let refusal = Refusal::validation(error.to_string());
            return refuse(world, Operation::PutScalingPolicy, refusal);
        }
    };
    let (id, name) = (put.id.clone(), put.name.clone());
    world.put_policy(put)?;
    let alarms = world.scaling_policy(&id, &name).map(|policy| alarms_json(world, policy));
    Ok(json!({ "PolicyARN": world.policy_arn(&id, &name), "Alarms": alarms }))
}

fn write(
    world: &mut World,
    operation: Operation,
    id: &VariantId,
    request: Request,
) -> CallResult<Value> {
    let name = request.scheduled_action_name.unwrap_or_default();
    match operation {
        Operation::PutScheduledAction => {
            let bounds = request.scalable_target_action;
            let span = ActionSpan { start: request.start_time, end: request.end_time };
            let put = ActionPut {
                name: name.clone(),
                schedule: request.schedule,
                timezone: request.timezone,
                bounds: bounds.map(|bounds| (bounds.min_capacity, bounds.max_capacity)),
            };
            world.put_scheduled_action_within(id, &put, span)?;
        }
        Operation::DeleteScheduledAction => world.delete_scheduled_action(id, &name)?,
        Operation::DeregisterScalableTarget => world.deregister_scalable_target(id)?,
        Operation::DeleteScalingPolicy => {
            world.delete_policy(id, &request.policy_name.unwrap_or_default())?;
        }
        _ => {
            let suspended = request.suspended_state.as_ref();
            let registration = Registration {
                min: request.min_capacity,
                max: request.max_capacity,
                scaling_in_suspended: suspended.and_then(|s| s.dynamic_scaling_in_suspended),
                scaling_out_suspended: suspended.and_then(|s| s.dynamic_scaling_out_suspended),
                scheduled_suspended: suspended.and_then(|s| s.scheduled_scaling_suspended),
            };
            world.register_scalable_target_with_tags(id, registration, request.tags)?;
            return Ok(json!({ "ScalableTargetARN": world.target_arn(id) }));
        }
    }
    Ok(json!({}))
}

fn read(
    world: &mut World,
    operation: Operation,
    ids: &[VariantId],
    request: &Request,
) -> CallResult<Value> {
    let paging = request.paging();
    match operation {
        Operation::DescribeScalableTargets => {
            let page = world.describe_scalable_targets(ids, &paging)?;
            let item = |(target, at): &(ScalableTarget, Timestamp)| target_json(world, target, *at);
            Ok(listing("ScalableTargets", &page, item))
        }
        Operation::DescribeScheduledActions => {
            let names = request.scheduled_action_names.clone().unwrap_or_default();
            let page = world.describe_scheduled_actions(ids.first(), &names, &paging)?;
            Ok(listing("ScheduledActions", &page, |state| action_json(world, state)))
        }
        Operation::DescribeScalingActivities
            if request.include_not_scaled_activities == Some(true) =>
        {
            let page = world.describe_scaling_records(ids.first(), &paging)?;
            Ok(listing("ScalingActivities", &page, record_json))
        }
        Operation::DescribeScalingActivities => {
            let page = world.describe_scaling_activities(ids.first(), &paging)?;
            Ok(listing("ScalingActivities", &page, activity_json))
        }
        _ => {
            let names = request.policy_names.clone().unwrap_or_default();
            let page = world.describe_scaling_policies(ids.first(), &names, &paging)?;
            Ok(listing("ScalingPolicies", &page, |policy| policy_json(world, policy)))
        }
    }
}

fn listing<T>(name: &str, page: &Page<T>, item: impl Fn(&T) -> Value) -> Value {
    let items = page.items.iter().map(item).collect::<Vec<_>>();
    compact(json!({ name: items, "NextToken": page.next_token }))
}

fn target_json(world: &World, target: &ScalableTarget, registered_at: Timestamp) -> Value {
    json!({
        "ServiceNamespace": NAMESPACE,
        "ResourceId": target.id.resource_id(),
        "ScalableDimension": DIMENSION,
        "MinCapacity": target.min,
        "MaxCapacity": target.max,
        "RoleARN": format!(
            "arn:aws:iam::{}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/\
             AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint",
            world.settings.account
        ),
        "CreationTime": epoch(registered_at),
        "SuspendedState": {
            "DynamicScalingInSuspended": target.suspended.scaling_in,
            "DynamicScalingOutSuspended": target.suspended.scaling_out,
            "ScheduledScalingSuspended": target.suspended.scheduled,
        },
        "ScalableTargetARN": world.target_arn(&target.id),
    })
}

fn action_json(world: &World, state: &ActionState) -> Value {
    let action = &state.action;
    let key = key(&action.id.resource_id());
    compact(json!({
        "ScheduledActionName": action.name,
        "ScheduledActionARN": world.arn(
            "autoscaling",
            &format!(
                "scheduledAction:{key}:resource/{NAMESPACE}/{}:scheduledActionName/{}",
                action.id, action.name
            ),
        ),
        "ServiceNamespace": NAMESPACE,
        "Schedule": action.schedule,
        "Timezone": action.timezone,
        "ResourceId": action.id.resource_id(),
        "ScalableDimension": DIMENSION,
        "ScalableTargetAction": compact(json!({
            "MinCapacity": action.min,
            "MaxCapacity": action.max,
        })),
        "StartTime": state.span.start.map(epoch),
        "EndTime": state.span.end.map(epoch),
        "CreationTime": epoch(state.put_at),
    }))
}

fn activity_json(activity: &Activity) -> Value {
    compact(json!({
        "ActivityId": format!("00000000-0000-4000-9000-{:012x}", activity.number),
        "ServiceNamespace": NAMESPACE,
        "ResourceId": activity.id.resource_id(),
        "ScalableDimension": DIMENSION,
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": epoch(activity.began_at),
        "EndTime": activity.ended_at.map(epoch),
        "StatusCode": activity.status.as_str(),
        "StatusMessage": activity.message,
    }))
}

fn record_json(record: &ScalingRecord) -> Value {
    match record {
        ScalingRecord::Activity(activity) => activity_json(activity),
        ScalingRecord::NotScaled(decision) => not_scaled_json(decision),
    }
}

fn not_scaled_json(decision: &NotScaled) -> Value {
    let (max, min, current) = match decision.reason {
        NotScaledReason::AlreadyAtMaxCapacity(max) => (Some(max), None, None),
        NotScaledReason::AlreadyAtMinCapacity(min) => (None, Some(min), None),
        NotScaledReason::AlreadyAtDesiredCapacity(current) => (None, None, Some(current)),
    };
    json!({
        "ActivityId": format!("00000000-0000-4000-a000-{:012x}", decision.number),
        "ServiceNamespace": NAMESPACE,
        "ResourceId": decision.id.resource_id(),
        "ScalableDimension": DIMENSION,
        "Description": "Attempting to scale due to alarm triggered",
        "Cause": decision.cause,
        "StartTime": epoch(decision.at),
        "StatusCode": "Failed",
        "NotScaledReasons": [compact(json!({
            "Code": decision.reason.code(),
            "MaxCapacity": max,
            "MinCapacity": min,
            "CurrentCapacity": current,
        }))],
    })
}
