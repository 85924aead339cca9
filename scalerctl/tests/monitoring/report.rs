//! `scalerctl report`.

use jiff::SignedDuration;
use reactive_scaler::{config::Mode, port::VariantId};
use serde_json::{Value, json};
use simulator::{CustomMetric, Simulator};

use super::{
    results::Work,
    run::scalerctl,
    setup::{ENDPOINT, FROM, GROUP, UNTIL, fresh, morning, time},
};

async fn report(sim: &Simulator, more: &[&str]) -> Value {
    let run = scalerctl(sim, &[&["report", ENDPOINT, "--json"], more].concat()).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    run.document()
}

#[tokio::test]
async fn log_and_metrics_have_the_same_totals() {
    let sim = morning().await;
    let by_log = report(&sim, &["--since", FROM, "--log-group", GROUP]).await;
    let by_metrics = report(&sim, &["--since", FROM]).await;
    assert!(by_log["source"].as_str().unwrap().contains(GROUP));
    assert!(by_metrics["source"].as_str().unwrap().contains("ReactiveScaler"));
    let [log, metrics] = [&by_log, &by_metrics].map(|it| it["endpoints"][0]["figures"].clone());
    assert_eq!(log["wakes"], 2);
    assert_eq!(log["wake_latency"]["count"], 2);
    assert!(log["sleeps"].as_u64().unwrap() >= 1);
    assert!(log["blocked_sleeps"].as_u64().unwrap() >= 1, "{log}");
    assert_eq!(log["errors"], 0);
    for name in ["wakes", "sleeps", "wake_latency", "blocked_sleeps", "errors"] {
        assert_eq!(log[name], metrics[name], "{name}");
    }
    let hours = |figures: &Value, name: &str| figures["hours"][name].as_f64().unwrap();
    for name in ["at_zero", "above_zero", "instance_hours"] {
        // Times in the metrics are in minutes, and times in the log in seconds.
        let (one, other) = (hours(&log, name), hours(&metrics, name));
        assert!((one - other).abs() < 0.05 && one > 0.5, "{name}: {one} {other}");
    }
    let all = ["at_zero", "above_zero", "unknown"].map(|name| hours(&log, name));
    assert!((all.iter().sum::<f64>() - 4.0).abs() < 1e-9, "{all:?}");
}

#[tokio::test]
async fn savings_are_the_price_of_the_hours_at_zero() {
    let sim = morning().await;
    let document = report(&sim, &["--since", FROM, "--price-per-hour", "2"]).await;
    let at_zero = document["endpoints"][0]["figures"]["hours"]["at_zero"].as_f64().unwrap();
    assert_eq!(document["endpoints"][0]["saved"], json!(2.0 * at_zero));
    assert_eq!(document["saved"], json!(2.0 * at_zero));
    let without = report(&sim, &["--since", FROM]).await;
    assert_eq!(without["saved"], Value::Null);
    let run = scalerctl(&sim, &["report", "--since", FROM, "--price-per-hour", "2"]).await;
    run.assert_says(&[
        "saved (1 instance)",
        &format!("{:.2}", 2.0 * at_zero),
        "wakes",
        "hours unknown",
    ]);
    run.assert_fits(80);
}

