//! The advice of findings: a sentence, and commands that can be pasted.

use serde_json::Value;

use simulator::LoopbackAws;

use super::{cases, pasted, program, runs, world::ENDPOINT};

/// Programs that a command can run.
const PROGRAMS: [&str; 3] = ["aws ", "sam ", "scalerctl "];

/// The ways to fix a finding: each has a sentence and commands.
fn ways(finding: &Value) -> impl Iterator<Item = &Value> + Clone {
    std::iter::once(finding).chain(finding["alternatives"].as_array().unwrap())
}

/// Words in capital letters that a user would have to replace.
fn placeholders(command: &str) -> Vec<&str> {
    let words = command.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_placeholder = |word: &&str| {
        word.len() > 3
            && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            && !["ERROR", "ENABLED"].contains(word)
    };
    words.filter(is_placeholder).collect()
}

#[tokio::test]
async fn commands_are_complete() {
    let mut wrong = Vec::new();
    let mut commands = 0;
    for (case, run) in runs().await {
        for finding in run.document["findings"].as_array().unwrap() {
            for way in ways(finding) {
                let sentence = way["what_to_do"].as_str().unwrap();
                if sentence.contains("aws ") || sentence.contains('(') || sentence.contains('\n') {
                    wrong.push(format!("{}: {sentence}", case.finding));
                }
            }
            let commands_of = |way: &Value| way["commands"].as_array().unwrap().clone();
            // Where there are two ways, each has a command, except for a setting of the client.
            let is_bare = |way: &&Value| {
                commands_of(way).is_empty()
                    && !way["what_to_do"].as_str().unwrap().contains("RequestTTLSeconds")
            };
            if ways(finding).count() > 1 && ways(finding).any(|way| is_bare(&way)) {
                wrong.push(format!("{}: a way without a command", case.finding));
            }
            for command in ways(finding).flat_map(commands_of) {
                commands += 1;
                let command = command.as_str().unwrap();
                let complete = PROGRAMS.iter().any(|it| command.starts_with(it))
                    && !command.contains("...")
                    && !command.contains('\n')
                    && placeholders(command).is_empty();
                if !complete {
                    wrong.push(format!("{}: {command}", case.finding));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(commands > 40, "{commands}");
}

/// A shell can parse each command: all quotation marks are closed.
#[tokio::test]
async fn a_shell_can_parse_each_command() {
    for (_, run) in runs().await {
        for finding in run.document["findings"].as_array().unwrap() {
            for command in ways(finding).flat_map(|way| way["commands"].as_array().unwrap()) {
                let command = command.as_str().unwrap();
                let status =
                    std::process::Command::new("bash").args(["-n", "-c", command]).status();
                assert!(status.unwrap().success(), "{command}");
            }
        }
    }
}

/// Each command acts on the account, the Region and the endpoint of AWS that doctor examined.
#[tokio::test]
async fn commands_act_on_the_account_that_was_examined() {
    for account in [&pasted::ACCOUNT[..], &pasted::LOCAL] {
        let mut commands = 0;
        for case in cases() {
            let aws = LoopbackAws::start(case.sim.clone()).await.unwrap();
            let local = (account == pasted::LOCAL).then_some(aws.url.as_str());
            let now = case.sim.now().to_string();
            // The text has the same commands.
            let mut doctor = program::scalerctl(&aws.url);
            doctor.envs([pasted::configuration()]).args(["doctor", ENDPOINT, "--now", &now]);
            let output = doctor.args(case.arguments).arg("--json").args(account).output();
            let output = output.await.unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(!output.stdout.is_empty(), "{}: {errors}", case.title);
            let document = String::from_utf8(output.stdout).unwrap();
            commands += pasted::assert_same_account(&document, local);
        }
        assert!(commands > 40, "{commands}");
    }
}
