//! AWS CLI commands that fix a finding, with the names filled in.

use reactive_scaler::port::VariantId;

use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};

use super::{arn::Arn, auto_scaling::Policy};

/// The options of all commands for a scalable target.
fn target(id: &VariantId) -> String {
    format!(
        "--service-namespace sagemaker --scalable-dimension \
         sagemaker:variant:DesiredInstanceCount --resource-id {}",
        id.resource_id()
    )
}

/// Registers, or changes a registration.
pub fn register(id: &VariantId, what: &str) -> Suggested {
    Suggested::aws(format!(
        "application-autoscaling register-scalable-target {} {what}",
        target(id)
    ))
}

/// Resumes a part of scaling.
pub fn resume(id: &VariantId, part: &str) -> Suggested {
    register(id, &format!("--suspended-state {part}=false"))
}

/// Shows the scheduled actions.
pub fn show_actions(id: &VariantId) -> Suggested {
    Suggested::aws(format!(
        "application-autoscaling describe-scheduled-actions --service-namespace sagemaker \
         --resource-id {}",
        id.resource_id()
    ))
}

/// Sets parameters of the stack of a function. Run it in the folder of the template. The other
/// parameters keep their values.
pub fn set_parameters(function: &str, parameters: &str) -> Suggested {
    Suggested::sam(format!(
        "deploy --stack-name {} --parameter-overrides {parameters}",
        stack_of(function)
    ))
}

/// Shows a parameter of the stack of a function.
pub fn show_parameter(function: &str, parameter: &str) -> Suggested {
    Suggested::aws(format!(
        "cloudformation describe-stacks --stack-name {} --query \
         \"Stacks[0].Parameters[?ParameterKey=='{parameter}'].ParameterValue\" --output text",
        stack_of(function)
    ))
}

/// Shows an output of the stack of a function.
fn show_output(function: &str, output: &str) -> Suggested {
    Suggested::aws(format!(
        "cloudformation describe-stacks --stack-name {} --query \
         \"Stacks[0].Outputs[?OutputKey=='{output}'].OutputValue\" --output text",
        stack_of(function)
    ))
}

/// Creates a copy of an endpoint configuration with the topics of the stack of a function, and updates the endpoint to
/// it.
pub fn connect_results(function: &str, endpoint: &str, config: &str) -> [Suggested; 2] {
    let arguments = format!(
        " --arg success {} --arg error {}",
        show_output(function, "SuccessTopicArn").output(),
        show_output(function, "ErrorTopicArn").output()
    );
    let change = ".AsyncInferenceConfig.OutputConfig.NotificationConfig += {SuccessTopic: $success, \
                  ErrorTopic: $error}";
    change_config(endpoint, config, "connected", &arguments, change)
}

/// Creates a copy of an endpoint configuration with another place for the results, and updates the endpoint to it.
pub fn move_results(endpoint: &str, config: &str, from: &str, to: &str) -> [Suggested; 2] {
    let change = format!(
        "(.AsyncInferenceConfig.OutputConfig[] | strings | select(. == \"{from}\")) = \"{to}\""
    );
    change_config(endpoint, config, "results", "", &change)
}

/// Creates a copy of an endpoint configuration, changed by `jq` with these arguments, and updates the endpoint to it.
/// The number of instances stays.
fn change_config(
    endpoint: &str,
    config: &str,
    suffix: &str,
    arguments: &str,
    change: &str,
) -> [Suggested; 2] {
    // A name has at most 63 characters.
    let beginning: String = config.chars().take(62 - suffix.len()).collect();
    let copy = format!("{beginning}-{suffix}");
    let present = Suggested::aws(format!(
        "sagemaker describe-endpoint-config --endpoint-config-name {config} --output json"
    ));
    let changed = Suggested::shell(format!(
        "{present} | jq{arguments} '.EndpointConfigName = \"{copy}\" | del(.EndpointConfigArn, .CreationTime) | \
         {change}'"
    ));
    [
        format!("sagemaker create-endpoint-config --cli-input-json {}", changed.output()),
        format!(
            "sagemaker update-endpoint --endpoint-name {endpoint} --endpoint-config-name {copy} \
             --retain-all-variant-properties"
        ),
    ]
    .map(Suggested::aws)
}

