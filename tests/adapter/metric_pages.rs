//! GetMetricData in rpcv2Cbor, byte by byte: the request, and answers with several pages.

use reactive_scaler::port::{FailureKind, Metrics};

use crate::{adapters_agree::*, canned::Canned};

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    let head = if length < 24 { vec![0x60 | length] } else { vec![0x78, length] };
    [head, text.as_bytes().to_vec()].concat()
}

fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [vec![0x80 | u8::try_from(items.len()).unwrap()], items.concat()].concat()
}

fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let head = vec![0xa0 | u8::try_from(members.len()).unwrap()];
    let members = members.iter().map(|(name, value)| [text(name), value.clone()].concat());
    [head, members.collect::<Vec<_>>().concat()].concat()
}

/// Tag 1 with whole seconds.
fn time(seconds: u64) -> Vec<u8> {
    let epoch = u32::try_from(at(seconds).as_second()).unwrap();
    [vec![0xc1, 0x1a], epoch.to_be_bytes().to_vec()].concat()
}

fn float(value: f64) -> Vec<u8> {
    [vec![0xfb], value.to_be_bytes().to_vec()].concat()
}

fn page(points: &[(u64, f64)], token: Option<&str>) -> (u16, Vec<u8>) {
    page_with_status("Complete", points, token)
}

fn page_with_status(status: &str, points: &[(u64, f64)], token: Option<&str>) -> (u16, Vec<u8>) {
    page_of(&[result("backlog_0", status, points)], token)
}

fn result(id: &str, status: &str, points: &[(u64, f64)]) -> Vec<u8> {
    let times = points.iter().map(|(seconds, _)| time(*seconds)).collect::<Vec<_>>();
    let values = points.iter().map(|(_, value)| float(*value)).collect::<Vec<_>>();
    map(&[
        ("Id", text(id)),
        ("StatusCode", text(status)),
        ("Timestamps", array(&times)),
        ("Values", array(&values)),
    ])
}

