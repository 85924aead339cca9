//! Numbers and durations in arguments that are not valid: the message says what is accepted.

use tokio::process::Command;

use crate::has;

const TEXTS: [&str; 3] = ["10m", "x", "1.5"];

/// Asserts that each value is refused with these parts.
async fn refused(command: &[&str], option: &str, values: &[&str], parts: &[&str]) {
    for value in values {
        let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
            .args(command)
            .arg(format!("{option}={value}"))
            .output()
            .await
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command:?} {option} {value}: {message}");
        has(&message, parts);
        has(&message, &[option]);
        for text in ["invalid digit", "invalid float", "is not in", "integer"] {
            assert!(!message.contains(text), "{text} in {message}");
        }
    }
}

#[tokio::test]
async fn a_whole_number_names_its_range() {
    let doctor: &[&str] = &["doctor", "e"];
    let wake: &[&str] = &["wake", "e"];
    let simulate: &[&str] = &["simulate"];
    for (command, option, below, accepted) in [
        (doctor, "--request-ttl", "59", "a whole number of seconds from 60 to 21600"),
        (wake, "--idle-minutes", "0", "a whole number of minutes from 1 to 1440"),
        (wake, "--wake-to", "0", "a whole number from 1 to 2147483647"),
        (&["status"], "--watch", "0", "a whole number of seconds from 1 to 3600"),
        (&["status", "--watch"], "--times", "0", "a whole number from 1 to"),
        (simulate, "--days", "367", "a whole number from 1 to 366"),
        (simulate, "--seed", "-1", "a whole number from 0 to"),
        (simulate, "--max", "0", "a whole number from 1 to"),
        (simulate, "--idle-minutes", "1441", "a whole number of minutes from 1 to 1440"),
        (simulate, "--wake-to", "1001", "a whole number from 1 to 1000"),
        (simulate, "--inputs-per-instance", "0", "a whole number from 1 to"),
        (simulate, "--buffer-seconds", "301", "a whole number of seconds from 1 to 300"),
        (&["aws"], "--port", "65536", "a whole number from 0 to 65535"),
    ] {
        // These also take a duration.
        let takes_durations = ["--request-ttl", "--watch", "--idle-minutes"].contains(&option);
        let texts = TEXTS.iter().filter(|text| !(takes_durations && **text == "10m")).copied();
        let values: Vec<&str> = texts.chain([below]).collect();
        refused(command, option, &values, &[accepted]).await;
    }
}

#[tokio::test]
async fn a_price_is_a_number_of_0_or_more() {
    for command in [&["report"][..], &["verify", "e"], &["simulate"]] {
        let values = ["x", "-1", "NaN", "inf", "1,41"];
        let accepted = "a number of 0 or more, such as 1.41";
        refused(command, "--price-per-hour", &values, &[accepted]).await;
    }
}

#[tokio::test]
async fn a_duration_names_examples() {
    let texts = ["10", "x", "0m", "-5m"];
    for (command, option) in [
        (&["hold", "e"][..], "--for"),
        (&["wake", "e", "--wait"], "--timeout"),
        (&["simulate"], "--processing"),
        (&["simulate"], "--provisioning"),
        (&["simulate"], "--scale-in"),
        (&["simulate"], "--metric-lag"),
        (&["simulate"], "--event-delay"),
    ] {
        let zero_is_valid = ["--metric-lag", "--event-delay"].contains(&option);
        let values = texts.iter().filter(|value| !(zero_is_valid && **value == "0m")).copied();
        refused(command, option, &values.collect::<Vec<_>>(), &["a duration", "such as"]).await;
    }
    for command in [&["plot", "e"][..], &["report"]] {
        for option in ["--since", "--until"] {
            let forms =
                ["a duration (90m, 2h, 7d, 1h30m), a clock time (18:00), a date (2030-01-31,"];
            refused(command, option, &["x", "2030-02-30", "18"], &forms).await;
        }
    }
}

/// The help does not list these options.
#[tokio::test]
async fn an_option_for_tests_names_its_form() {
    refused(&["doctor", "e"], "--now", &TEXTS, &["a time such as 2030-01-07T09:00:00Z"]).await;
    let clock = "not of the form 60x2030-01-07T09:00:00Z";
    refused(&["wake", "e"], "--clock", &TEXTS, &[clock]).await;
}
