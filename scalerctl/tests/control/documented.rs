//! The transcripts in docs/operate.md are equal to the output of the commands, except for numbers. docs/reference.md has the
//! commands of the help, and the actions that these commands call.

use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    ledger::{Location, Upload},
    port::VariantId,
};
use simulator::{LambdaFunction, MetricName, Operation, Pace, Statistic, TargetTracking, World};

use super::setup::{ENDPOINT, Run, Setup, VARIANT, id};

const COMMANDS: [&str; 6] = ["wake", "sleep", "hold", "release", "pause", "resume"];

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

/// A section of docs/reference.md, without its heading.
fn section(heading: &str) -> String {
    let page = page("reference.md");
    let rest = page.split(&format!("# {heading}\n")).nth(1).unwrap();
    let ends = rest.find("\n## ").into_iter().chain(rest.find("\n### ")).min();
    rest[..ends.unwrap()].to_owned()
}

/// The transcripts of the page, in order: the command line and its output.
fn transcripts() -> Vec<(String, String)> {
    let page = page("operate.md");
    let blocks = page.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands = blocks.filter_map(|block| block.strip_prefix("$ scalerctl "));
    commands
        .map(|block| block.split_once('\n').unwrap())
        .map(|(command, output)| (command.to_owned(), output.to_owned()))
        .collect()
}

/// Replaces each sequence of digits, and each list of numbers, with 0, because times depend on the machine.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c.is_ascii_digit() {
            false => out.push(c),
            true if out.ends_with('0') => {}
            true => out.push('0'),
        }
    }
    while out.contains("0, 0") {
        out = out.replace("0, 0", "0");
    }
    // The day of the week, and whether a distance is whole hours, depend on the moment.
    for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] {
        out = out.replace(&format!("{day} 0-0-0"), "Day 0-0-0");
    }
    out.replace("0 h 0 min", "0 h")
}

/// Whether the lines between the `...` of a transcript are in the output, in order.
fn is_excerpt(wanted: &str, printed: &str) -> bool {
    let mut rest = printed;
    wanted.split("...\n").all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// The outputs that differ from the page. Only a transcript with `...` leaves out lines.
async fn check(setup: &Setup, (command, wanted): &(String, String)) -> Option<String> {
    // As the shell passes a pattern in quotes.
    let command = command.replace('\'', "");
    let arguments: Vec<&str> = command.split(' ').collect();
    let Run { out, errors, .. } = setup.run(&arguments).await;
    let printed = format!("{errors}{out}");
    let (shown, comparable) = (without_numbers(wanted), without_numbers(&printed));
    let same = match wanted.contains("...\n") {
        true => is_excerpt(&shown, &comparable),
        false => shown == comparable,
    };
    (!same).then(|| format!("$ scalerctl {command}\n{printed}"))
}

/// Runs the transcripts one after the other on one endpoint that is at zero at the start.
#[tokio::test]
async fn the_pages_transcripts_are_equal_to_the_output() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| {
        for name in ["team-a-1", "team-a-2"] {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&VariantId::new(name, VARIANT), 0, 4);
        }
    });
    let mut seen = Vec::new();
    let mut others = Vec::new();
    for transcript in transcripts() {
        let name = transcript.0.split(' ').next().unwrap().to_owned();
        if COMMANDS.contains(&name.as_str()) {
            others.extend(check(&setup, &transcript).await);
            seen.push(name);
        }
    }
    assert!(others.is_empty(), "docs/operate.md differs from:\n{}", others.join("\n"));
    for command in COMMANDS {
        assert!(seen.iter().any(|name| name == command), "docs/operate.md shows no {command}");
    }
}

/// The request takes five minutes. This AWS does not count it while it runs.
#[tokio::test]
async fn the_pages_measurements_are_equal_to_the_output() {
    let trials = transcripts().into_iter().filter(|(command, _)| command.starts_with("verify "));
    let mut seen = 0;
    for trial in trials {
        let processing = Duration::from_secs(300);
        let setup = Setup::fast_at(0, Pace { processing, ..Pace::default() }).await;
        setup.sim.with(|world| {
            world.settings.backlog_counts_running = false;
            world.store("s3://my-inputs/long.json", "{}");
        });
        let other = check(&setup, &trial).await;
        assert!(other.is_none(), "docs/operate.md differs from:\n{}", other.unwrap_or_default());
        seen += 1;
    }
    assert_eq!(seen, 2, "docs/operate.md shows verify with and without --running-work");
}

