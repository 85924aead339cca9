//! Alarms on Metrics Insights queries: the query or the contributor contains the endpoint.

use crate::{names_and_times::*, sent::*};

/// An alarm on a query in its three forms, with the attributes of a contributor.
fn forms(query: &str, contributor: &Value) -> [Value; 3] {
    let mut message = message_of("alarm-contributor-in-sns");
    message["Trigger"]["Metrics"][0]["Expression"] = json!(query);
    message["AlarmContributorAttributes"] = contributor.clone();
    let data = |name: &str, data: &str| {
        let mut event = event(name);
        event[data]["configuration"]["metrics"][0]["expression"] = json!(query);
        event[data]["alarmContributor"]["attributes"] = contributor.clone();
        event
    };
    [
        in_sns(&message),
        data("alarm-contributor-direct", "alarmData"),
        data("alarm-contributor-eventbridge", "detail"),
    ]
}

/// The endpoints and the variant of an alarm, or the reason why it is ignored.
fn meaning(alarm: &Value) -> Result<(Vec<String>, Option<String>), Why> {
    let decoded = read(alarm);
    match (&decoded.signals[..], &decoded.ignored[..]) {
        ([Signal { what: What::Alarm { endpoints, variant, mentioned, .. }, .. }], []) => {
            assert_eq!(*mentioned, [""; 0], "{alarm}");
            Ok((endpoints.clone(), variant.clone()))
        }
        ([], [ignored]) => Err(ignored.why.clone()),
        _ => panic!("{decoded:?}"),
    }
}

fn of(endpoints: &[&str], variant: Option<&str>) -> Result<(Vec<String>, Option<String>), Why> {
    let endpoints = endpoints.iter().map(|&name| name.to_owned()).collect();
    Ok((endpoints, variant.map(str::to_owned)))
}

const GROUPED: &str = "SELECT MAX(HasBacklogWithoutCapacity) FROM SCHEMA(\"AWS/SageMaker\", \
                       EndpointName) GROUP BY EndpointName ORDER BY MAX() DESC";

#[test]
fn the_contributor_names_the_endpoint_of_a_grouped_query() {
    let cases = [
        (json!({"EndpointName": "my-endpoint"}), of(&["my-endpoint"], None)),
        (json!({"EndpointName": "e", "VariantName": "v"}), of(&["e"], Some("v"))),
        // The group of metrics without the label. An endpoint can have this name.
        (json!({"EndpointName": "e", "VariantName": "Other"}), of(&["e"], None)),
        (json!({"EndpointName": "Other", "VariantName": "v"}), of(&["Other"], Some("v"))),
        (json!({"VariantName": "v"}), Err(Why::AlarmNamesNoEndpoint)),
        (json!({"EndpointName": ""}), Err(Why::AlarmNamesNoEndpoint)),
        (json!({"EndpointName": ["e"]}), Err(Why::AlarmNamesNoEndpoint)),
        (json!({}), Err(Why::AlarmNamesNoEndpoint)),
        (json!(null), Err(Why::AlarmNamesNoEndpoint)),
        (json!("EndpointName"), Err(Why::AlarmNamesNoEndpoint)),
    ];
    for (contributor, expected) in cases {
        for alarm in forms(GROUPED, &contributor) {
            assert_eq!(meaning(&alarm), expected, "{contributor}");
        }
    }
}

#[test]
fn a_condition_names_the_endpoint() {
    let select = "SELECT MAX(HasBacklogWithoutCapacity) FROM \"AWS/SageMaker\"";
    let schema = "SELECT MAX(ApproximateBacklogSize) FROM SCHEMA(\"AWS/SageMaker\", EndpointName)";
    let nothing = || Err(Why::AlarmNamesNoEndpoint);
    let cases = [
        (format!("{select} WHERE EndpointName = 'e'"), of(&["e"], None)),
        (format!("{schema} WHERE EndpointName='e'"), of(&["e"], None)),
        (format!("{schema} WHERE \"EndpointName\" = \"e\""), of(&["e"], None)),
        (format!("{select}\nWHERE EndpointName = 'e'\nORDER BY MAX() DESC"), of(&["e"], None)),
        (format!("{select} WHERE EndpointName = 'e' LIMIT 1"), of(&["e"], None)),
        (
            "select max(\"ApproximateBacklogSize\") from schema(\"AWS/SageMaker\",EndpointName) \
             where EndpointName='e' group by EndpointName"
                .to_owned(),
            of(&["e"], None),
        ),
        (format!("{select} WHERE EndpointName = 'e' AND VariantName = 'v'"), of(&["e"], Some("v"))),
        (
            format!("{select} WHERE EndpointName = 'e' AND VariantName = 'Other'"),
            of(&["e"], Some("Other")),
        ),
        (
            format!("{select} WHERE tag.team != 'a' and EndpointName = 'e' AND AWS.AccountId=1"),
            of(&["e"], None),
        ),
        (
            format!("{select} WHERE AWS.AccountId = CURRENT_ACCOUNT_ID() AND EndpointName = 'e'"),
            of(&["e"], None),
        ),
        (format!("{select} WHERE EndpointName = 'it\\'s'"), of(&["it's"], None)),
        (format!("{select} WHERE EndpointName != 'e'"), nothing()),
        (format!("{select} WHERE endpointname = 'e'"), nothing()),
        (format!("{select} WHERE VariantName = 'v'"), nothing()),
        (format!("{select} WHERE EndpointName = ''"), nothing()),
        (select.to_owned(), nothing()),
        // Queries without the documented form: the result is unknown.
        (format!("{select} WHERE EndpointName = 'e' OR EndpointName = 'f'"), nothing()),
        (format!("{select} WHERE EndpointName IN ('e', 'f')"), nothing()),
        (format!("{select} WHERE EndpointName = 'e' AND"), nothing()),
        (format!("{select} WHERE"), nothing()),
    ];
    for (query, expected) in cases {
        for alarm in forms(&query, &json!(null)) {
            assert_eq!(meaning(&alarm), expected, "{query}");
        }
    }
}

