//! CloudWatch alarms.

use crate::{expected::*, names_and_times::*, sent::*};

/// An alarm in its three forms.
fn alarm_forms(metric: &str, namespace: &str, state: &str) -> [Value; 3] {
    let mut message = message_of("alarm-in-sns");
    message["NewStateValue"] = json!(state);
    message["Trigger"]["MetricName"] = json!(metric);
    message["Trigger"]["Namespace"] = json!(namespace);
    let other = |name: &str, data: &str| {
        let mut event = event(name);
        event[data]["state"]["value"] = json!(state);
        let stat = &mut event[data]["configuration"]["metrics"][0]["metricStat"];
        stat["metric"]["name"] = json!(metric);
        stat["metric"]["namespace"] = json!(namespace);
        event
    };
    [in_sns(&message), other("alarm-direct", "alarmData"), other("alarm-eventbridge", "detail")]
}

#[test]
fn only_a_backlog_alarm_in_alarm_wakes() {
    let cases = [
        ("ApproximateBacklogSize", "AWS/SageMaker", "ALARM", true),
        ("ApproximateBacklogSizePerInstance", "AWS/SageMaker", "ALARM", true),
        ("HasBacklogWithoutCapacity", "AWS/SageMaker", "ALARM", true),
        ("ApproximateAgeOfOldestRequest", "AWS/SageMaker", "ALARM", true),
        ("HasBacklogWithoutCapacity", "AWS/SageMaker", "OK", false),
        ("HasBacklogWithoutCapacity", "AWS/SageMaker", "INSUFFICIENT_DATA", false),
        ("HasBacklogWithoutCapacity", "AWS/SageMaker", "alarm", false),
        ("ModelLatency", "AWS/SageMaker", "ALARM", false),
        ("InvocationsProcesssed", "AWS/SageMaker", "ALARM", false),
        ("ApproximateBacklogSize", "Custom", "ALARM", false),
        ("CPUUtilization", "/aws/sagemaker/Endpoints", "ALARM", false),
    ];
    for (metric, namespace, state, wakes) in cases {
        for alarm in alarm_forms(metric, namespace, state) {
            let decoded = read(&alarm);
            let expected = if wakes { vec![alarm_of(None)] } else { vec![] };
            assert_eq!(decoded.signals, signals(expected).signals, "{metric} {namespace} {state}");
            assert_eq!(decoded.ignored.len(), usize::from(!wakes), "{metric} {namespace} {state}");
        }
    }
}

#[test]
fn dimensions_are_read_in_every_spelling() {
    let spellings = [
        json!([
            {"value": "v", "name": "VariantName"},
            {"value": "my-endpoint", "name": "EndpointName"},
        ]),
        json!([
            {"Name": "EndpointName", "Value": "my-endpoint"},
            {"Name": "VariantName", "Value": "v"},
        ]),
        json!([
            7,
            {"name": "EndpointName"},
            {"name": "EndpointName", "value": "my-endpoint"},
            {"name": "VariantName", "value": "v"},
        ]),
        json!({"EndpointName": "my-endpoint", "VariantName": "v"}),
    ];
    for dimensions in spellings {
        let mut message = message_of("alarm-in-sns");
        message["Trigger"]["Dimensions"] = dimensions.clone();
        let metric = "/configuration/metrics/0/metricStat/metric/dimensions";
        let direct = with("alarm-direct", &format!("/alarmData{metric}"), dimensions.clone());
        let on_bus = with("alarm-eventbridge", &format!("/detail{metric}"), dimensions.clone());
        for alarm in [in_sns(&message), direct, on_bus] {
            assert_eq!(read(&alarm), signals([alarm_of(Some("v"))]), "{dimensions}");
        }
    }
}

#[test]
fn an_alarm_that_names_no_endpoint_is_ignored() {
    let nameless = json!({"EndpointName": ""});
    let shapes = [json!(null), json!([]), json!({}), nameless, json!("EndpointName"), json!(7)];
    for dimensions in shapes {
        let mut message = message_of("alarm-in-sns");
        message["Trigger"]["Dimensions"] = dimensions.clone();
        let decoded = read(&in_sns(&message));
        assert_eq!((decoded.signals.len(), decoded.ignored.len()), (0, 1), "{dimensions}");
    }
    let mut message = message_of("alarm-in-sns");
    message.as_object_mut().unwrap().remove("Trigger");
    assert_eq!(read(&in_sns(&message)).ignored.len(), 1);
}

