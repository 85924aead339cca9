//! `scalerctl open`.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use simulator::{Fault, LambdaFunction, LoopbackAws};

use super::{
    program,
    run::scalerctl,
    setup::{account, empty_account, put_function},
};

const URL: &str = "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards:name=\
                   reactive-scaler-eu-central-1";

#[tokio::test]
async fn the_link_is_that_of_the_stack_of_the_function() {
    let sim = account();
    let run = scalerctl(&sim, &["open", "--print"]).await;
    run.assert(0, &["function: my-scaler, found by its routes\n"]);
    assert_eq!(run.text, format!("{URL}\n"));
    run.assert_no_write();
    let run = scalerctl(&sim, &["open", "--print", "--function", "my-scaler", "-o", "json"]).await;
    assert_eq!(run.document()["url"], URL);
    assert_eq!(run.errors, "");
    // Without a desktop, the link is only printed.
    let run = scalerctl(&sim, &["open"]).await;
    assert_eq!((run.code, run.text.as_str()), (Some(0), format!("{URL}\n").as_str()));
    // Without the permission for the tags, the function's name has the stack's.
    sim.with(|world| {
        world.faults.fail_next("ListTags", Fault::AccessDenied, 1);
        let variables = [("SCALER_ROUTES", "[]")];
        world.put_function(LambdaFunction::new("other-ScalerFunction-AbC", variables));
    });
    let run = scalerctl(&sim, &["open", "--function", "other-ScalerFunction-AbC"]).await;
    run.assert(0, &["#dashboards:name=other-eu-central-1\n"]);
}

/// The browser gets the link, and `--print` starts none.
#[tokio::test]
async fn the_browser_is_started() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("open");
    fs::create_dir_all(&folder).unwrap();
    let (browser, opened) = (folder.join("browser"), folder.join("opened"));
    // Complete in one step, because the browser is not waited for.
    let script =
        format!("#!/bin/sh\necho \"$1\" > {0}.part && mv {0}.part {0}\n", opened.display());
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let aws = LoopbackAws::start(account()).await.unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = program::scalerctl(&aws.url);
        command.env("BROWSER", &browser).env("PATH", "/usr/bin:/bin").args(arguments);
        command.output().await.unwrap()
    };
    let _ = fs::remove_file(&opened);
    let output = run(&["open", "--print"]).await;
    assert!(!String::from_utf8(output.stderr).unwrap().contains("opened with"));
    let output = run(&["open"]).await;
    assert!(String::from_utf8(output.stderr).unwrap().contains("opened with "));
    let written = async {
        while !opened.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), written).await.unwrap();
    assert_eq!(fs::read_to_string(&opened).unwrap(), format!("{URL}\n"));
    // With --local, the page of the simulated AWS.
    let output = run(&["open", "--print", "--local"]).await;
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{}/\n", aws.url));
}

#[tokio::test]
async fn without_one_function_or_a_stack_it_is_refused() {
    let sim = empty_account();
    let open = ["open", "--print"];
    scalerctl(&sim, &open).await.assert(2, &["no function of this region has SCALER_ROUTES"]);
    sim.with(|world| world.faults.fail_next("ListFunctions", Fault::AccessDenied, 1));
    scalerctl(&sim, &open).await.assert(2, &["lambda:ListFunctions", "--function"]);
    sim.with(|world| {
        world.put_function(LambdaFunction::new("by-hand", [("SCALER_ROUTES", "[]")]));
    });
    scalerctl(&sim, &open).await.assert(1, &["no stack created by-hand"]);
    sim.with(|world| put_function(world, r#"[{"endpoint":"a"}]"#));
    sim.with(|world| {
        let variables = [("SCALER_ROUTES", r#"[{"endpoint":"b"}]"#)];
        world.put_function(LambdaFunction::new("second", variables));
    });
    scalerctl(&sim, &open).await.assert(2, &["several functions", "my-scaler, second"]);
}
