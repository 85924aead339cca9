//! Arguments that are not valid: exit code 2 and a message.

use std::fs;

use super::*;

#[test]
fn each_has_a_message() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let empty = write("no-arrivals.csv", "at\n");
    let no_time = write("no-time.csv", "at\nnoon\n");
    let other = write("other-column.csv", "at,colour\n2030-01-08T12:00:00Z,red\n");
    let negative = write("negative.csv", "at,processing_seconds\n2030-01-08T12:00:00Z,-1\n");
    for (arguments, said) in [
        (vec!["--workload", "lunch"], "nightly-batch"),
        (
            vec!["--policy", "reactive-scaler,z"],
            "possible values: backlog-per-instance, has-backlog",
        ),
        (vec!["--policy", "reactive-scaler-per-input"], "requires --inputs-per-instance"),
        (vec!["--provisioning", "soon"], "is not a duration such as 45s or 6m"),
        (vec!["--provisioning", "0s"], "above zero"),
        (vec!["--provisioning", "10m..3m"], "ends before it begins"),
        (vec!["--processing", "10m/3m"], "above the median"),
        (vec!["--days", "0"], "from 1 to 366"),
        (vec!["--max", "0"], "--max"),
        (vec!["--idle-minutes", "1441"], "--idle-minutes"),
        (vec!["--inputs-per-instance", "0"], "--inputs-per-instance"),
        (vec!["--arrivals", "nowhere.csv"], "nowhere.csv"),
        (vec!["--arrivals", &empty], "has no arrivals"),
        (vec!["--arrivals", &no_time], "line: 2"),
        (vec!["--arrivals", &other], "colour"),
        (vec!["--arrivals", &negative], "processing_seconds -1"),
        (vec!["--arrivals", &empty, "--workload", "single"], "cannot be used with"),
    ] {
        let output = scalerctl(&[vec!["simulate"], arguments.clone()].concat());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_exit_code_1() {
    let output =
        scalerctl(&["simulate", "--policy", "always-on", "--csv", "/dev/null/figures.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/dev/null"));
}
