//! `scalerctl aws` runs the function: its triggers, its log, its settings, and the clock. As another process, over HTTP.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant, SystemTime},
};

use aws_sdk_lambda::{
    primitives::Blob,
    types::{Environment, InvocationType, LogType},
};
use serde_json::{Value, json};

const LOG: &str = "/aws/lambda/reactive-scaler";

/// A running `scalerctl aws -o json`. It is terminated at the end of the test.
struct Served {
    process: Child,
    lines: mpsc::Receiver<String>,
    url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
            .args(["aws", "--port", "0", "-o", "json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let started: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(started["event"], "started");
        let url = started["url"].as_str().unwrap().to_owned();
        // The events are read as they arrive: an unread pipe would block the server.
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|it| sender.send(it)));
        Self { process, lines: receiver, url }
    }

    /// The next printed event that is wanted.
    fn event(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        self.lines.iter().map(|line| serde_json::from_str(&line).unwrap()).find(wanted).unwrap()
    }

    fn config(&self) -> aws_config::SdkConfig {
        let credentials =
            aws_credential_types::Credentials::new("local", "local", None, None, "test");
        aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(&self.url)
            .region(aws_config::Region::from_static("eu-central-1"))
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                credentials,
            ))
            .build()
    }

    fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.config())
    }

    /// The answer of the function, and whether it is an error.
    async fn invoke(&self, payload: &Value) -> (bool, Value) {
        let request = self.lambda().invoke().function_name("reactive-scaler");
        let answer = request.payload(Blob::new(payload.to_string())).send().await.unwrap();
        let payload = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
        (answer.function_error().is_some(), payload)
    }

    async fn send_event(&self, payload: &Value) {
        let request = self.lambda().invoke().function_name("reactive-scaler");
        let request = request.invocation_type(InvocationType::Event);
        request.payload(Blob::new(payload.to_string())).send().await.unwrap();
    }

    /// The messages in the function's log with this pattern, in a range of the machine's clock.
    async fn logged(&self, pattern: &str, range: Option<Duration>) -> Vec<Value> {
        let logs = aws_sdk_cloudwatchlogs::Client::new(&self.config());
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap();
        let request = logs.filter_log_events().log_group_name(LOG).filter_pattern(pattern);
        let request = request.set_start_time(range.map(|range| millis(now - range)));
        let request = request.set_end_time(range.map(|_| millis(now)));
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            let messages = page.events().iter().map(|it| it.message().unwrap());
            found.extend(messages.map(|it| serde_json::from_str::<Value>(it).unwrap()));
        }
        found
    }

    /// An operation of SQS.
    fn sqs(&self, operation: &str, request: &Value) -> Value {
        let mut stream = self.connect();
        let body = request.to_string();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {}\r\nX-Amz-Target: AmazonSQS.{operation}\r\nConnection: close\r\n\
             Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n{body}",
            self.url.trim_start_matches("http://"),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).unwrap_or_default()
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.url.trim_start_matches("http://")).unwrap()
    }
}

/// Looks until there is something. Fails after 30 s.
async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "there was nothing in 30 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn upload(key: &str) -> Value {
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": "2026-01-01T00:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "bucket": { "name": "my-inputs", "arn": "arn:aws:s3:::my-inputs" },
            "object": { "key": key, "size": 2 },
        },
    }]})
}

/// An upload to the bucket of a route invokes the function, which wakes the endpoint.
#[tokio::test]
async fn an_upload_wakes_the_endpoint() {
    let mut served = Served::start(&[]);
    let s3 = aws_sdk_s3::config::Builder::from(&served.config()).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"{}");
    s3.put_object().bucket("my-inputs").key("a.json").body(body).send().await.unwrap();
    let decided =
        served.event(|it| it["event"] == "decision" && it["decision"]["signal"] == "input");
    assert_eq!(decided["decision"]["reason"], "work_arrived");
    let sagemaker = aws_sdk_sagemaker::Client::new(&served.config());
    let endpoint = sagemaker.describe_endpoint().endpoint_name("my-endpoint").send().await.unwrap();
    assert_eq!(endpoint.production_variants()[0].desired_instance_count(), Some(1));
    assert_eq!(served.logged("{ $.action = \"wake\" }", None).await.len(), 1);
}

#[tokio::test]
async fn the_schedule_invokes_it_each_minute_of_the_simulated_clock() {
    let served = Served::start(&["--speed", "600"]);
    let ticks = eventually(async || {
        let ticks = served.logged("{ $.signal = \"tick\" }", None).await;
        (ticks.len() >= 5).then_some(ticks)
    })
    .await;
    assert!(ticks.iter().all(|tick| tick["reason"] == "asleep"), "{ticks:?}");
    let without = Served::start(&["--no-function"]);
    let refused = without.lambda().invoke().function_name("reactive-scaler").send().await;
    assert!(refused.unwrap_err().into_service_error().is_resource_not_found_exception());
}

