//! `scalerctl aws --fault NAME`: doctor names each fault, and the command that it prints repairs the account. A fault
//! of AWS ends by itself, and doctor is clean after that.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use reactive_scaler::{
    aws::SdkAws,
    port::{Endpoints, Scaling, VariantId},
};
use serde_json::Value;

use super::{
    config,
    server::{Server, serve},
};

/// Bound of each wait. A simulated hour takes a minute.
const PATIENCE: Duration = Duration::from_secs(180);

const ROUTE: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;

/// The window of an idle endpoint is five minutes.
const SHORT: &str =
    r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","idle_minutes":5,"job_minutes":3}]"#;

/// A busy endpoint gets an instance for each request.
const ONE_EACH: &str =
    r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","job_minutes":3,"inputs_per_instance":1}]"#;

const RESULTS: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#;

/// A server with a fault, and the programs that the commands of doctor need.
struct Scene {
    server: Server,
    programs: PathBuf,
    folder: tempfile::TempDir,
}

/// A finding of doctor.
#[derive(Debug)]
struct Finding {
    id: String,
    /// The commands of the first way to fix it.
    commands: Vec<String>,
    /// The commands of the other ways, in order.
    others: Vec<String>,
}

impl Scene {
    /// `None` without the AWS CLI.
    fn start(fault: &str, routes: &str, arguments: &[&str]) -> Option<Self> {
        let Some(python) = env::var_os("LOCAL_AWS_PYTHON").map(PathBuf::from) else {
            println!("skipped: LOCAL_AWS_PYTHON names no Python with the AWS CLI beside it");
            return None;
        };
        let own = ["--fault", fault, "--routes", routes, "--speed", "60", "--provisioning", "1m"];
        let all = [&own[..], arguments].concat();
        let server = serve(&all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        let programs = python.parent().unwrap().to_owned();
        Some(Self { server, programs, folder: tempfile::tempdir().unwrap() })
    }

    /// A command in the environment of a user of the local AWS.
    fn command(&self, program: &str, arguments: &[&str]) -> Output {
        let scalerctl = Path::new(env!("CARGO_BIN_EXE_scalerctl")).parent().unwrap();
        let path = [self.programs.as_path(), scalerctl].map(|it| it.display().to_string());
        let path = format!("{}:{}", path.join(":"), env::var("PATH").unwrap_or_default());
        Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs([("PATH", path.as_str()), ("AWS_ENDPOINT_URL", &self.server.url)])
            .envs([("AWS_REGION", "eu-central-1"), ("AWS_DEFAULT_REGION", "eu-central-1")])
            .envs([("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")])
            .envs([("HOME", self.folder.path())])
            .output()
            .unwrap()
    }

    fn doctor(&self) -> Vec<Finding> {
        let output =
            self.command(env!("CARGO_BIN_EXE_scalerctl"), &["doctor", "my-endpoint", "-o", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let commands = |it: &Value| {
            it["commands"].as_array().unwrap().iter().map(text).collect::<Vec<String>>()
        };
        let finding = |it: &Value| Finding {
            id: text(&it["id"]),
            commands: commands(it),
            others: it["alternatives"].as_array().unwrap().iter().flat_map(commands).collect(),
        };
        document["findings"].as_array().unwrap().iter().map(finding).collect()
    }

    /// The findings of these names, as soon as doctor has one.
    async fn named(&self, ids: &[&str]) -> Vec<Finding> {
        eventually(ids.join(" or "), async || {
            let mut found = self.doctor();
            found.retain(|it| ids.contains(&it.id.as_str()));
            (!found.is_empty()).then_some(found)
        })
        .await
    }

    /// Waits until doctor has no finding of these names.
    async fn clean(&self, ids: &[&str]) {
        eventually(format!("no {}", ids.join(" and no ")), async || {
            (!self.doctor().iter().any(|it| ids.contains(&it.id.as_str()))).then_some(())
        })
        .await;
    }

    /// Asserts that doctor has no finding of this name now.
    fn assert_clean(&self, id: &str) {
        let found = self.doctor();
        assert!(!found.iter().any(|it| it.id == id), "{found:?}");
    }

    /// Runs commands as if they were pasted into a shell.
    fn paste(&self, commands: &[String]) {
        assert!(!commands.is_empty());
        for command in commands {
            let output = self.command("bash", &["--norc", "-c", command]);
            assert!(output.status.success(), "{command}: {output:?}");
        }
    }

    fn sdk(&self) -> SdkAws {
        SdkAws::new(&config(&self.server.url))
    }

    async fn upload(&self) {
        let config = config(&self.server.url);
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(s3);
        let body = b"{}".to_vec().into();
        s3.put_object().bucket("my-inputs").key("input.json").body(body).send().await.unwrap();
    }

    async fn invoke(&self) {
        let client = aws_sdk_sagemakerruntime::Client::new(&config(&self.server.url));
        let request = client.invoke_endpoint_async().endpoint_name("my-endpoint");
        request.input_location("s3://my-inputs/input.json").send().await.unwrap();
    }

    /// Current and desired instances.
    async fn instances(&self) -> (i32, i32) {
        let endpoint = self.sdk().endpoint("my-endpoint").await.unwrap().unwrap();
        let variant = &endpoint.variants[0];
        (variant.current.unwrap(), variant.desired.unwrap())
    }

    async fn in_service(&self) {
        eventually("an instance", async || (self.instances().await.0 > 0).then_some(())).await;
    }

    async fn at_zero(&self) {
        eventually("zero instances", async || (self.instances().await == (0, 0)).then_some(()))
            .await;
    }

    /// The function's decisions with this signal.
    async fn decisions(&self, signal: &str) -> usize {
        let logs = aws_sdk_cloudwatchlogs::Client::new(&config(&self.server.url));
        let request = logs.filter_log_events().log_group_name("/aws/lambda/reactive-scaler");
        let pattern = format!("{{ $.signal = \"{signal}\" }}");
        request.filter_pattern(pattern).send().await.unwrap().events().len()
    }
}

/// Looks until there is something.
async fn eventually<T>(what: impl Into<String>, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let (what, begin) = (what.into(), Instant::now());
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "{what}: not in {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn eventbridge_off_is_repaired_by_turning_it_on() {
    let Some(scene) = Scene::start("eventbridge-off", ROUTE, &[]) else { return };
    scene.upload().await;
    let found = scene.named(&["event-bridge-off"]).await;
    // The event of an upload is delivered before the tick of the next minute.
    let ticks = scene.decisions("tick").await;
    let later = async || (scene.decisions("tick").await > ticks + 1).then_some(());
    eventually("two ticks", later).await;
    assert_eq!(scene.decisions("input").await, 0);
    scene.paste(&found[0].commands);
    scene.assert_clean("event-bridge-off");
    scene.upload().await;
    scene.in_service().await;
    assert_eq!(scene.decisions("input").await, 1);
}

#[tokio::test]
async fn a_quota_is_repaired_by_a_request_for_an_increase() {
    let Some(scene) = Scene::start("quota", ROUTE, &[]) else { return };
    scene.upload().await;
    let found = scene.named(&["quota-reached"]).await;
    assert_eq!(scene.instances().await, (0, 0));
    scene.paste(&found[0].commands);
    scene.upload().await;
    scene.in_service().await;
    scene.clean(&["quota-reached"]).await;
}

/// The function requests more instances for the backlog than the quota allows while one runs.
#[tokio::test]
async fn a_quota_that_is_reached_while_an_instance_runs_is_repaired_too() {
    let long = ["--processing", "5h"];
    let Some(scene) = Scene::start("quota", ONE_EACH, &long) else { return };
    scene.upload().await;
    let found = scene.named(&["quota-reached"]).await;
    scene.paste(&found[0].commands);
    scene.upload().await;
    scene.in_service().await;
    scene.clean(&["quota-reached"]).await;
    for _ in 0..3 {
        scene.invoke().await;
    }
    let found = scene.named(&["quota-reached"]).await;
    assert_eq!(scene.instances().await, (1, 1));
    assert!(found[0].commands[0].contains("--desired-value 3 "), "{found:?}");
    scene.paste(&found[0].commands);
    eventually("three instances", async || (scene.instances().await.0 == 3).then_some(())).await;
    scene.clean(&["quota-reached"]).await;
}

#[tokio::test]
async fn no_capacity_ends_and_the_function_wakes_the_endpoint() {
    let Some(scene) = Scene::start("no-capacity", SHORT, &["--fault-lasts", "40m"]) else {
        return;
    };
    scene.upload().await;
    scene.invoke().await;
    // `FailureReason` is there between two changes only.
    let ids = ["no-instances", "wake-repeated"];
    let found = scene.named(&ids).await;
    scene.paste(&found[0].commands);
    scene.paste(&found[0].others);
    scene.in_service().await;
    scene.clean(&ids).await;
}

#[tokio::test]
async fn late_metrics_end_and_the_endpoint_sleeps_and_wakes() {
    let Some(scene) = Scene::start("late-metrics", SHORT, &["--fault-lasts", "40m"]) else {
        return;
    };
    scene.upload().await;
    scene.invoke().await;
    let found = scene.named(&["metrics-late"]).await;
    scene.paste(&found[0].commands);
    scene.at_zero().await;
    scene.upload().await;
    scene.in_service().await;
    scene.clean(&["metrics-late"]).await;
}

#[tokio::test]
async fn throttling_ends_and_the_function_wakes_the_endpoint() {
    let Some(scene) = Scene::start("throttling", ROUTE, &["--fault-lasts", "60m"]) else { return };
    scene.upload().await;
    let found = scene.named(&["calls-throttled"]).await;
    assert_eq!(scene.instances().await, (0, 0));
    // The local AWS has no trails.
    assert!(found[0].commands[0].starts_with("aws cloudtrail lookup-events "), "{found:?}");
    // The lease of the first input has ended by then.
    eventually("a wake", async || {
        scene.upload().await;
        (scene.instances().await.1 > 0).then_some(())
    })
    .await;
    scene.in_service().await;
    scene.clean(&["calls-throttled"]).await;
}

#[tokio::test]
async fn results_that_do_not_arrive_are_repaired_by_subscriptions() {
    let Some(scene) = Scene::start("results-not-connected", RESULTS, &[]) else { return };
    let found = scene.named(&["results-elsewhere"]).await;
    assert_eq!(found.len(), 2, "one for each topic: {found:?}");
    for topic in &found {
        scene.paste(&topic.commands);
    }
    scene.assert_clean("results-elsewhere");
    scene.upload().await;
    scene.invoke().await;
    scene.in_service().await;
    let result = async || (scene.decisions("result").await > 0).then_some(());
    eventually("a result", result).await;
}

#[tokio::test]
async fn a_policy_that_never_acts_is_replaced() {
    let Some(scene) = Scene::start("policy-never-acts", ROUTE, &[]) else { return };
    let found = scene.named(&["wrong-dimension"]).await;
    scene.paste(&found[0].commands);
    scene.assert_clean("wrong-dimension");
    scene.upload().await;
    scene.in_service().await;
}

/// Without the function, the policy of the user never leaves zero.
#[tokio::test]
async fn a_policy_that_never_leaves_zero_gets_one_that_does() {
    let Some(scene) = Scene::start("policy-never-acts", ROUTE, &["--no-function"]) else { return };
    let found = scene.named(&["no-way-out-of-zero"]).await;
    // The policy scales in. Without any policy, doctor has this finding.
    scene.assert_clean("no-scale-in-policy");
    scene.paste(&found[0].commands);
    scene.assert_clean("no-way-out-of-zero");
    scene.upload().await;
    scene.invoke().await;
    scene.in_service().await;
}

#[tokio::test]
async fn the_owners_schedule_is_deleted_and_the_function_has_its_floor_again() {
    let Some(scene) = Scene::start("owners-schedule", ROUTE, &[]) else { return };
    let found = scene.named(&["foreign-schedule"]).await;
    scene.paste(&found[0].commands);
    scene.upload().await;
    scene.in_service().await;
    scene.paste(&found[0].others);
    scene.assert_clean("foreign-schedule");
    let id = VariantId::new("my-endpoint", "AllTraffic");
    eventually("the floor", async || {
        (scene.sdk().target(&id).await.unwrap().unwrap().min == 1).then_some(())
    })
    .await;
}

#[test]
fn a_fault_needs_a_route_that_has_what_it_is_about() {
    for (arguments, said) in [
        (&["--fault", "results-not-connected"][..], "needs a route with \"results\": true"),
        (&["--fault", "eventbridge-off", "--no-function"], "needs the function"),
        (
            &["--fault", "eventbridge-off", "--routes", r#"[{"endpoint":"a"}]"#],
            "needs a route with a bucket",
        ),
        (&["--fault", "quota", "--routes", "ssm:/routes"], "needs a route in --routes"),
        (&["--fault-lasts", "5m"], "--fault <NAME>"),
        (&["--fault", "none"], "owners-schedule"),
    ] {
        let (code, message) = super::refused(arguments);
        assert_eq!(code, Some(2), "{message}");
        assert!(message.contains(said), "{said}: {message}");
    }
}

/// The faults of the help.
fn faults() -> Vec<String> {
    let help = super::aws(&["--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, values) = help.split_once("--fault <NAME>").unwrap();
    let (_, values) = values.split_once("Possible values:\n").unwrap();
    let values = values.lines().map_while(|line| line.trim_start().strip_prefix("- "));
    values.map(|value| value.split(':').next().unwrap().to_owned()).collect()
}

/// The section of docs/troubleshooting.md.
fn section() -> String {
    let page = super::documented::page("troubleshooting.md");
    let rest = page.split("\n## Try a fault\n").nth(1).unwrap();
    rest.split("\n## ").next().unwrap().to_owned()
}

#[test]
fn the_page_has_a_row_for_each_fault_of_the_help() {
    let section = section();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(rows.skip(1).collect::<Vec<_>>(), faults());
}

/// In its block, doctor names the fault and says what to do and with which commands, and does not name it after that.
/// `documented` compares the blocks with what is printed.
#[test]
fn the_page_shows_each_fault_with_its_remedy_and_its_end() {
    let section = section();
    for fault in faults() {
        let row = section.lines().find(|line| line.starts_with(&format!("| `{fault}`"))).unwrap();
        let blocks = section.split("```console\n$ scalerctl aws ").skip(1);
        let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap());
        let option = format!("--fault {fault}");
        let block = blocks.map(str::to_owned).find(|block| {
            block
                .lines()
                .next()
                .unwrap()
                .split(" --")
                .any(|it| format!("--{it}").trim_end() == option)
        });
        let block = block.unwrap_or_else(|| panic!("no block with {option}"));
        let printed = |command: &str| {
            let (_, rest) =
                block.split_once(command).unwrap_or_else(|| panic!("no {command:?} in {block}"));
            let (arguments, rest) = rest.split_once('\n').unwrap();
            (arguments.split(' ').next().unwrap().to_owned(), rest.to_owned())
        };
        let (id, remedy) = printed("named ");
        assert!(row.contains(&format!("`{id}`")), "{id} is not in {row}");
        assert!(remedy.starts_with(&format!("{id}: ")), "{block}");
        let shows =
            ["repair ", "finding "].into_iter().find(|it| block.contains(&format!("$ {it}{id}")));
        let (_, commands) =
            printed(&format!("$ {}", shows.unwrap_or_else(|| panic!("{id}: {block}"))));
        assert!(commands.starts_with("aws ") || commands.starts_with("scalerctl "), "{block}");
        assert!(block.contains(&format!("$ gone {id}\ngone: {id}")), "{block}");
    }
}
