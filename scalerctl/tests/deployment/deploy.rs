//! `scalerctl deploy`, with a program in place of the SAM CLI.

use std::{fs, os::unix::fs::symlink};

use serde_json::Value;
use simulator::{Bucket, LambdaFunction, Simulator, VariantState};

use super::{
    fake_sam::FakeSam,
    local_aws::LocalAws,
    program,
    run::{Run, scalerctl, scalerctl_with_path},
    setup::{ENDPOINT, POLICY, SDK_BUCKET, account, account_with, empty_account, id, put_function},
};

const NO_CHANGES: &str = "No changes to deploy. Stack reactive-scaler is up to date\n";

async fn deploy(sim: &Simulator, sam: &FakeSam, arguments: &[&str]) -> Run {
    let template = sam.template();
    let all = [&["deploy", "--template", &template], arguments].concat();
    scalerctl_with_path(sim, &sam.path(), &all).await
}

/// The parameters of a plan.
async fn planned(sim: &Simulator, arguments: &[&str]) -> Vec<String> {
    let sam = FakeSam::waiting();
    let run = deploy(sim, &sam, &[arguments, &["--plan", "-o", "json"]].concat()).await;
    run.assert(0, &[]);
    run.assert_no_write();
    assert_eq!(sam.arguments(), None, "a plan runs nothing");
    let parameters = run.document()["plan"]["parameters"].as_array().unwrap().clone();
    let shown = parameters.iter().map(|parameter| {
        assert!(parameter["reason"].as_str().is_some_and(|it| !it.is_empty()), "{parameter}");
        let text = |name: &str| parameter[name].as_str().unwrap().to_owned();
        format!("{}={}", text("name"), text("value"))
    });
    shown.collect()
}

/// The arguments between an option and the next one.
fn after<'a>(arguments: &'a [String], option: &str) -> Vec<&'a str> {
    let rest = arguments.iter().skip_while(|it| *it != option).skip(1);
    rest.take_while(|it| !it.starts_with("--")).map(String::as_str).collect()
}

#[tokio::test]
async fn parameters_follow_from_the_account() {
    let sim = empty_account();
    let sdk = [
        "Routing=SageMakerSdk",
        "ScalableTarget=Existing",
        "InputBucket=sagemaker-eu-central-1-123456789012",
        "EndpointTag=yes",
    ];
    assert_eq!(planned(&sim, &[]).await, sdk);
    assert_eq!(planned(&sim, &[ENDPOINT]).await, sdk);
    let own = ["--bucket", "my-inputs", "--prefix", "in/", "--suffix", ".json"];
    assert_eq!(
        planned(&sim, &[&[ENDPOINT, "--max-capacity", "4"], &own[..]].concat()).await,
        [
            "EndpointName=my-endpoint",
            "MaxCapacity=4",
            "InputBucket=my-inputs",
            "InputPrefix=in/",
            "InputSuffix=.json",
        ]
    );
    sim.with(|world| {
        world.put_bucket("other", Bucket::default());
        world.add_endpoint("Two", vec![VariantState::new("blue", 2)], true);
    });
    assert_eq!(
        planned(&sim, &["Two", "--bucket", "other", "--set", "JobMinutes=30"]).await,
        [
            "EndpointName=Two",
            "VariantName=blue",
            "MaxCapacity=2",
            "InputBucket=other",
            "ExtraEndpointArns=arn:aws:sagemaker:eu-central-1:123456789012:endpoint/two",
            "JobMinutes=30",
        ]
    );
    sim.with(|world| world.register_target(&id(), 0, 3));
    assert_eq!(
        planned(&sim, &[ENDPOINT, "--bucket", "my-inputs"]).await,
        ["EndpointName=my-endpoint", "ScalableTarget=Existing", "InputBucket=my-inputs"]
    );
    // The user's parameters come first.
    let changed =
        planned(&sim, &["--set", "EndpointTag=team-a", "--set", "AlarmEmail=a@b.com"]).await;
    assert_eq!(changed[3..], ["EndpointTag=team-a", "AlarmEmail=a@b.com"]);
}

