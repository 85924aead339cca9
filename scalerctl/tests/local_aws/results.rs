//! `scalerctl aws --result-messages`: results that arrive once, never, twice, or late.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    config,
    server::{Server, serve},
};

/// Bound of each wait. A simulated hour takes a minute.
const PATIENCE: Duration = Duration::from_secs(180);

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#;

const MINUTE: i64 = 60_000;

/// A decision in the log of the function.
struct Decision {
    /// In milliseconds.
    at: i64,
    signal: String,
    reason: String,
}

/// Decisions after an upload and its request, as soon as there are enough.
async fn decisions(messages: &str, is_enough: impl Fn(&[Decision]) -> bool) -> Vec<Decision> {
    let server = serve(
        &["--routes", ROUTES, "--speed", "60", "--provisioning", "1m"]
            .into_iter()
            .chain(["--result-messages", messages])
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    );
    upload_and_invoke(&server).await;
    let begin = Instant::now();
    loop {
        let decisions = read_decisions(&server).await;
        if is_enough(&decisions) {
            return decisions;
        }
        assert!(begin.elapsed() < PATIENCE, "{messages}: not in {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn upload_and_invoke(server: &Server) {
    let config = config(&server.url);
    let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    let put = s3.put_object().bucket("my-inputs").key("input.json");
    put.body(b"{}".to_vec().into()).send().await.unwrap();
    let runtime = aws_sdk_sagemakerruntime::Client::new(&config);
    let request = runtime.invoke_endpoint_async().endpoint_name("my-endpoint");
    request.input_location("s3://my-inputs/input.json").send().await.unwrap();
}

async fn read_decisions(server: &Server) -> Vec<Decision> {
    let logs = aws_sdk_cloudwatchlogs::Client::new(&config(&server.url));
    let request = logs.filter_log_events().log_group_name("/aws/lambda/reactive-scaler");
    let request = request.filter_pattern(r#"{ $.message = "decision" }"#);
    let mut pages = request.into_paginator().send();
    let mut decisions = Vec::new();
    while let Some(page) = pages.next().await {
        for event in page.unwrap().events() {
            let line: Value = serde_json::from_str(event.message().unwrap()).unwrap();
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let at = event.timestamp().unwrap();
            decisions.push(Decision { at, signal: text("signal"), reason: text("reason") });
        }
    }
    decisions
}

fn times(decisions: &[Decision], signal: &str) -> Vec<i64> {
    decisions.iter().filter(|it| it.signal == signal).map(|it| it.at).collect()
}

fn reasons(decisions: &[Decision], reason: &str) -> usize {
    decisions.iter().filter(|it| it.reason == reason).count()
}

#[tokio::test]
async fn each_result_arrives_once_at_the_end_of_its_request_or_twice() {
    for (messages, count) in [("once", 1), ("twice", 2)] {
        let found = decisions(messages, |all| reasons(all, "work_done") > 0).await;
        let (input, results) = (times(&found, "input")[0], times(&found, "result"));
        assert_eq!(results.len(), count, "{messages}");
        assert!(results[0] - input < 10 * MINUTE, "{messages}");
    }
}

#[tokio::test]
async fn a_late_result_scales_in_ten_minutes_later() {
    let found = decisions("late", |all| reasons(all, "work_done") > 0).await;
    assert!(times(&found, "result")[0] - times(&found, "input")[0] >= 10 * MINUTE);
}

#[tokio::test]
async fn without_the_messages_the_metric_scales_in() {
    let found = decisions("lost", |all| reasons(all, "idle") > 0).await;
    assert!(times(&found, "result").is_empty());
    assert_eq!(reasons(&found, "work_done"), 0);
}
