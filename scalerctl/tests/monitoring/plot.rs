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
        for name in ["no capacity", "desired", "in service", "paid idle", "decisions", "lease"] {
            assert!(!lane(&run, name).is_empty());
        }
    }
}

#[tokio::test]
async fn the_lanes_show_the_decisions_and_instances() {
    let sim = morning().await;
    let run = plot(&sim, &["--log-group", GROUP]).await;
    run.assert_says(&["04:00 UTC", "wake: work_arrived, 0 to 1, requested", "sleep: idle, 1 to 0"]);
    let decisions: String = lane(&run, "decisions").split_whitespace().collect();
    assert_eq!(decisions.matches('W').count(), 2, "{}", run.text);
    assert!(decisions.starts_with('W') && decisions.contains('S'), "{decisions}");
    let desired = lane(&run, "desired");
    assert!(desired.starts_with('0') && desired.contains('1') && desired.trim_end().len() > 60);
    // Capacity is desired before it is in service.
    assert!(desired.find('1') < lane(&run, "in service").find('1'), "{}", run.text);
    assert!(lane(&run, "no capacity").contains('█'));
    assert!(lane(&run, "lease").starts_with('─') && lane(&run, "lease").contains('█'));
    // AlarmLow is in ALARM while the endpoint is idle, which is no outage.
    for (alarm, state, other) in
        [("AlarmHigh", '█', '▄'), ("AlarmLow", '▄', '█'), ("alarm 3", '█', '▄')]
    {
        let lane = lane(&run, alarm);
        assert!(lane.contains(state) && !lane.contains(other), "{}", run.text);
    }
    run.assert_says(&["alarm 3: my-stack-backstop, now OK", "AlarmHigh: TargetTracking-endpoint"]);
    run.assert_fits(80);
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

fn minutes(value: &serde_json::Value) -> f64 {
    value["minutes"].as_f64().unwrap()
}

/// The endpoint is in service until 01:22 and until 03:53, and its last datapoint with work is before that.
#[tokio::test]
async fn the_paid_idle_time_is_counted_shown_and_priced() {
    let sim = morning().await;
    let price = ["--price-per-hour", "6"];
    let document = plot(&sim, &[&["--json"], &price[..]].concat()).await.document();
    let found = &document["paid_idle"];
    let (idle, busy, unknown) =
        (minutes(&found["idle"]), minutes(&found["busy"]), minutes(&found["unknown"]));
    assert!(idle > 20.0 && busy > 5.0, "{found}");
    let in_service = document["in_service_instances"].as_array().unwrap().iter();
    let up = in_service.filter(|it| it["value"].as_f64().unwrap() > 0.0);
    let long = |it: &serde_json::Value| {
        let at = |name: &str| it[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        at("until").duration_since(at("from")).as_secs_f64() / 60.0
    };
    let all: f64 = up.map(long).sum();
    assert!((idle + busy + unknown - all).abs() < 1e-6, "{found}, {all}");
    let idle_intervals = found["idle_intervals"].as_array().unwrap();
    assert!((idle_intervals.iter().map(long).sum::<f64>() - idle).abs() < 1e-6, "{found}");
    // No interval has a datapoint with work.
    let at = |it: &serde_json::Value, name: &str| {
        it[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
    };
    for point in document["backlog"].as_array().unwrap() {
        let has_work = point["value"].as_f64().unwrap() > 0.0;
        let within = idle_intervals
            .iter()
            .any(|it| at(it, "from") <= at(point, "at") && at(point, "at") < at(it, "until"));
        assert!(!(has_work && within), "{point}");
    }
    let cost = found["idle"]["instance_minutes"].as_f64().unwrap() / 10.0;
    assert!((found["price"].as_f64().unwrap() - cost).abs() < 1e-9, "{found}");
    let run = plot(&sim, &price).await;
    run.assert_says(&[
        &format!("Paid idle: {idle:.0} min of {all:.0} min in service ("),
        &format!(", cost {cost:.2} of "),
    ]);
    let (idle_lane, in_service) = (lane(&run, "paid idle"), lane(&run, "in service"));
    assert!(idle_lane.contains('█'), "{}", run.text);
    for (idle, count) in idle_lane.chars().zip(in_service.chars()) {
        assert!(idle != '█' || count != '0', "{}", run.text);
    }
    let report = scalerctl(&sim, &["report", ENDPOINT, "--since", FROM, "--json"]).await.document();
    assert_eq!(report["endpoints"][0]["figures"]["paid_idle"]["idle"], found["idle"]);
    let without = plot(&sim, &["--json"]).await.document();
    assert_eq!(without["paid_idle"]["price"], serde_json::Value::Null);
}

/// The minutes are those of the report, although the points of the graph are of five minutes.
#[tokio::test]
async fn a_longer_graph_does_not_hide_idle_minutes() {
    let sim = morning().await;
    let idle = async |since: &str| {
        let arguments = ["plot", ENDPOINT, "--json", "--since", since];
        let document = scalerctl(&sim, &arguments).await.document();
        (document["period_seconds"].clone(), document["paid_idle"]["idle"].clone())
    };
    let (short, long) = (idle("4h").await, idle("3d").await);
    assert_eq!((&short.0, &long.0), (&json!(60), &json!(300)));
    assert_eq!(short.1, long.1);
    let old = scalerctl(&sim, &["plot", ENDPOINT, "--since", "16d"]).await;
    old.assert_says(&["Paid idle: at least "]);
}

#[tokio::test]
async fn what_was_in_service_is_unknown_without_the_metric() {
    let sim = fresh();
    let run = scalerctl(&sim, &["plot", ENDPOINT, "--since", "1h"]).await;
    run.assert_says(&["Paid idle: unknown"]);
    assert_eq!(lane(&run, "paid idle"), "unknown");
}

#[tokio::test]
async fn wakes_have_their_delays_and_sleeps_their_cause() {
    let sim = morning().await;
    let document = plot(&sim, &["--log-group", GROUP, "--json"]).await.document();
    let decisions = document["decisions"].as_array().unwrap().clone();
    let wake = decisions.iter().find(|it| it["action"] == "wake").unwrap();
    assert_eq!(wake["request_ms"], 1000);
    let at = |it: &serde_json::Value| it.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let in_service = document["in_service_instances"].as_array().unwrap();
    let up = in_service.iter().find(|it| it["value"].as_f64().unwrap() > 0.0).unwrap();
    let delay = at(&up["from"]).duration_since(at(&wake["at"]));
    assert_eq!(wake["in_service_after_seconds"], delay.as_secs());
    let words = format!("requested +1 s, in service +{} min", delay.as_mins());
    plot(&sim, &["--log-group", GROUP]).await.assert_says(&[&words, "sleep: idle, 1 to 0"]);
    // The metrics have them too.
    plot(&sim, &[]).await.assert_says(&["wake, requested +1 s, in service +"]);
}

#[tokio::test]
async fn the_axis_has_the_readers_time_and_utc_beside_it() {
    let sim = morning().await;
    let folder = Folder::new("zones");
    let svg = folder.file("p.svg");
    let arguments = [&SINCE[..], &["--now", UNTIL]].concat();
    let local = [("TZ", "CET-1")];
    let run = scalerctl_with(&sim, &local, &arguments).await;
    let times = |name: &str| {
        let begin = format!("{name:>11} ");
        run.text.lines().find_map(|line| line.strip_prefix(&begin)).map(str::to_owned)
    };
    assert!(times("CET").unwrap().starts_with("01:00"), "{}", run.text);
    assert!(times("UTC").unwrap().starts_with("00:00"), "{}", run.text);
    scalerctl_with(&sim, &local, &[&arguments[..], &["--svg", &svg]].concat()).await;
    let picture = std::fs::read_to_string(&svg).unwrap();
    for part in ["time (CET)", "time (UTC)", ">05:00<", ">04:00<"] {
        assert!(picture.contains(part), "{part}");
    }
    plot(&sim, &["--svg", &svg]).await;
    assert_eq!(std::fs::read_to_string(&svg).unwrap().matches("time (").count(), 1);
}

#[tokio::test]
async fn the_price_is_that_of_the_instance_type() {
    let sim = morning().await;
    let folder = Folder::new("prices");
    let table = folder.file("prices.csv");
    let kind = sim.with(|world| world.settings.instance_type.clone());
    let price = async |text: String| {
        std::fs::write(&table, text).unwrap();
        plot(&sim, &["--price-table", &table, "--json"]).await
    };
    for text in [
        format!("instance type,price\nml.other.large,9\n{kind},6\n"),
        json!({ &kind: 6, "ml.other.large": 9 }).to_string(),
    ] {
        assert_eq!(price(text).await.document()["price_per_hour"], 6.0);
    }
    let missing = price("ml.other.large,9".to_owned()).await;
    missing.assert_refused(2, &["prices.csv", &kind, ENDPOINT, "what to do: add"]);
    let wrong = price(format!("{kind},cheap")).await;
    wrong.assert_refused(2, &["line 1", "\"cheap\"", "correct the price"]);
    let both = plot(&sim, &["--price-table", &table, "--price-per-hour", "1"]).await;
    both.assert_refused(2, &["--price-per-hour"]);
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
        ">AlarmHigh<",
        ">my-stack-backstop<",
        "lease",
        ">sleep<",
        ">idle<",
        ">wake +1 s<",
        ">in service +6 min<",
        "Paid idle: ",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    assert_eq!(svg.matches("my-endpoint, 2030-01-07").count(), 1, "one title");
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
