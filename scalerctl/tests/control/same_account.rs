//! Each command that an output suggests acts on the account, the Region and the endpoint of AWS of the command that
//! ran, and on the same variant by the same settings.

use std::{path::Path, process::Output};

use reactive_scaler::port::{EndpointStatus, Suspended};
use simulator::{LambdaFunction, World};
use tokio::process::Command;

use super::{
    pasted::{ACCOUNT, LOCAL, assert_same_account, commands, configuration},
    program,
    setup::{ENDPOINT, Run, Setup, VARIANT, id},
};

const FUNCTION: &str = "my-scaler";

/// A command, the state that it finds, and a part of the command that it suggests.
type Scene = (i32, fn(&mut World), &'static [&'static str], &'static str);

fn nothing(_: &mut World) {}

fn function(world: &mut World, mode: &str) {
    let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;
    let variables = [("SCALER_ROUTES", routes), ("SCALER_MODE", mode)];
    world.put_function(LambdaFunction::new(FUNCTION, variables));
}

const SCENES: [Scene; 22] = [
    (0, nothing, &["wake", ENDPOINT], "scalerctl doctor my-endpoint"),
    (0, nothing, &["hold", ENDPOINT, "--for", "1h"], "scalerctl doctor my-endpoint"),
    (
        0,
        |world| function(world, "act"),
        &["wake", ENDPOINT, "--function", FUNCTION],
        "scalerctl status my-endpoint --function my-scaler",
    ),
    (
        0,
        |world| function(world, "observe"),
        &["wake", ENDPOINT, "--function", FUNCTION, "--variant", VARIANT],
        "scalerctl sleep my-endpoint --wait --variant AllTraffic --function my-scaler",
    ),
    (1, nothing, &["wake", ENDPOINT, "--wake-to", "3"], "DesiredInstanceCount=3"),
    (0, updating, &["wake", ENDPOINT], "scalerctl wake my-endpoint"),
    (
        1,
        updating,
        &["sleep", ENDPOINT, "--variant", VARIANT],
        "sleep my-endpoint --variant AllTraffic",
    ),
    (0, scaling_in, &["wake", ENDPOINT], "scalerctl resume my-endpoint in"),
    (1, scaling_in, &["sleep", ENDPOINT], "scalerctl resume my-endpoint in"),
    (1, nothing, &["pause", ENDPOINT], "scalerctl resume my-endpoint in"),
    (
        1,
        nothing,
        &["pause", ENDPOINT, "--variant", VARIANT],
        "scalerctl resume my-endpoint in --variant AllTraffic",
    ),
    (0, scaling_out, &["wake", ENDPOINT], "scalerctl resume my-endpoint out"),
    (0, deregistered, &["wake", ENDPOINT], "register-scalable-target"),
    (0, deregistered, &["wake", ENDPOINT, "--yes"], "scalerctl sleep my-endpoint --force"),
    (1, deregistered, &["sleep", ENDPOINT], "register-scalable-target"),
    (1, deregistered, &["pause", ENDPOINT], "register-scalable-target"),
    (1, |world| world.register_target(&id(), 1, 4), &["sleep", ENDPOINT], "--min-capacity 0"),
    (0, |world| world.register_target(&id(), 0, 0), &["wake", ENDPOINT], "--max-capacity 1"),
    (
        1,
        |world| {
            world.register_target(&id(), 1, 0);
            world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
        },
        &["verify", ENDPOINT, "--yes"],
        "scalerctl sleep my-endpoint --wait",
    ),
    (0, scaling_in, &["verify", ENDPOINT, "--yes"], "scalerctl resume my-endpoint"),
    (0, deregistered, &["verify", ENDPOINT, "--yes"], "register-scalable-target"),
    (
        0,
        |world| {
            world.delete_endpoint(ENDPOINT);
            world.register_target(&id(), 0, 4);
        },
        &["status"],
        "deregister-scalable-target --service-namespace sagemaker",
    ),
];

fn updating(world: &mut World) {
    world.set_status(ENDPOINT, EndpointStatus::Updating);
}

fn scaling_in(world: &mut World) {
    world.suspend(&id(), Suspended { scaling_in: true, ..Suspended::default() });
}

fn scaling_out(world: &mut World) {
    world.suspend(&id(), Suspended { scaling_out: true, ..Suspended::default() });
}

fn deregistered(world: &mut World) {
    world.deregister_target(&id());
}

/// Runs it with these options for the account, as text or as JSON.
async fn run(scene: &Scene, account: &[&str], format: &str) -> (Setup, Run) {
    let (instances, change, arguments, _) = scene;
    let setup = Setup::with(*instances).await;
    setup.sim.with(change);
    let run = run_on(&setup, &[arguments, account, &["-o", format]].concat()).await;
    (setup, run)
}

async fn run_on(setup: &Setup, arguments: &[&str]) -> Run {
    let mut command = program::scalerctl(&setup.aws.url);
    command.envs([configuration()]).args(arguments);
    command.output().await.unwrap().into()
}