/// Subscribes a function to a topic.
pub fn subscribe(function: &str, topic: &str) -> [Suggested; 2] {
    let name = topic.rsplit(':').next().unwrap_or(topic);
    [
        Suggested::aws(format!(
            "lambda add-permission --function-name {function} --statement-id {name} --action lambda:InvokeFunction \
             --principal sns.amazonaws.com --source-arn {topic}"
        )),
        Suggested::aws(format!(
            "sns subscribe --topic-arn {topic} --protocol lambda --notification-endpoint {function}"
        )),
    ]
}

/// Turns on EventBridge for a bucket. The other notifications stay.
pub fn turn_event_bridge_on(bucket: &str) -> Suggested {
    Suggested::scalerctl(format!("connect-bucket {}", quoted(bucket)))
}

/// Shows the execution role of a model.
pub fn show_role(model: &str) -> Suggested {
    Suggested::aws(format!(
        "sagemaker describe-model --model-name {model} --query ExecutionRoleArn --output text"
    ))
}

/// Adds a value to a parameter of the stack of a function that is a list with commas.
pub fn add_to_parameter(function: &str, parameter: &str, value: &str) -> Suggested {
    let present = show_parameter(function, parameter);
    set_parameters(function, &format!("{parameter}=\"$({present} | sed 's/..*/&,/'){value}\""))
}

/// Shows the configuration of an endpoint.
pub fn show_config(endpoint: &str) -> Suggested {
    let name = Suggested::aws(format!(
        "sagemaker describe-endpoint --endpoint-name {endpoint} --query EndpointConfigName --output text"
    ));
    Suggested::aws(format!(
        "sagemaker describe-endpoint-config --endpoint-config-name {}",
        name.output()
    ))
}

/// Shows the routes of a function.
pub fn show_routes(function: &str) -> Suggested {
    Suggested::aws(format!(
        "lambda get-function-configuration --function-name {function} --query \
         Environment.Variables.SCALER_ROUTES --output text"
    ))
}

/// The name of the stack of a function, as a shell expression.
fn stack_of(function: &str) -> String {
    let name = function.split(':').nth(6).unwrap_or(function);
    Suggested::aws(format!(
        "cloudformation describe-stack-resources --physical-resource-id {} --query \
         'StackResources[0].StackName' --output text",
        quoted(name)
    ))
    .output()
}

/// Removes the registration.
pub fn deregister(id: &VariantId) -> Suggested {
    Suggested::aws(format!("application-autoscaling deregister-scalable-target {}", target(id)))
}

/// Lets a schedule of EventBridge Scheduler run each minute, from now on and without an end. An update replaces all
/// settings, so the present ones are read.
pub fn run_schedule(name: &str, group: &str, is_each_minute: bool) -> Suggested {
    let kept = [
        "Name",
        "GroupName",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "FlexibleTimeWindow",
        "Target",
    ];
    let kept = kept.map(|setting| format!("{setting}:{setting}")).join(",");
    let present = Suggested::aws(format!(
        "scheduler get-schedule --name {} --group-name {} --query '{{{kept}}}' --output json",
        quoted(name),
        quoted(group)
    ));
    let expression = if is_each_minute { String::new() } else { format!(" {EACH_MINUTE}") };
    Suggested::aws(format!(
        "scheduler update-schedule --state ENABLED{expression} --cli-input-json {}",
        present.output()
    ))
}

/// Lets a rule of EventBridge run each minute. Its targets stay.
pub fn run_rule(name: &str, is_each_minute: bool) -> Suggested {
    let name = quoted(name);
    Suggested::aws(match is_each_minute {
        true => format!("events enable-rule --name {name}"),
        false => format!("events put-rule --name {name} --state ENABLED {EACH_MINUTE}"),
    })
}

/// Deletes a schedule of EventBridge Scheduler.
pub fn delete_schedule(name: &str, group: &str) -> Suggested {
    Suggested::aws(format!(
        "scheduler delete-schedule --name {} --group-name {}",
        quoted(name),
        quoted(group)
    ))
}

