//! What people have in place of policies: each file is played, or refused in words.

use std::{fs, path::PathBuf};

use serde_json::json;

use super::*;

/// A file of the folder `own`, whose README says where each is from.
fn fixture(name: &str) -> String {
    format!("{}/tests/simulate/own/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str, text: &str) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn own<'a>(command: &'a str, files: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let files = files.iter().flat_map(|file| ["--own", file.as_str()]);
    [command, "--policy", "own"].into_iter().chain(files).chain(more.iter().copied()).collect()
}

/// The explanation of files that are played.
fn explained(files: &[String], more: &[&str]) -> String {
    let text = stdout(&scalerctl(&own("explain", files, more)));
    assert!(!text.contains("had no datapoint") && !text.contains(": never"), "{text}");
    text
}

/// The words with which files are refused.
fn refused(files: &[String], more: &[&str]) -> String {
    let output = scalerctl(&own("simulate", files, more));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(output.stdout.is_empty());
    stderr
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

/// The figures, without what was passed over.
fn figures(policy: &str, files: &[String], more: &[&str]) -> Value {
    let files = files.iter().flat_map(|file| ["--own", file.as_str()]);
    let arguments: Vec<&str> = files.chain(more.iter().copied()).collect();
    let mut outcome = outcome(policy, &arguments);
    outcome.as_object_mut().unwrap().remove("notes");
    outcome
}

fn is_documented_pair(files: &[String]) {
    assert_eq!(figures("own", files, &[]), figures("aws-documented-pair", &[], &[]));
}

#[test]
fn a_step_policy_acts_beside_one_on_a_metric_that_is_not_played() {
    let policies = fixture("policies-step-and-cpu.json");
    let files = [policies.clone(), fixture("alarm-of-step-policy.json")];
    let text = explained(&files, &[]);
    contains(
        &text,
        &[
            "scale out: monitor alarm backlog in state ALARM triggered policy backlog [2 of 2 datapoints at or above \
             1], once",
            "scale in:  not known, because not all policies are played",
            "not-evaluated: policy cpu is not played: the simulation does not know the values of CPUUtilization of \
             /aws/sagemaker/Endpoints (what to do: give them with `--metric-values CPUUtilization=FILE`)",
        ],
    );
    let table = stdout(&scalerctl(&own("simulate", &files, &[])));
    contains(&table, &["own: not-evaluated: policy cpu is not played"]);
    assert!(!table.contains("never"), "{table}");
    // The first file alone.
    contains(
        &refused(&[policies], &[]),
        &[
            "none of the policies can be played",
            "the alarm of policy backlog is in none of the files\nwhat to do: also give the output of\n  aws cloudwatch \
             describe-alarms --alarm-names 'a'\n",
            "policy cpu is not played",
        ],
    );
}

#[test]
fn a_metric_of_the_user_is_played_from_its_values() {
    let files = [fixture("policies-step-and-cpu.json"), fixture("alarm-of-step-policy.json")];
    let mut csv = "at,value\n".to_owned();
    for minute in 0..60 {
        let value = if minute < 40 { 10 } else { 90 };
        csv.push_str(&format!("2030-01-07T09:{minute:02}:00Z,{value}\n"));
    }
    let csv = file("own-cpu.csv", &csv);
    let values = format!("CPUUtilization={csv}");
    let text = explained(&files, &["--metric-values", &values]);
    // 15 datapoints below 45 from 09:00; the first two instances are there at 09:26. The third datapoint above 50.
    contains(
        &text,
        &[
            "AlarmLow CPUUtilization: datapoint 15 of 15 below 45: 10 for 09:14 (published 2m late)",
            "AlarmHigh CPUUtilization: datapoint 3 of 3 above 50: 90 for 09:42 (published 2m late)",
            "triggered policy cpu",
            &format!("CPUUtilization has the values of {csv}, whatever the policies do"),
        ],
    );
    // Other days, other names, and a metric that the simulation plays itself.
    let late = file("own-cpu-late.csv", "at,value\n2031-01-07T09:00:00Z,1\n");
    for (values, said) in [
        (
            format!("CPUUtilization={late}"),
            "none of its 1 times is in the simulated time, from 2030-01-07T00:00:00Z to",
        ),
        (
            format!("GPUUtilization={csv}"),
            "is no metric of the policies that needs values\nwhat to do: give those of CPUUtilization",
        ),
        (
            format!("HasBacklogWithoutCapacity={csv}"),
            "is no metric of the policies that needs values",
        ),
        (
            format!("CPUUtilization={}", file("own-cpu-columns.csv", "time,cpu\n1,2\n")),
            "line 1: the columns must be at and value; they are time, cpu",
        ),
        (
            format!(
                "CPUUtilization={}",
                file("own-cpu-number.csv", "at,value\n2030-01-07T09:00:00Z,x\n")
            ),
            "line 2: value \"x\" is not a number",
        ),
        (
            format!("CPUUtilization={}", file("own-cpu-time.csv", "at,value\n09:00,1\n")),
            "line 2: at \"09:00\" is not a time in RFC 3339",
        ),
        ("CPUUtilization".to_owned(), "it must be NAME=FILE"),
    ] {
        contains(&refused(&files, &["--metric-values", &values]), &[said]);
    }
}

#[test]
fn alarms_of_a_whole_account_are_passed_over_and_counted() {
    let files = [fixture("policies-two.json"), fixture("alarms-of-an-account.json")];
    let notes = [
        "passed over: 2 alarms without an action that is one of these policies",
        "passed over: 2 alarms of target tracking, which the simulation creates itself",
    ];
    let text = explained(&files, &[]);
    contains(&text, &["triggered policy DynamicScaleUp [1 of 1 datapoints at or above 1]"]);
    contains(&text, &notes);
    contains(&stdout(&scalerctl(&own("simulate", &files, &[]))), &notes);
    let arguments = ["--own", &files[0], "--own", &files[1]];
    assert_eq!(outcome("own", &arguments)["notes"], json!(notes));
    let alarms = fs::read_to_string(&files[1]).unwrap();
    let composite = alarms.replace(
        "\"CompositeAlarms\": []",
        "\"CompositeAlarms\": [{ \"AlarmName\": \"all\", \"AlarmRule\": \"ALARM(up)\" }]",
    );
    let composite = [files[0].clone(), file("own-composite.json", &composite)];
    contains(
        &explained(&composite, &[]),
        &["passed over: 1 composite alarm that cannot trigger a policy"],
    );
    // Target tracking has its two alarms, and not four.
    let document = stdout(&scalerctl(&own("explain", &files, &["-o", "json"])));
    assert_eq!(
        document.matches("AlarmHigh ApproximateBacklogSizePerInstance is in OK").count(),
        1,
        "{document}"
    );
}

#[test]
fn the_story_counts_the_periods_of_each_alarm() {
    let files =
        [fixture("policies-periods-30-120-300.json"), fixture("alarms-periods-30-120-300.json")];
    let text = explained(&files, &[]);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(": datapoint ")).collect();
    let of = |alarm: &str| -> Vec<&str> {
        let name = format!(" UTC  {alarm}: ");
        lines.iter().filter_map(|line| Some(line.split_once(&name)?.1)).collect()
    };
    assert_eq!(
        of("up"),
        ["datapoint 1 of 1 at or above 1: 1 for 09:15 (published 2m late)"],
        "{text}"
    );
    let down = of("down");
    contains(
        &down.join("\n"),
        &["datapoint 1 of 2 at or below 0: 0 for 09:", "datapoint 2 of 2 at or below 0: 0 for 09:"],
    );
    // Each of its periods is named with both ends, and they are 2 minutes apart.
    assert!(down.iter().all(|line| line.contains(" to 09:")), "{text}");
    contains(&text, &["[2 of 2 datapoints of 120 s at or below 0]"]);
    let zero = of("zero").join("\n");
    contains(
        &zero,
        &[
            "datapoint 1 of 3 at or below 0: 0 for 09:25 to 09:30",
            "datapoint 2 of 3 at or below 0: 0 for 09:30 to 09:35",
        ],
    );
    // The instance is gone, and with it the datapoints.
    assert_eq!(zero.lines().count(), 2, "{text}");
    contains(
        &text,
        &[
            "zero is in ALARM with 2 of 3 datapoints, and the others are missing; it triggers its policy",
        ],
    );
}

#[test]
fn an_alarm_of_30_seconds_counts_its_periods() {
    let alarms = fs::read_to_string(fixture("alarms-periods-30-120-300.json")).unwrap();
    let alarms = alarms.replacen("\"Period\": 60", "\"Period\": 30", 1);
    let files = [fixture("policies-periods-30-120-300.json"), file("own-30-seconds.json", &alarms)];
    contains(
        &explained(&files, &[]),
        &[
            "up: datapoint 1 of 1 at or above 1: 1 for 30 s from 09:15:00 (published",
            "period-below-metric: the alarm up has a period of 30 s",
        ],
    );
}

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

#[test]
fn the_configuration_of_the_examples_of_the_cli_is_played() {
    let tracking = json!({
        "TargetValue": 0.5,
        "CustomizedMetricSpecification": {
            "MetricName": "HasBacklogWithoutCapacity",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{ "Name": "EndpointName", "Value": "whisper-prod" }],
            "Statistic": "Maximum",
        },
    });
    let config = file("config.json", &tracking.to_string());
    assert_eq!(
        figures("own", std::slice::from_ref(&config), &[]),
        figures("has-backlog", &[], &[])
    );
    contains(&explained(&[config], &[]), &["triggered policy config ["]);
    // A configuration has no name: that of its file is the policy's.
    let steps = json!({
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
    });
    let backlog = file("backlog.json", &steps.to_string());
    let alarm = fixture("alarm-of-step-policy.json");
    let text = stdout(&scalerctl(&own("explain", &[backlog, alarm.clone()], &[])));
    contains(&text, &["triggered policy backlog [2 of 2 datapoints at or above 1], once"]);
    let other = file("own-config.json", &steps.to_string());
    contains(
        &refused(&[other, alarm], &[]),
        &["the alarm of policy own-config is in none of the files"],
    );
}

