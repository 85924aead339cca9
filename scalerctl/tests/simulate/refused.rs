//! Arguments that cannot be used: exit code 2, and what is wrong.

use std::fs;

use super::*;

#[test]
fn each_is_told_what_is_wrong() {
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
        (vec!["--policy", "e,z"], "--policy z: there are a, b, c, d, e, f"),
        (vec!["--policy", "g"], "--policy g: there are"),
        (vec!["--provisioning", "soon"], "a good value is 45s or 6m"),
        (vec!["--provisioning", "0s"], "above zero"),
        (vec!["--provisioning", "10m..3m"], "ends before it begins"),
        (vec!["--processing", "10m/3m"], "above the median"),
        (vec!["--days", "0"], "1..=366"),
        (vec!["--max", "0"], "--max"),
        (vec!["--idle-minutes", "1441"], "--idle-minutes"),
        (vec!["--inputs-per-instance", "0"], "--inputs-per-instance"),
        (vec!["--arrivals", "nowhere.csv"], "nowhere.csv"),
        (vec!["--arrivals", &empty], "there is none"),
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
    let output = scalerctl(&["simulate", "--policy", "d", "--csv", "/dev/null/figures.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/dev/null"));
}
