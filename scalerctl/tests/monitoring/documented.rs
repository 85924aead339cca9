//! docs/operate.md contains the output of the commands, and docs/reference.md the policy for their calls.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use reactive_scaler::{config::Mode, port::VariantId};
use serde_json::Value;
use simulator::{LambdaFunction, Operation};

use super::{
    results::Work,
    run::{scalerctl, scalerctl_with},
    setup::{ENDPOINT, FROM, Function, UNTIL, fresh, id, morning, time},
};

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

/// A transcript: a command and its output.
fn transcript(typed: &str, printed: &str) -> String {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    format!("```text\n$ scalerctl {typed}\n{}\n```\n", printed.join("\n").trim_end())
}

fn assert_documented(typed: &str, printed: &str) {
    let wanted = transcript(typed, printed);
    assert!(page("operate.md").contains(&wanted), "docs/operate.md lacks:\n{wanted}");
}

#[tokio::test]
async fn status_is_as_documented() {
    let sim = fresh();
    let function = Function::on(&sim);
    function.uploads(3).await;
    function.ticks_until(time("2030-01-07T00:04:00Z")).await;
    let typed = "status my-endpoint --log-group /aws/lambda/my-scaler";
    let arguments: Vec<&str> = typed.split(' ').chain(["--now", "2030-01-07T00:04:20Z"]).collect();
    assert_documented(typed, &scalerctl_with(&sim, &[], &arguments).await.text);
}

#[tokio::test]
async fn status_of_several_endpoints_is_as_documented() {
    let sim = fresh();
    let function = Function::on(&sim);
    function.uploads(3).await;
    function.ticks_until(time("2030-01-07T00:04:00Z")).await;
    sim.with(|world| {
        let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;
        world.put_function(LambdaFunction::new("my-scaler", [("SCALER_ROUTES", routes)]));
        world.add_async_endpoint("llama", "AllTraffic", 0);
        world.register_target(&VariantId::new("llama", "AllTraffic"), 0, 2);
        world.add_async_endpoint("whisper", "AllTraffic", 1);
    });
    let arguments = ["status", "--now", "2030-01-07T00:04:20Z"];
    assert_documented("status", &scalerctl_with(&sim, &[], &arguments).await.text);
}

#[tokio::test]
async fn logs_are_as_documented() {
    let sim = morning().await;
    let typed = "logs my-endpoint --since 40m --changes --log-group /aws/lambda/my-scaler";
    let arguments: Vec<&str> = typed.split(' ').collect();
    assert_documented(typed, &scalerctl(&sim, &arguments).await.text);
}

#[tokio::test]
async fn plot_is_as_documented() {
    let sim = morning().await;
    let typed =
        "plot my-endpoint --since 4h --price-per-hour 1.41 --log-group /aws/lambda/my-scaler";
    let arguments: Vec<&str> = typed.split(' ').collect();
    assert_documented(typed, &scalerctl(&sim, &arguments).await.text);
}

#[tokio::test]
async fn report_is_as_documented() {
    let sim = morning().await;
    let typed = "report --since 4h --price-per-hour 1.41";
    let arguments: Vec<&str> = typed.split(' ').collect();
    assert_documented(typed, &scalerctl(&sim, &arguments).await.text);
}

#[tokio::test]
async fn status_of_uploads_without_a_result_is_as_documented() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Act);
    work.job("a.json").await;
    work.minutes(1).await;
    for key in ["b.json", "c.json"] {
        work.upload(key).await;
        work.minutes(2).await;
    }
    let typed = "status --function my-scaler";
    let now = sim.now().to_string();
    let arguments: Vec<&str> = typed.split(' ').chain(["--now", &now]).collect();
    assert_documented(typed, &scalerctl_with(&sim, &[], &arguments).await.text);
}

#[tokio::test]
async fn what_a_function_that_observes_shows_is_as_documented() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Observe);
    let documented = async |typed: &str| {
        let now = sim.now().to_string();
        let arguments: Vec<&str> = typed.split(' ').chain(["--now", &now]).collect();
        assert_documented(typed, &scalerctl_with(&sim, &[], &arguments).await.text);
    };
    work.ticks_until("2030-01-07T00:30:00Z").await;
    work.job("a.json").await;
    work.minutes(3).await;
    sim.advance(Duration::from_secs(20));
    documented("status --function my-scaler").await;
    work.ticks_until("2030-01-07T02:30:00Z").await;
    for key in ["b.json", "c.json"] {
        work.job(key).await;
        work.minutes(4).await;
    }
    work.ticks_until(UNTIL).await;
    documented("report --function my-scaler --since 4h --price-per-hour 1.41").await;
}

/// The policy on the page allows exactly the calls that the commands make.
#[tokio::test]
async fn the_policy_allows_exactly_the_calls() {
    let page = page("reference.md");
    let section = page.split("### Permissions of status, plot, report, and logs\n").nth(1).unwrap();
    let block = section.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let policy: Value = serde_json::from_str(block).unwrap();
    let actions: BTreeSet<String> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap().to_owned())
        .collect();
    let sim = morning().await;
    sim.with(|world| {
        world.set_bounds(&id(), 0, 4);
        world.put_function(LambdaFunction::new("my-scaler", [("SCALER_MODE", "act")]));
    });
    let mut called = BTreeSet::new();
    for command in ["status", "plot", "report", "logs"] {
        let arguments = [command, ENDPOINT, "--function", "my-scaler", "--now", UNTIL];
        called.extend(scalerctl_with(&sim, &[], &arguments).await.called);
    }
    called.extend(scalerctl(&sim, &["status"]).await.called);
    let prices = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-prices.csv");
    let kind = sim.with(|world| world.settings.instance_type.clone());
    fs::write(&prices, format!("{kind},1.41\n")).unwrap();
    let prices = prices.display().to_string();
    let table = ["report", ENDPOINT, "--since", FROM, "--price-table", &prices];
    let run = scalerctl(&sim, &table).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    called.extend(run.called);
    Work::on(&sim, Mode::Act);
    let run = scalerctl(&sim, &["status", ENDPOINT, "--function", "my-scaler"]).await;
    called.extend(run.called);
    let called: BTreeSet<String> = called
        .into_iter()
        .map(|name| {
            let operation = Operation::from_name(&name).unwrap();
            format!("{}:{name}", operation.service().iam_prefix())
        })
        .collect();
    assert_eq!(actions, called);
}

#[tokio::test]
async fn help_has_examples_and_exit_codes() {
    let sim = fresh();
    for command in ["status", "plot", "report", "logs"] {
        let run = scalerctl_with(&sim, &[], &[command, "--help"]).await;
        run.assert_says(&["Examples:", "Exit codes:", "--function", "--utc", "--profile"]);
        assert!(!run.text.contains("--now"), "{}", run.text);
    }
}
