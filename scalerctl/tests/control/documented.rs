//! The transcripts in docs/operate.md are equal to the output of the commands, except for numbers.

use std::{fs, path::Path};

use super::setup::{Run, Setup};

const COMMANDS: [&str; 6] = ["wake", "sleep", "hold", "release", "pause", "resume"];

/// The transcripts of the page, in order: the command line and its output.
fn transcripts() -> Vec<(String, String)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operate.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks = page.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands = blocks.filter_map(|block| block.strip_prefix("$ scalerctl "));
    commands
        .map(|block| block.split_once('\n').unwrap())
        .map(|(command, output)| (command.to_owned(), output.to_owned()))
        .collect()
}

/// Replaces each sequence of digits with 0, because times depend on the machine.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c.is_ascii_digit() {
            false => out.push(c),
            true if out.ends_with('0') => {}
            true => out.push('0'),
        }
    }
    out
}

/// The outputs that differ from the page.
async fn check(setup: &Setup, (command, wanted): &(String, String)) -> Option<String> {
    let arguments: Vec<&str> = command.split(' ').collect();
    let Run { out, errors, .. } = setup.run(&arguments).await;
    let printed = format!("{errors}{out}");
    let same = without_numbers(&printed) == without_numbers(wanted);
    (!same).then(|| format!("$ scalerctl {command}\n{printed}"))
}

/// Runs the transcripts one after the other on one endpoint that is at zero at the start.
#[tokio::test]
async fn the_pages_transcripts_are_equal_to_the_output() {
    let setup = Setup::with(0).await;
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

#[tokio::test]
async fn the_pages_trial_is_equal_to_the_output() {
    let all = transcripts();
    let trial = all.iter().find(|(command, _)| command.starts_with("verify ")).unwrap();
    let other = check(&Setup::fast(0).await, trial).await;
    assert!(other.is_none(), "docs/operate.md differs from:\n{}", other.unwrap_or_default());
}