/// The template refuses ScalerMode=observe with ScalableTarget=Register.
#[tokio::test]
async fn a_function_that_only_observes_registers_nothing_and_changes_no_minimum() {
    let sim = empty_account();
    let arguments = [ENDPOINT, "--bucket", "my-inputs", "--set", "ScalerMode=observe"];
    let parameters = [
        "EndpointName=my-endpoint",
        "ScalableTarget=Existing",
        "InputBucket=my-inputs",
        "ScalerMode=observe",
    ];
    assert_eq!(planned(&sim, &arguments).await, parameters);
    sim.with(|world| world.register_target(&id(), 1, 4));
    assert_eq!(planned(&sim, &arguments).await, parameters);
    let run = deploy(&sim, &FakeSam::waiting(), &[&arguments[..], &["--plan"]].concat()).await;
    run.assert(0, &["register nothing: the function only observes", "the owner's minimum"]);
    assert!(!run.text.contains("--allow-zero"), "{}", run.text);
    // A stack that observes goes on to do so.
    sim.with(|world| {
        let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;
        let variables = [("SCALER_ROUTES", routes), ("SCALER_MODE", "observe")];
        world.put_function(LambdaFunction::new("reactive-scaler-ScalerFunction-AbC123", variables));
    });
    let sam = FakeSam::ending(NO_CHANGES, 0);
    let run = deploy(&sim, &sam, &[ENDPOINT, "--yes"]).await;
    run.assert(0, &["register nothing: the function only observes", "nothing to change"]);
    run.assert_no_write();
}

#[tokio::test]
async fn the_plan_says_what_is_made_and_what_it_costs() {
    let sim = empty_account();
    let sam = FakeSam::waiting();
    let run = deploy(&sim, &sam, &[ENDPOINT, "--plan", "--bucket", "my-inputs"]).await;
    run.assert(0, &["create the stack reactive-scaler (eu-central-1)", "EndpointName=my-endpoint"]);
    // docs/cost.md has the same total.
    run.assert(0, &["total, at most", "$ 8.00", "not known here: the endpoint's instances"]);
    run.assert(0, &["turn EventBridge on for my-inputs if it is off", "register my-endpoint"]);
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cost.md");
    assert!(fs::read_to_string(page).unwrap().contains("| **total** | | **$8.00** |"));
}

