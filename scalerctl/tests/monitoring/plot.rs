//! `scalerctl plot`.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::json;

use super::{
    run::{Run, scalerctl, scalerctl_with},
    setup::{ENDPOINT, FROM, GROUP, UNTIL, fresh, morning},
};

/// A temporary folder that is deleted at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const SINCE: [&str; 4] = ["plot", ENDPOINT, "--since", FROM];

async fn plot(sim: &simulator::Simulator, more: &[&str]) -> Run {
    scalerctl(sim, &[&SINCE[..], more].concat()).await
}

/// The lane of this name.
fn lane<'a>(run: &'a Run, name: &str) -> &'a str {
    let begin = format!("{name}│");
    let line = run.text.lines().find_map(|line| line.trim_start().strip_prefix(&begin));
    line.unwrap_or_else(|| panic!("no lane {name:?} in:\n{}", run.text))
}

#[tokio::test]
async fn the_chart_fits_any_width_and_has_every_lane() {
    let sim = morning().await;
    for columns in ["40", "60", "80", "132"] {
        let arguments = [&SINCE[..], &["--log-group", GROUP, "--now", UNTIL]].concat();
        let run = scalerctl_with(&sim, &[("COLUMNS", columns)], &arguments).await;
        run.assert_says(&["requests", "UTC"]);
        let lanes = run.text.lines().filter(|line| line.contains('│') || line.contains('┬'));
        for line in lanes {
            assert!(line.chars().count() <= columns.parse().unwrap(), "{line}");
        }
        for name in ["no capacity", "desired", "in service", "alarm 1", "decisions", "lease"] {
            assert!(!lane(&run, name).is_empty());
        }
    }
}

#[tokio::test]
async fn the_lanes_show_the_decisions_and_instances() {
    let sim = morning().await;
    let run = plot(&sim, &["--log-group", GROUP]).await;
    run.assert_says(&["04:00 UTC", "wake: work_arrived, 0 to 1 instances", "sleep: idle, "]);
    let decisions: String = lane(&run, "decisions").split_whitespace().collect();
    assert_eq!(decisions.matches('W').count(), 2, "{}", run.text);
    assert!(decisions.starts_with('W') && decisions.contains('S'), "{decisions}");
    let desired = lane(&run, "desired");
    assert!(desired.starts_with('0') && desired.contains('1') && desired.trim_end().len() > 60);
    // Capacity is desired before it is in service.
    assert!(desired.find('1') < lane(&run, "in service").find('1'), "{}", run.text);
    assert!(lane(&run, "no capacity").contains('█'));
    assert!(lane(&run, "lease").starts_with('─') && lane(&run, "lease").contains('█'));
    let alarms: Vec<&str> = (1..=3).map(|it| lane(&run, &format!("alarm {it}")).trim()).collect();
    assert!(alarms.iter().any(|lane| lane.contains('█') && lane.contains('─')), "{}", run.text);
    for name in ["my-stack-backstop", "AlarmHigh", "AlarmLow"] {
        assert!(run.text.contains(name), "{}", run.text);
    }
    // The curve is drawn in braille.
    assert!(run.text.chars().any(|it| ('\u{2801}'..='\u{28ff}').contains(&it)), "{}", run.text);
}

#[tokio::test]
async fn without_the_log_wakes_and_sleeps_are_the_metrics_and_the_lease_is_unknown() {
    let sim = morning().await;
    let run = plot(&sim, &["--until", "2030-01-07T03:00:00Z"]).await;
    run.assert_says(&["03:00 UTC", "metrics Wakes and Sleeps", "DesiredInstances"]);
    assert_eq!(lane(&run, "lease"), "unknown");
    let decisions: String = lane(&run, "decisions").split_whitespace().collect();
    assert!(decisions.starts_with('W') && decisions.ends_with('S'), "{decisions}");
    assert!(!run.called.contains("FilterLogEvents"));
}

#[tokio::test]
async fn json_has_every_series_and_follows_every_page() {
    let sim = morning().await;
    let document = plot(&sim, &["--log-group", GROUP, "--json"]).await.document();
    let count = |name: &str| document[name].as_array().unwrap().len();
    // One datapoint each minute, except during the metric lag at the end.
    assert!((230..=240).contains(&count("backlog")), "{}", count("backlog"));
    assert_eq!(document["backlog"][0]["at"], FROM);
    assert_eq!(document["period_seconds"], 60);
    assert_eq!(document["alarms"].as_array().unwrap().len(), 3);
    assert_eq!(document["alarms"][0]["states"][0]["at"], FROM);
    let wakes =
        document["decisions"].as_array().unwrap().iter().filter(|it| it["action"] == "wake");
    assert_eq!(wakes.count(), 2);
    let highest = document["backlog"].as_array().unwrap().iter();
    assert_eq!(highest.map(|it| it["value"].as_f64().unwrap()).fold(0.0, f64::max), 12.0);
    assert_eq!(document["kept_awake"][0]["value"], json!(1.0));
}