fn page_of(results: &[Vec<u8>], token: Option<&str>) -> (u16, Vec<u8>) {
    let mut members = vec![("MetricDataResults", array(results))];
    if let Some(token) = token {
        members.push(("NextToken", text(token)));
    }
    (200, map(&members))
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

// The API reference allows a page that has a NextToken but no datapoints.
#[tokio::test]
async fn datapoints_are_read_over_several_pages() {
    let server = Canned::new([
        page(&[(120, 3.0), (60, 0.0)], Some("second")),
        page(&[], Some("third")),
        page(&[(0, 1.5)], None),
    ])
    .await;
    let points = server.aws.backlog(ENDPOINT, at(0), at(600)).await.unwrap();
    let seen = points.iter().map(|point| (point.at, point.value)).collect::<Vec<_>>();
    assert_eq!(seen, [(at(120), 3.0), (at(60), 0.0), (at(0), 1.5)]);
    let requests = server.requests();
    let tokens = ["second", "third"].map(|token| [text("NextToken"), text(token)].concat());
    assert_eq!(requests.len(), 3);
    assert!(holds(&requests[1].body, &tokens[0]));
    assert!(holds(&requests[2].body, &tokens[1]));
}

#[tokio::test]
async fn datapoints_with_a_repeated_token_are_a_failure() {
    let server = Canned::new([page(&[(60, 0.0)], Some("again"))]).await;
    let failure = server.aws.backlog(ENDPOINT, at(0), at(600)).await.unwrap_err();
    assert_eq!((failure.operation, failure.resource.as_str()), ("GetMetricData", ENDPOINT));
    assert!(failure.answer.contains("NextToken"), "{failure}");
    assert_eq!(server.requests().len(), 2);
}

// AWS/SageMaker publishes the metric by EndpointName alone, once a minute; the maximum of a
// minute, since its average hides what came and went.
#[tokio::test]
async fn the_maximum_of_each_minute_is_asked_for() {
    let server = Canned::new([page(&[], None)]).await;
    server.aws.backlog(ENDPOINT, at(60), at(600)).await.unwrap();
    let request = &server.requests()[0];
    assert!(request.operation.ends_with("/operation/GetMetricData"), "{}", request.operation);
    let expected = [
        [text("Namespace"), text("AWS/SageMaker")].concat(),
        [text("MetricName"), text("ApproximateBacklogSize")].concat(),
        [text("Name"), text("EndpointName")].concat(),
        [text("Value"), text(ENDPOINT)].concat(),
        [text("Stat"), text("Maximum")].concat(),
        [text("Period"), vec![0x18, 60]].concat(),
    ];
    for part in expected {
        assert!(holds(&request.body, &part), "{}", String::from_utf8_lossy(&part));
    }
    assert!(!holds(&request.body, b"VariantName"));
}

// An incomplete answer proves nothing, because the missing datapoints can contain work.
#[tokio::test]
async fn an_incomplete_answer_is_none() {
    let points = [(60, 0.0), (120, 0.0), (180, 0.0)];
    for (status, kind) in [
        ("InternalError", FailureKind::NoAnswer),
        ("PartialData", FailureKind::NoAnswer),
        ("Forbidden", FailureKind::AccessDenied),
    ] {
        let canned = Canned::new([page_with_status(status, &points, None)]).await;
        let failure = canned.aws.backlog(ENDPOINT, at(0), at(600)).await.unwrap_err();
        assert_eq!((failure.operation, failure.kind), ("GetMetricData", kind), "{failure}");
        assert!(failure.answer.contains(status) && failure.resource == ENDPOINT, "{failure}");
    }
    let first = page_with_status("PartialData", &points, Some("more"));
    let canned = Canned::new([first, page(&[(240, 1.0)], None)]).await;
    let read = canned.aws.backlog(ENDPOINT, at(0), at(600)).await.unwrap();
    assert_eq!(read.len(), 4);
}

// Each query has its own status, so an incomplete query does not affect the others.
#[tokio::test]
async fn each_endpoint_has_its_own_answer() {
    let server = Canned::new([
        page_of(
            &[
                result("backlog_2", "Complete", &[(60, 2.0)]),
                result("backlog_0", "PartialData", &[(60, 0.0)]),
                result("backlog_1", "Forbidden", &[]),
                result("backlog_4", "PartialData", &[(60, 4.0)]),
            ],
            Some("more"),
        ),
        page_of(&[result("backlog_0", "Complete", &[(120, 1.0)])], None),
    ])
    .await;
    let names = ["a", "b", "c", "d", "e"];
    let answers = server.aws.backlogs(&names, at(0), at(600)).await;
    let values = |place: usize| {
        let points = answers[place].as_ref().unwrap();
        points.iter().map(|point| point.value).collect::<Vec<_>>()
    };
    assert_eq!(answers.len(), 5);
    assert_eq!(values(0), [0.0, 1.0]);
    assert_eq!(values(2), [2.0]);
    for (place, kind) in
        [(1, FailureKind::AccessDenied), (3, FailureKind::NoAnswer), (4, FailureKind::NoAnswer)]
    {
        let failure = answers[place].as_ref().unwrap_err();
        assert_eq!((failure.kind, failure.resource.as_str()), (kind, names[place]), "{failure}");
    }
    assert_eq!(server.requests().len(), 2);
}

// API reference: a request has at most 500 `MetricDataQueries`.
#[tokio::test]
async fn a_call_asks_for_at_most_500_backlogs() {
    let server = Canned::new([page(&[(60, 1.0)], None)]).await;
    let names: Vec<String> = (0..501).map(|number| format!("e-{number:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let answers = server.aws.backlogs(&names, at(0), at(600)).await;
    let answered = |place: usize| answers[place].is_ok();
    assert_eq!(
        (answers.len(), answered(0), answered(499), answered(500)),
        (501, true, false, true)
    );
    let requests = server.requests();
    let asks_for = |request: usize, name: &str| holds(&requests[request].body, &text(name));
    assert_eq!(requests.len(), 2);
    assert!(asks_for(0, "e-000") && asks_for(0, "e-499") && !asks_for(0, "e-500"));
    assert!(asks_for(1, "e-500") && !asks_for(1, "e-499"));
}
