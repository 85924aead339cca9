//! `scalerctl logs`.

use std::{process::Stdio, time::Duration};

use serde_json::{Value, json};
use simulator::{Fault, LambdaFunction, LoopbackAws, Simulator};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use super::{
    program,
    run::{scalerctl, scalerctl_with},
    setup::{ENDPOINT, GROUP, UNTIL, fresh, morning, time},
};

fn decision(endpoint: &str, reason: &str) -> Value {
    json!({
        "message": "decision", "_aws": {}, "endpoint": endpoint, "variant": "AllTraffic",
        "signal": "tick", "action": "none", "reason": reason, "from": 0, "to": 0,
    })
}

#[tokio::test]
async fn each_decision_is_a_line_with_its_reason_in_words() {
    let sim = morning().await;
    let run = scalerctl(&sim, &["logs", ENDPOINT, "--since", "4h", "--log-group", GROUP]).await;
    let woken = "2030-01-07 00:30:01 UTC  my-endpoint  wake, 0 to 1 instances, awake until 00:48: An input was \
                 uploaded, and the endpoint was at zero.\n";
    run.assert_says(&[
        woken,
        "  my-endpoint  sleep, 1 to 0 instances: There was no backlog for the whole idle window.\n",
    ]);
    assert!(!run.errors.contains("function"), "{}", run.errors);
    let local = [("TZ", "CET-1")];
    let arguments = ["logs", "--since", "4h", "--log-group", GROUP, "--now", UNTIL];
    scalerctl_with(&sim, &local, &arguments).await.assert_says(&["2030-01-07 01:30:01 CET"]);
}

#[tokio::test]
async fn the_function_is_found_and_the_default_is_the_last_hour() {
    let sim = morning().await;
    sim.with(|world| {
        let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;
        world.put_function(LambdaFunction::new("my-scaler", [("SCALER_ROUTES", routes)]));
    });
    let run = scalerctl(&sim, &["logs"]).await;
    run.assert_says(&["03:20:01 UTC  my-endpoint  wake"]);
    assert!(!run.text.contains(" 00:30:"), "{}", run.text);
    assert_eq!(run.errors, "function: my-scaler, found by its routes\n");
    assert!(run.text.contains("no change: "), "{}", run.text);
    let changes = scalerctl(&sim, &["logs", "--changes"]).await;
    changes.assert_says(&["  wake, ", "  sleep, ", "  extend, "]);
    assert!(!changes.text.contains("no change"), "{}", changes.text);
}

#[tokio::test]
async fn without_a_function_it_is_refused() {
    let sim = fresh();
    let run = scalerctl(&sim, &["logs"]).await;
    run.assert_refused(2, &["no function is known", "--function"]);
    // A search that fails has the same advice as for smoke and open.
    sim.with(|world| world.faults.fail_next("ListFunctions", Fault::AccessDenied, 3));
    let advice = "\nwhat to do: name the function with --function, or allow your own credentials \
                  lambda:ListFunctions on * in the policies of the role scaler; to list them:\n  \
                  aws iam list-attached-role-policies --role-name scaler\n";
    for command in ["logs", "smoke", "open"] {
        let run = scalerctl_with(&sim, &[], &[command]).await;
        run.assert_refused(2, &["scalerctl: lambda:ListFunctions on * failed", advice]);
    }
}

#[tokio::test]
async fn failures_and_the_observe_mode_are_said_and_json_has_a_document_per_line() {
    let sim = fresh();
    let mut failed = decision("a", "not_registered");
    failed["errors"] = json!(["sagemaker:DescribeEndpoint on a failed:\nno answer"]);
    let mut observed = decision("b", "work_done");
    observed["mode"] = json!("observe");
    observed["action"] = json!("sleep");
    observed["from"] = json!(1);
    sim.with(|world| {
        for (minute, line) in [(1, &failed), (2, &observed)] {
            let at = time(UNTIL) - Duration::from_secs(60 * minute);
            world.log_at(GROUP, at, line.to_string());
        }
    });
    let run = scalerctl(&sim, &["logs", "--log-group", GROUP]).await;
    run.assert_says(&[
        "  b  sleep, 1 to 0 instances (observe mode: not carried out): Every upload has a result.\n",
        "it is never scaled to zero.; not done: sagemaker:DescribeEndpoint on a failed: no answer\n",
    ]);
    assert_eq!(run.text.lines().count(), 2, "{}", run.text);
    let run = scalerctl(&sim, &["logs", "a", "--log-group", GROUP, "-o", "json"]).await;
    let document: Value = serde_json::from_str(run.text.trim_end()).unwrap();
    assert_eq!((&document["endpoint"], &document["errors"]), (&json!("a"), &json!(1)));
    assert_eq!(document["at"], "2030-01-07T03:59:00Z");
}

/// Waits for a line with this part.
async fn next_with(lines: &mut (impl AsyncBufReadExt + Unpin), part: &str) -> String {
    let mut line = String::new();
    let read = lines.read_line(&mut line);
    tokio::time::timeout(Duration::from_secs(120), read).await.unwrap().unwrap();
    assert!(line.contains(part), "{line}");
    line
}

/// New decisions are shown once each, also one that CloudWatch Logs shows late, and Ctrl-C is success.
#[tokio::test]
async fn follow_goes_on_until_ctrl_c() {
    let sim: Simulator = fresh();
    sim.follow_wall_clock();
    let log = |seconds_ago: u64, reason: &str| {
        sim.with(|world| {
            let at = world.now() - Duration::from_secs(seconds_ago);
            world.log_at(GROUP, at, decision(ENDPOINT, reason).to_string());
        });
    };
    log(30, "asleep");
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    let now = sim.now().to_string();
    let mut command = program::scalerctl(&aws.url);
    command.args(["logs", "--follow", "--log-group", GROUP, "--now", &now]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    next_with(&mut lines, "nothing requires an instance").await;
    log(0, "work_done");
    next_with(&mut lines, "Every upload has a result").await;
    log(20, "idle");
    next_with(&mut lines, "for the whole idle window").await;
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    let mut rest = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut lines, &mut rest).await.unwrap();
    assert_eq!(rest, "", "nothing twice");
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}
