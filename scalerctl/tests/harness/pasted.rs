//! Suggested commands, run by a shell as if a user pasted them. The programs that they call only record how they are
//! called.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use clap::Parser;
use serde_json::Value;

/// The options of a user with several accounts.
pub const ACCOUNT: [&str; 4] = ["--profile", "me@work", "--region", "eu-west-3"];

/// The options of a user of the simulated AWS.
pub const LOCAL: [&str; 1] = ["--local"];

/// How a suggested command begins.
const BEGINNINGS: [&str; 6] = [
    "aws ",
    "sam ",
    "scalerctl ",
    "AWS_ACCESS_KEY_ID=local ",
    "AWS_ENDPOINT_URL=http",
    "export AWS_PROFILE=",
];

/// A program that records its name, two variables, and its arguments. A pipeline runs several at the same time, so a line
/// is one write.
const RECORDER: &str = "#!/bin/sh
line=$(
    printf '%s\\t%s\\t%s' \"${0##*/}\" \"$AWS_ENDPOINT_URL\" \"$AWS_ACCESS_KEY_ID\"
    for word; do printf '\\t%s' \"$word\"; done
)
printf '%s\\n' \"$line\" >> \"${0%/*}/calls\"
echo answer
";

/// The answer is not JSON.
const JQ: &str = "#!/bin/sh\nexec cat\n";

/// A configuration with the profile of [`ACCOUNT`].
pub fn configuration() -> (&'static str, String) {
    let file = folder().join("config");
    let profile = "[profile me@work]\naws_access_key_id = x\naws_secret_access_key = x\n";
    fs::write(&file, profile).unwrap();
    ("AWS_CONFIG_FILE", file.to_str().unwrap().to_owned())
}

/// A new folder.
fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("pasted-{}-{number}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The commands of an output: on a line of its own, or in backticks. `output`: a text or a JSON document.
pub fn commands(output: &str) -> Vec<String> {
    match serde_json::from_str::<Value>(output) {
        Ok(Value::Array(all)) => all.iter().flat_map(|it| commands(&it.to_string())).collect(),
        Ok(Value::Object(all)) => all.values().flat_map(|it| commands(&it.to_string())).collect(),
        Ok(Value::String(text)) => of_text(&text),
        Ok(_) => Vec::new(),
        Err(_) => of_text(output),
    }
}

fn of_text(text: &str) -> Vec<String> {
    let in_backticks = text.split('`').skip(1).step_by(2);
    let lines = text.lines().map(str::trim).filter(|line| !line.contains('`'));
    let begins = |text: &&str| BEGINNINGS.iter().any(|beginning| text.starts_with(beginning));
    in_backticks.chain(lines).filter(begins).map(str::to_owned).collect()
}

/// The calls of the programs when a shell runs the command: name, variables, and arguments.
fn calls(command: &str) -> Vec<Vec<String>> {
    let folder = folder();
    let programs = ["aws", "sam", "scalerctl"].map(|program| (program, RECORDER));
    for (program, script) in programs.into_iter().chain([("jq", JQ)]) {
        let path = folder.join(program);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut shell = Command::new("bash");
    shell.args(["--norc", "-c", command]).env_clear().current_dir(&folder);
    shell.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let output = shell.output().unwrap();
    // `eval` runs the output of the recorder.
    let is_eval = command.contains("eval ");
    assert!(is_eval || output.stderr.is_empty(), "{command}: {output:?}");
    let recorded = fs::read_to_string(folder.join("calls")).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    recorded.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Asserts that all commands of an output act on the account of [`ACCOUNT`], or on the simulated AWS at `local`.
/// Returns the number of commands.
pub fn assert_same_account(output: &str, local: Option<&str>) -> usize {
    let commands = commands(output);
    for command in &commands {
        let calls = calls(command);
        assert!(!calls.is_empty(), "{command}");
        for call in &calls {
            if !acts_there(call, local) {
                panic!("{call:?} of {command:?} acts elsewhere, in:\n{output}");
            }
        }
    }
    commands.len()
}

fn acts_there(call: &[String], local: Option<&str>) -> bool {
    let [program, url, key, arguments @ ..] = call else { return false };
    let all = |option: &str| {
        let pairs = arguments.windows(2).filter(|pair| pair[0] == option);
        pairs.map(|pair| pair[1].as_str()).collect::<Vec<_>>()
    };
    let profiles = all("--profile");
    let regions = all("--region");
    if program == "scalerctl" {
        let parsed = scalerctl::cli::Cli::try_parse_from(std::iter::once(program).chain(arguments));
        assert!(parsed.is_ok(), "{arguments:?}: {parsed:?}");
    }
    let is_local = arguments.iter().any(|argument| argument == "--local");
    match (program.as_str(), arguments.first().map(String::as_str), local) {
        // These call no account.
        ("sam", Some("build"), _) | ("scalerctl", Some("aws"), _) => true,
        ("aws", Some("configure" | "sso"), None) => profiles.len() == 1 && regions.is_empty(),
        ("aws" | "sam" | "scalerctl", _, None) => {
            profiles == ["me@work"] && regions == ["eu-west-3"] && !is_local
        }
        ("aws", _, Some(local)) => {
            all("--endpoint-url") == [local] && key == "local" && regions == ["eu-central-1"]
        }
        ("sam", _, Some(local)) => url == local && key == "local" && regions == ["eu-central-1"],
        ("scalerctl", _, Some(_)) => is_local && profiles.is_empty(),
        _ => false,
    }
}
