//! AWS CLI commands that fix a finding, with the names filled in.

use reactive_scaler::port::VariantId;

use super::{arn::Arn, auto_scaling::Policy, shell_quoting::quoted};

/// The options of all commands for a scalable target.
fn target(id: &VariantId) -> String {
    format!(
        "--service-namespace sagemaker --scalable-dimension \
         sagemaker:variant:DesiredInstanceCount --resource-id {}",
        id.resource_id()
    )
}

/// Registers, or changes a registration.
pub fn register(id: &VariantId, what: &str) -> String {
    format!("aws application-autoscaling register-scalable-target {} {what}", target(id))
}

/// Resumes a part of scaling.
pub fn resume(id: &VariantId, part: &str) -> String {
    register(id, &format!("--suspended-state {part}=false"))
}

/// Shows the scheduled actions.
pub fn show_actions(id: &VariantId) -> String {
    format!(
        "aws application-autoscaling describe-scheduled-actions --service-namespace sagemaker \
         --resource-id {}",
        id.resource_id()
    )
}

/// Sets parameters of the stack of a function. Run it in the folder of the template. The other
/// parameters keep their values.
pub fn set_parameters(function: &str, parameters: &str) -> String {
    format!("sam deploy --stack-name {} --parameter-overrides {parameters}", stack_of(function))
}

/// Shows a parameter of the stack of a function.
pub fn show_parameter(function: &str, parameter: &str) -> String {
    format!(
        "aws cloudformation describe-stacks --stack-name {} --query \
         \"Stacks[0].Parameters[?ParameterKey=='{parameter}'].ParameterValue\" --output text",
        stack_of(function)
    )
}

/// Adds a value to a parameter of the stack of a function that is a list with commas.
pub fn add_to_parameter(function: &str, parameter: &str, value: &str) -> String {
    let present = show_parameter(function, parameter);
    set_parameters(function, &format!("{parameter}=\"$({present} | sed 's/..*/&,/'){value}\""))
}

/// Shows the configuration of an endpoint.
pub fn show_config(endpoint: &str) -> String {
    format!(
        "aws sagemaker describe-endpoint-config --endpoint-config-name \"$(aws sagemaker describe-endpoint \
         --endpoint-name {endpoint} --query EndpointConfigName --output text)\""
    )
}

/// Shows the routes of a function.
pub fn show_routes(function: &str) -> String {
    format!(
        "aws lambda get-function-configuration --function-name {function} --query \
         Environment.Variables.SCALER_ROUTES --output text"
    )
}

/// The name of the stack of a function, as a shell expression.
fn stack_of(function: &str) -> String {
    let name = function.split(':').nth(6).unwrap_or(function);
    format!(
        "\"$(aws cloudformation describe-stack-resources --physical-resource-id {} --query \
         'StackResources[0].StackName' --output text)\"",
        quoted(name)
    )
}

/// Enables a schedule of EventBridge Scheduler. An update replaces all settings, so the present ones are read.
pub fn enable_schedule(name: &str, group: &str) -> String {
    let kept = [
        "Name",
        "GroupName",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "FlexibleTimeWindow",
        "Target",
    ];
    let kept = kept.map(|setting| format!("{setting}:{setting}")).join(",");
    format!(
        "aws scheduler update-schedule --state ENABLED --cli-input-json \"$(aws scheduler get-schedule --name {} \
         --group-name {} --query '{{{kept}}}' --output json)\"",
        quoted(name),
        quoted(group)
    )
}

/// Enables a rule of EventBridge.
pub fn enable_rule(name: &str) -> String {
    format!("aws events enable-rule --name {}", quoted(name))
}

/// Creates a rule of EventBridge that invokes a function each minute. A schedule of EventBridge Scheduler would also
/// need a role.
pub fn create_schedule(function: &str) -> [String; 3] {
    let arn = Arn::of(function).unwrap_or(Arn::UNKNOWN);
    // The name of a rule has at most 64 characters.
    let function_name: String =
        arn.resource.trim_start_matches("function:").chars().take(59).collect();
    let name = format!("{function_name}-tick");
    let Arn { partition, region, account, .. } = arn;
    [
        format!("aws events put-rule --name {name} --schedule-expression 'rate(1 minute)'"),
        format!(
            "aws lambda add-permission --function-name {function} --statement-id {name} --action \
             lambda:InvokeFunction --principal events.amazonaws.com --source-arn \
             arn:{partition}:events:{region}:{account}:rule/{name}"
        ),
        format!("aws events put-targets --rule {name} --targets Id=tick,Arn={function}"),
    ]
}

/// Creates a copy of an endpoint configuration with another place for the results, and updates the endpoint to it.
/// The number of instances stays.
pub fn move_results(endpoint: &str, config: &str, from: &str, to: &str) -> [String; 2] {
    // A name has at most 63 characters.
    let copy = format!("{}-results", config.chars().take(55).collect::<String>());
    [
        format!(
            "aws sagemaker create-endpoint-config --cli-input-json \"$(aws sagemaker describe-endpoint-config \
             --endpoint-config-name {config} --output json | jq '.EndpointConfigName = \"{copy}\" | \
             del(.EndpointConfigArn, .CreationTime) | (.AsyncInferenceConfig.OutputConfig[] | strings | select(. == \
             \"{from}\")) = \"{to}\"')\""
        ),
        format!(
            "aws sagemaker update-endpoint --endpoint-name {endpoint} --endpoint-config-name {copy} \
             --retain-all-variant-properties"
        ),
    ]
}