/// The first change contains the state before it.
#[tokio::test]
async fn a_span_that_begins_in_an_alarm_shows_it_from_the_start() {
    let sim = morning().await;
    let document = plot(&sim, &["--json"]).await.document();
    let backstop = |document: &serde_json::Value| {
        let alarms = document["alarms"].as_array().unwrap().clone();
        alarms.into_iter().find(|it| it["name"] == "my-stack-backstop").unwrap()
    };
    let states = backstop(&document)["states"].as_array().unwrap().clone();
    let begin = states.iter().find(|it| it["state"] == "ALARM").unwrap()["at"].as_str().unwrap();
    let begin: jiff::Timestamp = begin.parse().unwrap();
    let within = (begin + jiff::SignedDuration::from_secs(30)).to_string();
    let run = scalerctl(&sim, &["plot", ENDPOINT, "--since", &within, "--json"]).await;
    let first = backstop(&run.document())["states"][0].clone();
    assert_eq!((&first["state"], &first["at"]), (&json!("ALARM"), &json!(within)));
}

#[tokio::test]
async fn long_spans_have_longer_periods() {
    let sim = fresh();
    for (since, period) in [("24h", 60), ("25h", 300), ("15d", 900), ("16d", 3600)] {
        let run = scalerctl(&sim, &["plot", ENDPOINT, "--since", since, "--json"]).await;
        assert_eq!(run.document()["period_seconds"], period, "{since}");
    }
}

/// Now is 04:00 on Monday 2030-01-07. In Berlin, it is 05:00.
#[tokio::test]
async fn a_clock_time_is_the_last_one_and_the_answer_says_so() {
    let sim = fresh();
    let meant = "--since 18:00 is in the future today, so it is yesterday's: Sun 2030-01-06 18:00";
    for (zone, more, since, range, said) in [
        ("UTC", &[][..], "18:00", "2030-01-06 18:00 to 2030-01-07 04:00 UTC", meant),
        ("UTC", &[], "01:00", "2030-01-07 01:00 to 2030-01-07 04:00 UTC", ""),
        ("Europe/Berlin", &[], "18:00", "2030-01-06 18:00 to 2030-01-07 05:00 CET", meant),
        ("Europe/Berlin", &[], "04:30", "2030-01-07 04:30 to 2030-01-07 05:00 CET", ""),
        // Times are printed in UTC, and so are those of the user.
        ("Europe/Berlin", &["--utc"], "18:00", "2030-01-06 18:00 to 2030-01-07 04:00 UTC", meant),
        ("UTC", &["--until", "today"], "yesterday", "2030-01-06 00:00 to 2030-01-07 00:00 UTC", ""),
        (
            "UTC",
            &["--until", "tomorrow"],
            "1d",
            "2030-01-06 04:00 to 2030-01-07 04:00 UTC",
            "ends now",
        ),
    ] {
        let arguments = [&["plot", ENDPOINT, "--since", since, "--now", UNTIL], more].concat();
        let run = scalerctl_with(&sim, &[("TZ", zone)], &arguments).await;
        run.assert_says(&[range]);
        assert!(run.errors.contains(said), "no {said:?} in {}", run.errors);
        assert_eq!(run.errors.is_empty(), said.is_empty(), "{}", run.errors);
    }
}

#[tokio::test]
async fn files_are_written_and_named() {
    let sim = morning().await;
    let folder = Folder::new("pictures");
    let [svg, png, html] = ["p.svg", "p.png", "p.html"].map(|name| folder.file(name));
    let run =
        plot(&sim, &["--log-group", GROUP, "--svg", &svg, "--png", &png, "--html", &html]).await;
    run.assert_says(&[&svg, &png, &html]);
    let svg = std::fs::read_to_string(svg).unwrap();
    for part in [
        "<svg",
        "requests",
        "instances",
        "time (UTC)",
        "04:00",
        "my-stack-backstop",
        "lease",
        "sleep",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(png).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.color_type), (960, png::ColorType::Rgb));
    let colours: BTreeSet<&[u8]> = pixels.chunks(3).collect();
    assert!(colours.len() > 20 && colours.contains(&[255, 255, 255][..]), "{}", colours.len());
    let page = std::fs::read_to_string(html).unwrap();
    for part in
        ["<svg", "prefers-color-scheme: dark", "width=device-width", "work_arrived", "AlarmHigh"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("src=") && !page.contains("href="), "nothing is loaded");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_reported() {
    let sim = fresh();
    for option in ["--svg", "--png", "--html"] {
        let run = scalerctl(&sim, &["plot", ENDPOINT, option, "/dev/null/x"]).await;
        run.assert_refused(1, &["/dev/null/x cannot be written"]);
    }
}

#[tokio::test]
async fn an_endpoint_without_decisions_is_drawn_with_the_available_data() {
    let sim = fresh();
    let run = scalerctl(&sim, &["plot", ENDPOINT, "--since", "1h"]).await;
    run.assert_says(&["no datapoints", "nowhere: the function published no metrics"]);
}
