//! `scalerctl aws --history`: a past that the commands of the operator show, and that goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    time::{Duration, Instant},
};

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_s3::primitives::ByteStream;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    config, refused,
    server::{Server, serve},
};

fn start(arguments: &[&str]) -> Server {
    serve(&arguments.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
}

/// The output and the exit code of a command of the operator.
fn run(server: &Server, arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .args(arguments)
        .arg("--local")
        .env("AWS_ENDPOINT_URL", &server.url)
        .env("TZ", "UTC")
        .output()
        .unwrap();
    (String::from_utf8([output.stdout, output.stderr].concat()).unwrap(), output.status.code())
}

/// The JSON that a command of the operator prints.
fn json(server: &Server, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .args(arguments)
        .args(["--local", "-o", "json"])
        .env("AWS_ENDPOINT_URL", &server.url)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// All decisions in the function's log up to a time: when, of which endpoint, and what.
async fn decisions(server: &Server, until: &str) -> Vec<(i64, String)> {
    let logs = aws_sdk_cloudwatchlogs::Client::new(&config(&server.url));
    let until = until.parse::<Timestamp>().unwrap().as_millisecond();
    let request = logs.filter_log_events().log_group_name("/aws/lambda/reactive-scaler");
    let request = request.filter_pattern(r#"{ $.message = "decision" }"#);
    let mut pages = request.start_time(0).end_time(until).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        for event in page.unwrap().events() {
            found.push((event.timestamp().unwrap(), event.message().unwrap().to_owned()));
        }
    }
    found
}

/// `MinCapacity` by resource.
async fn minimums(server: &Server) -> BTreeMap<String, i32> {
    let scaling = aws_sdk_applicationautoscaling::Client::new(&config(&server.url));
    let request = scaling.describe_scalable_targets();
    let request = request.service_namespace(ServiceNamespace::Sagemaker);
    let mut pages = request.into_paginator().items().send();
    let mut found = BTreeMap::new();
    while let Some(target) = pages.next().await {
        let target = target.unwrap();
        found.insert(target.resource_id().to_owned(), target.min_capacity());
    }
    found
}

/// The fleet of the documents, as a person sees it.
#[tokio::test]
async fn sixty_endpoints_have_61_lines_and_a_dry_run_on_some_of_them_writes_nothing() {
    let server = start(&["--history", "1h", "--endpoints", "60"]);
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .args(["status", "--local"])
        .envs([("AWS_ENDPOINT_URL", server.url.as_str()), ("COLUMNS", "80")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let beside = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}{beside}");
    assert_eq!(text.lines().count(), 61, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(
        text.lines().all(|line| line.starts_with("ENDPOINT ") || line.starts_with("my-endpoint"))
    );
    assert!(text.contains("LAST DECISION"), "{text}");
    for part in ["60 endpoints: ", "function: reactive-scaler, found by its routes"] {
        assert!(beside.contains(part), "{part}: {beside}");
    }
    let (report, code) =
        run(&server, &["report", "--all", "--since", "1h", "--price-per-hour", "1.41"]);
    assert_eq!(code, Some(0), "{report}");
    for part in ["60 endpoints: ", "cost "] {
        assert!(report.contains(part), "{part}: {report}");
    }
    let (of_each, _) = report.split_once("most expensive").unwrap_or((&report, ""));
    let lines = of_each.lines().filter(|line| line.trim_start().starts_with("my-endpoint"));
    assert_eq!(lines.count(), 60, "{report}");
    let state = async || {
        let scaling = aws_sdk_applicationautoscaling::Client::new(&config(&server.url));
        let actions = scaling.describe_scheduled_actions();
        let actions = actions.service_namespace(ServiceNamespace::Sagemaker);
        let mut pages = actions.into_paginator().items().send();
        let mut holds = Vec::new();
        while let Some(action) = pages.next().await {
            let action = action.unwrap();
            // The function goes on with leases of its own.
            if action.scheduled_action_name() == "reactive-scaler-hold" {
                holds.push(action.resource_id().to_owned());
            }
        }
        holds
    };
    let hold = ["hold", "my-endpoint-0*", "--for", "2h"];
    let (dry_run, code) = run(&server, &[&hold[..], &["--dry-run"]].concat());
    assert_eq!(code, Some(0), "{dry_run}");
    assert!(dry_run.contains("\n8 endpoints: 8 would be held"), "{dry_run}");
    assert!(dry_run.contains("Dry run: nothing was written."), "{dry_run}");
    assert_eq!(state().await, Vec::<String>::new());
    // The same command without --dry-run does write, so the state above would show it.
    let (held, code) = run(&server, &[&hold[..], &["--yes"]].concat());
    assert_eq!(code, Some(0), "{held}");
    assert_eq!(state().await.len(), 8, "{held}");
}

async fn eventually(mut look: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !look().await {
        assert!(begin.elapsed() < Duration::from_secs(180), "not in 180 s");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Each endpoint has requests of its own, and its own prefix afterwards.
#[tokio::test]
async fn the_commands_and_the_page_show_the_past_of_a_fleet_and_its_prefixes_go_on() {
    let server = start(&["--history", "1d", "--endpoints", "3"]);
    let begun = Timestamp::now() - SignedDuration::from_secs(5);
    for function in [&[][..], &["--function", "reactive-scaler"]] {
        let report = json(&server, &[&["report", "--since", "1d"], function].concat());
        let endpoints = report["endpoints"].as_array().unwrap();
        let endpoints: Vec<_> = endpoints.iter().map(|it| &it["figures"]).collect();
        let names: Vec<_> = endpoints.iter().map(|it| it["endpoint"].as_str().unwrap()).collect();
        assert_eq!(names, ["my-endpoint", "my-endpoint-02", "my-endpoint-03"]);
        let number = |of: &Value| of.as_f64().unwrap();
        // The first has about 12 requests a day at any time, the third a batch each night.
        for (endpoint, most) in [(endpoints[0], 40.0), (endpoints[2], 10.0)] {
            let (wakes, sleeps) = (number(&endpoint["wakes"]), number(&endpoint["sleeps"]));
            assert!((1.0..most).contains(&wakes), "{report}");
            assert!((sleeps - wakes).abs() <= 1.0, "{report}");
            assert!(number(&endpoint["hours"]["at_zero"]) > 6.0, "{report}");
            assert!(number(&endpoint["hours"]["unknown"]) < 1.0, "{report}");
            assert_eq!(endpoint["errors"].as_f64(), Some(0.0), "{report}");
        }
        let arguments = [&["plot", "my-endpoint", "--since", "1d"], function].concat();
        let (plot, code) = run(&server, &arguments);
        assert_eq!(code, Some(0), "{plot}");
        for missing in ["no datapoints", "instances from: nowhere"] {
            assert!(!plot.contains(missing), "{plot}");
        }
        for shown in ["alarm 1: my-endpoint-has-backlog", "wake", "sleep"] {
            assert!(plot.contains(shown), "{shown}: {plot}");
        }
    }
    let (status, _) = run(&server, &["status", "my-endpoint", "--function", "reactive-scaler"]);
    // The past ends now, and at some times of the day the endpoint is about to have an instance, or none.
    let states =
        ["InService", "Updating"].map(|it| status.contains(&format!("state          {it}")));
    assert!(states.contains(&true), "{status}");
    assert!(status.contains("backlog        ") && !status.contains("no datapoint"), "{status}");
    assert!(!status.contains("last decision  -"), "{status}");
    let (doctor, code) = run(&server, &["doctor", "my-endpoint"]);
    assert!(doctor.contains("0 errors, "), "{doctor}");
    assert!(code == Some(0) || code == Some(1), "{code:?}: {doctor}");

    let happened = server.events().happened;
    let old = |it: &&Value| it["at"].as_str().unwrap().parse::<Timestamp>().unwrap() < begun;
    let decided = happened.iter().filter(|it| it["decision"].is_object());
    assert!(decided.filter(old).count() > 20, "{happened:?}");
    let path = "GET /_page/timeline.svg?endpoint=my-endpoint&variant=AllTraffic&width=wide";
    let picture = server.request(path, &[], "").body;
    let hours = picture.lines().filter(|line| line.len() == 5 && line.ends_with(":00"));
    let hours: BTreeSet<&str> = hours.collect();
    assert!(hours.len() > 3, "the axis has a day: {hours:?}");

    let config = config(&server.url);
    let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    let put = s3.put_object().bucket("my-inputs").key("my-endpoint-02/new.json");
    put.body(ByteStream::from_static(b"{}")).send().await.unwrap();
    eventually(async || {
        let all = decisions(&server, "2999-01-01T00:00:00Z").await;
        let new = all.iter().filter(|(at, _)| *at >= begun.as_millisecond());
        let inputs = new.filter(|(_, line)| line.contains(r#""signal":"input""#));
        let mut of: Vec<_> = inputs.map(|(_, line)| line.contains("\"my-endpoint-02\"")).collect();
        assert!(of.iter().all(|it| *it), "an input of another endpoint");
        of.pop().is_some()
    })
    .await;
    let objects = s3.list_objects_v2().bucket("my-inputs").prefix("my-endpoint/").send().await;
    assert!(!objects.unwrap().contents().is_empty(), "the uploads of the past are there");
}

#[tokio::test]
async fn the_same_seed_and_the_same_end_have_the_same_decisions() {
    let end = (Timestamp::now() - SignedDuration::from_mins(5)).to_string();
    let of = async |seed: &str| {
        let server =
            start(&["--history", "6h", "--endpoints", "2", "--until", &end, "--seed", seed]);
        decisions(&server, &end).await
    };
    let (one, other, third) = (of("1").await, of("1").await, of("2").await);
    assert!(one.len() > 6 * 50, "{}", one.len());
    assert_eq!(one, other);
    assert_ne!(one, third);
}

/// The last days are served first. Then the days before are there, as if they had been played first.
#[tokio::test]
async fn a_long_past_is_served_before_it_is_complete() {
    let end = Timestamp::now() - SignedDuration::from_mins(5);
    let length = SignedDuration::from_hours(36);
    let served_from = end - SignedDuration::from_hours(8);
    let (until, from) = (end.to_string(), served_from.to_string());
    let past = ["--history", "36h", "--until", &until, "--served-from", &from];
    let server = start(&past);
    let old = async || {
        let first_hour = (end - length + SignedDuration::from_hours(1)).to_string();
        decisions(&server, &first_hour).await.len()
    };
    eventually(async || old().await >= 59).await;
    let all = decisions(&server, &until).await;
    assert!(all.is_sorted_by_key(|(at, _)| *at), "the log is in order");
    let minutes: BTreeSet<i64> = all.iter().map(|(at, _)| at / 60_000).collect();
    assert!(minutes.len() >= 36 * 60 - 2, "{} minutes have a tick", minutes.len());

    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config(&server.url));
    let history = cloudwatch.describe_alarm_history().alarm_name("my-endpoint-has-backlog");
    let history = history.scan_by(aws_sdk_cloudwatch::types::ScanBy::TimestampAscending);
    let items: Vec<_> = history.into_paginator().items().send().collect().await;
    let items: Vec<_> = items.into_iter().map(Result::unwrap).collect();
    let created = items.iter().filter(|it| it.history_summary().unwrap().contains("created"));
    assert_eq!(created.count(), 1, "{items:?}");
    let begin = items[0].timestamp().unwrap().secs();
    assert!((begin - (end - length).as_second()).abs() < 60, "{items:?}");

    // Each wake has an end, also those before the later part begins.
    let report = json(&server, &["report", "my-endpoint", "--since", "36h"]);
    let figures = &report["endpoints"][0]["figures"];
    let [wakes, sleeps] = ["wakes", "sleeps"].map(|it| figures[it].as_f64().unwrap());
    assert!(wakes > 4.0 && (wakes - sleeps).abs() <= 1.0, "{report}");
    assert!(figures["hours"]["unknown"].as_f64().unwrap() < 1.0, "{report}");
    let s3 = aws_sdk_s3::config::Builder::from(&config(&server.url)).force_path_style(true).build();
    let inputs = aws_sdk_s3::Client::from_conf(s3).list_objects_v2().bucket("my-inputs");
    let inputs = inputs.send().await.unwrap();
    let oldest = inputs.contents().iter().map(|it| it.last_modified().unwrap().secs()).min();
    // When the first request comes depends on the time of the day.
    assert!(oldest.unwrap() < served_from.as_second(), "{inputs:?}");
}

/// Leases and floors of the past are there at the start, and the function that runs afterwards ends them.
#[tokio::test]
async fn what_the_past_left_goes_on() {
    let times = ["--history", "90m", "--endpoints", "40", "--speed", "60"];
    // Some endpoints are awake at most times.
    let mut found = None;
    for seed in ["1", "2", "3"] {
        let server = start(&[&times[..], &["--seed", seed]].concat());
        let all = minimums(&server).await;
        assert_eq!(all.len(), 40);
        let awake: Vec<String> =
            all.into_iter().filter(|(_, min)| *min == 1).map(|(id, _)| id).collect();
        if !awake.is_empty() {
            found = Some((server, awake));
            break;
        }
    }
    let (server, awake) = found.expect("no endpoint is awake at the end of the past");
    let begun = (Timestamp::now() - SignedDuration::from_secs(30)).as_millisecond();
    let scaling = aws_sdk_applicationautoscaling::Client::new(&config(&server.url));
    for id in &awake {
        let actions = scaling.describe_scheduled_actions().resource_id(id);
        let actions = actions.service_namespace(ServiceNamespace::Sagemaker).send().await.unwrap();
        let names = actions.scheduled_actions().iter();
        let names: Vec<_> = names.map(|it| it.scheduled_action_name()).collect();
        assert!(names.contains(&"reactive-scaler-lease"), "{id}: {names:?}");
    }
    eventually(async || {
        let all = decisions(&server, "2999-01-01T00:00:00Z").await;
        let slept = |id: &String| {
            let name = id.split('/').nth(1).unwrap();
            let name = format!("\"endpoint\":\"{name}\"");
            all.iter().any(|(at, line)| {
                *at > begun && line.contains(&name) && line.contains(r#""action":"sleep""#)
            })
        };
        awake.iter().all(slept)
    })
    .await;
}

#[test]
fn a_past_that_cannot_be_made_is_refused() {
    for (arguments, said) in [
        (&["--endpoints", "2", "--routes", "[]"][..], &["--endpoints", "--routes"][..]),
        (&["--history", "61d"], &["--history", "60d"]),
        (&["--history", "0s"], &["--history", "60d"]),
        (&["--history", "soon"], &["--history", "60d"]),
        (&["--endpoints", "0"], &["--endpoints", "1 to 1000"]),
        (&["--endpoints", "1001"], &["--endpoints", "1 to 1000"]),
        (&["--history", "1d", "--no-function"], &["--history", "--no-function"]),
        (&["--seed", "2"], &["--history"]),
        (&["--history", "1d", "--routes", "ssm:/routes"], &["--history", "names no endpoint"]),
        (&["--history", "60d", "--endpoints", "1000"], &["--history", "72 hours"]),
    ] {
        let (code, message) = refused(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {message}");
        for said in said {
            assert!(message.contains(said), "{arguments:?} {said}: {message}");
        }
    }
}

/// The commands of a block of docs/local-aws.md, each with what the page shows below it.
fn shown(begin: &str) -> Vec<(String, String)> {
    let page = super::documented::page("local-aws.md");
    let block = page.split(begin).nth(1).unwrap().split("\n```").next().unwrap();
    let commands = block.split("\n$ scalerctl ").skip(1);
    let parts = commands.map(|it| it.split_once('\n').unwrap_or((it, "")));
    parts.map(|(command, output)| (command.to_owned(), output.to_owned())).collect()
}

/// The words of each line without digits. Of an endpoint's line only that it is one: the rest depends on the day.
fn form(text: &str) -> Vec<String> {
    let form = |line: &str| match line.strip_prefix(' ').unwrap_or(line).starts_with("my-endpoint")
    {
        true => "my-endpoint".to_owned(),
        false => {
            // The periods of more than 15 days ago are long, so idle times are lower bounds.
            let line = line.replace("at least ", "");
            // A time without milliseconds has no point.
            let line = line.replace(|c: char| c.is_ascii_digit() || c == '.', "");
            // An endpoint can be awake at the end of the past.
            let line = line.replace("with instances, ", "").replace("with instances", "at zero");
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    text.lines().map(form).collect()
}

/// The page has 30 days of 20 endpoints. Three days of two endpoints have the same form.
#[tokio::test]
async fn the_page_shows_the_form_of_status_and_report() {
    let server = start(&["--history", "3d", "--endpoints", "2"]);
    let commands = shown("```console no-test\n$ scalerctl aws --history 30d --endpoints 20");
    let mut compared = 0;
    for (command, output) in commands.iter().filter(|(_, output)| !output.is_empty()) {
        let command = command.replace(" --local", "").replace("30d", "3d");
        let (printed, code) = run(&server, &command.split(' ').collect::<Vec<_>>());
        assert_eq!(code, Some(0), "{command}: {printed}");
        assert_eq!(form(&printed), form(output), "{command}:\n{printed}");
        compared += 1;
    }
    assert_eq!(compared, 2, "{commands:?}");
}
