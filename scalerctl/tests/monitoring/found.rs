//! The function is found: named by the variable or the file, or the only one with a route.

use std::{fs, path::PathBuf};

use simulator::{Fault, LambdaFunction, Simulator};

use super::{
    run::{Run, scalerctl, scalerctl_with},
    setup::{ENDPOINT, UNTIL, morning},
};

const COMMANDS: [&str; 3] = ["status", "plot", "report"];
const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;
const OTHERS: &str = r#"[{"endpoint":"another","bucket":"my-inputs"}]"#;

async fn deployed(functions: &[(&str, &str)]) -> Simulator {
    let sim = morning().await;
    sim.with(|world| {
        for (name, routes) in functions {
            world.put_function(LambdaFunction::new(*name, [("SCALER_ROUTES", *routes)]));
        }
    });
    sim
}

/// With a reason, which only the log has.
fn shows_decisions(command: &str, run: &Run) -> bool {
    assert_eq!(run.code, Some(0), "{}{}", run.text, run.errors);
    match command {
        "status" => {
            run.text.contains("last decision  none: asleep")
                || run.text.contains("last decision  sleep: idle")
        }
        "plot" => run.text.contains("wake: work_arrived"),
        _ => run.text.contains("decisions in the log group /aws/lambda/my-scaler"),
    }
}

#[tokio::test]
async fn the_only_function_with_a_route_is_used_and_named() {
    let sim = deployed(&[("my-scaler", ROUTES), ("another-scaler", OTHERS)]).await;
    for command in COMMANDS {
        let run = scalerctl(&sim, &[command, ENDPOINT]).await;
        assert!(shows_decisions(command, &run), "{command}: {}", run.text);
        run.assert_says(&["function: my-scaler, found by its routes"]);
        assert!(run.called.contains("ListFunctions"), "{command}");
    }
}

#[tokio::test]
async fn of_several_functions_none_is_read_and_they_are_named() {
    let sim = deployed(&[("my-scaler", ROUTES), ("second-scaler", ROUTES)]).await;
    for command in COMMANDS {
        let run = scalerctl(&sim, &[command, ENDPOINT]).await;
        assert!(!shows_decisions(command, &run), "{command}: {}", run.text);
        run.assert_says(&[
            "no function's log was read: my-scaler, second-scaler have routes for this",
        ]);
        let named = scalerctl(&sim, &[command, ENDPOINT, "--function", "my-scaler"]).await;
        assert!(shows_decisions(command, &named), "{command}: {}", named.text);
        assert!(!named.called.contains("ListFunctions"), "{command}");
    }
}

/// What worked without the function still works.
#[tokio::test]
async fn a_permission_that_the_search_lacks_is_a_note() {
    for (operation, said) in [
        ("ListFunctions", "no function's log was read: lambda:ListFunctions"),
        ("GetFunctionConfiguration", "its log was not read: lambda:GetFunctionConfiguration"),
        ("FilterLogEvents", "its log was not read: logs:FilterLogEvents"),
    ] {
        let sim = deployed(&[("my-scaler", ROUTES)]).await;
        for command in COMMANDS {
            sim.with(|world| {
                world.faults.clear();
                world.faults.fail_next(operation, Fault::AccessDenied, 1);
            });
            let run = scalerctl(&sim, &[command, ENDPOINT]).await;
            assert!(!shows_decisions(command, &run), "{command} {operation}: {}", run.text);
            run.assert_says(&[said]);
        }
    }
}

#[tokio::test]
async fn the_variable_names_it() {
    let sim = deployed(&[("my-scaler", ROUTES), ("second-scaler", ROUTES)]).await;
    for command in COMMANDS {
        let arguments = [command, ENDPOINT, "--now", UNTIL];
        let variables = [("SCALERCTL_FUNCTION", "my-scaler")];
        let run = scalerctl_with(&sim, &variables, &arguments).await;
        assert!(shows_decisions(command, &run), "{command}: {}", run.text);
        run.assert_says(&["function: my-scaler, from SCALERCTL_FUNCTION"]);
        // The option comes first.
        let arguments = [&arguments[..], &["--function", "second-scaler"]].concat();
        let run = scalerctl_with(&sim, &variables, &arguments).await;
        assert!(!run.text.contains("SCALERCTL_FUNCTION"), "{command}: {}", run.text);
        let variables = [("SCALERCTL_FUNCTION", "none-of-mine")];
        let run = scalerctl_with(&sim, &variables, &[command, ENDPOINT]).await;
        run.assert_refused(2, &["SCALERCTL_FUNCTION names none-of-mine"]);
    }
}

/// A folder with a file of settings.
fn settings(name: &str, text: &str) -> (PathBuf, String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("settings-{name}"));
    fs::create_dir_all(folder.join(".config")).unwrap();
    fs::write(folder.join(".config/scalerctl.toml"), text).unwrap();
    let home = folder.to_str().unwrap().to_owned();
    (folder.join(".config/scalerctl.toml"), home)
}

#[tokio::test]
async fn the_file_names_it_for_a_region_or_an_account() {
    let sim = deployed(&[("my-scaler", ROUTES), ("second-scaler", ROUTES)]).await;
    for (name, text) in [
        ("all", "function = \"my-scaler\"\n"),
        (
            "region",
            "function = \"none\"\n[[functions]]\nregion = \"eu-central-1\"\nfunction = \"my-scaler\"\n",
        ),
        (
            "account",
            "[[functions]]\naccount = \"999999999999\"\nfunction = \"none\"\n[[functions]]\naccount = \"123456789012\"\nfunction = \"my-scaler\"\n",
        ),
    ] {
        let (file, home) = settings(name, text);
        let xdg = format!("{home}/.config");
        for variables in [[("HOME", home.as_str())], [("XDG_CONFIG_HOME", xdg.as_str())]] {
            let arguments = ["status", ENDPOINT, "--now", UNTIL];
            let run = scalerctl_with(&sim, &variables, &arguments).await;
            assert!(shows_decisions("status", &run), "{name}: {}", run.text);
            run.assert_says(&[&format!("function: my-scaler, from {}", file.display())]);
        }
        // The variable comes first, and a real account's function is none of the simulated AWS.
        let variables = [("HOME", home.as_str()), ("SCALERCTL_FUNCTION", "second-scaler")];
        let run = scalerctl_with(&sim, &variables, &["status", ENDPOINT, "--now", UNTIL]).await;
        let used = "function: second-scaler, from SCALERCTL_FUNCTION";
        assert!(run.text.contains(used), "{}", run.text);
        let arguments = ["status", ENDPOINT, "--now", UNTIL, "--local"];
        let run = scalerctl_with(&sim, &variables, &arguments).await;
        run.assert_says(&["no function's log was read: my-scaler, second-scaler"]);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_refused_with_its_key() {
    let sim = deployed(&[]).await;
    for (name, text, parts) in [
        ("unknown", "fuction = \"a\"\n", ["line 1", "`fuction`"]),
        ("entry", "[[functions]]\nregoin = \"a\"\nfunction = \"b\"\n", ["line 2", "`regoin`"]),
        ("type", "function = 1\n", ["line 1", "string"]),
        ("syntax", "function = \n", ["line 1", "scalerctl.toml"]),
    ] {
        let (file, home) = settings(name, text);
        for command in COMMANDS {
            let run = scalerctl_with(&sim, &[("HOME", home.as_str())], &[command, ENDPOINT]).await;
            let said = format!("{} cannot be used", file.display());
            run.assert_refused(2, &[&said, parts[0], parts[1], "what to do: correct the file"]);
            assert_eq!(run.text, "");
        }
    }
}