/// Policies of the AWS CLI for `endpoint/NAME/variant/VARIANT`.
fn has_backlog(endpoint: &str, variant: &str) -> Value {
    json!({
        "PolicyName": "mine",
        "ServiceNamespace": "sagemaker",
        "ResourceId": format!("endpoint/{endpoint}/variant/{variant}"),
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 0.5,
            "CustomizedMetricSpecification": {
                "MetricName": "HasBacklogWithoutCapacity",
                "Namespace": "AWS/SageMaker",
                "Dimensions": [{ "Name": "EndpointName", "Value": endpoint }],
                "Statistic": "Maximum",
            },
        },
    })
}

#[test]
fn one_of_several_endpoints_is_chosen_by_name() {
    let mut component = has_backlog("whisper", "blue");
    component["ResourceId"] = "inference-component/whisper".into();
    component["ScalableDimension"] = "sagemaker:inference-component:DesiredCopyCount".into();
    let alone = [file("own-component.json", &component.to_string())];
    contains(
        &refused(&alone, &[]),
        &["ScalableDimension of mine must be sagemaker:variant:DesiredInstanceCount"],
    );
    let all = json!({ "ScalingPolicies": [
        has_backlog("whisper", "blue"), has_backlog("whisper", "green"), has_backlog("llama", "AllTraffic"), component,
    ]});
    let all = [file("own-several.json", &all.to_string())];
    contains(
        &refused(&all, &[]),
        &[
            "scaling policies of 3 endpoints or variants: llama, whisper/blue, whisper/green\nwhat to do: choose one",
        ],
    );
    contains(&refused(&all, &["--own-endpoint", "whisper"]), &["whisper/blue, whisper/green"]);
    contains(
        &refused(&all, &["--own-endpoint", "other"]),
        &[
            "--own-endpoint other: none of the files has a scaling policy of it\nwhat to do: name one of: llama, whisper/blue",
        ],
    );
    for name in ["llama", "whisper/green"] {
        let more = ["--own-endpoint", name];
        assert_eq!(figures("own", &all, &more), figures("has-backlog", &[], &[]), "{name}");
        contains(
            &explained(&all, &more),
            &[
                "passed over: 3 scaling policies of other endpoints, variants or inference components",
            ],
        );
    }
}

