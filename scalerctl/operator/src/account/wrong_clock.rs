//! AWS refuses a call because this machine's clock is wrong.
//!
//! AWS compares the time in the signature with its own (IAM User Guide, "Troubleshoot Signature Version 4"): "Signature
//! expired: OURS is now earlier than EARLIEST (AWS'S - 15 min.)", and the same with "Signature not yet current".

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use scalerctl_console::{
    advice::Advice, suggested::Suggested, times::duration_text::duration_text,
};

const MARKS: [&str; 4] = [
    "Signature expired: ",
    "Signature not yet current: ",
    "AWS answered RequestTimeTooSkewed: ",
    "AWS answered RequestExpired: ",
];

/// What to do, if the answer says that the clock is wrong.
pub fn advice(answer: &str) -> Option<Advice> {
    if !MARKS.iter().any(|mark| answer.contains(mark)) {
        return None;
    }
    let times: Vec<Timestamp> = answer.split([' ', '(']).filter_map(time).collect();
    let wrong = match times.as_slice() {
        [ours, _, of_aws, ..] => {
            let away = ours.duration_since(*of_aws);
            let side = if away.is_negative() { "slow" } else { "fast" };
            format!("this machine's clock is {} {side}", duration_text(away.abs()))
        }
        _ => "this machine's clock is wrong".to_owned(),
    };
    let set = if cfg!(target_os = "macos") {
        "sudo sntp -sS time.apple.com"
    } else if cfg!(windows) {
        "w32tm /resync"
    } else {
        "sudo timedatectl set-ntp true"
    };
    Some(Advice::with(format!("{wrong}: set it with"), Suggested::shell(set)))
}

/// `20300101T090000Z`.
fn time(word: &str) -> Option<Timestamp> {
    let at = DateTime::strptime("%Y%m%dT%H%M%SZ", word).ok()?;
    TimeZone::UTC.to_timestamp(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_named_with_its_distance() {
        for (answer, wanted) in [
            (
                "AWS answered InvalidSignatureException: Signature expired: 20300101T090000Z is now earlier than \
                 20300101T091000Z (20300101T091500Z - 5 min.)",
                Some("this machine's clock is 15 min slow: set it with `"),
            ),
            (
                "AWS answered SignatureDoesNotMatch: Signature not yet current: 20300101T100000Z is still later than \
                 20300101T092000Z (20300101T091500Z + 5 min.)",
                Some("this machine's clock is 45 min fast: set it with `"),
            ),
            (
                "AWS answered RequestTimeTooSkewed: The difference between the request time and the current time is \
                 too large.",
                Some("this machine's clock is wrong: set it with `"),
            ),
            ("AWS answered SignatureDoesNotMatch: The request signature we calculated", None),
        ] {
            let text = advice(answer).map(|it| it.to_string());
            match (&text, wanted) {
                (Some(text), Some(wanted)) => assert!(text.starts_with(wanted), "{text}"),
                _ => assert_eq!((text, wanted), (None, None)),
            }
        }
    }
}
