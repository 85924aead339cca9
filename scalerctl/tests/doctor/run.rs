//! Runs the built `scalerctl doctor` on a world, once with text output and once with `--json`.

use std::{collections::BTreeSet, process::Output};

use jiff::Timestamp;
use serde_json::Value;
use simulator::{LoopbackAws, Simulator};

use super::{program, world::ENDPOINT};

/// The result.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub text: String,
    pub errors: String,
    /// Null if no document was printed.
    pub document: Value,
    /// The operations that were called.
    pub called: BTreeSet<String>,
}

/// Examines the endpoint at the time of the world.
pub async fn doctor(sim: &Simulator, arguments: &[&str]) -> Run {
    doctor_at(sim, sim.now(), arguments).await
}

/// Examines the endpoint at a different time.
pub async fn doctor_at(sim: &Simulator, now: Timestamp, arguments: &[&str]) -> Run {
    let now = now.to_string();
    doctor_on(sim, &[&[ENDPOINT, "--now", now.as_str()], arguments].concat()).await
}

/// Runs doctor with only these arguments, and asserts that it writes nothing.
pub async fn doctor_on(sim: &Simulator, arguments: &[&str]) -> Run {
    sim.with(|world| world.clear_calls());
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    let text = scalerctl(&aws.url, arguments).await;
    let called = sim.with(|world| {
        world.journal.calls().map(|call| call.operation.as_str().to_owned()).collect()
    });
    let json = scalerctl(&aws.url, &[arguments, &["--json"]].concat()).await;
    sim.with(|world| assert!(world.writes().is_empty(), "{:?}", world.writes()));
    assert_eq!(text.status.code(), json.status.code());
    let run = Run {
        code: text.status.code(),
        text: String::from_utf8(text.stdout).unwrap(),
        errors: String::from_utf8(text.stderr).unwrap(),
        document: match json.stdout.as_slice() {
            [] => Value::Null,
            // The output is exactly one document.
            some => serde_json::from_slice(some).unwrap(),
        },
        called,
    };
    run.check();
    run
}

pub async fn scalerctl(url: &str, arguments: &[&str]) -> Output {
    program::scalerctl(url).arg("doctor").args(arguments).output().await.unwrap()
}

impl Run {
    /// Asserts that exit code, text and document agree.
    fn check(&self) {
        if self.document.is_null() {
            assert_eq!((self.code, self.text.as_str()), (Some(2), ""), "{}", self.errors);
            return;
        }
        let count = |severity: &str| {
            self.all().iter().filter(|finding| finding["severity"] == severity).count()
        };
        let (errors, warnings, notes) = (count("error"), count("warning"), count("note"));
        let wanted = match (errors, warnings) {
            (0, 0) => 0,
            (0, _) => 1,
            _ => 3,
        };
        assert_eq!(self.code, Some(wanted), "{}{}", self.text, self.errors);
        let gaps = ["not-readable", "not-evaluated", "routes-not-seen", "schedule-not-seen"];
        let is_complete = !self.findings().iter().any(|id| gaps.contains(id));
        assert_eq!(self.document["complete"], is_complete);
        assert_eq!(!self.text.ends_with("Not everything was checked.\n"), is_complete);
        let summary = &self.document["summary"];
        for (name, count) in [("errors", errors), ("warnings", warnings), ("notes", notes)] {
            assert_eq!(summary[name], count, "{summary}");
        }
        for finding in self.all() {
            let part = |name: &str| finding[name].as_str().unwrap();
            let head = format!("\n{:<9}{}\n", part("severity"), part("id"));
            assert!(self.text.contains(&head), "no {head:?} in:\n{}", self.text);
            for line in [part("what"), part("why")] {
                assert!(self.text.contains(&format!("         {line}\n")), "{}", self.text);
            }
            let line = format!("         what to do: {}\n", part("what_to_do"));
            assert!(self.text.contains(&line), "{}", self.text);
            // Each command is on its own line.
            let others = finding["alternatives"].as_array().unwrap();
            for other in others {
                let line = format!("         or: {}\n", other["what_to_do"].as_str().unwrap());
                assert!(self.text.contains(&line), "{}", self.text);
            }
            for way in others.iter().chain([finding]) {
                for command in way["commands"].as_array().unwrap() {
                    let line = format!("\n         {}\n", command.as_str().unwrap());
                    assert!(self.text.contains(&line), "no {line:?} in:\n{}", self.text);
                }
            }
        }
    }

    fn all(&self) -> &[Value] {
        self.document["findings"].as_array().unwrap()
    }

    /// The ids of the findings, in order.
    pub fn findings(&self) -> Vec<&str> {
        match self.document.is_null() {
            true => panic!("nothing was examined: {}", self.errors),
            false => self.all().iter().map(|finding| finding["id"].as_str().unwrap()).collect(),
        }
    }

    /// Asserts exactly these findings, in this order.
    pub fn assert_finds(&self, ids: &[&str]) {
        assert_eq!(self.findings(), ids, "{}", self.text);
    }

    /// Asserts that the text has these parts.
    pub fn assert_says(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.text.contains(part), "no {part:?} in:\n{}", self.text);
        }
    }

    /// Asserts that doctor failed with a message that has these parts.
    pub fn assert_refused(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(2), "{}{}", self.text, self.errors);
        for part in parts {
            assert!(self.errors.contains(part), "no {part:?} in:\n{}", self.errors);
        }
    }
}