/// A step policy, and its alarm on these metrics.
fn with_math(name: &str, metrics: Value) -> [String; 2] {
    let policies = fs::read_to_string(fixture("policies-step-and-cpu.json")).unwrap();
    let mut policies: Value = serde_json::from_str(&policies).unwrap();
    policies["ScalingPolicies"].as_array_mut().unwrap().truncate(1);
    let alarm = fs::read_to_string(fixture("alarm-of-step-policy.json")).unwrap();
    let mut alarm: Value = serde_json::from_str(&alarm).unwrap();
    for field in ["MetricName", "Namespace", "Dimensions", "Period", "Statistic"] {
        alarm.as_object_mut().unwrap().remove(field);
    }
    alarm["Metrics"] = metrics;
    [
        file(&format!("own-math-policies-{name}.json"), &policies.to_string()),
        file(&format!("own-math-{name}.json"), &alarm.to_string()),
    ]
}

fn math_metric(id: &str, metric: &str) -> Value {
    json!({
        "Id": id,
        "ReturnData": false,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": metric,
                "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
            },
            "Period": 60,
            "Stat": "Maximum",
        },
    })
}

#[test]
fn metric_math_over_metrics_that_are_played_is_evaluated() {
    let metrics = |expression: &str| {
        json!([
            { "Id": "e1", "Expression": expression, "ReturnData": true },
            math_metric("backlog", "ApproximateBacklogSize"),
            math_metric("each", "ApproximateBacklogSizePerInstance"),
            math_metric("waits", "HasBacklogWithoutCapacity"),
        ])
    };
    // One request waits from 09:15:27, without an instance: the backlog is 1, and per instance there is no value.
    for (number, expression) in [
        "waits",
        "IF(waits > 0 AND backlog >= 1, 1, 0)",
        "IF(waits, backlog)",
        "SUM([backlog, waits]) / 2",
        "SUM(METRICS()) - 1",
        "FILL(each, 0) + backlog",
        "MAX([FILL(each, REPEAT), backlog])",
        "MIN([backlog, waits]) * ABS(-1) ^ 2",
        "CEIL(backlog / 3) + FLOOR(waits / 2)",
        "backlog * PERIOD(backlog) / 60",
        "(backlog == 1 || waits == 1) && NOTHING",
    ]
    .iter()
    .enumerate()
    {
        let mut metrics = metrics(expression);
        if expression.contains("NOTHING") {
            metrics
                .as_array_mut()
                .unwrap()
                .push(json!({ "Id": "NOTHING", "Expression": "1", "ReturnData": false }));
        }
        let text = explained_out(&with_math(&format!("played-{number}"), metrics));
        contains(
            &text,
            &[
                "backlog: datapoint 1 of 2 at or above 1: 1 for 09:15 (published 2m late)",
                "backlog: datapoint 2 of 2 at or above 1: 1 for 09:16 (published 2m late)",
                "desired capacity 0 -> 1 (monitor alarm backlog",
            ],
        );
    }
    // Without a value of one operand, there is none.
    let text =
        stdout(&scalerctl(&own("explain", &with_math("absent", metrics("backlog + each")), &[])));
    assert!(!text.contains("backlog: datapoint"), "{text}");
    for (number, (expression, said)) in [
        (
            "ANOMALY_DETECTION_BAND(backlog)",
            "has ANOMALY_DETECTION_BAND, which the simulation does not have; it has ABS",
        ),
        ("RATE(backlog)", "has RATE, which the simulation does not have"),
        ("SUM(backlog)", "has SUM of one metric, which is its SUM over a time range"),
        ("FILL(backlog, LINEAR)", "has FILL with LINEAR"),
        ("backlog +", "has \"\", which the simulation cannot read"),
        ("backlog + other", "names other, which is no Id of Metrics"),
        ("[backlog, waits]", "is several time series, and an alarm needs one"),
        ("1 + 1", "is a number, and an alarm needs a time series"),
        ("IF(backlog)", "has IF with 1 arguments; it must have 3"),
        ("e1 + 1", "names e1, whose expression names itself"),
        (
            "SELECT MAX(ApproximateBacklogSize) FROM SCHEMA(\"AWS/SageMaker\")",
            "has the Metrics Insights query e1",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let files = with_math(&format!("refused-{number}"), metrics(expression));
        contains(&refused(&files, &[]), &["Metrics of backlog has the", said]);
    }
}

/// As [`explained`], of a policy that only scales out.
fn explained_out(files: &[String]) -> String {
    let text = stdout(&scalerctl(&own("explain", files, &[])));
    assert!(!text.contains("had no datapoint") && !text.contains("scale out: never"), "{text}");
    text
}

#[test]
fn metric_math_with_a_metric_that_is_not_played_or_other_periods_is_refused() {
    let mut cpu = math_metric("cpu", "CPUUtilization");
    cpu["MetricStat"]["Metric"]["Namespace"] = "/aws/sagemaker/Endpoints".into();
    let with = |second: Value| {
        json!([
            { "Id": "e1", "Expression": "MAX(METRICS())", "ReturnData": true },
            math_metric("backlog", "ApproximateBacklogSize"),
            second,
        ])
    };
    let files = with_math("cpu", with(cpu));
    contains(
        &refused(&files, &[]),
        &[
            "the alarm backlog of policy backlog is not played: the simulation does not know the values of CPUUtilization",
        ],
    );
    let csv = file("own-math-cpu.csv", "at,value\n2030-01-07T08:00:00Z,0\n");
    let values = format!("CPUUtilization={csv}");
    contains(
        &stdout(&scalerctl(&own("explain", &files, &["--metric-values", &values]))),
        &["backlog: datapoint 2 of 2 at or above 1: 1 for 09:16"],
    );
    let mut slow = math_metric("slow", "HasBacklogWithoutCapacity");
    slow["MetricStat"]["Period"] = 300.into();
    contains(
        &refused(&with_math("periods", with(slow)), &[]),
        &[
            "has metrics with the periods 60 s and 300 s; the simulation has expressions over one period",
        ],
    );
    let mut returned = math_metric("waits", "HasBacklogWithoutCapacity");
    returned["ReturnData"] = true.into();
    contains(
        &refused(&with_math("returned", with(returned)), &[]),
        &[
            "must have ReturnData true for one of its members, and false for the others; it is true for: e1, waits",
        ],
    );
}

#[test]
fn target_tracking_on_metric_math_is_played() {
    let mut policy = has_backlog("my-endpoint", "AllTraffic");
    let specification = json!({ "Metrics": [
        { "Id": "e1", "Expression": "IF(waits > 0, 1, 0)", "ReturnData": true },
        {
            "Id": "waits",
            "ReturnData": false,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker",
                    "MetricName": "HasBacklogWithoutCapacity",
                    "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
                },
                "Stat": "Maximum",
            },
        },
    ]});
    policy["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"] =
        specification;
    let math = [file("own-tracking-math.json", &policy.to_string())];
    assert_eq!(figures("own", &math, &[]), figures("has-backlog", &[], &[]));
}

