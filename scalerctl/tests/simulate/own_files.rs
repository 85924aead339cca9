//! What people have in place of policies from the AWS CLI: each file is played, or refused in words.

use std::fs;

use serde_json::json;

use super::{own_run::*, *};

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

/// Alone, and each file with policies with each file with alarms.
#[test]
fn each_file_is_played_or_refused_in_words() {
    let policies =
        ["policies-step-and-cpu.json", "policies-two.json", "policies-periods-30-120-300.json"];
    let alarms = [
        "alarm-of-step-policy.json",
        "alarms-of-an-account.json",
        "alarms-periods-30-120-300.json",
    ];
    let alone = policies.iter().chain(&alarms).map(|one| vec![fixture(one)]);
    let pairs =
        policies.iter().flat_map(|one| alarms.map(|other| vec![fixture(one), fixture(other)]));
    let mut played = 0;
    for files in alone.chain(pairs) {
        let output = scalerctl(&own("simulate", &files, &[]));
        let text = String::from_utf8(output.stdout).unwrap();
        match output.status.code() {
            Some(0) => {
                played += 1;
                for wrong in ["never", "had no datapoint"] {
                    assert!(!text.contains(wrong), "{files:?}: {text}");
                }
            }
            code => {
                let said = String::from_utf8(output.stderr).unwrap();
                assert_eq!(code, Some(2), "{files:?}: {said}");
                assert!(said.contains("what to do"), "{files:?}: {said}");
                // Alarms alone have no policy, so there is no file to name.
                let names_file = files.iter().any(|file| said.contains(file));
                assert!(
                    names_file || said.contains("none of the files has a"),
                    "{files:?}: {said}"
                );
            }
        }
    }
    assert!(played > 2, "{played}");
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
    contains(&stdout(&scalerctl(&own("simulate", &files, &[]))).replace('\n', " "), &notes);
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
