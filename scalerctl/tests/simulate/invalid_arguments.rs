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
    let no_column = write("no-column.csv", "processing_seconds\n5\n");
    let short = write("short.csv", "at,inline\n2030-01-08T12:00:00Z,true\n2030-01-08T12:01:00Z\n");
    let inline = write("inline.csv", "at,inline\n2030-01-08T12:00:00Z,yes\n");
    let negative = write("negative.csv", "at,processing_seconds\n2030-01-08T12:00:00Z,-1\n");
    for (arguments, said) in [
        (vec!["--workload", "lunch"], "nightly-batch"),
        (
            vec!["--policy", "reactive-scaler,z"],
            "possible values: backlog-per-instance, has-backlog",
        ),
        (vec!["--policy", "reactive-scaler-per-input"], "requires --inputs-per-instance"),
        (
            vec!["--provisioning", "soon"],
            "is not a duration above 0, such as 45s, 90m, 2h, 7d, or 1h30m",
        ),
        (vec!["--provisioning", "0s"], "above 0"),
        (vec!["--provisioning", "10m..3m"], "ends before it begins"),
        (vec!["--processing", "10m/3m"], "above the median"),
        (vec!["--days", "0"], "from 1 to 366"),
        (vec!["--max", "0"], "--max"),
        (vec!["--idle-minutes", "1441"], "--idle-minutes"),
        (vec!["--inputs-per-instance", "0"], "--inputs-per-instance"),
        (
            vec!["--arrivals", "nowhere.csv"],
            "--arrivals nowhere.csv: cannot be read: there is no such file",
        ),
        (vec!["--arrivals", &empty], "has no arrivals"),
        (
            vec!["--arrivals", &no_time],
            "no-time.csv: line 2: at \"noon\" is not a time in RFC 3339, such as 2030-01-08T12:00:00Z",
        ),
        (
            vec!["--arrivals", &other],
            "line 1: the column \"colour\" is unknown; the columns are at, processing_seconds, inline",
        ),
        (vec!["--arrivals", &no_column], "line 1: there is no column at"),
        (
            vec!["--arrivals", &negative],
            "line 2: processing_seconds \"-1\" is not a number of seconds above 0",
        ),
        (vec!["--arrivals", &short], "line 3 has 1 columns; it must have 2, as line 1"),
        (vec!["--arrivals", &inline], "line 2: inline \"yes\" is not true or false"),
        (vec!["--arrivals", &empty, "--workload", "single"], "cannot be used with"),
    ] {
        let output = scalerctl(&[vec!["simulate"], arguments.clone()].concat());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

/// Each option that reads a file says which file, what is wrong, and what to do.
#[test]
fn a_file_that_is_no_text_is_refused() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.join(name);
        fs::write(&file, bytes).unwrap();
        file.to_str().unwrap().to_owned()
    };
    for (file, said) in [
        (
            folder.to_str().unwrap().to_owned(),
            "cannot be read: it is a directory\nwhat to do: name a file",
        ),
        (write("empty.txt", b" \n"), "is empty\nwhat to do: "),
        (
            write("latin-1.txt", b"{\"caf\xE9\": 1}"),
            "is not UTF-8 text, at byte 5\nwhat to do: save it as UTF-8",
        ),
        (
            write("utf-16.txt", b"\xFF\xFE{\0}\0"),
            "is UTF-16, not UTF-8\nwhat to do: save it as UTF-8",
        ),
        (
            folder.join("none.txt").to_str().unwrap().to_owned(),
            "there is no such file\nwhat to do: correct the path",
        ),
    ] {
        for (command, option) in [
            ("simulate", "--own"),
            ("explain", "--own"),
            ("simulate", "--arrivals"),
            ("explain", "--arrivals"),
            ("simulate", "--calibration"),
            ("demo", "--events"),
        ] {
            let output = scalerctl(&[command, option, &file]);
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{command} {option}: {stderr}");
            let wanted = format!("{option} {file}: ");
            let wanted = wanted.strip_suffix(": ").unwrap();
            assert!(
                stderr.contains(wanted) && stderr.contains(said),
                "{command} {option}: {stderr}"
            );
            assert!(output.stdout.is_empty(), "{command} {option}");
        }
    }
    // A byte order mark is not an error.
    let marked = write("marked.csv", b"\xEF\xBB\xBFat\n2030-01-08T12:00:00Z\n");
    stdout(&scalerctl(&["simulate", "--policy", "always-on", "--arrivals", &marked]));
}

#[test]
fn a_file_that_cannot_be_written_is_exit_code_1() {
    let output =
        scalerctl(&["simulate", "--policy", "always-on", "--csv", "/dev/null/figures.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/dev/null"));
}