#[test]
fn an_explanation_is_also_json() {
    let files =
        [fixture("policies-periods-30-120-300.json"), fixture("alarms-periods-30-120-300.json")];
    let text = stdout(&scalerctl(&own("explain", &files, &["-o", "json"])));
    let document: Value = serde_json::from_str(&text).unwrap();
    let policy = &document["policies"][0];
    assert_eq!(policy["policy"], "own");
    assert_eq!(policy["scale_out"]["causes"][0]["times"], 1, "{policy}");
    assert!(policy["scale_in"]["after_seconds"].as_f64().is_some_and(|it| it > 0.0), "{policy}");
    let lines = policy["lines"].as_array().unwrap();
    let arrival = lines.iter().find(|line| line["kind"] == "arrival").unwrap();
    assert_eq!(arrival["what"], "1 input arrives");
    assert!(arrival["at"].as_str().unwrap().starts_with("2030-01-07T09:15:27"), "{lines:?}");
    for kind in ["datapoint", "alarm", "request", "instance"] {
        assert!(lines.iter().any(|line| line["kind"] == kind), "{kind}: {lines:?}");
    }
    // The same lines as the text.
    let text = explained(&files, &[]);
    for line in lines {
        contains(&text, &[line["what"].as_str().unwrap()]);
    }
}
