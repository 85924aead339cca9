//! The transcripts of docs/operate.md are what is printed, but for numbers.

use std::{fs, path::Path};

use super::setup::{Run, Setup};

const COMMANDS: [&str; 6] = ["wake", "sleep", "hold", "release", "pause", "resume"];

/// The page's transcripts in its order: the command line, and what follows it.
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

/// Each run of digits is a 0: times, and what a machine takes.
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

/// What is printed, where the page has something else.
async fn check(setup: &Setup, (command, wanted): &(String, String)) -> Option<String> {
    let arguments: Vec<&str> = command.split(' ').collect();
    let Run { out, errors, .. } = setup.run(&arguments).await;
    let printed = format!("{errors}{out}");
    let same = without_numbers(&printed) == without_numbers(wanted);
    (!same).then(|| format!("$ scalerctl {command}\n{printed}"))
}

/// One after the other, on one endpoint that begins at zero.
#[tokio::test]
async fn the_pages_transcripts_are_what_is_printed() {
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
async fn the_pages_trial_is_what_is_printed() {
    let all = transcripts();
    let trial = all.iter().find(|(command, _)| command.starts_with("verify ")).unwrap();
    let other = check(&Setup::fast(0).await, trial).await;
    assert!(other.is_none(), "docs/operate.md differs from:\n{}", other.unwrap_or_default());
}
