//! The commands of docs/local-aws.md, and those of docs/troubleshooting.md about faults, print what the page shows, apart
//! from times, IDs, and the port.
//!
//! Each page is one story. Each `console` block has commands after `$ `, with what they print below them; a line that
//! ends in `\` goes on in the next line. `scalerctl aws` starts the server of the commands that follow. Each `python`
//! block is a program, and the `text` block after it is what it prints.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::server::serve;

/// The line that shows where the output of a command ends.
const END: &str = "--end-of-command--";

/// One step of the page, and what it prints.
#[derive(Debug)]
enum Step {
    /// `scalerctl aws` with these arguments.
    Serve(Vec<String>),
    /// A command of the shell.
    Shell(String, String),
    /// A program.
    Python(String, String),
}

fn fenced(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push((language.to_owned(), block.join("\n")));
    }
    blocks
}

fn console(block: &str) -> Vec<Step> {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut continued = false;
    for line in block.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push((command.to_owned(), String::new())),
            (None, Some((command, _))) if continued => *command += &format!("\n{line}"),
            (None, Some((_, output))) => *output += &format!("{line}\n"),
            (None, None) => panic!("output before a command: {line}"),
        }
        continued = line.ends_with('\\');
    }
    let step = |(command, output): (String, String)| match command.strip_prefix("scalerctl aws") {
        Some(arguments) => Step::Serve(
            arguments.split_whitespace().filter(|it| *it != "&").map(unquoted).collect(),
        ),
        None => Step::Shell(command, output),
    };
    steps.into_iter().map(step).collect()
}

/// A word of a command without its quotes. No word has spaces.
fn unquoted(word: &str) -> String {
    word.trim_matches('\'').to_owned()
}

/// The text of a page.
pub fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

fn steps(name: &str) -> Vec<Step> {
    let blocks = fenced(&page(name));
    let mut steps = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    while let Some((language, block)) = blocks.next() {
        match language.as_str() {
            "console" => steps.extend(console(&block)),
            "python" => {
                let output = blocks.next_if(|(language, _)| language == "text");
                let output = output.map(|(_, output)| format!("{output}\n"));
                steps.push(Step::Python(block, output.unwrap_or_default()));
            }
            _ => {}
        }
    }
    steps
}

/// Replaces what differs between two runs: times, IDs, and the port.
fn comparable(text: &str) -> String {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let id = |word: &str| {
        word.len() >= 8
            && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
            && word.bytes().any(|byte| byte.is_ascii_digit())
    };
    let time = |word: &str| {
        let mut parts = word.split([':', '-', 'T', '.']);
        word.contains(':')
            && word.len() >= 8
            && parts.all(|part| digits(part.trim_end_matches('Z')))
    };
    let mut out = String::new();
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut String| {
        match word.as_str() {
            it if time(it) => out.push_str("TIME"),
            it if id(it) => out.push_str("ID"),
            it if it.len() == 5 && digits(it) => out.push_str("PORT"),
            it => out.push_str(it),
        }
        word.clear();
    };
    for c in text.chars() {
        match c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '.') {
            true => word.push(c),
            false => {
                flush(&mut word, &mut out);
                out.push(c);
            }
        }
    }
    flush(&mut word, &mut out);
    out
}

/// What runs a program of the page. `None`: its clients are not installed, which is printed.
fn interpreter(program: &str) -> Option<String> {
    if !program.contains("import sagemaker") {
        return Some("python".into());
    }
    let python = env::var("SAGEMAKER_SDK_PYTHON").ok();
    if python.is_none() {
        eprintln!(
            "skipped: SAGEMAKER_SDK_PYTHON names no Python with the SageMaker SDK:\n{program}"
        );
    }
    python
}

/// One shell for all commands of the page, so that its variables stay.
struct Shell {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Shell {
    fn new(python: &Path, folder: &Path) -> Self {
        let path = env::var("PATH").unwrap_or_default();
        let programs = python.parent().unwrap().display();
        let scalerctl = Path::new(env!("CARGO_BIN_EXE_scalerctl")).parent().unwrap().display();
        let mut child = Command::new("bash")
            .env_clear()
            .envs([("PATH", format!("{programs}:{scalerctl}:{path}"))])
            .envs([("HOME", folder), ("TZ", Path::new("UTC"))])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn run(&mut self, command: &str) -> String {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{{ {command}\n}} 2>&1; echo; echo {END}").unwrap();
        input.flush().unwrap();
        let lines = self.lines.by_ref().map(Result::unwrap);
        let mut output: Vec<_> = lines.take_while(|line| line != END).collect();
        while output.last().is_some_and(|line| line.is_empty()) {
            output.pop();
        }
        output.iter().map(|line| format!("{line}\n")).collect()
    }
}

#[test]
fn the_commands_of_the_page_print_what_it_shows() {
    assert_prints_what_it_shows("local-aws.md", 20);
}

#[test]
fn the_commands_about_faults_print_what_the_page_shows() {
    assert_prints_what_it_shows("troubleshooting.md", 30);
}

/// `least`: the number of commands of the page.
fn assert_prints_what_it_shows(page: &str, least: usize) {
    let Some(python) = env::var_os("LOCAL_AWS_PYTHON").map(PathBuf::from) else {
        eprintln!("skipped: LOCAL_AWS_PYTHON names no Python with boto3 and the AWS CLI");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Shell::new(&python, folder.path());
    let mut server = None;
    let mut others = String::new();
    let mut compared = 0;
    for step in steps(page) {
        let (what, printed, shown) = match step {
            Step::Serve(arguments) => {
                drop(server.take());
                let started = serve(&arguments);
                shell.run(&format!("export SERVED={0} AWS_ENDPOINT_URL={0}", started.url));
                server = Some(started);
                continue;
            }
            // The page has the address of a server at its usual port.
            Step::Shell(command, shown) if command.starts_with("export AWS_ENDPOINT_URL=") => {
                let rest = command.split_once(' ').unwrap().1;
                let rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
                (
                    command.clone(),
                    shell.run(&format!("export AWS_ENDPOINT_URL=$SERVED {rest}")),
                    shown,
                )
            }
            Step::Shell(command, shown) => (command.clone(), shell.run(&command), shown),
            Step::Python(program, shown) => {
                let Some(python) = interpreter(&program) else { continue };
                fs::write(folder.path().join("program.py"), &program).unwrap();
                // The SDKs write notes to the standard error. They matter only if the program fails. The SageMaker SDK
                // prints where it looks for its settings.
                let printed = shell.run(&format!(
                    "{{ {python} program.py 2> notes || tail -n 5 notes; }} | grep -v '^sagemaker.config INFO '"
                ));
                (program, printed, shown)
            }
        };
        compared += 1;
        if comparable(&printed)
            != comparable(shown.trim_end_matches('\n')).trim_end().to_owned()
                + if shown.is_empty() { "" } else { "\n" }
        {
            others += &format!("$ {what}\n{printed}\n");
        }
    }
    assert!(others.is_empty(), "docs/{page} differs from:\n{others}");
    assert!(compared > least, "docs/{page} has only {compared} commands");
}
