//! The function that the user names in a variable or in a file. Each command that looks for a
//! function uses it. Not here: smoke, which reports a missing function as a failed check (`tests/smoke/function.rs`).

use std::{fs, path::Path};

use crate::{KEYS, REGION, aws, has, refusal};

const COMMANDS: [&[&str]; 12] = [
    &["wake", "my-endpoint"],
    &["sleep", "my-endpoint"],
    &["hold", "my-endpoint", "--for", "1h"],
    &["verify", "my-endpoint", "--yes"],
    &["doctor", "my-endpoint"],
    &["status", "my-endpoint"],
    &["plot", "my-endpoint"],
    &["report", "my-endpoint"],
    &["logs", "my-endpoint"],
    &["open"],
    &["register", "my-endpoint"],
    &["unregister", "my-endpoint"],
];

#[tokio::test]
async fn a_function_that_does_not_exist_is_named_with_the_place_that_names_it() {
    let (sim, aws) = aws().await;
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("named-function");
    let folder = home.join(".config");
    let file = folder.join("scalerctl.toml");
    fs::create_dir_all(&folder).unwrap();
    fs::write(&file, "function = \"of-file\"\n").unwrap();
    let [home, folder, file] = [&home, &folder, &file].map(|path| path.to_str().unwrap());
    let variable = ("SCALERCTL_FUNCTION", "of-variable");
    let option = &["--function", "of-option"][..];
    for command in COMMANDS {
        for (variables, option, place, name) in [
            (&[("HOME", home)][..], &[][..], file, "of-file"),
            (&[("XDG_CONFIG_HOME", folder)], &[], file, "of-file"),
            (&[("HOME", home), variable], &[], "SCALERCTL_FUNCTION", "of-variable"),
            (&[("HOME", home), variable], option, "--function", "of-option"),
        ] {
            let variables = [&KEYS[..], &[REGION], variables].concat();
            let message = refusal(&aws.url, &variables, &[command, option].concat()).await;
            let said = format!("{place} names {name}: there is no function {name} in this region");
            let advice = format!(
                "\nwhat to do: correct {place}, or set the function's region with --region"
            );
            has(&message, &[&said, &advice]);
        }
    }
    assert!(sim.with(|world| world.writes().is_empty()));
}