/// Two retries after one and two minutes, and then the record of the event.
#[tokio::test]
async fn an_event_that_fails_is_tried_again_and_goes_to_its_destination() {
    let served = Served::start(&["--speed", "600"]);
    let queue = served.sqs("CreateQueue", &json!({ "QueueName": "dead" }))["QueueUrl"].clone();
    let to = aws_sdk_lambda::types::OnFailure::builder()
        .destination("arn:aws:sqs:eu-central-1:123456789012:dead")
        .build();
    let to = aws_sdk_lambda::types::DestinationConfig::builder().on_failure(to).build();
    let put = served.lambda().put_function_event_invoke_config();
    put.function_name("reactive-scaler").destination_config(to).send().await.unwrap();
    served.send_event(&json!({ "no": "event" })).await;
    let message = eventually(async || {
        let answer = served.sqs("ReceiveMessage", &json!({ "QueueUrl": queue }));
        Some(answer["Messages"].get(0)?["Body"].as_str()?.to_owned())
    })
    .await;
    let record: Value = serde_json::from_str(&message).unwrap();
    let context = &record["requestContext"];
    assert_eq!(context["condition"], "RetriesExhausted");
    assert_eq!(context["approximateInvokeCount"], 3);
    assert_eq!(record["requestPayload"], json!({ "no": "event" }));
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
    assert_eq!(record["responsePayload"]["errorType"], "EventNotUnderstood");
    let starts = served.logged(context["requestId"].as_str().unwrap(), None).await;
    let times = starts.iter().filter(|it| it["type"] == "platform.start");
    let times: Vec<jiff::Timestamp> =
        times.map(|it| it["time"].as_str().unwrap().parse().unwrap()).collect();
    let waits: Vec<i64> =
        times.windows(2).map(|two| two[1].duration_since(two[0]).as_secs()).collect();
    // Not before: a busy machine is late, at this speed by minutes.
    assert!(waits.len() == 2 && waits[0] >= 60 && waits[1] >= 120, "{waits:?}");
}

