//! `scalerctl aws --state`: what is there after a restart, and which files are refused.

use std::{
    fs,
    path::Path,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_cloudwatch::types::{ComparisonOperator, MetricDatum, StateValue, Statistic};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_s3::{
    primitives::ByteStream,
    types::{
        BucketLocationConstraint, CreateBucketConfiguration, EventBridgeConfiguration,
        NotificationConfiguration,
    },
};
use jiff::Timestamp;
use serde_json::json;

use super::{
    config, refused,
    server::{Server, serve, serve_and_read},
};

const JSON: &str = "application/x-amz-json-1.0";

fn start(file: &Path, arguments: &[&str]) -> Server {
    let state = ["--state", file.to_str().unwrap()];
    let all = state.iter().chain(arguments);
    serve(&all.map(|it| (*it).to_owned()).collect::<Vec<_>>())
}

/// The server, and what it writes to the standard error until its end.
fn start_and_read(file: &Path, arguments: &[&str]) -> (Server, JoinHandle<String>) {
    let state = ["--state", file.to_str().unwrap()];
    let all = state.iter().chain(arguments);
    serve_and_read(&all.map(|it| (*it).to_owned()).collect::<Vec<_>>())
}

fn s3(server: &Server) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&config(&server.url)).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

async fn invoke(server: &Server, payload: serde_json::Value) {
    let lambda = aws_sdk_lambda::Client::new(&config(&server.url));
    let request = lambda.invoke().function_name("reactive-scaler");
    let answer = request.payload(Blob::new(payload.to_string())).send().await.unwrap();
    assert!(answer.function_error().is_none(), "{answer:?}");
}

/// The time of the schedule of the record with this name.
async fn record(server: &Server, name: &str) -> Option<String> {
    let scaling = aws_sdk_applicationautoscaling::Client::new(&config(&server.url));
    let request = scaling.describe_scheduled_actions().scheduled_action_names(name);
    let found = request.service_namespace(ServiceNamespace::Sagemaker).send().await.unwrap();
    Some(found.scheduled_actions().first()?.schedule().to_owned())
}

async fn bounds(server: &Server) -> (i32, i32) {
    let scaling = aws_sdk_applicationautoscaling::Client::new(&config(&server.url));
    let request = scaling.describe_scalable_targets();
    let found = request.service_namespace(ServiceNamespace::Sagemaker).send().await.unwrap();
    let target = &found.scalable_targets()[0];
    (target.min_capacity(), target.max_capacity())
}

/// The time of the last line in the function's log.
async fn last_logged(server: &Server) -> i64 {
    let logs = aws_sdk_cloudwatchlogs::Client::new(&config(&server.url));
    let request = logs.filter_log_events().log_group_name("/aws/lambda/reactive-scaler");
    let found = request.send().await.unwrap();
    found.events().last().unwrap().timestamp().unwrap()
}

#[tokio::test]
async fn what_users_made_and_what_the_function_decided_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.state");
    let server = start(&file, &["--provisioning", "1s"]);
    invoke(&server, json!({ "action": "wake", "endpoint": "my-endpoint" })).await;
    invoke(&server, json!({ "action": "hold", "endpoint": "my-endpoint", "minutes": 240 })).await;
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config(&server.url));
    let alarm = cloudwatch.put_metric_alarm().alarm_name("mine").namespace("N").metric_name("M");
    let alarm = alarm.statistic(Statistic::Average).period(60);
    let alarm = alarm.evaluation_periods(1).threshold(1.0);
    alarm.comparison_operator(ComparisonOperator::GreaterThanThreshold).send().await.unwrap();
    let region = BucketLocationConstraint::EuCentral1;
    let region = CreateBucketConfiguration::builder().location_constraint(region).build();
    let create = s3(&server).create_bucket().bucket("mine").create_bucket_configuration(region);
    create.send().await.unwrap();
    let events = EventBridgeConfiguration::builder().build();
    let events = NotificationConfiguration::builder().event_bridge_configuration(events).build();
    let put = s3(&server).put_bucket_notification_configuration().bucket("mine");
    put.notification_configuration(events).send().await.unwrap();
    let put = s3(&server).put_object().bucket("mine").key("a/b").metadata("k", "v");
    let put = put.content_type("text/x").body(ByteStream::from_static(b"bytes"));
    put.send().await.unwrap();
    let (lease, hold) = (
        record(&server, "reactive-scaler-lease").await,
        record(&server, "reactive-scaler-hold").await,
    );
    assert!(lease.is_some() && hold.is_some(), "{lease:?} {hold:?}");
    assert_eq!(bounds(&server).await, (1, 4));
    assert_eq!(server.terminate(), Some(0));

    // The other routes have no effect: the file has what exists.
    let server = start(&file, &["--endpoints", "3"]);
    assert_eq!(record(&server, "reactive-scaler-lease").await, lease);
    assert_eq!(record(&server, "reactive-scaler-hold").await, hold);
    assert_eq!(bounds(&server).await, (1, 4));
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config(&server.url));
    let alarms = cloudwatch.describe_alarms().send().await.unwrap();
    assert_eq!(alarms.metric_alarms()[0].alarm_name(), Some("mine"));
    let configured = s3(&server).get_bucket_notification_configuration().bucket("mine");
    assert!(configured.send().await.unwrap().event_bridge_configuration().is_some());
    let object = s3(&server).get_object().bucket("mine").key("a/b").send().await.unwrap();
    assert_eq!(object.content_type(), Some("text/x"));
    assert_eq!(object.metadata().unwrap()["k"], "v");
    assert_eq!(object.body.collect().await.unwrap().to_vec(), b"bytes");
    let sagemaker = aws_sdk_sagemaker::Client::new(&config(&server.url));
    let endpoints = sagemaker.list_endpoints().send().await.unwrap();
    assert_eq!(endpoints.endpoints().len(), 1);
    // The function runs, and knows the hold.
    invoke(&server, json!({ "action": "release", "endpoint": "my-endpoint" })).await;
    assert_eq!(record(&server, "reactive-scaler-hold").await, None);
}