/// Deletes a scheduled action.
pub fn delete_action(id: &VariantId, name: &str) -> String {
    format!(
        "aws application-autoscaling delete-scheduled-action {} --scheduled-action-name {}",
        target(id),
        quoted(name)
    )
}

/// Registers a variant with `MinCapacity` 0. `MaxCapacity` is at least the desired capacity, because Application Auto
/// Scaling would scale in to it.
pub fn register_new(id: &VariantId, desired: Option<i32>) -> String {
    let max = desired.unwrap_or(1).max(1);
    register(id, &format!("--min-capacity 0 --max-capacity {max}"))
}

/// Sets the capacity of a variant.
pub fn set_capacity(id: &VariantId, count: i32) -> String {
    format!(
        "aws sagemaker update-endpoint-weights-and-capacities --endpoint-name {} \
         --desired-weights-and-capacities VariantName={},DesiredInstanceCount={count}",
        id.endpoint, id.variant
    )
}

/// Deletes a policy.
pub fn delete_policy(id: &VariantId, name: &str) -> String {
    format!(
        "aws application-autoscaling delete-scaling-policy {} --policy-name {}",
        target(id),
        quoted(name)
    )
}

/// Creates the scaling policy of the template.
pub fn put_backlog_policy(id: &VariantId) -> String {
    let configuration = format!(
        "{{\"TargetValue\":5,\"CustomizedMetricSpecification\":{{\"Namespace\":\"AWS/SageMaker\",\
         \"MetricName\":\"ApproximateBacklogSizePerInstance\",\"Dimensions\":[{{\"Name\":\
         \"EndpointName\",\"Value\":\"{}\"}}],\"Statistic\":\"Average\"}},\"ScaleOutCooldown\":300,\
         \"ScaleInCooldown\":300}}",
        id.endpoint
    );
    format!(
        "aws application-autoscaling put-scaling-policy {} --policy-name \
         reactive-scaler-backlog-per-instance --policy-type TargetTrackingScaling \
         --target-tracking-scaling-policy-configuration '{configuration}'",
        target(id)
    )
}

/// Creates a step scaling policy that adds an instance at zero.
pub fn put_wake_policy(id: &VariantId, name: &str) -> String {
    format!(
        "aws application-autoscaling put-scaling-policy {} --policy-name {} --policy-type \
         StepScaling --step-scaling-policy-configuration '{{\"AdjustmentType\":\
         \"ChangeInCapacity\",\"MetricAggregationType\":\"Maximum\",\"Cooldown\":300,\
         \"StepAdjustments\":[{{\"MetricIntervalLowerBound\":0,\"ScalingAdjustment\":1}}]}}'",
        target(id),
        quoted(name)
    )
}

/// Creates the alarm that triggers a policy while requests wait at zero instances.
pub fn put_wake_alarm(policy: &Policy) -> String {
    wake_alarm(&policy.id, &policy.name, &quoted(&policy.arn))
}

/// The same for a policy whose ARN is not known yet.
pub fn put_alarm_of_new_policy(id: &VariantId, name: &str) -> String {
    let arn = format!(
        "\"$({} --query 'ScalingPolicies[0].PolicyARN' --output text)\"",
        show_policy(id, name)
    );
    wake_alarm(id, name, &arn)
}

fn wake_alarm(id: &VariantId, policy: &str, action: &str) -> String {
    format!(
        "aws cloudwatch put-metric-alarm --alarm-name {} --namespace AWS/SageMaker --metric-name \
         HasBacklogWithoutCapacity --dimensions Name=EndpointName,Value={} --statistic Maximum \
         --period 60 --evaluation-periods 2 --threshold 1 --comparison-operator \
         GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions {action}",
        quoted(&format!("{}-{policy}", id.endpoint)),
        id.endpoint
    )
}

/// The file that a policy is saved to.
fn file_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("{}.json", name.chars().map(plain).collect::<String>())
}

/// Saves the settings of a target tracking policy to a file.
pub fn save_policy(id: &VariantId, name: &str) -> String {
    format!(
        "{} --query 'ScalingPolicies[0].TargetTrackingScalingPolicyConfiguration' > {}",
        show_policy(id, name),
        file_of(name)
    )
}

/// Creates a target tracking policy from that file.
pub fn put_saved_policy(id: &VariantId, name: &str) -> String {
    format!(
        "aws application-autoscaling put-scaling-policy {} --policy-name {} --policy-type \
         TargetTrackingScaling --target-tracking-scaling-policy-configuration file://{}",
        target(id),
        quoted(name),
        file_of(name)
    )
}

/// Shows a policy.
pub fn show_policy(id: &VariantId, name: &str) -> String {
    format!(
        "aws application-autoscaling describe-scaling-policies --service-namespace sagemaker \
         --resource-id {} --policy-names {}",
        id.resource_id(),
        quoted(name)
    )
}