#[tokio::test]
async fn new_variables_are_those_of_the_next_invocation() {
    let served = Served::start(&[]);
    let tick = json!({ "action": "tick" });
    assert_eq!(served.invoke(&tick).await.1["decisions"][0]["reason"], "asleep");
    for (routes, failed, said) in [
        ("nonsense", true, "exit status 1"),
        (r#"[{"endpoint":"my-endpoint"}]"#, false, "asleep"),
        ("ssm:/none", true, "exit status 1"),
    ] {
        let variables = Environment::builder().variables("SCALER_ROUTES", routes).build();
        let update = served.lambda().update_function_configuration();
        let update = update.function_name("reactive-scaler").environment(variables);
        update.send().await.unwrap();
        let answer = served.invoke(&tick).await;
        assert_eq!(answer.0, failed, "{answer:?}");
        assert!(answer.1.to_string().contains(said), "{answer:?}");
    }
    let lines = served.logged("cannot start", None).await;
    let messages: Vec<_> = lines.iter().map(|it| it["fields"]["message"].to_string()).collect();
    assert!(messages[0].contains("this is not JSON"), "{messages:?}");
    assert!(messages[1].contains("GetParameter on ssm:/none"), "{messages:?}");
}

#[tokio::test]
async fn an_invocation_returns_the_end_of_its_log() {
    let served = Served::start(&[]);
    let request = served.lambda().invoke().function_name("reactive-scaler").qualifier("tick");
    let request = request.log_type(LogType::Tail).payload(Blob::new(r#"{"action":"tick"}"#));
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status_code(), answer.executed_version()), (200, Some("$LATEST")));
    let log = aws_smithy_types_base64(answer.log_result().unwrap());
    for said in ["\"platform.start\"", "\"reason\":\"asleep\"", "\"platform.report\""] {
        assert!(log.contains(said), "{said}: {log}");
    }
    let dry = served.lambda().invoke().function_name("reactive-scaler");
    let dry = dry.invocation_type(InvocationType::DryRun).send().await.unwrap();
    assert_eq!(dry.status_code(), 204);
    let missing = served.lambda().invoke().function_name("other").send().await.unwrap_err();
    assert!(missing.into_service_error().is_resource_not_found_exception());
}

/// Standard base64 without a library.
fn aws_smithy_types_base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_usize, 0);
    for digit in digits {
        (bits, count) = ((bits << 6 | digit) & 0xffff, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn messages_of_a_queue_invoke_it_and_those_that_failed_remain() {
    let served = Served::start(&[]);
    let queue = served.sqs("CreateQueue", &json!({ "QueueName": "uploads" }))["QueueUrl"].clone();
    let mapping = served.lambda().create_event_source_mapping().function_name("reactive-scaler");
    let mapping = mapping.event_source_arn("arn:aws:sqs:eu-central-1:123456789012:uploads");
    let reports = aws_sdk_lambda::types::FunctionResponseType::ReportBatchItemFailures;
    let created = mapping.function_response_types(reports).send().await.unwrap();
    for body in [upload("a.json").to_string(), "nonsense".into()] {
        served.sqs("SendMessage", &json!({ "QueueUrl": queue, "MessageBody": body }));
    }
    let decided = eventually(async || served.logged("{ $.signal = \"input\" }", None).await.pop());
    assert_eq!(decided.await["reason"], "work_arrived");
    eventually(async || {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let request = json!({ "QueueUrl": queue, "AttributeNames": names });
        let counts = served.sqs("GetQueueAttributes", &request)["Attributes"].clone();
        let counts = names.map(|name| counts[name].as_str().unwrap().to_owned());
        (counts == ["0", "1"]).then_some(())
    })
    .await;
    let uuid = created.uuid().unwrap();
    served.lambda().delete_event_source_mapping().uuid(uuid).send().await.unwrap();
    let left = served.lambda().list_event_source_mappings().function_name("reactive-scaler");
    assert_eq!(left.send().await.unwrap().event_source_mappings(), []);
}

/// A range that ends now by the machine's clock is one that ends now by the simulated clock.
#[tokio::test]
async fn a_range_of_the_machines_clock_shows_recent_log_events() {
    let served = Served::start(&["--speed", "600"]);
    let begin = Instant::now();
    // Until there are events of more than an hour, which takes six seconds or more.
    let (hour, all) = loop {
        let hour = served.logged("{ $.signal = \"tick\" }", Some(Duration::from_secs(3600))).await;
        let all = served.logged("{ $.signal = \"tick\" }", None).await;
        if !hour.is_empty() && hour.len() < all.len() {
            break (hour, all);
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{} of {}", hour.len(), all.len());
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let stamp = |it: &Value| it["_aws"]["Timestamp"].as_i64().unwrap();
    assert!(stamp(all.last().unwrap()) - stamp(&hour[0]) < 3_700_000);
}

/// Connections that misbehave harm nobody else.
#[tokio::test]
async fn silent_connections_and_half_a_request_harm_nobody() {
    let served = Served::start(&[]);
    let silent: Vec<TcpStream> = (0..100).map(|_| served.connect()).collect();
    let mut half = served.connect();
    half.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{").unwrap();
    let begin = Instant::now();
    assert_eq!(
        served.invoke(&json!({ "action": "tick" })).await.1["decisions"][0]["action"],
        "none"
    );
    assert!(begin.elapsed() < Duration::from_secs(10));
    drop((silent, half));
    // A body above the limit is refused by its length.
    let mut large = served.connect();
    write!(
        large,
        "POST /2015-03-31/functions/reactive-scaler/invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"
    )
    .unwrap();
    let mut answer = [0; 12];
    large.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[tokio::test]
async fn an_unknown_operation_is_named_and_sigterm_ends_it_well() {
    let mut served = Served::start(&[]);
    let created =
        served.lambda().create_function().function_name("mine").role("arn:aws:iam::1:role/x");
    let code = aws_sdk_lambda::types::FunctionCode::builder().s3_bucket("code").build();
    assert!(created.code(code).send().await.is_err());
    let refused = served.event(|it| it["event"] == "refused");
    assert_eq!(refused["operation"], "POST /2015-03-31/functions");
    let id = served.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(served.process.wait().unwrap().code(), Some(0));
}

/// The commands that invoke a deployed function work with this one.
#[tokio::test]
async fn the_commands_of_the_operator_invoke_it() {
    let served = Served::start(&[]);
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
            .args(arguments)
            .args(["my-endpoint", "--function", "reactive-scaler", "--local"])
            .env("AWS_ENDPOINT_URL", &served.url)
            .output()
            .unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let woken = run(&["wake"]);
    assert!(woken.contains("done     wake, desired instances 0 -> 1"), "{woken}");
    let status = run(&["status"]);
    assert!(status.contains("instances      0, 1 desired"), "{status}");
    let held = run(&["hold", "--for", "1h"]);
    assert!(held.contains("done     hold"), "{held}");
    let examined = run(&["doctor"]);
    assert!(examined.contains("0 errors, "), "{examined}");
}