#[tokio::test]
async fn costs_are_of_the_desired_hours_and_shared_by_wakes() {
    let sim = morning().await;
    for source in [&["--log-group", GROUP][..], &[]] {
        let arguments = [&["--since", FROM, "--price-per-hour", "6"], source].concat();
        let document = report(&sim, &arguments).await;
        let figures = &document["endpoints"][0]["figures"];
        let number = |value: &Value| value.as_f64().unwrap();
        let cost = number(&document["endpoints"][0]["cost"]);
        assert!((cost - 6.0 * number(&figures["hours"]["instance_hours"])).abs() < 1e-9);
        let awake = figures["awake"].as_array().unwrap();
        assert_eq!(awake.len(), 2, "{figures}");
        assert!((number(&document["all"]["cost_per_wake"]) - cost / 2.0).abs() < 1e-9);
        let wakes = document["most_expensive_wakes"].as_array().unwrap();
        let costs: Vec<f64> = wakes.iter().map(|it| number(&it["cost"])).collect();
        assert!(costs.len() == 2 && costs[0] > costs[1], "{costs:?}");
        assert!((costs.iter().sum::<f64>() - cost).abs() < 1e-9, "{costs:?} {cost}");
        let idle = |it: &Value| number(&it["idle"]["instance_minutes"]);
        let all = idle(&figures["paid_idle"]);
        assert!((awake.iter().map(idle).sum::<f64>() - all).abs() < 1e-9, "{figures}");
        let idle_cost = number(&document["endpoints"][0]["paid_idle_cost"]);
        assert!(all > 20.0 && (idle_cost - all / 10.0).abs() < 1e-9, "{document}");
        let run = scalerctl(&sim, &[&["report"], &arguments[..]].concat()).await;
        run.assert_says(&[
            "paid idle",
            "cost of a wake",
            &format!("{:.2}", cost / 2.0),
            "Periods awake, the most expensive first",
            "2030-01-07 00:30",
        ]);
        run.assert_fits(80);
        assert_eq!(document["endpoints"][0]["figures"]["results"], Value::Null);
    }
}

#[tokio::test]
async fn the_cost_is_shared_by_the_results_where_they_are_connected() {
    let sim = fresh();
    let work = Work::on(&sim, Mode::Act);
    for key in ["a.json", "b.json", "c.json"] {
        work.job(key).await;
        work.minutes(10).await;
    }
    work.ticks_until(UNTIL).await;
    let arguments = ["--since", FROM, "--price-per-hour", "6", "--function", "my-scaler"];
    let document = report(&sim, &arguments).await;
    let endpoint = &document["endpoints"][0];
    assert_eq!(endpoint["figures"]["results"], 3, "{endpoint}");
    let of_a_result = endpoint["cost"].as_f64().unwrap() / 3.0;
    let found = document["all"]["cost_per_result"].as_f64().unwrap();
    assert!(of_a_result > 0.0 && (found - of_a_result).abs() < 1e-9, "{document}");
    let run = scalerctl(&sim, &[&["report"], &arguments[..]].concat()).await;
    run.assert_says(&["results", "cost of a result", &format!("{of_a_result:.2}")]);
}

#[tokio::test]
async fn a_fleet_has_sums_a_line_for_each_endpoint_and_its_ten_most_expensive_wakes() {
    let sim = fresh();
    sim.with(|world| {
        for number in 1..=12 {
            let name = format!("fleet-{number:02}");
            world.add_async_endpoint(&name, "AllTraffic", 0);
            world.register_target(&VariantId::new(&name, "AllTraffic"), 0, 1);
            let metric =
                |metric| CustomMetric::new("ReactiveScaler", metric, ("EndpointName", &name));
            for minute in 0..=60 {
                let at = time(FROM) + SignedDuration::from_mins(minute);
                // Awake for as many minutes as its number.
                let count = if minute < number { 2.0 } else { 0.0 };
                world.put_metric(metric("DesiredInstances"), at, count);
                world.put_metric(metric("Wakes"), at, if minute == 0 { 1.0 } else { 0.0 });
            }
        }
    });
    let arguments = ["report", "--since", FROM, "--price-per-hour", "30"];
    let run = scalerctl(&sim, &arguments).await;
    // 1 + 2 + … + 12 minutes of two instances at 30 an hour.
    run.assert_says(&[
        "13 endpoints: 12 wakes, 2.6 instance hours, paid idle unknown",
        "cost: 78.00",
        "of a wake: 6.50",
    ]);
    run.assert_fits(80);
    let lines = run.text.lines().filter(|line| line.trim_start().starts_with("fleet-"));
    assert_eq!(lines.count(), 12 + 10, "{}", run.text);
    run.assert_says(&["The 10 most expensive of 12 periods awake"]);
    let document = scalerctl(&sim, &[&arguments[..], &["--json"]].concat()).await.document();
    let wakes = document["most_expensive_wakes"].as_array().unwrap().iter();
    let names: Vec<&str> = wakes.map(|it| it["endpoint"].as_str().unwrap()).collect();
    let wanted: Vec<String> = (3..=12).rev().map(|it| format!("fleet-{it:02}")).collect();
    assert_eq!(names, wanted);
    assert_eq!(document["all"]["cost"], 78.0);
    assert_eq!(document["all"]["idle_share"], Value::Null);
}