fn help(arguments: &[&str]) -> String {
    let mut scalerctl = Command::new(env!("CARGO_BIN_EXE_scalerctl"));
    let output = scalerctl.args(arguments).arg("--help").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Each command with what it does, in the order of the help, and whether it uses an account.
#[test]
fn the_page_has_each_command_of_the_help() {
    let section = section("Commands of scalerctl");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let help_text = help(&[]);
    let commands = help_text.split("\nCommands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands = commands.lines().map(|line| line.trim_start().split_once(' ').unwrap());
    let commands = commands.filter(|(name, _)| *name != "help");
    let wanted: Vec<String> = commands
        .clone()
        .map(|(name, text)| format!("| `{name}` | {} | ", text.trim_start()))
        .collect();
    let shown: Vec<(&str, &str)> =
        rows.map(|row| row.split_at(row.trim_end_matches(" |").rfind("| ").unwrap() + 2)).collect();
    assert_eq!(shown.iter().map(|(begin, _)| *begin).collect::<Vec<_>>(), wanted);
    for ((name, _), (_, account)) in commands.zip(shown) {
        let options = help(&[name]);
        assert_eq!(options.contains("--profile "), account != "no |", "{name}: {account}");
        assert_eq!(options.contains("      --local\n"), account != "no |", "{name}: {account}");
    }
}

/// The actions in a text: all between quotation marks of this kind that have the form of one.
fn actions(text: &str, quote: char) -> BTreeSet<String> {
    let parts = text.split(quote).skip(1).step_by(2).filter(|it| {
        it.split_once(':').is_some_and(|(service, name)| {
            !service.contains('.')
                && service != "arn"
                && name.chars().all(char::is_alphabetic)
                && !name.is_empty()
        })
    });
    parts.map(str::to_owned).collect()
}

/// The actions of the calls.
fn actions_of_calls(world: &World) -> BTreeSet<String> {
    let actions = |operation: Operation| match operation {
        // Without the second one, S3 denies the call if there is no such object.
        Operation::HeadObject => vec!["s3:GetObject".to_owned(), "s3:ListBucket".to_owned()],
        _ => vec![format!("{}:{}", operation.service().iam_prefix(), operation.as_str())],
    };
    world.journal.calls().flat_map(|call| actions(call.operation)).collect()
}

/// The commands are allowed exactly what they call, with a function that has a table of results.
#[tokio::test]
async fn the_policy_and_the_table_allow_exactly_the_calls() {
    let section = section("Permissions of the commands that change an endpoint");
    let (policy, table) = section.split_once("```\n\n").unwrap();
    let with_function = |setup: &Setup| {
        setup.sim.with(|world| {
            let routes = r#"[{"endpoint":"my-endpoint","results":true}]"#;
            let ledger = ("SCALER_LEDGER", "reactive-scaler-ledger");
            world.put_function(LambdaFunction::new(
                "my-scaler",
                [("SCALER_ROUTES", routes), ledger],
            ));
            world.add_log_group("/aws/lambda/my-scaler");
            world.store("s3://my-inputs/long.json", "{}");
            // A forced sleep forgets an upload of this age.
            let at = Timestamp::now() - SignedDuration::from_mins(30);
            let upload = Upload { id: "01".into(), created_at: Some(at) };
            let input = Location::of_object("my-inputs", "a.json").unwrap();
            world.ledger_add_upload(ENDPOINT, &input, &upload, at).unwrap();
            let metric = MetricName::BacklogSizePerInstance;
            let tracking = TargetTracking::new(5.0, metric, ENDPOINT, Statistic::Average);
            world.put_scaling_policy(&id(), "backlog-per-instance", tracking).unwrap();
            world.clear_calls();
        });
    };
    let setup = Setup::with(0).await;
    with_function(&setup);
    for arguments in [
        &["wake", ENDPOINT][..],
        &["hold", ENDPOINT, "--for", "1h"],
        &["pause", ENDPOINT],
        &["resume", ENDPOINT],
        &["release", ENDPOINT],
        &["sleep", ENDPOINT, "--force"],
    ] {
        setup.run(arguments).await.assert(0, &[]);
    }
    let mut called = setup.sim.with(|world| actions_of_calls(world));
    let processing = Duration::from_secs(300);
    let setup = Setup::fast_at(0, Pace { processing, ..Pace::default() }).await;
    with_function(&setup);
    let verify = ["verify", ENDPOINT, "--yes", "--running-work", "s3://my-inputs/long.json"];
    setup.run(&verify).await.assert(0, &[]);
    called.extend(setup.sim.with(|world| actions_of_calls(world)));
    // Application Auto Scaling may check it of its callers.
    called.insert("cloudwatch:DescribeAlarms".to_owned());
    let documented: BTreeSet<String> =
        actions(policy, '"').union(&actions(table, '`')).cloned().collect();
    assert_eq!(documented, called);
}