#[test]
fn a_query_on_another_namespace_or_metric_is_no_backlog_alarm() {
    let cases = [
        ("SELECT MAX(HasBacklogWithoutCapacity) FROM \"Custom\"", Why::AlarmOnOtherMetric),
        ("SELECT MAX(ModelLatency) FROM \"AWS/SageMaker\"", Why::AlarmOnOtherMetric),
        (
            "SELECT SUM(InvocationFailures) FROM SCHEMA(\"AWS/SageMaker\", EndpointName)",
            Why::AlarmOnOtherAsyncMetric,
        ),
        ("SELECT MAX(Other) FROM SCHEMA(\"Custom\", \"AWS/SageMaker\")", Why::AlarmOnOtherMetric),
        // None of these is a query.
        ("FILL(m1, 0)", Why::AlarmOnOtherMetric),
        ("HasBacklogWithoutCapacity AWS/SageMaker", Why::AlarmOnOtherMetric),
        ("SELECT MAX(HasBacklogWithoutCapacity) FROM \"AWS/SageMaker", Why::AlarmOnOtherMetric),
        ("SELECT MAX(HasBacklogWithoutCapacity FROM \"AWS/SageMaker\"", Why::AlarmOnOtherMetric),
        ("SELECT MAX(HasBacklogWithoutCapacity)", Why::AlarmOnOtherMetric),
        ("SELECT", Why::AlarmOnOtherMetric),
        ("", Why::AlarmOnOtherMetric),
    ];
    for (query, why) in cases {
        for text in [query.to_owned(), format!("{query} WHERE EndpointName = 'my-endpoint'")] {
            for alarm in forms(&text, &json!({"EndpointName": "my-endpoint"})) {
                assert_eq!(meaning(&alarm), Err(why.clone()), "{text}");
            }
        }
    }
}

#[test]
fn metrics_and_queries_of_one_alarm_add_up() {
    let metric = json!({"id": "m", "metricStat": {"metric": {
        "namespace": "AWS/SageMaker",
        "name": "ApproximateBacklogSize",
        "dimensions": {"EndpointName": "b"},
    }}});
    let query = |endpoint: &str| {
        let text = format!(
            "SELECT MAX(ApproximateBacklogSize) FROM \"AWS/SageMaker\" WHERE EndpointName = '{endpoint}'"
        );
        json!({"id": "q", "expression": text})
    };
    let math = json!({"id": "e", "expression": "m + q", "returnData": true});
    let metrics = json!([math, query("c"), metric, query("a")]);
    for (name, data) in [("alarm-direct", "alarmData"), ("alarm-eventbridge", "detail")] {
        let alarm = with(name, &format!("/{data}/configuration/metrics"), metrics.clone());
        assert_eq!(meaning(&alarm), of(&["a", "b", "c"], None));
    }
}

#[test]
fn a_contributor_in_state_ok_wakes_no_endpoint() {
    let [mut sns, mut direct, mut on_bus] = forms(GROUPED, &json!({"EndpointName": "e"}));
    let mut message = message_of("alarm-contributor-in-sns");
    message["NewStateValue"] = json!("OK");
    sns["Records"][0]["Sns"]["Message"] = json!(message.to_string());
    direct["alarmData"]["state"]["value"] = json!("OK");
    on_bus["detail"]["state"]["value"] = json!("OK");
    for alarm in [sns, direct, on_bus] {
        assert_eq!(meaning(&alarm), Err(Why::AlarmNotInAlarm));
    }
}