/// A clock that was ahead goes on from where it was, at the speed that is given now.
#[tokio::test]
async fn the_clock_does_not_go_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.state");
    let server = start(&file, &["--speed", "3600"]);
    let tick = async |server: &Server| {
        invoke(server, json!({ "action": "tick" })).await;
        last_logged(server).await
    };
    let begin = Instant::now();
    let real = Timestamp::now().as_millisecond();
    let before = loop {
        let last = tick(&server).await;
        if last > real + 3 * 3_600_000 {
            break last;
        }
        assert!(begin.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(server.terminate(), Some(0));
    let server = start(&file, &[]);
    assert!(last_logged(&server).await >= before, "the log is kept");
    let begin = Instant::now();
    let first = tick(&server).await;
    assert!(first >= before, "{first} is before {before}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = tick(&server).await;
    let elapsed = begin.elapsed().as_millis() as i64;
    assert!(second - first <= elapsed, "{} ms in {elapsed} ms", second - first);
}

/// Datapoints, an alarm's state, messages, requests that are not done, and the function's settings.
#[tokio::test]
async fn what_has_happened_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.state");
    let times = ["--provisioning", "1s", "--processing", "50m"];
    let server = start(&file, &times);
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config(&server.url));
    let datum = MetricDatum::builder().metric_name("M").value(7.0).build();
    cloudwatch.put_metric_data().namespace("N").metric_data(datum).send().await.unwrap();
    let alarm = cloudwatch.put_metric_alarm().alarm_name("mine").namespace("N").metric_name("M");
    let alarm = alarm.statistic(Statistic::Average).period(60).evaluation_periods(1);
    let alarm = alarm.threshold(1.0).comparison_operator(ComparisonOperator::GreaterThanThreshold);
    // At the end of a later minute, the state stays.
    alarm.treat_missing_data("ignore").send().await.unwrap();
    let set = cloudwatch.set_alarm_state().alarm_name("mine").state_value(StateValue::Alarm);
    set.state_reason("tried").send().await.unwrap();
    let sqs = |server: &Server, operation: &str, body: serde_json::Value| {
        let target = format!("AmazonSQS.{operation}");
        let headers = [("X-Amz-Target", target.as_str()), ("Content-Type", JSON)];
        server.request("POST /", &headers, &body.to_string()).json()
    };
    let url = sqs(&server, "CreateQueue", json!({ "QueueName": "q" }))["QueueUrl"].clone();
    sqs(&server, "SendMessage", json!({ "QueueUrl": url, "MessageBody": "a message" }));
    let runtime = aws_sdk_sagemakerruntime::Client::new(&config(&server.url));
    let put = s3(&server).put_object().bucket("my-inputs").key("in");
    put.body(ByteStream::from_static(b"{}")).send().await.unwrap();
    let request = runtime.invoke_endpoint_async().endpoint_name("my-endpoint");
    request.input_location("s3://my-inputs/in").send().await.unwrap();
    let lambda = aws_sdk_lambda::Client::new(&config(&server.url));
    let update = lambda.update_function_configuration().function_name("reactive-scaler");
    update.timeout(77).send().await.unwrap();
    assert_eq!(server.terminate(), Some(0));

    let server = start(&file, &times);
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config(&server.url));
    // The end is exclusive, and the minute of the datapoint can begin now.
    let now = Timestamp::now().as_second();
    let [begin, end] =
        [now - 3600, now + 60].map(aws_sdk_cloudwatch::primitives::DateTime::from_secs);
    let read = cloudwatch.get_metric_statistics().namespace("N").metric_name("M").period(3600);
    let read = read.statistics(Statistic::Maximum).start_time(begin).end_time(end);
    let found = read.send().await.unwrap();
    assert_eq!(found.datapoints()[0].maximum(), Some(7.0));
    let alarms = cloudwatch.describe_alarms().send().await.unwrap();
    assert_eq!(alarms.metric_alarms()[0].state_value(), Some(&StateValue::Alarm));
    let history = cloudwatch.describe_alarm_history().alarm_name("mine").send().await.unwrap();
    assert!(history.alarm_history_items().iter().any(|it| {
        it.history_summary() == Some("Alarm updated from INSUFFICIENT_DATA to ALARM")
    }));
    let received = sqs(&server, "ReceiveMessage", json!({ "QueueUrl": url }));
    assert_eq!(received["Messages"][0]["Body"], "a message", "{received}");
    let endpoint = server.state()["endpoints"][0].clone();
    let open = endpoint["waiting"].as_u64().unwrap() + endpoint["running"].as_u64().unwrap();
    assert_eq!(open, 1, "{endpoint}");
    let lambda = aws_sdk_lambda::Client::new(&config(&server.url));
    let read = lambda.get_function_configuration().function_name("reactive-scaler");
    assert_eq!(read.send().await.unwrap().timeout(), Some(77));
}

