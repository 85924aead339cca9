//! The check `function`.

use std::{fs, path::Path};

use super::{
    run::{smoke, smoke_on, smoke_with},
    setup,
};

#[tokio::test]
async fn the_function_is_not_active() {
    let mut deployment = setup::by_event_bridge();
    deployment.state = "Pending";
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("function", &["State is Pending", "aws lambda wait function-active-v2"]);
}

#[tokio::test]
async fn the_update_of_the_function_failed() {
    let mut deployment = setup::by_event_bridge();
    deployment.last_update = "Failed";
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("function", &["LastUpdateStatus is Failed", "deploy again"]);
}

#[tokio::test]
async fn the_function_does_not_exist() {
    let run = smoke_on(&setup::by_event_bridge(), &["--function", "no-such"]).await;
    run.assert_only_fails("function", &["Function not found: no-such", "--function"]);
    assert_eq!(run.having("skipped").len(), 5);
    assert_eq!(run.requests.len(), 1);
}

#[tokio::test]
async fn a_function_that_does_not_exist_is_named_with_the_place_that_names_it() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smoke-named-function");
    let file = home.join(".config/scalerctl.toml");
    fs::create_dir_all(home.join(".config")).unwrap();
    fs::write(&file, "function = \"of-file\"\n").unwrap();
    let [home, file] = [&home, &file].map(|path| path.to_str().unwrap());
    for (variable, place, name) in [
        (("SCALERCTL_FUNCTION", "of-variable"), "SCALERCTL_FUNCTION", "of-variable"),
        (("HOME", home), file, "of-file"),
    ] {
        let run = smoke_with(&setup::by_event_bridge(), &[variable], &[]).await;
        let said = format!("{place} names {name}: ");
        let advice =
            format!("what to do: correct {place}, or set the function's region with --region");
        run.assert_only_fails("function", &[&said, "Function not found", &advice]);
        assert_eq!(run.having("skipped").len(), 5);
    }
}

/// In this case the function cannot start, so the checks that invoke it fail.
#[tokio::test]
async fn the_function_cannot_read_its_routes() {
    let mut deployment = setup::by_event_bridge();
    deployment.variables.insert("SCALER_ROUTES", "[]".into());
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("function", &["at least one route is needed", "EndpointName"]);
    assert_eq!(run.having("skipped").len(), 5, "{}", run.text);
    let named =
        ["--endpoint", setup::ENDPOINT, "--bucket", setup::BUCKET, "--key", "async/in/a.json"];
    let run = smoke(&deployment, &named).await;
    assert_eq!(run.having("failed"), ["function", "status", "observed-input"], "{}", run.text);
    run.assert_says(&["aws logs tail /aws/lambda/reactive-scaler/my-stack"]);
}

#[tokio::test]
async fn the_function_is_in_observe_mode() {
    let mut deployment = setup::by_event_bridge();
    deployment.variables.insert("SCALER_MODE", "observe".into());
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
    run.assert_says(&["note: the function only reports what it would do", "ScalerMode=act"]);
}

#[tokio::test]
async fn a_mode_that_there_is_not() {
    let mut deployment = setup::by_event_bridge();
    deployment.variables.insert("SCALER_MODE", "fast".into());
    let run = smoke(&deployment, &[]).await;
    assert!(run.having("failed").contains(&"function"), "{}", run.text);
    run.assert_says(&[
        " --parameter-overrides ScalerMode=act\n",
        "or: to change nothing, set it to observe\n",
        " --parameter-overrides ScalerMode=observe\n",
    ]);
}