/// Removes a target from a rule of EventBridge.
pub fn remove_target(rule: &str, target: &str) -> Suggested {
    Suggested::aws(format!(
        "events remove-targets --rule {} --ids {}",
        quoted(rule),
        quoted(target)
    ))
}

/// The option for a schedule that runs each minute.
const EACH_MINUTE: &str = "--schedule-expression 'rate(1 minute)'";

/// Creates a rule of EventBridge that invokes a function each minute. A schedule of EventBridge Scheduler would also
/// need a role.
pub fn create_schedule(function: &str) -> [Suggested; 3] {
    let arn = Arn::of(function).unwrap_or(Arn::UNKNOWN);
    // The name of a rule has at most 64 characters.
    let function_name: String =
        arn.resource.trim_start_matches("function:").chars().take(59).collect();
    let name = format!("{function_name}-tick");
    let Arn { partition, region, account, .. } = arn;
    [
        format!("events put-rule --name {name} {EACH_MINUTE}"),
        format!(
            "lambda add-permission --function-name {function} --statement-id {name} --action \
             lambda:InvokeFunction --principal events.amazonaws.com --source-arn \
             arn:{partition}:events:{region}:{account}:rule/{name}"
        ),
        format!("events put-targets --rule {name} --targets Id=tick,Arn={function}"),
    ]
    .map(Suggested::aws)
}

/// Deletes a scheduled action.
pub fn delete_action(id: &VariantId, name: &str) -> Suggested {
    Suggested::aws(format!(
        "application-autoscaling delete-scheduled-action {} --scheduled-action-name {}",
        target(id),
        quoted(name)
    ))
}

/// Registers a variant with `MinCapacity` 0. `MaxCapacity` is at least the desired capacity, because Application Auto
/// Scaling would scale in to it.
pub fn register_new(id: &VariantId, desired: Option<i32>) -> Suggested {
    let max = desired.unwrap_or(1).max(1);
    register(id, &format!("--min-capacity 0 --max-capacity {max}"))
}

/// Registers a variant and creates what else is missing, for a function that manages it. The command finds the variant
/// of an endpoint that has one.
pub fn register_endpoint(id: &VariantId, variants: usize) -> Suggested {
    let variant = match variants {
        1 => String::new(),
        _ => format!(" --variant {}", quoted(&id.variant)),
    };
    Suggested::scalerctl(format!("register {}{variant}", id.endpoint))
}

/// Sets the capacity of a variant.
pub fn set_capacity(id: &VariantId, count: i32) -> Suggested {
    Suggested::aws(format!(
        "sagemaker update-endpoint-weights-and-capacities --endpoint-name {} \
         --desired-weights-and-capacities VariantName={},DesiredInstanceCount={count}",
        id.endpoint, id.variant
    ))
}

/// Deletes a policy.
pub fn delete_policy(id: &VariantId, name: &str) -> Suggested {
    Suggested::aws(format!(
        "application-autoscaling delete-scaling-policy {} --policy-name {}",
        target(id),
        quoted(name)
    ))
}

/// Creates the scaling policy of the template.
pub fn put_backlog_policy(id: &VariantId) -> Suggested {
    let configuration = format!(
        "{{\"TargetValue\":5,\"CustomizedMetricSpecification\":{{\"Namespace\":\"AWS/SageMaker\",\
         \"MetricName\":\"ApproximateBacklogSizePerInstance\",\"Dimensions\":[{{\"Name\":\
         \"EndpointName\",\"Value\":\"{}\"}}],\"Statistic\":\"Average\"}},\"ScaleOutCooldown\":300,\
         \"ScaleInCooldown\":300}}",
        id.endpoint
    );
    Suggested::aws(format!(
        "application-autoscaling put-scaling-policy {} --policy-name \
         reactive-scaler-backlog-per-instance --policy-type TargetTrackingScaling \
         --target-tracking-scaling-policy-configuration '{configuration}'",
        target(id)
    ))
}