#[tokio::test]
async fn each_suggested_command_acts_on_the_same_account() {
    for scene in &SCENES {
        let (_, _, arguments, part) = scene;
        for account in [&ACCOUNT[..], &LOCAL] {
            for format in ["text", "json"] {
                let (setup, run) = run(scene, account, format).await;
                let local = (account == LOCAL).then_some(setup.aws.url.as_str());
                let count =
                    assert_same_account(&run.out, local) + assert_same_account(&run.errors, local);
                // Notes are not in the document.
                let has_part = run.out.contains(part) || run.errors.contains(part);
                let is_note = format == "json" && run.code == Some(0);
                assert!(is_note || (has_part && count > 0), "{arguments:?}: {run:?}");
            }
        }
    }
}

/// What the user did not name is not added: the shell still has the variables.
#[tokio::test]
async fn nothing_else_is_added() {
    for scene in &SCENES {
        let (_, run) = run(scene, &[], "text").await;
        for command in commands(&run.out).iter().chain(&commands(&run.errors)) {
            for option in ["--profile", "--region", "--local", "--endpoint-url", "AWS_", "--yes"] {
                assert!(!command.contains(option), "{command}");
            }
        }
    }
}

/// The Region of an ARN is where the command acted.
#[tokio::test]
async fn the_region_of_an_arn_is_named() {
    let setup = Setup::with(0).await;
    let arn = "arn:aws:sagemaker:eu-west-3:123456789012:endpoint/my-endpoint";
    let run = run_on(&setup, &["wake", arn]).await;
    run.assert(0, &["\n           scalerctl doctor my-endpoint --region eu-west-3\n"]);
}

#[tokio::test]
async fn a_wait_that_ends_names_the_account() {
    let setup = Setup::fast(0).await;
    let arguments = ["wake", ENDPOINT, "--wait", "--timeout", "1s", "--local"];
    let run = setup.run(&arguments).await;
    run.assert(1, &["\n  scalerctl status my-endpoint --watch --local\n"]);
}

/// A sleep by the default idle window could scale in earlier than the function does.
#[tokio::test]
async fn a_suggested_sleep_keeps_the_settings() {
    for (given, kept) in [
        (&["--idle-minutes", "30"][..], " --idle-minutes 30"),
        (&["--job-minutes", "45"], " --job-minutes 45"),
        (&["--function", FUNCTION], " --function my-scaler"),
        (&["--variant", VARIANT], " --variant AllTraffic"),
        (&["--wake-to", "2"], ""),
    ] {
        let setup = Setup::with(1).await;
        setup.sim.with(|world| function(world, "act"));
        setup.run(&["wake", ENDPOINT]).await.assert(0, &[]);
        let run = setup.run(&[&["sleep", ENDPOINT], given].concat()).await;
        run.assert(1, &[&format!("\n  scalerctl sleep my-endpoint --force{kept}\n")]);
    }
}

/// Pastes a command into a shell whose environment names another AWS, which does not exist.
async fn paste(command: &str, variables: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_scalerctl")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("bash");
    shell.args(["--norc", "-c", command]).env_clear().envs(variables.iter().copied());
    shell.env("PATH", format!("{}:{path}", program.display())).output().await.unwrap()
}

/// The pasted commands of `scalerctl` act on the simulated AWS.
#[tokio::test]
async fn a_pasted_command_of_scalerctl_acts_on_the_simulated_aws() {
    let setup = Setup::with(1).await;
    let shell = [("AWS_ENDPOINT_URL", setup.aws.url.as_str())];
    run_on(&setup, &["wake", ENDPOINT, "--local"]).await.assert(0, &[]);
    let refused = run_on(&setup, &["sleep", ENDPOINT, "--local"]).await;
    let [sleep] = commands(&refused.errors).try_into().unwrap();
    assert_eq!(sleep, "scalerctl sleep my-endpoint --force --local");
    let output = paste(&sleep, &shell).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(setup.capacity().1, 0);

    run_on(&setup, &["pause", ENDPOINT, "--local"]).await.assert(0, &[]);
    let refused = run_on(&setup, &["wake", ENDPOINT, "--local"]).await;
    let [resume] = commands(&refused.errors).try_into().unwrap();
    let output = paste(&resume, &shell).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let target = setup.sim.with(|world| world.target(&id()));
    assert!(!target.unwrap().suspended.scaling_out);
}

/// The pasted command of the AWS CLI acts on the simulated AWS, although the environment names another one.
#[tokio::test]
async fn a_pasted_command_of_the_aws_cli_acts_on_the_simulated_aws() {
    if paste("aws --version", &[]).await.status.code() != Some(0) {
        eprintln!("skipped: the AWS CLI is not installed");
        return;
    }
    let setup = Setup::with(0).await;
    setup.sim.with(deregistered);
    let refused = run_on(&setup, &["wake", ENDPOINT, "--local"]).await;
    let [register] = commands(&refused.errors).try_into().unwrap();
    let elsewhere = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_REGION", "us-east-1")];
    let output = paste(&register, &elsewhere).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(setup.sim.with(|world| world.target(&id())).is_some());
}
