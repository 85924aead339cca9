//! The questions of `scalerctl deploy` and `scalerctl undeploy`, in a terminal that `script` of util-linux provides.

use std::process::Stdio;

use simulator::{LoopbackAws, Simulator};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{
    fake_sam::FakeSam,
    program,
    run::scalerctl,
    setup::{ENDPOINT, account, empty_account, id},
};

/// The output and the exit code, if a person types this.
async fn typed(
    sim: &Simulator,
    sam: &FakeSam,
    arguments: &str,
    typed: &str,
) -> (String, Option<i32>) {
    sim.with(|world| world.clear_calls());
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    let with_environment = program::scalerctl(&aws.url);
    let environment = with_environment.as_std().get_envs();
    let environment = environment.filter_map(|(name, it)| Some((name, it?)));
    let line = format!("{} {arguments}", env!("CARGO_BIN_EXE_scalerctl"));
    let mut child = Command::new("/usr/bin/script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env_clear()
        .envs(environment)
        .env("PATH", sam.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // It stays open: its end would be an answer.
    let mut terminal = child.stdin.take().unwrap();
    terminal.write_all(typed.as_bytes()).await.unwrap();
    terminal.flush().await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    drop(terminal);
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

fn has_writes(sim: &Simulator) -> bool {
    sim.with(|world| !world.writes().is_empty())
}

#[tokio::test]
async fn deploy_asks_once_and_anything_but_yes_changes_nothing() {
    let sim = empty_account();
    let sam = FakeSam::ending("No changes to deploy\n", 0);
    let arguments = format!("deploy --template {} {ENDPOINT} --bucket my-inputs", sam.template());
    for answer in ["no\n", "y\n", "\n"] {
        let (printed, code) = typed(&sim, &sam, &arguments, answer).await;
        assert_eq!(code, Some(2), "{printed}");
        let plan = printed.find("create the stack reactive-scaler").expect(&printed);
        let question = printed.find("Type yes to continue: ").expect(&printed);
        assert!(plan < question && printed.contains("nothing was deployed"), "{printed}");
        assert_eq!((sam.arguments(), has_writes(&sim)), (None, false), "{printed}");
    }
    let (printed, _) = typed(&sim, &sam, &arguments, "yes\n").await;
    assert_eq!(printed.matches("Type yes to continue: ").count(), 1, "{printed}");
    assert_eq!(sam.arguments().expect(&printed)[0], "deploy");
}

#[tokio::test]
async fn undeploy_asks_what_is_to_become_of_the_endpoint_and_shows_its_plan_before_the_confirmation()
 {
    let sim = account();
    scalerctl(&sim, &["register", ENDPOINT, "--max-capacity", "2"]).await.assert(0, &[]);
    let sam = FakeSam::ending("Deleted successfully\n", 0);
    for (answers, said) in [
        ("minimum-2\n", "it is not known what is to become of my-endpoint"),
        ("zero\nno\n", "nothing was changed"),
    ] {
        let (printed, code) = typed(&sim, &sam, "undeploy", answers).await;
        assert_eq!(code, Some(2), "{printed}");
        assert!(printed.contains(said), "{said}: {printed}");
        assert_eq!((sam.arguments(), has_writes(&sim)), (None, false), "{printed}");
    }
    let (printed, code) = typed(&sim, &sam, "undeploy", "minimum-1\nyes\n").await;
    assert_eq!(code, Some(0), "{printed}");
    let asked = printed.find("Type minimum-1 or zero: ").expect(&printed);
    let plan = printed.find("would change").expect(&printed);
    let confirmed = printed.find("Type yes to continue: ").expect(&printed);
    assert!(asked < plan && plan < confirmed, "{printed}");
    assert_eq!(sam.arguments().expect(&printed)[0], "delete");
    assert_eq!(sim.with(|world| world.target(&id()).unwrap().min), 1);
}
