//! The advice of findings: a sentence, and commands that can be pasted.

use super::{cases, run::doctor};

/// Words in capital letters that a user would have to replace.
fn placeholders(command: &str) -> Vec<&str> {
    let words = command.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_placeholder = |word: &&str| {
        word.len() > 3
            && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            && *word != "ERROR"
    };
    words.filter(is_placeholder).collect()
}

#[tokio::test]
async fn commands_are_complete() {
    let mut wrong = Vec::new();
    let mut commands = 0;
    for case in cases() {
        let run = doctor(&case.sim, case.arguments).await;
        for finding in run.document["findings"].as_array().unwrap() {
            let sentence = finding["what_to_do"].as_str().unwrap();
            if sentence.contains("aws ") || sentence.contains('(') || sentence.contains('\n') {
                wrong.push(format!("{}: {sentence}", case.finding));
            }
            for command in finding["commands"].as_array().unwrap() {
                commands += 1;
                let command = command.as_str().unwrap();
                let complete = command.starts_with("aws ")
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
    for case in cases() {
        let run = doctor(&case.sim, case.arguments).await;
        for finding in run.document["findings"].as_array().unwrap() {
            for command in finding["commands"].as_array().unwrap() {
                let command = command.as_str().unwrap();
                let status =
                    std::process::Command::new("bash").args(["-n", "-c", command]).status();
                assert!(status.unwrap().success(), "{command}");
            }
        }
    }
}
