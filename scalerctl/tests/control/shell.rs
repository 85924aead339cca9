//! Completions, manual pages, help, and colour.

use std::{fs, path::Path, process::Command};

const COMMANDS: [&str; 7] = ["wake", "sleep", "hold", "release", "pause", "resume", "verify"];

fn scalerctl(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = scalerctl(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
}

/// A script offers exactly the options that the help shows.
#[test]
fn no_script_offers_a_hidden_option() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = scalerctl(&["completions", shell]);
        for (hidden, shown) in [("now", "request-ttl"), ("clock", "timeout"), ("clock", "version")]
        {
            let offers = |option: &str| {
                let forms = [format!("--{option}"), format!("-l {option} ")];
                forms.iter().any(|form| script.contains(form.as_str()))
            };
            assert!(!offers(hidden), "{shell} offers --{hidden}");
            assert!(offers(shown), "{shell} does not offer --{shown}");
        }
        assert!(!script.contains("For tests"), "{shell}");
        assert!(script.contains("--dry-run") || script.contains("-l dry-run"), "{shell}");
    }
}

/// bash can load the script and completes with it.
#[test]
fn bash_completes() {
    let script = scalerctl(&["completions", "bash"]);
    let test = format!(
        "{script}\nCOMP_WORDS=(scalerctl rel); COMP_CWORD=1; _scalerctl scalerctl rel scalerctl; \
         echo \"${{COMPREPLY[@]}}\""
    );
    let output = Command::new("bash").args(["--norc", "-c", &test]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "release");
}

#[test]
fn each_command_has_a_manual_page() {
    assert!(scalerctl(&["man"]).contains(".TH"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("man");
    fs::create_dir_all(&folder).unwrap();
    scalerctl(&["man", "--dir", folder.to_str().unwrap()]);
    for command in COMMANDS {
        let page = fs::read_to_string(folder.join(format!("scalerctl-{command}.1"))).unwrap();
        assert!(page.contains("Examples") && page.contains("Exit codes"), "{command}");
        assert!(!page.contains("SPEEDxSINCE"), "{command} shows a hidden option");
    }
    assert!(fs::read_to_string(folder.join("scalerctl.1")).unwrap().contains("verify"));
}

#[test]
fn a_page_that_cannot_be_written_is_reported() {
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .args(["man", "--dir", "/nowhere/at/all"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nowhere/at/all"));
}

#[test]
fn help_has_examples_and_exit_codes() {
    for command in COMMANDS {
        let help = scalerctl(&[command, "--help"]);
        for part in ["Examples:", "Exit codes:", "--dry-run", "--local", "--output"] {
            assert!(help.contains(part), "{command}: no {part}");
        }
        assert!(!help.contains('\u{1b}'), "{command} colours what is no terminal");
    }
}
