//! The transcripts in docs/operate.md are equal to the output of the commands, except for numbers.

use std::{fs, path::Path, time::Duration};

use simulator::Pace;

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
