//! The page of `scalerctl aws` over HTTP: the document, the stream, the actions, and which requests are refused.

use std::{
    io::{BufRead, BufReader, Lines, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    config,
    server::{Server, serve},
};

/// A bound for what takes a moment. Nothing is measured.
const BOUND: Duration = Duration::from_secs(60);

const ROUTES: &str = r#"[{"endpoint":"a","bucket":"my-inputs","prefix":"in/","suffix":".json","idle_minutes":1,"job_minutes":1}]"#;

fn server(speed: &str) -> Server {
    let arguments = ["--routes", ROUTES, "--speed", speed, "--provisioning", "1m"];
    serve(&arguments.map(str::to_owned))
}

/// The status, the head, and the body of an answer.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Server {
    fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// A request with these headers, as they are. `Host` is this server, unless it is among them.
    pub fn request(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut answer = String::new();
        self.send(line, headers, body).read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        let has_host = headers.iter().any(|(name, _)| *name == "Host");
        let host = [("Host", self.address())];
        for (name, value) in headers.iter().chain(host.iter().filter(|_| !has_host)) {
            request += &format!("{name}: {value}\r\n");
        }
        write!(stream, "{request}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stream
    }

    /// An action of the page.
    fn act(&self, action: &str, body: &Value) -> Answer {
        let headers = [
            ("Origin", self.url.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/json"),
        ];
        self.request(&format!("POST /_page/{action}"), &headers, &body.to_string())
    }

    pub fn events(&self) -> Events {
        let stream = self.send("GET /_page/events", &[("Accept", "text/event-stream")], "");
        let mut lines = BufReader::new(stream).lines();
        assert!(lines.next().unwrap().unwrap().starts_with("HTTP/1.1 200"));
        let mut events = Events { lines, happened: Vec::new(), state: Value::Null };
        assert_eq!(events.next(), "begin", "a browser that connects again gets everything");
        events
    }

    /// The state now.
    pub fn state(&self) -> Value {
        self.events().state
    }
}

/// The stream, and what it said so far.
pub struct Events {
    lines: Lines<BufReader<TcpStream>>,
    pub happened: Vec<Value>,
    state: Value,
}

impl Events {
    /// Reads one event and returns its name.
    fn next(&mut self) -> String {
        let mut name = String::new();
        loop {
            let line = self.lines.next().unwrap().unwrap();
            if let Some(it) = line.strip_prefix("event: ") {
                name = it.to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                let data: Value = serde_json::from_str(data).unwrap();
                let happened = match name.as_str() {
                    "begin" => {
                        self.state = data["state"].clone();
                        &data["happened"]
                    }
                    "state" => {
                        self.state = data;
                        return name;
                    }
                    _ => &data,
                };
                self.happened.extend(happened.as_array().unwrap().iter().cloned());
                return name;
            }
        }
    }

    fn until(&mut self, wanted: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !wanted(self) {
            assert!(begin.elapsed() < BOUND, "{} {:#?}", self.state, self.happened);
            self.next();
        }
    }

    fn decided(&self, action: &str) -> bool {
        self.happened.iter().any(|it| it["decision"]["action"] == action)
    }
}

#[tokio::test]
async fn a_browser_gets_the_page_and_an_sdk_its_buckets_at_the_same_address() {
    let server = server("1");
    let html = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let page = server.request("GET /", &html, "");
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains("script-src 'sha256-") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe"), "{policy}");
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.body.contains(outside), "{outside}");
    }
    assert!(page.body.contains("EventSource") && page.body.contains("prefers-color-scheme"));
    // A page can have a link to it from elsewhere.
    let linked = [html[0], ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(server.request("GET /", &linked, "").status, 200);
    // A browser's request for anything else is not for the page.
    assert_ne!(server.request("GET /", &[("Accept", "*/*")], "").status, 200);

    let sdk = config(&server.url);
    let s3 = aws_sdk_s3::config::Builder::from(&sdk).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    let buckets = s3.list_buckets().send().await.unwrap();
    let names: Vec<_> = buckets.buckets().iter().filter_map(|it| it.name()).collect();
    assert_eq!(names, ["my-inputs", "my-outputs"]);
}

/// A key can have the form of a path of the page, where the host is a bucket's.
#[test]
fn the_host_of_a_bucket_has_no_page() {
    let server = server("1");
    let host = format!("my-inputs.localhost:{}", server.address().split_once(':').unwrap().1);
    let answer = server.request("GET /_page/events", &[("Host", &host)], "");
    assert!(answer.body.contains("AccessDenied") || answer.body.contains("<Error>"), "{answer:?}");
}

#[test]
fn other_sites_in_the_browser_are_refused_and_change_nothing() {
    let server = server("1");
    let own = ("Origin", server.url.as_str());
    let json = ("Content-Type", "application/json");
    let port = server.address().split_once(':').unwrap().1;
    let rebound = format!("example.com:{port}");
    let rebound_origin = format!("http://{rebound}");
    let other_name = format!("http://localhost:{port}");
    let actions = [
        ("upload", json!({ "bucket": "my-inputs", "key": "in/a.json", "body": "{}" })),
        ("invoke", json!({ "endpoint": "a", "body": "{}" })),
        ("speed", json!({ "speed": 60 })),
        ("fault", json!({ "fault": "no-capacity", "present": true })),
    ];
    let cases: [(&str, Vec<(&str, &str)>); 7] = [
        ("no browser", vec![json]),
        ("another site", vec![json, ("Origin", "https://example.com")]),
        ("a form of another site", vec![("Content-Type", "text/plain"), ("Origin", "null")]),
        ("another port", vec![json, ("Origin", "http://127.0.0.1:1")]),
        ("the other name", vec![json, ("Origin", &other_name)]),
        ("cross-site", vec![json, own, ("Sec-Fetch-Site", "cross-site")]),
        (
            "DNS rebinding",
            vec![
                json,
                ("Host", &rebound),
                ("Origin", &rebound_origin),
                ("Sec-Fetch-Site", "same-origin"),
            ],
        ),
    ];
    for (case, headers) in &cases {
        for (action, body) in &actions {
            let answer =
                server.request(&format!("POST /_page/{action}"), headers, &body.to_string());
            assert_eq!(answer.status, 403, "{case}, {action}: {answer:?}");
        }
    }
    // Reading is refused in the same way.
    for path in ["/", "/_page/events", "/_page/timeline.svg?endpoint=a&variant=AllTraffic"] {
        let headers = [("Host", rebound.as_str()), ("Accept", "text/html")];
        assert_eq!(server.request(&format!("GET {path}"), &headers, "").status, 403, "{path}");
    }
    let cross = [("Sec-Fetch-Site", "cross-site")];
    assert_eq!(server.request("GET /_page/events", &cross, "").status, 403);

    let events = server.events();
    assert_eq!(events.state["speed"], 1);
    assert_eq!(events.state["endpoints"][0]["waiting"], 0);
    assert!(events.state["faults"].as_array().unwrap().iter().all(|it| it["present"] == false));
    let operations: Vec<_> = events.happened.iter().map(|it| &it["operation"]).collect();
    assert!(!operations.iter().any(|it| **it == "PutObject"), "{operations:?}");
    // The page itself may.
    assert_eq!(server.act("speed", &json!({ "speed": 2 })).status, 200);
    assert_eq!(server.state()["speed"], 2);
}

#[test]
fn an_upload_wakes_the_endpoint_and_later_it_is_at_zero() {
    let server = server("120");
    let mut events = server.events();
    let upload = json!({
        "bucket": "my-inputs", "key": "in/a.json", "body": "{\"secret\":1}", "request_for": "a",
    });
    let answer = server.act("upload", &upload);
    assert_eq!(answer.status, 200, "{answer:?}");
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("Uploaded s3://my-inputs/in/a.json. Its request is "), "{message}");
    events.until(|it| it.decided("wake"));
    let of_upload = |it: &Value| it["operation"] == "PutObject" && it["write"] == true;
    assert!(events.happened.iter().any(of_upload), "{:?}", events.happened);
    let variant = |events: &Events| events.state["endpoints"][0]["variants"][0].clone();
    events.until(|it| variant(it)["desired"] == 1);
    events.until(|it| variant(it)["records"][0]["name"] == "lease");
    events.until(|it| variant(it)["floor"]["kind"] == "ours");
    events.until(|it| variant(it)["in_service"] == 1);
    events.until(|it| it.decided("sleep"));
    events.until(|it| variant(it)["in_service"] == 0);
    // A browser that connects later gets what happened before.
    let later = server.events();
    assert!(later.decided("wake") && later.decided("sleep"), "{:?}", later.happened);
    assert!(later.happened.iter().any(of_upload));
    let shown = format!("{} {:?}", events.state, events.happened);
    assert!(!shown.contains("secret"), "the content of an input is shown");

    let path = "GET /_page/timeline.svg?endpoint=a&variant=AllTraffic&width=narrow";
    let picture = server.request(path, &[], "");
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    for part in ["<svg width=\"340\"", "arrivals", "lease: kept awake", "in service", "UTC"] {
        assert!(picture.body.contains(part), "{part}");
    }
    let none = server.request("GET /_page/timeline.svg?endpoint=b&variant=x", &[], "");
    assert_eq!(none.status, 404);
}

