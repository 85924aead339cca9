//! The first lines: which policy wins, by how much money, and by how much delay.

use serde_json::json;

use super::*;

/// The sentences of the verdict. The text has them above the conditions.
fn verdict(arguments: &[&str]) -> Vec<String> {
    let document = stdout(&scalerctl(&[&["simulate", "--json"], arguments].concat()));
    let document: Value = serde_json::from_str(&document).unwrap();
    let sentences = document["verdict"]["text"].as_array().unwrap().iter();
    let sentences: Vec<String> = sentences.map(|it| it.as_str().unwrap().to_owned()).collect();
    let text = stdout(&scalerctl(&[&["simulate"], arguments].concat()));
    let (verdict, _) = text.split_once("\n\n").unwrap();
    assert_eq!(verdict.split_whitespace().collect::<Vec<_>>().join(" "), sentences.join(" "));
    // Each sentence begins a line.
    for sentence in &sentences {
        let begin = sentence.split(' ').take(3).collect::<Vec<_>>().join(" ");
        assert!(verdict.lines().any(|line| line.starts_with(&begin)), "{begin}: {verdict}");
    }
    fits(verdict);
    sentences
}

#[test]
fn the_lowest_bill_without_a_lost_request_wins_against_the_documented_pair() {
    let [first, second] = verdict(&["--price-per-hour", "1.41"]).try_into().unwrap();
    assert_eq!(
        first,
        "reactive-scaler-with-results wins: it costs 0.34 less than aws-documented-pair, and the median result is 3m \
         32s sooner."
    );
    assert_eq!(
        second,
        "The fastest is always-on: the median result is 6m 1s sooner, for 33.76 more."
    );
    // Without a price, in instance hours. backlog-per-instance bills nothing and has no result.
    let first = &verdict(&[])[0];
    assert!(first.contains("costs 0.24 instance hours less than aws-documented-pair"), "{first}");
}

/// Writes a policy of the user that scales out and in by HasBacklogWithoutCapacity, and with `alarm` one that scales out
/// after one datapoint. Returns the arguments.
fn own(alarm: bool) -> Vec<String> {
    let write = |name: &str, json: Value| {
        let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&file, json.to_string()).unwrap();
        ["--own".to_owned(), file.to_str().unwrap().to_owned()]
    };
    let dimensions = json!([{ "Name": "EndpointName", "Value": "whisper-prod" }]);
    let policy = |name: &str, kind: &str, configuration: Value| {
        json!({
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/whisper-prod/variant/blue",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "PolicyName": name,
            kind: configuration,
        })
    };
    let tracking = json!({
        "TargetValue": 0.5,
        "CustomizedMetricSpecification": {
            "MetricName": "HasBacklogWithoutCapacity",
            "Namespace": "AWS/SageMaker",
            "Dimensions": dimensions,
            "Statistic": "Maximum",
        },
    });
    let tracking = policy("mine", "TargetTrackingScalingPolicyConfiguration", tracking);
    if !alarm {
        return write("verdict-own.json", tracking).to_vec();
    }
    let steps = json!({
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
    });
    let steps = policy("out", "StepScalingPolicyConfiguration", steps);
    let alarm = json!({
        "AlarmName": "waiting",
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": dimensions,
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": ["arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/\
                          sagemaker/endpoint/whisper-prod/variant/blue:policyName/out"],
    });
    let policies = write("verdict-own-two.json", json!([tracking, steps]));
    [policies, write("verdict-own-alarm.json", alarm)].concat()
}

#[test]
fn the_policy_of_the_user_is_the_yardstick() {
    let own = own(false);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    fits(&stdout(&scalerctl(&[&["simulate"], &own[..]].concat())));
    let first = &verdict(&[&own[..], &["--price-per-hour", "1.41"]].concat())[0];
    let expected = "less than own, and the median result is 4m 32s sooner.";
    assert!(first.ends_with(expected), "{first}");
    // Alone, it wins.
    let alone = verdict(&[&own[..], &["--policy", "own,backlog-per-instance"]].concat());
    assert_eq!(alone, ["own wins: no other policy that serves every request costs less."]);
}

/// One datapoint instead of two, and fifteen datapoints to scale in instead of three.
#[test]
fn a_cheaper_and_slower_winner_is_called_slower() {
    let own = own(true);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let arguments = ["--price-per-hour", "1.41", "--policy", "own,results-metric"];
    let [first, second] = verdict(&[&own[..], &arguments].concat()).try_into().unwrap();
    assert!(first.starts_with("results-metric wins: it costs 0."), "{first}");
    assert!(first.ends_with(" less than own, but the median result is 1m later."), "{first}");
    assert!(
        second.starts_with("The fastest is own: the median result is 1m sooner, for 0."),
        "{second}"
    );
}

#[test]
fn a_policy_that_loses_a_request_does_not_win() {
    let arguments = ["--workload", "slow-jobs", "--days", "7", "--policy"];
    let first = &verdict(&[&arguments[..], &["aws-documented-pair,always-on"]].concat())[0];
    assert!(
        first.starts_with(
            "always-on wins: aws-documented-pair leaves 1 of 27 requests without a result. It costs "
        ) && first.contains(" more than aws-documented-pair, "),
        "{first}"
    );
    let nobody = verdict(&["--policy", "backlog-per-instance"]);
    let said =
        "No policy wins: none serves every request. backlog-per-instance serves the most, 0 of 1.";
    assert_eq!(nobody, [said]);
}

/// The yardstick is simulated, also if it is not shown.
#[test]
fn the_documented_pair_is_the_yardstick_of_a_selection() {
    let first = &verdict(&["--policy", "reactive-scaler,always-on"])[0];
    assert_eq!(
        first,
        "reactive-scaler wins among the policies shown: it costs 0.01 instance hours more than aws-documented-pair, \
         and the median result is 3m 32s sooner."
    );
}

/// The habits of other services cannot be deployed on SageMaker.
#[test]
fn what_cannot_be_deployed_does_not_win() {
    let both = ["--json", "--policy", "as-runpod,reactive-scaler"];
    let document = stdout(&scalerctl(&[&["simulate"], &both[..]].concat()));
    let document: Value = serde_json::from_str(&document).unwrap();
    let hours = |index: usize| figure(&document["policies"][index]["outcome"], "/billed_hours");
    assert!(hours(0) < hours(1), "{document}");
    assert_eq!(document["verdict"]["winner"], "reactive-scaler");
    let alone = verdict(&["--policy", "as-runpod"]);
    assert_eq!(alone, ["No policy wins: none of these can be deployed on SageMaker."]);
}

/// The members of the JSON document are the figures of the sentence.
#[test]
fn the_json_document_has_the_verdict() {
    let document = stdout(&scalerctl(&["simulate", "--json", "--price-per-hour", "1.41"]));
    let document: Value = serde_json::from_str(&document).unwrap();
    let verdict = &document["verdict"];
    assert_eq!(verdict["compared_with"], "aws-documented-pair");
    assert_eq!(verdict["fastest"], "always-on");
    assert_eq!(verdict["sooner_seconds"], 212.0);
    let saved = verdict["saved_price"].as_f64().unwrap();
    assert!((saved - 1.41 * verdict["saved_billed_hours"].as_f64().unwrap()).abs() < 1e-9);
    assert!((saved - 0.34).abs() < 0.005, "{saved}");
}
