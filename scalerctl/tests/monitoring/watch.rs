//! `--watch`.

use super::{
    run::scalerctl,
    setup::{ENDPOINT, fresh},
};

#[tokio::test]
async fn it_repeats_and_stops_after_the_given_number_of_times() {
    let sim = fresh();
    let run = scalerctl(&sim, &["status", "--watch", "1", "--times", "3"]).await;
    run.assert_says(&[ENDPOINT]);
    assert_eq!(run.text.matches("next tick").count(), 3, "{}", run.text);
    // The output is not a terminal, so it is not cleared.
    assert!(!run.text.contains('\u{1b}'), "{}", run.text);
}

#[tokio::test]
async fn report_and_doctor_repeat_as_well() {
    let sim = fresh();
    for (command, head) in [("report", "Report: "), ("doctor", "This command changes nothing")] {
        let watch = ["--watch", "1", "--times", "2"];
        let run = scalerctl(&sim, &[&[command, ENDPOINT], &watch[..]].concat()).await;
        assert_eq!(run.text.matches(head).count(), 2, "{command}: {}{}", run.text, run.errors);
        let json = scalerctl(&sim, &[&[command, ENDPOINT, "--json"], &watch[..]].concat()).await;
        let lines: Vec<serde_json::Value> =
            json.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{command}: {}", json.text);
    }
}

#[tokio::test]
async fn with_json_each_line_is_a_document() {
    let sim = fresh();
    let run = scalerctl(&sim, &["status", "--watch", "1", "--times", "2", "--json"]).await;
    let lines: Vec<serde_json::Value> =
        run.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["endpoints"][0]["endpoint"], ENDPOINT);
}

#[tokio::test]
async fn a_number_of_times_requires_watch_with_at_least_a_second() {
    let sim = fresh();
    scalerctl(&sim, &["status", "--times", "2"]).await.assert_refused(2, &["--watch"]);
    scalerctl(&sim, &["status", "--watch", "0"]).await.assert_refused(2, &["from 1 to 3600"]);
}