/// More datapoints than one page of GetMetricData contains, and more metrics than one call can have.
#[tokio::test]
async fn all_pages_and_all_calls_are_read() {
    let sim = fresh();
    let names: Vec<String> = (0..70).map(|number| format!("fleet-{number:02}")).collect();
    sim.with(|world| {
        let now = time(UNTIL);
        for name in &names {
            world.add_async_endpoint(name, "AllTraffic", 0);
            world.register_target(&VariantId::new(name, "AllTraffic"), 0, 1);
            let metric =
                |metric| CustomMetric::new("ReactiveScaler", metric, ("EndpointName", name));
            for minute in 1..=1500 {
                let at = now - SignedDuration::from_mins(minute);
                world.put_metric(metric("Wakes"), at, 1.0);
                world.put_metric(metric("DesiredInstances"), at, 1.0);
            }
        }
    });
    let run = scalerctl(&sim, &["report", "--since", "2d", "--json"]).await;
    let document = run.document();
    let figures = document["endpoints"].as_array().unwrap();
    assert_eq!(figures.len(), 71);
    for figures in figures.iter().filter(|it| it["figures"]["endpoint"] != ENDPOINT) {
        assert_eq!(figures["figures"]["wakes"], 1500, "{figures}");
        assert_eq!(figures["figures"]["hours"]["above_zero"], 25.0, "{figures}");
    }
}

#[tokio::test]
async fn datapoints_count_from_the_begin_of_the_span_to_its_end() {
    let sim = fresh();
    let metric = || CustomMetric::new("ReactiveScaler", "Errors", ("EndpointName", ENDPOINT));
    sim.with(|world| {
        for minute in ["00:59", "01:00", "01:59", "02:00"] {
            world.put_metric(metric(), time(&format!("2030-01-07T{minute}:00Z")), 1.0);
        }
    });
    let span = ["--since", "2030-01-07T01:00:00Z", "--until", "2030-01-07T02:00:00Z"];
    let document = report(&sim, &span).await;
    assert_eq!(document["endpoints"][0]["figures"]["errors"], 2);
}

#[tokio::test]
async fn an_observed_wake_is_not_counted() {
    let sim = fresh();
    let line = |mode: &str| {
        json!({
            "message": "decision", "mode": mode, "_aws": {}, "endpoint": ENDPOINT,
            "variant": "AllTraffic", "signal": "input", "action": "wake",
            "reason": "work_arrived", "from": 0, "to": 1, "wake_latency_ms": 400, "errors": ["x"],
        })
    };
    sim.with(|world| {
        world.log_at("/g", time("2030-01-07T01:00:00Z"), line("observe").to_string());
        world.log_at("/g", time("2030-01-07T02:00:00Z"), line("act").to_string());
        // One line is not the function's, and the other one only reports what would be done.
        world.log_at("/g", time("2030-01-07T02:00:00Z"), "START RequestId: 1");
        let mut observed = line("act");
        observed.as_object_mut().unwrap().remove("_aws");
        world.log_at("/g", time("2030-01-07T03:00:00Z"), observed.to_string());
    });
    let document = report(&sim, &["--log-group", "/g"]).await;
    let figures = &document["endpoints"][0]["figures"];
    assert_eq!((&figures["wakes"], &figures["errors"]), (&json!(1), &json!(2)), "{figures}");
    assert_eq!(figures["wake_latency"]["count"], 1);
    assert_eq!(figures["hours"]["above_zero"], 0.25, "known for 15 minutes");
}

#[tokio::test]
async fn the_period_that_cloudwatch_still_stores_is_requested() {
    let sim = fresh();
    for (since, period) in [("15d", "60 s"), ("30d", "300 s"), ("100d", "3600 s")] {
        let document = report(&sim, &["--since", since]).await;
        assert!(document["source"].as_str().unwrap().ends_with(period), "{document}");
    }
}