/// The stack is created while the command waits for the SAM CLI.
#[tokio::test]
async fn a_new_stack_is_deployed_and_the_endpoint_registered() {
    let sim = empty_account();
    let sam = FakeSam::waiting();
    let create = async {
        let arguments = sam.called().await;
        sim.with(|world| {
            put_function(world, r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#);
        });
        sam.end("Successfully created/updated stack\n");
        arguments
    };
    let arguments = [ENDPOINT, "--bucket", "my-inputs", "--yes"];
    let (run, called) = tokio::join!(deploy(&sim, &sam, &arguments), create);
    assert_eq!(called[0], "deploy");
    assert_eq!(after(&called, "--stack-name"), ["reactive-scaler"]);
    assert_eq!(after(&called, "--capabilities"), ["CAPABILITY_IAM"]);
    assert_eq!(after(&called, "--region"), ["eu-central-1"]);
    // Not the parameters of a samconfig.toml that happens to be there.
    assert_eq!(after(&called, "--config-env"), ["scalerctl"]);
    assert_eq!(
        after(&called, "--parameter-overrides"),
        ["EndpointName=my-endpoint", "MaxCapacity=1", "InputBucket=my-inputs"]
    );
    for option in ["--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset"] {
        assert!(called.iter().any(|it| it == option), "{called:?}");
    }
    // The model runs no function, so the checks that invoke it fail.
    run.assert(1, &["stack reactive-scaler: deployed", "register my-endpoint", "4 changes"]);
    run.assert(1, &["Smoke test of", "failed: "]);
    assert!(run.errors.contains("Successfully created/updated stack"), "{}", run.errors);
    assert!(sim.with(|world| world.scaling_policy(&id(), POLICY).is_some()));
}

/// The stack of the SDK's keys serves all endpoints; none is registered.
#[tokio::test]
async fn a_stack_that_exists_keeps_its_parameters_and_nothing_changes() {
    let sim = account_with(&format!(r#"[{{"preset":"sagemaker-sdk","bucket":"{SDK_BUCKET}"}}]"#));
    sim.with(|world| {
        world.put_bucket(SDK_BUCKET, Bucket { event_bridge: true, ..Bucket::default() });
    });
    let sam = FakeSam::ending(NO_CHANGES, 0);
    let run = deploy(&sim, &sam, &["--yes"]).await;
    run.assert(0, &["update the stack", "stack reactive-scaler: nothing to change"]);
    run.assert_no_write();
    let called = sam.arguments().unwrap();
    assert!(!called.iter().any(|it| it == "--parameter-overrides"), "{called:?}");

    let run = deploy(&sim, &sam, &["--yes", "-o", "json", "--set", "JobMinutes=30"]).await;
    run.assert(0, &[]);
    let document = run.document();
    assert_eq!((&document["ok"], &document["stack"]["changed"]), (&true.into(), &false.into()));
    let called = sam.arguments().unwrap();
    assert_eq!(after(&called, "--parameter-overrides"), ["JobMinutes=30"]);
}

/// If the stack registers the variant, a maximum that only `register` changes would be changed back by the next update.
#[tokio::test]
async fn a_new_maximum_of_a_stack_that_exists_is_a_parameter_of_it() {
    let sam = FakeSam::ending(NO_CHANGES, 0);
    let sim = account_with(r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#);
    sim.with(|world| {
        world.put_bucket("my-inputs", Bucket { event_bridge: true, ..Bucket::default() });
    });
    let run = deploy(&sim, &sam, &[ENDPOINT, "--max-capacity", "7", "--yes"]).await;
    run.assert(1, &["MaxCapacity=7", "Smoke test of"]);
    let called = sam.arguments().unwrap();
    assert_eq!(after(&called, "--parameter-overrides"), ["MaxCapacity=7"]);
}

#[tokio::test]
async fn what_cannot_be_deployed_is_refused_before_sam_runs() {
    let sam = FakeSam::ending("", 0);
    let refuse = async |sim: &Simulator, arguments: &[&str], parts: &[&str]| {
        let run = deploy(sim, &sam, &[arguments, &["--yes"]].concat()).await;
        run.assert(1, parts);
        run.assert_no_write();
        assert_eq!(sam.arguments(), None);
    };
    let sim = empty_account();
    refuse(&sim, &["my-endpont"], &["there is no endpoint my-endpont"]).await;
    sim.with(|world| {
        world.add_endpoint("real-time", vec![VariantState::new("a", 1)], false);
        world.add_async_endpoint("two", "AllTraffic", 2);
    });
    refuse(&sim, &["real-time"], &["it has no AsyncInferenceConfig"]).await;
    refuse(&sim, &["two", "--max-capacity", "1"], &["AWS would remove instances"]).await;
    let run = deploy(&sim, &sam, &["two", "--bucket", "my-input", "--yes"]).await;
    run.assert(2, &["s3:GetBucketNotification", "my-input"]);
    run.assert_no_write();
    assert_eq!(sam.arguments(), None);
    sim.with(|world| world.register_target(&id(), 1, 4));
    refuse(&sim, &[ENDPOINT], &["the owner's minimum", "add --allow-zero"]).await;
    let allowed = planned(&sim, &[ENDPOINT, "--allow-zero", "--bucket", "my-inputs"]).await;
    assert_eq!(allowed[1], "ScalableTarget=Existing");

    // Another stack serves it, and this stack serves another one.
    refuse(
        &account(),
        &[ENDPOINT, "--stack", "b"],
        &["covers my-endpoint already", "--stack reactive-scaler"],
    )
    .await;
    let sim = account_with(r#"[{"endpoint":"another"}]"#);
    refuse(
        &sim,
        &[ENDPOINT],
        &["serves another, and not my-endpoint", "--stack reactive-scaler-my-endpoint"],
    )
    .await;
    refuse(&sim, &["--stack", "b"], &["default bucket", "does not exist"]).await;
}

#[tokio::test]
async fn nothing_is_deployed_without_a_confirmation_a_sam_cli_or_a_template() {
    let sim = empty_account();
    let sam = FakeSam::ending("", 0);
    let run = deploy(&sim, &sam, &[]).await;
    run.assert(2, &["nothing was deployed: there is no terminal", "add --yes"]);
    assert_eq!(sam.arguments(), None);
    let template = sam.template();
    let run = scalerctl(&sim, &["deploy", "--yes", "--template", &template]).await;
    run.assert(2, &["there is no SAM CLI", "pip install aws-sam-cli"]);
    let run = scalerctl(&sim, &["deploy", "--yes", "--template", "/no/file.yaml"]).await;
    run.assert(2, &["/no/file.yaml is no file"]);
    run.assert_no_write();
}

/// A deployment would replace the resources of that stack.
#[tokio::test]
async fn a_stack_of_somebody_else_is_not_touched() {
    let sim = empty_account();
    let sam = FakeSam::ending("", 0);
    sam.let_stack_exist();
    let run = deploy(&sim, &sam, &["--yes"]).await;
    run.assert(1, &["a stack reactive-scaler exists", "--stack"]);
    run.assert_no_write();
    assert_eq!(sam.arguments(), None);
}

#[tokio::test]
async fn a_deployment_that_fails_connects_and_registers_nothing() {
    let sim = account();
    let sam = FakeSam::ending("ROLLBACK_COMPLETE\n", 1);
    let run = deploy(&sim, &sam, &[ENDPOINT, "--yes"]).await;
    run.assert(1, &["ROLLBACK_COMPLETE", "`sam deploy` failed"]);
    run.assert_no_write();
}

/// As a wheel puts them: the program, the SAM CLI beside it, and the release's files. pipx links to the program.
#[tokio::test]
async fn the_release_and_the_sam_cli_are_found_from_the_programs_real_path() {
    let sim = account();
    let sam = FakeSam::ending(NO_CHANGES, 0);
    let share = sam.folder.join("tool/share/reactive-scaler");
    let bin = sam.folder.join("tool/bin");
    fs::create_dir_all(&share).unwrap();
    fs::create_dir_all(&bin).unwrap();
    let program = env!("CARGO_BIN_EXE_scalerctl");
    fs::hard_link(program, bin.join("scalerctl")).unwrap();
    for file in ["sam", "answer", "code"] {
        fs::rename(sam.folder.join(file), bin.join(file)).unwrap();
    }
    let version = env!("CARGO_PKG_VERSION");
    let template = share.join(format!("reactive-scaler-{version}-arm64.yaml"));
    fs::write(&template, "Resources: {}\n").unwrap();
    let link = sam.folder.join("scalerctl");
    symlink(bin.join("scalerctl"), &link).unwrap();

    let aws = simulator::LoopbackAws::start(sim.clone()).await.unwrap();
    let mut command = tokio::process::Command::new(&link);
    let environment = program::scalerctl(&aws.url);
    let environment = environment.as_std().get_envs().filter_map(|(name, it)| Some((name, it?)));
    command.env_clear().envs(environment).env("PATH", "/usr/bin:/bin");
    let output = command.args(["deploy", "--yes"]).output().await.unwrap();
    let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let called = fs::read_to_string(bin.join("arguments")).unwrap_or_else(|_| panic!("{all}"));
    assert!(called.contains(template.canonicalize().unwrap().to_str().unwrap()), "{called}");
}

/// The function runs there, so that the checks of smoke pass but those of IAM.
#[tokio::test]
async fn on_the_local_aws_the_checks_are_those_of_smoke() {
    let mut aws = LocalAws::start(&[]);
    aws.give_function_to_stack("reactive-scaler").await;
    let sam = FakeSam::ending(NO_CHANGES, 0);
    let template = sam.template();
    let deploy = ["deploy", "my-endpoint", "--yes", "--template", &template, "-o", "json"];
    let (code, text, writes) = aws.scalerctl_with_path(&sam.path(), &deploy).await;
    // The output of the SAM CLI and the failure are on stderr, after the document.
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let document = documents.next().unwrap().unwrap_or_else(|_| panic!("{text}"));
    assert!(code.is_some() && !writes.is_empty(), "{text}");
    // The bucket notifies the function, as with UploadTrigger=Notification.
    assert_eq!(document["steps"][0]["changes"][0]["items"][0]["state"], "no change", "{text}");
    let checks = &document["steps"][2]["checks"];
    let outcome = |id: &str| {
        checks.as_array().unwrap().iter().find(|it| it["id"] == id).unwrap()["outcome"].clone()
    };
    for id in ["function", "bucket-events", "status", "observed-input"] {
        assert_eq!(outcome(id), "passed", "{id}: {text}");
    }
}