/// The function follows the clock: its schedule has the new speed, too.
#[test]
fn the_speed_can_be_changed_and_time_goes_on() {
    let server = server("1");
    let at = |state: &Value| state["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let mut events = server.events();
    let begin = at(&events.state);
    assert_eq!(server.act("speed", &json!({ "speed": 1200 })).status, 200);
    events.until(|it| it.state["speed"] == 1200);
    let ticks = |it: &Events| {
        let mut minutes: Vec<_> = it
            .happened
            .iter()
            .filter(|it| it["decision"]["signal"] == "tick")
            .map(|it| it["at"].as_str().unwrap()[..16].to_owned())
            .collect();
        minutes.dedup();
        minutes.len()
    };
    // At the first speed, this would take five minutes.
    events.until(|it| ticks(it) >= 5);
    assert_eq!(server.act("speed", &json!({ "speed": 1 })).status, 200);
    events.until(|it| it.state["speed"] == 1);
    let slow = at(&events.state);
    assert!(slow.duration_since(begin) > SignedDuration::from_mins(3), "{begin} to {slow}");
    events.until(|it| at(&it.state) > slow);
}

/// An event that failed is tried again after one and two minutes of the simulated clock. If the waits kept the speed at
/// which they began, they would take longer than this test allows.
#[tokio::test]
async fn what_waits_when_the_speed_changes_follows_it() {
    let server = server("1");
    let sdk = config(&server.url);
    let send = aws_sdk_lambda::Client::new(&sdk).invoke().function_name("reactive-scaler");
    let send = send.invocation_type(aws_sdk_lambda::types::InvocationType::Event);
    let payload = aws_sdk_lambda::primitives::Blob::new(r#"{"no":"event"}"#);
    send.payload(payload).send().await.unwrap();
    let logs = aws_sdk_cloudwatchlogs::Client::new(&sdk);
    let failed = async || {
        let search = logs.filter_log_events().log_group_name("/aws/lambda/reactive-scaler");
        let mut pages = search.into_paginator().send();
        let mut failed = 0;
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            let messages = page.events().iter().filter_map(|it| it.message());
            let reports = messages.filter_map(|it| serde_json::from_str::<Value>(it).ok());
            failed += reports.filter(|it| it["record"]["status"] == "error").count();
        }
        failed
    };
    let begin = Instant::now();
    for (speed, attempts) in [(1, 1), (1200, 3)] {
        assert_eq!(server.act("speed", &json!({ "speed": speed })).status, 200);
        while failed().await < attempts {
            assert!(begin.elapsed() < BOUND, "not {attempts} attempts");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[test]
fn a_request_with_a_body_enters_the_queue() {
    let server = server("1");
    let answer = server.act("invoke", &json!({ "endpoint": "a", "body": "{}" }));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(server.state()["endpoints"][0]["waiting"], 1);
}

/// A fault of AWS ends. A setting of the account stays, and the answer says what changes it.
#[test]
fn each_fault_begins_and_those_of_aws_end() {
    let routes = ROUTES.replace("\"idle_minutes\":1", "\"results\":true");
    let server = serve(&["--routes", &routes].map(str::to_owned));
    let present = || -> Vec<String> {
        let state = server.state();
        let all = state["faults"].as_array().unwrap().iter();
        let present = all.filter(|it| it["present"] == true);
        present.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut left = Vec::new();
    assert_eq!(present(), left);
    for (fault, is_of_aws) in [
        ("quota", true),
        ("no-capacity", true),
        ("late-metrics", true),
        ("throttling", true),
        ("eventbridge-off", false),
        ("results-not-connected", false),
        ("policy-never-acts", false),
        ("owners-schedule", false),
    ] {
        let change = |is_there: bool| json!({ "fault": fault, "present": is_there });
        assert_eq!(server.act("fault", &change(true)).status, 200, "{fault}");
        assert!(present().iter().any(|it| it == fault), "{fault}");
        let ended = server.act("fault", &change(false));
        if !is_of_aws {
            assert_eq!(ended.status, 400, "{fault}");
            let message = ended.json()["message"].as_str().unwrap().to_owned();
            assert!(message.contains("`scalerctl doctor` prints the command"), "{message}");
            left.push(fault.to_owned());
        }
        let mut found = present();
        found.sort_by_key(|it| left.iter().position(|other| other == it));
        assert_eq!(found, left, "{fault}");
    }
}

#[test]
fn a_fault_that_the_routes_cannot_have_is_refused() {
    let server = server("1");
    let change = json!({ "fault": "results-not-connected", "present": true });
    let answer = server.act("fault", &change);
    assert_eq!(answer.status, 400, "{answer:?}");
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "The fault results-not-connected does not apply to these routes.");
}

#[test]
fn an_action_that_is_not_possible_says_why() {
    let server = server("1");
    let upload = |bucket: &str, key: &str| json!({ "bucket": bucket, "key": key, "body": "" });
    for (action, body, said) in [
        ("upload", upload("my-outputs", "a"), "my-outputs is not the bucket of a route."),
        ("upload", upload("my-inputs", ""), "The key must have 1 to 1024 bytes."),
        ("upload", upload("my-inputs", &"k".repeat(1025)), "The key must have 1 to 1024 bytes."),
        ("invoke", json!({ "endpoint": "a", "body": "" }), "The body must have 1 to 128000 bytes."),
        ("invoke", json!({ "endpoint": "b", "body": "{}" }), "b did not accept the request: "),
        ("speed", json!({ "speed": 0 }), "The speed must be 1 to 3600."),
        ("speed", json!({ "speed": 3601 }), "The speed must be 1 to 3600."),
        ("fault", json!({ "fault": "fire", "present": true }), "There is no fault fire."),
    ] {
        let answer = server.act(action, &body);
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(said), "{message}");
    }
    assert_eq!(server.state()["endpoints"][0]["waiting"], 0);
}