#[test]
fn metric_math_wakes_the_endpoints_of_its_backlog_metrics_alone() {
    let metric = |name: &str, endpoint: &str, variant: Option<&str>| {
        let mut dimensions = json!({ "EndpointName": endpoint });
        if let Some(variant) = variant {
            dimensions["VariantName"] = json!(variant);
        }
        let metric = json!({"namespace": "AWS/SageMaker", "name": name, "dimensions": dimensions});
        json!({"metricStat": {"metric": metric}})
    };
    let size = |endpoint, variant| metric("ApproximateBacklogSize", endpoint, variant);
    let latency = |endpoint, variant| metric("ModelLatency", endpoint, variant);
    let (x, y) = (Some("x"), Some("y"));
    let cases = [
        (vec![size("a", x)], vec!["a"], x),
        (vec![size("a", x), size("a", None)], vec!["a"], x),
        (vec![size("a", x), size("a", y)], vec!["a"], None),
        (vec![size("b", None), size("a", x)], vec!["a", "b"], None),
        (vec![json!({"expression": "m1"}), latency("z", y), size("a", x)], vec!["a"], x),
    ];
    for (metrics, endpoints, variant) in cases {
        let expected = What::Alarm {
            endpoints: endpoints.iter().map(|&name| name.to_owned()).collect(),
            variant: variant.map(str::to_owned),
            mentioned: vec![],
            at: Some(ALARMED.parse().unwrap()),
        };
        for (name, field) in [("alarm-direct", "alarmData"), ("alarm-eventbridge", "detail")] {
            let event = with(name, &format!("/{field}/configuration/metrics"), json!(metrics));
            assert_eq!(read(&event), signals([expected.clone()]), "{metrics:?}");
        }
    }
}

#[test]
fn a_composite_alarm_mentions_the_alarms_behind_it() {
    let arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:";
    let cases = [
        ("ALARM(a)".to_owned(), vec!["a"]),
        ("ALARM(\"a b\")".to_owned(), vec!["a b"]),
        ("ALARM( a ) AND NOT OK( \"b (c)\" )".to_owned(), vec!["a", "b (c)"]),
        (format!("ALARM(\"{arn}a\") OR INSUFFICIENT_DATA({arn}b:c)"), vec!["a", "b:c"]),
        ("AT_LEAST(2, ALARM, (a, \"b\", c))".to_owned(), vec!["a", "b", "c"]),
        ("AT_LEAST(50%, OK, (a, a))".to_owned(), vec!["a"]),
        (r#"ALARM("say \"hi\" \\ twice")"#.to_owned(), vec![r#"say "hi" \ twice"#]),
        ("ALARM(\"never closed".to_owned(), vec!["never closed"]),
        ("ALARM(\"ends in \\".to_owned(), vec!["ends in "]),
        ("ALARM(été)".to_owned(), vec!["été"]),
        ("ALARM(team:alarm:a)".to_owned(), vec!["team:alarm:a"]),
        ("TRUE".to_owned(), vec![]),
        ("ALARM(\"\")".to_owned(), vec![]),
        (String::new(), vec![]),
    ];
    for (rule, names) in cases {
        let mut message = message_of("alarm-composite-in-sns");
        message["AlarmRule"] = json!(rule);
        message["TriggeringChildren"] = json!([{"Arn": format!("{arn}child")}, {"Arn": 7}, null]);
        let data = json!({
            "alarmName": "my-endpoint-has-work",
            "state": {"value": "ALARM", "timestamp": "2026-03-02T09:15:40.123+0000"},
            "configuration": {"alarmRule": rule},
            "triggeringChildren": [{"arn": format!("{arn}child")}],
        });
        let mut mentioned: Vec<String> = names.into_iter().map(str::to_owned).collect();
        mentioned.extend(["my-endpoint-has-work".to_owned(), "child".to_owned()]);
        mentioned.sort();
        let expected = signals([What::Alarm {
            endpoints: vec![],
            variant: None,
            mentioned,
            at: Some(ALARMED.parse().unwrap()),
        }]);
        assert_eq!(read(&in_sns(&message)), expected, "{rule}");
        assert_eq!(read(&with("alarm-direct", "/alarmData", data.clone())), expected, "{rule}");
        assert_eq!(read(&with("alarm-eventbridge", "/detail", data)), expected, "{rule}");
    }
    let mut calm = message_of("alarm-composite-in-sns");
    calm["NewStateValue"] = json!("OK");
    assert_eq!(read(&in_sns(&calm)).signals, []);
}

#[test]
fn an_alarm_with_no_time_of_its_own_has_the_time_of_its_event() {
    let cases = [
        ("alarm-direct", "/alarmData/state", "2026-03-02T09:15:40.490Z"),
        ("alarm-eventbridge", "/detail/state", "2026-03-02T09:15:41Z"),
    ];
    for (name, state, time) in cases {
        let decoded = read(&without(name, state, "timestamp"));
        let What::Alarm { at, .. } = &decoded.signals[0].what else { panic!("{decoded:?}") };
        assert_eq!(*at, Some(time.parse().unwrap()), "{name}");
    }
}

#[test]
fn an_alarm_without_a_state_is_broken() {
    let decoded = read(&without("alarm-direct", "/alarmData/state", "value"));
    assert_eq!(problems(&decoded), ["alarmData.state.value is missing"]);
    let decoded = read(&with("alarm-eventbridge", "/detail", json!("secret")));
    assert_eq!(problems(&decoded), ["detail.state.value is missing"]);
    let mut message = message_of("alarm-in-sns");
    message["NewStateValue"] = json!(null);
    let decoded = read(&in_sns(&message));
    assert_eq!(problems(&decoded), ["Records[0].Sns.Message: NewStateValue is null, not a string"]);
}