/// The options that say what a new simulated AWS has are not ignored silently.
#[test]
fn options_without_effect_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.state");
    let (server, said) = start_and_read(&file, &["--endpoints", "2"]);
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(said.join().unwrap(), "");
    let (server, said) = start_and_read(&file, &["--endpoints", "3", "--history", "6h"]);
    assert_eq!(server.terminate(), Some(0));
    let said = said.join().unwrap();
    for part in ["account.state", "--endpoints, --history have no effect", "what to do"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (server, said) = start_and_read(&file, &["--no-function", "--speed", "2"]);
    assert_eq!(server.terminate(), Some(0));
    let said = said.join().unwrap();
    assert!(said.contains("so --no-function has no effect"), "{said}");
}

/// A process that is killed leaves the state of its last write, also while it writes the next one.
#[tokio::test]
async fn a_process_that_is_killed_leaves_a_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.state");
    let server = start(&file, &[]);
    invoke(&server, json!({ "action": "hold", "endpoint": "my-endpoint", "minutes": 60 })).await;
    let begin = Instant::now();
    while !file.exists() {
        assert!(begin.elapsed() < Duration::from_secs(120), "no state after 120 s");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    drop(server);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the file itself is left");

    let server = start(&file, &[]);
    assert!(record(&server, "reactive-scaler-hold").await.is_some());
    for number in 0..20 {
        let put = s3(&server).put_object().bucket("my-inputs").key(format!("large-{number}"));
        let bytes: Vec<u8> = (0..1_000_000u32).map(|at| (at * number) as u8).collect();
        put.body(bytes.into()).send().await.unwrap();
    }
    let old = fs::read(&file).unwrap();
    server.signal("TERM");
    let names = || fs::read_dir(folder.path()).unwrap().count();
    let begin = Instant::now();
    while names() == 1 && fs::metadata(&file).unwrap().len() == old.len() as u64 {
        assert!(begin.elapsed() < Duration::from_secs(120), "nothing is written");
        std::thread::sleep(Duration::from_millis(1));
    }
    // Its end is SIGKILL.
    drop(server);
    let left = fs::read(&file).unwrap();
    assert!(left == old || left.len() > 20_000_000, "{} bytes are left", left.len());
    let server = start(&file, &[]);
    assert!(record(&server, "reactive-scaler-hold").await.is_some());
}

#[test]
fn a_file_that_is_no_state_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.state");
    assert_eq!(start(&file, &[]).terminate(), Some(0));
    let good = fs::read(&file).unwrap();
    // Another name in a state that is complete: only the checksum tells.
    let name = b"my-endpoint";
    let place = good.windows(name.len()).rposition(|part| part == name).unwrap();
    let mut damaged = good.clone();
    damaged[place] = b'M';
    let other = String::from_utf8_lossy(&good).replacen("\"version\":1", "\"version\":999", 1);
    for (content, said) in [
        (damaged, "is damaged"),
        (good[..good.len() / 2].to_vec(), "is damaged"),
        (other.into_bytes(), "has version 999"),
        (b"{\"my\":\"notes\"}\n".to_vec(), "is no state of `scalerctl aws`"),
        (Vec::new(), "is no state of `scalerctl aws`"),
    ] {
        fs::write(&file, &content).unwrap();
        let (code, message) = refused(&["--port", "0", "--state", file.to_str().unwrap()]);
        assert_eq!(code, Some(2), "{message}");
        assert!(message.contains("--state") && message.contains(said), "{said}: {message}");
        assert!(message.contains("what to do") && message.contains("account.state"), "{message}");
        assert_eq!(fs::read(&file).unwrap(), content, "{said}: the file is changed");
    }
    let nowhere = folder.path().join("none/account.state");
    let (code, message) = refused(&["--port", "0", "--state", nowhere.to_str().unwrap()]);
    assert!(code == Some(2) && message.contains("cannot be written"), "{code:?} {message}");
}
