//! Decisions are read from the log group of the deployed function.

use simulator::{Fault, LambdaFunction, Simulator};

use super::{
    run::scalerctl,
    setup::{ENDPOINT, GROUP, morning},
};

const COMMANDS: [&str; 3] = ["status", "plot", "report"];
const FUNCTION: &str = "my-scaler";
const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";

async fn deployed() -> Simulator {
    let sim = morning().await;
    let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;
    sim.with(|world| {
        world.put_function(LambdaFunction::new(FUNCTION, [("SCALER_ROUTES", routes)]));
    });
    sim
}

#[tokio::test]
async fn the_function_by_name_or_arn_shows_what_its_log_group_shows() {
    let sim = deployed().await;
    for command in COMMANDS {
        let by_group = scalerctl(&sim, &[command, ENDPOINT, "--log-group", GROUP]).await;
        assert_eq!(by_group.code, Some(0), "{}", by_group.errors);
        assert!(by_group.called.contains("FilterLogEvents"));
        let without = scalerctl(&morning().await, &[command, ENDPOINT]).await;
        assert_ne!(without.text, by_group.text, "{command}: the log adds nothing");
        for name in [FUNCTION, ARN] {
            let run = scalerctl(&sim, &[command, ENDPOINT, "--function", name]).await;
            // Only the settings of the function show whether the results are connected.
            let by_group = by_group.text.replace("            no result", "results not connected");
            assert_eq!(run.text, by_group, "{command} {name}");
            assert!(run.called.contains("GetFunctionConfiguration"), "{command}");
        }
    }
}

#[tokio::test]
async fn a_function_that_does_not_exist_is_refused() {
    let sim = deployed().await;
    for command in COMMANDS {
        let run = scalerctl(&sim, &[command, ENDPOINT, "--function", "none-of-mine"]).await;
        run.assert_refused(
            2,
            &["there is no function none-of-mine in this region", "ResourceNotFoundException"],
        );
        assert_eq!(run.text, "");
    }
}

#[tokio::test]
async fn the_permission_that_is_missing_is_named() {
    let sim = deployed().await;
    for command in COMMANDS {
        let denied = Fault::AccessDenied;
        sim.with(|world| world.faults.fail_next("GetFunctionConfiguration", denied, 1));
        let run = scalerctl(&sim, &[command, ENDPOINT, "--function", FUNCTION]).await;
        run.assert_refused(2, &["allow your own credentials lambda:GetFunctionConfiguration"]);
    }
}

#[tokio::test]
async fn function_and_log_group_exclude_each_other() {
    let sim = deployed().await;
    for command in COMMANDS {
        let both = [command, ENDPOINT, "--function", FUNCTION, "--log-group", GROUP];
        scalerctl(&sim, &both).await.assert_refused(2, &["--function", "--log-group"]);
    }
}