/// Creates a step scaling policy that adds an instance at zero.
pub fn put_wake_policy(id: &VariantId, name: &str) -> Suggested {
    Suggested::aws(format!(
        "application-autoscaling put-scaling-policy {} --policy-name {} --policy-type \
         StepScaling --step-scaling-policy-configuration '{{\"AdjustmentType\":\
         \"ChangeInCapacity\",\"MetricAggregationType\":\"Maximum\",\"Cooldown\":300,\
         \"StepAdjustments\":[{{\"MetricIntervalLowerBound\":0,\"ScalingAdjustment\":1}}]}}'",
        target(id),
        quoted(name)
    ))
}

/// Creates the alarm that triggers a policy while requests wait at zero instances.
pub fn put_wake_alarm(policy: &Policy) -> Suggested {
    wake_alarm(&policy.id, &policy.name, &quoted(&policy.arn))
}

/// The same for a policy whose ARN is not known yet.
pub fn put_alarm_of_new_policy(id: &VariantId, name: &str) -> Suggested {
    let arn = policy(id, name, " --query 'ScalingPolicies[0].PolicyARN' --output text");
    wake_alarm(id, name, &arn.output())
}

fn wake_alarm(id: &VariantId, policy: &str, action: &str) -> Suggested {
    Suggested::aws(format!(
        "cloudwatch put-metric-alarm --alarm-name {} --namespace AWS/SageMaker --metric-name \
         HasBacklogWithoutCapacity --dimensions Name=EndpointName,Value={} --statistic Maximum \
         --period 60 --evaluation-periods 2 --threshold 1 --comparison-operator \
         GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions {action}",
        quoted(&format!("{}-{policy}", id.endpoint)),
        id.endpoint
    ))
}

/// The file that a policy is saved to.
fn file_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("{}.json", name.chars().map(plain).collect::<String>())
}

/// Saves the settings of a target tracking policy to a file.
pub fn save_policy(id: &VariantId, name: &str) -> Suggested {
    let show =
        policy(id, name, " --query 'ScalingPolicies[0].TargetTrackingScalingPolicyConfiguration'");
    Suggested::shell(format!("{show} > {}", file_of(name)))
}

/// Creates a target tracking policy from that file.
pub fn put_saved_policy(id: &VariantId, name: &str) -> Suggested {
    Suggested::aws(format!(
        "application-autoscaling put-scaling-policy {} --policy-name {} --policy-type \
         TargetTrackingScaling --target-tracking-scaling-policy-configuration file://{}",
        target(id),
        quoted(name),
        file_of(name)
    ))
}

/// Shows a policy.
pub fn show_policy(id: &VariantId, name: &str) -> Suggested {
    policy(id, name, "")
}

/// Shows a policy, or the part that the options select.
fn policy(id: &VariantId, name: &str, options: &str) -> Suggested {
    Suggested::aws(format!(
        "application-autoscaling describe-scaling-policies --service-namespace sagemaker \
         --resource-id {} --policy-names {}{options}",
        id.resource_id(),
        quoted(name)
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{fs, path::Path};

    /// A command in a plain text would not name the account of the user's command.
    #[test]
    fn every_command_for_the_user_is_a_suggested_one() {
        let mut found = Vec::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                // Help and its examples.
                } else if !path.ends_with("args.rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    found.extend(plain_commands(&text).map(|line| format!("{path:?}: {line}")));
                }
            }
        }
        // It is about no profile.
        found.retain(|line| !line.ends_with("Suggested::shell(\"aws configure sso-session\");"));
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    /// The lines of code with a command at the beginning of a text or of a part of it.
    fn plain_commands(text: &str) -> impl Iterator<Item = &str> {
        let before = ["\"", "`", "$(", "&& ", "; ", ": ", "run ", "with "];
        let of_account =
            "wake sleep hold release pause resume verify doctor smoke status plot report";
        let of_account = of_account.split(' ').map(|command| format!("scalerctl {command}"));
        let programs = ["aws ".to_owned(), "sam deploy".to_owned()].into_iter().chain(of_account);
        let starts: Vec<String> = programs
            .flat_map(|program| before.map(|before| format!("{before}{program}")))
            .collect();
        let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
        let code = text[..tests].lines().filter(|line| !line.trim_start().starts_with("//"));
        code.filter(move |line| starts.iter().any(|start| line.contains(start)))
    }
}
