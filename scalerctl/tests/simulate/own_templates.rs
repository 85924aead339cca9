//! Templates of CloudFormation, and JSON of Terraform, in place of policies.

use std::fs;

use super::own_run::*;

#[test]
fn a_template_of_cloudformation_is_played() {
    let template = fixture("template.yaml");
    is_documented_pair(std::slice::from_ref(&template));
    contains(
        &explained(std::slice::from_ref(&template), &[]),
        &[
            "passed over: 1 scaling policy of other services",
            "passed over: 1 alarm without an action that is one of these policies",
            "triggered policy ${AWS::StackName}-per-instance",
        ],
    );
    contains(
        &explained(&[fixture("cdk.template.json")], &["--workload", "single"])
            .replace("no-scale-in-policy: no policy scales in", ""),
        &["triggered policy StackTargetWaitingUpperPolicy40B1 [1 of 1 datapoints at or above 1]"],
    );
}

#[test]
fn a_resource_of_cloudformation_is_played() {
    let resource = "Type: AWS::ApplicationAutoScaling::ScalingPolicy\nProperties:\n  PolicyName: mine\n  \
                    PolicyType: TargetTrackingScaling\n  ResourceId: endpoint/whisper-prod/variant/blue\n  \
                    ScalableDimension: sagemaker:variant:DesiredInstanceCount\n  ServiceNamespace: sagemaker\n  \
                    TargetTrackingScalingPolicyConfiguration:\n    TargetValue: \"0.5\"\n    \
                    CustomizedMetricSpecification:\n      MetricName: HasBacklogWithoutCapacity\n      \
                    Namespace: AWS/SageMaker\n      Statistic: Maximum\n      Dimensions:\n      - Name: \
                    EndpointName\n        Value: whisper-prod\n";
    let alone = file("own-resource.yaml", resource);
    assert_eq!(figures("own", &[alone], &[]), figures("has-backlog", &[], &[]));
    // What describe-scaling-policies --output yaml prints.
    let printed = "ScalingPolicies:\n- PolicyName: mine\n  PolicyType: TargetTrackingScaling\n  ResourceId: \
                   endpoint/whisper-prod/variant/blue\n  ScalableDimension: \
                   sagemaker:variant:DesiredInstanceCount\n  ServiceNamespace: sagemaker\n  Alarms: []\n  \
                   CreationTime: '2026-11-01T09:00:00.1+00:00'\n  TargetTrackingScalingPolicyConfiguration:\n    \
                   TargetValue: 0.5\n    CustomizedMetricSpecification:\n      MetricName: \
                   HasBacklogWithoutCapacity\n      Namespace: AWS/SageMaker\n      Statistic: Maximum\n      \
                   Dimensions: [{Name: EndpointName, Value: whisper-prod}]\n";
    let printed = file("own-printed.yaml", printed);
    assert_eq!(figures("own", &[printed], &[]), figures("has-backlog", &[], &[]));
    let indented: String = resource.lines().map(|line| format!("  {line}\n")).collect();
    let named = file("own-resource-named.yaml", &format!("Mine:\n{indented}"));
    assert_eq!(figures("own", &[named], &[]), figures("has-backlog", &[], &[]));
}

#[test]
fn a_function_of_a_template_in_a_field_that_matters_is_refused_by_name() {
    let template = fs::read_to_string(fixture("template.yaml")).unwrap();
    for (from, to, said) in [
        (
            "TargetValue: 5.0",
            "TargetValue: !Ref Target",
            "Resources.PerInstance.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue of \
             ${AWS::StackName}-per-instance is !Ref Target, whose value is not in the file; write the value",
        ),
        (
            "Threshold: 1\n",
            "Threshold: !FindInMap [A, B, C]\n",
            "Resources.Waiting.Properties.Threshold of Waiting is !FindInMap",
        ),
        (
            "- !Ref LeaveZero",
            "- !If [Scales, !Ref LeaveZero, !Ref Topic]",
            "Resources.Waiting.Properties.AlarmActions[0] is !If, which decides whether the policy LeaveZero is the \
             action; write !Ref LeaveZero",
        ),
        (
            "ScalingTargetId: !Ref Target",
            "ScalingTargetId: !ImportValue Target",
            "Resources.LeaveZero.Properties.ScalingTargetId names a scalable target that is not in the file",
        ),
        (
            "{Name: EndpointName, Value: !Ref EndpointName}",
            "{Name: EndpointName, Value: !GetAtt Endpoint.EndpointName}",
            "Resources.Waiting.Properties.Dimensions of Waiting names the endpoint ${Endpoint.EndpointName}, and the policy the \
             endpoint ${EndpointName}: the file does not say whether they are the same",
        ),
        (
            "Resources:",
            "Resources: *all",
            "is neither JSON nor YAML: while parsing node, found unknown anchor at",
        ),
    ] {
        assert!(template.contains(from), "{from}");
        let changed = file("own-function.yaml", &template.replacen(from, to, 1));
        contains(&refused(&[changed], &[]), &[said]);
    }
}

#[test]
fn the_state_of_terraform_is_played_and_a_plan_is_refused() {
    let state = fixture("terraform-state.json");
    is_documented_pair(std::slice::from_ref(&state));
    contains(
        &explained(std::slice::from_ref(&state), &[]),
        &["passed over: 1 scaling policy of other services"],
    );
    contains(
        &refused(&[fixture("terraform-plan.json")], &[]),
        &["planned_values is of a plan", "give the output of terraform show -json without a plan"],
    );
    // A field in Terraform's spelling.
    let text = fs::read_to_string(&state).unwrap().replace("ChangeInCapacity", "Change");
    contains(
        &refused(&[file("own-terraform.json", &text)], &[]),
        &[
            "module.scaling.aws_appautoscaling_policy.leave_zero.step_scaling_policy_configuration.adjustment_type of \
           leave-zero is \"Change\"; it must be one of",
        ],
    );
    contains(
        &refused(
            &[file("own-main.tf", "resource \"aws_appautoscaling_policy\" \"x\" {\n}\n")],
            &[],
        ),
        &["is Terraform's own language; give the output of terraform show -json"],
    );
}
