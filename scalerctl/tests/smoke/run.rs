//! Runs the built `scalerctl smoke` on a control plane, once with text output and once with `--json`.

use std::process::Output;

use serde_json::Value;

use super::{
    control_plane::{ControlPlane, Deployment, Request},
    program, setup,
};

/// The calls that smoke is allowed to make. None of them writes.
const READS: [&str; 11] = [
    "DescribeEndpoint",
    "DescribeEndpointConfig",
    "GetFunctionConfiguration",
    "GetPolicy",
    "ListEventSourceMappings",
    "GetBucketNotificationConfiguration",
    "ListRuleNamesByTarget",
    "DescribeRule",
    "TestEventPattern",
    "SimulatePrincipalPolicy",
    "Invoke",
];

/// The result.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    /// The text output.
    pub text: String,
    /// The stderr of the run with text output.
    pub errors: String,
    /// The document. Null if none was printed.
    pub document: Value,
    pub requests: Vec<Request>,
}

/// Runs smoke for the function of the setup.
pub async fn smoke(deployment: &Deployment, arguments: &[&str]) -> Run {
    let mut all = vec!["--function", setup::NAME];
    all.extend(arguments);
    smoke_on(deployment, &all).await
}

/// Runs smoke with only these arguments.
pub async fn smoke_on(deployment: &Deployment, arguments: &[&str]) -> Run {
    smoke_with(deployment, &[], arguments).await
}

/// Runs smoke with only these arguments, and with additional variables.
pub async fn smoke_with(
    deployment: &Deployment,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> Run {
    let control_plane = ControlPlane::start(deployment).await;
    let text = scalerctl_with(&control_plane.url, variables, arguments).await;
    let requests = control_plane.requests();
    let with_json = [arguments, &["--json"]].concat();
    let json = scalerctl_with(&control_plane.url, variables, &with_json).await;
    let run = Run {
        code: text.status.code(),
        text: String::from_utf8(text.stdout).unwrap(),
        errors: String::from_utf8(text.stderr).unwrap(),
        document: match json.stdout.as_slice() {
            [] => Value::Null,
            // The output is exactly one document.
            some => serde_json::from_slice(some).unwrap(),
        },
        requests,
    };
    assert_eq!(run.code, json.status.code(), "{}", run.errors);
    run.check();
    wrote_nothing(deployment, &control_plane.requests());
    run
}

/// Asserts that no call has written anything.
fn wrote_nothing(deployment: &Deployment, requests: &[Request]) {
    for Request { operation, payload, .. } in requests {
        assert!(READS.contains(operation), "{operation} is no read");
        if *operation == "Invoke" {
            let action = payload["action"].as_str().unwrap();
            assert!(["status", "observe"].contains(&action), "{payload}");
        }
    }
    deployment.sim.with(|world| assert!(world.writes().is_empty(), "{:?}", world.writes()));
}

pub async fn scalerctl(url: &str, arguments: &[&str]) -> Output {
    scalerctl_with(url, &[], arguments).await
}

/// Runs smoke with additional variables.
pub async fn scalerctl_with(url: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = program::scalerctl(url);
    command.envs(variables.iter().copied()).arg("smoke").args(arguments).output().await.unwrap()
}

impl Run {
    /// Asserts that exit code, text and document agree.
    fn check(&self) {
        if self.document.is_null() {
            assert_eq!((self.code, self.text.as_str()), (Some(2), ""), "{}", self.errors);
            return;
        }
        let failed = self.having("failed");
        let wanted = if failed.is_empty() { 0 } else { 1 };
        assert_eq!(self.code, Some(wanted), "{}{}", self.text, self.errors);
        assert_eq!(self.document["ok"], wanted == 0);
        assert_eq!(self.document["summary"]["failed"], failed.len());
        for check in self.checks() {
            let (id, outcome) = (check["id"].as_str().unwrap(), check["outcome"].as_str().unwrap());
            assert!(self.text.contains(&format!("{outcome:<9}{id}\n")), "{id}: {}", self.text);
            assert_eq!(outcome == "skipped", check["skipped_because"].is_string(), "{check}");
            for problem in check["problems"].as_array().unwrap() {
                self.check_ways(problem);
            }
        }
        if wanted == 1 {
            assert!(self.errors.contains(&format!("failed: {}", failed.join(", "))));
        }
    }

    /// Asserts that each way to fix the problem is printed apart, and that several ways have a command each, which a
    /// shell can parse.
    fn check_ways(&self, problem: &Value) {
        let others = problem["alternatives"].as_array();
        assert!(others.is_none() || problem["command"].is_string(), "{problem}");
        for (begin, way) in std::iter::once(("what to do", problem))
            .chain(others.into_iter().flatten().map(|other| ("or", other)))
        {
            let what_to_do = way["what_to_do"].as_str().unwrap();
            assert!(!what_to_do.contains("aws "), "{what_to_do}");
            let mut lines = format!("         {begin}: {what_to_do}\n");
            if let Some(command) = way["command"].as_str() {
                lines.push_str(&format!("         {command}\n"));
                let shell = std::process::Command::new("bash").args(["-n", "-c", command]).status();
                assert!(shell.unwrap().success(), "{command}");
            }
            assert!(self.text.contains(&lines), "no {lines:?} in:\n{}", self.text);
        }
    }

    fn checks(&self) -> &[Value] {
        self.document["checks"].as_array().unwrap()
    }

    /// One check.
    pub fn named(&self, id: &str) -> &Value {
        self.checks().iter().find(|check| check["id"] == id).unwrap()
    }

    /// The ids of the checks with this result.
    pub fn having(&self, outcome: &str) -> Vec<&str> {
        let ended = self.checks().iter().filter(|check| check["outcome"] == outcome);
        ended.map(|check| check["id"].as_str().unwrap()).collect()
    }

    /// Asserts that exactly this check failed and that the text has these parts.
    pub fn assert_only_fails(&self, id: &str, parts: &[&str]) {
        assert_eq!(self.having("failed"), [id], "{}", self.text);
        assert_eq!(self.code, Some(1));
        assert!(self.text.contains("what to do: "), "{}", self.text);
        self.assert_says(parts);
    }

    /// Asserts that the text has these parts.
    pub fn assert_says(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.text.contains(part), "no {part:?} in:\n{}", self.text);
        }
    }

    /// Asserts that this check was skipped for this reason and that no check failed.
    pub fn assert_skips(&self, id: &str, why: &str) {
        assert_eq!(self.having("failed"), Vec::<&str>::new(), "{}", self.text);
        let because = self.named(id)["skipped_because"].as_str().unwrap_or_default();
        assert!(because.contains(why), "{}", self.text);
    }

    /// How often an operation was called.
    pub fn calls(&self, operation: &str) -> usize {
        self.requests.iter().filter(|request| request.operation == operation).count()
    }
}
