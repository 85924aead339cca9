//! Local times: the date, the time zone, and `--until`.

use jiff::{SignedDuration, Timestamp, civil, tz};

use super::{
    program,
    setup::{ENDPOINT, Run, Setup},
};

/// Runs it in this time zone.
async fn in_zone(setup: &Setup, zone: &str, arguments: &[&str]) -> Run {
    let mut command = program::scalerctl(&setup.aws.url);
    command.env("TZ", zone).args(arguments).output().await.unwrap().into()
}

/// The date in a time zone is often not the date in UTC.
#[tokio::test]
async fn a_local_time_has_its_date() {
    let setup = Setup::with(0).await;
    for (zone, offset) in [("Asia/Tokyo", 9), ("Etc/GMT+11", -11), ("Pacific/Kiritimati", 14)] {
        let run = in_zone(&setup, zone, &["hold", ENDPOINT, "--for", "10h", "--dry-run"]).await;
        let (_, rest) = run.out.split_once("hold until ").unwrap();
        let zone = tz::TimeZone::fixed(tz::offset(offset));
        let (date, _) = rest.rsplit_once(", in ").unwrap();
        let local = civil::DateTime::strptime("%a %Y-%m-%d %H:%M", &date[..20]).unwrap();
        let end = zone.to_timestamp(local).unwrap();
        let away = end.duration_since(Timestamp::now()) - SignedDuration::from_hours(10);
        assert!(away.abs() < SignedDuration::from_mins(3), "{run:?}");
    }
}

/// UTC instead of an unknown time zone is said once, and is not used for a time that the user gives.
#[tokio::test]
async fn an_unknown_time_zone_is_reported() {
    let setup = Setup::with(0).await;
    let said = "TZ is \"Europe/Berlim\", which is not a known time zone";
    for command in [&["wake", ENDPOINT][..], &["status", ENDPOINT], &["plot", ENDPOINT]] {
        let run = in_zone(&setup, "Europe/Berlim", command).await;
        assert_eq!(run.errors.matches(said).count(), 1, "{run:?}");
        run.assert(0, &["times are in UTC"]);
    }
    let run = in_zone(&setup, "Europe/Berlim", &["wake", ENDPOINT, "-o", "json"]).await;
    assert!(!run.errors.contains(said), "JSON has no local times: {run:?}");
    let before = setup.writes();
    for until in ["23:59", "2030-01-31T18:00"] {
        let run = in_zone(&setup, "Europe/Berlim", &["hold", ENDPOINT, "--until", until]).await;
        run.assert(2, &[said, "what to do: correct TZ"]);
    }
    assert_eq!(setup.writes(), before);
}

/// A date is not ignored.
#[tokio::test]
async fn a_date_without_a_time_zone_is_local() {
    let setup = Setup::with(0).await;
    let tokyo = tz::TimeZone::fixed(tz::offset(9));
    let end = Timestamp::now() + SignedDuration::from_hours(49);
    let local = end.to_zoned_datetime(tokyo).strftime("%Y-%m-%dT%H:%M").to_string();
    setup.run(&["hold", ENDPOINT, "--until", &local]).await.assert(0, &["hold until "]);
    let away = setup.records().hold.unwrap().ends_at().duration_since(end).abs();
    assert!(away < SignedDuration::from_mins(3), "{away}");
}

/// The examples in the errors can be used.
#[tokio::test]
async fn the_time_in_an_error_is_accepted() {
    let setup = Setup::with(0).await;
    for until in ["2020-01-01T00:00:00Z", "2020-01-01T00:00", "yesterday"] {
        let run = setup.run(&["hold", ENDPOINT, "--until", until]).await;
        run.assert(2, &["--until", until, "has passed", "what to do: "]);
        for example in ["2h", "18:00"] {
            run.assert(2, &[example]);
            setup.run(&["hold", ENDPOINT, "--until", example, "--dry-run"]).await.assert(0, &[]);
        }
    }
    setup
        .run(&["hold", ENDPOINT, "--until", "teatime"])
        .await
        .assert(2, &["--until \"teatime\" is not a time", "a clock time (18:00)", "tomorrow"]);
}

/// The night in which the clocks go back in Europe.
#[tokio::test]
async fn a_local_time_that_there_is_twice_is_refused() {
    let setup = Setup::with(0).await;
    let (day, until) = ("2030-10-27", "2030-10-27 02:30");
    let run = in_zone(&setup, "Europe/Berlin", &["hold", ENDPOINT, "--until", until]).await;
    let [first, second] = ["02:00", "01:00"].map(|offset| format!("{day}T02:30:00+{offset}"));
    run.assert(2, &["there is 02:30 on 2030-10-27 twice", &first, &second]);
    assert_eq!(setup.sim.with(|world| world.calls_total()), 0);
}

/// One grammar: the same text means the same length in each option.
#[tokio::test]
async fn every_option_takes_days_and_compound_durations() {
    let setup = Setup::with(0).await;
    for (text, hours) in [("1d", 24), ("1d12h", 36), ("1d 12h", 36), ("7d", 168)] {
        for option in ["--for", "--until"] {
            let (_, document) = setup.json(&["hold", ENDPOINT, option, text, "--dry-run"]).await;
            let until: Timestamp = document["asked_until"].as_str().unwrap().parse().unwrap();
            let away = until.duration_since(Timestamp::now()) - SignedDuration::from_hours(hours);
            assert!(away.abs() < SignedDuration::from_mins(3), "{option} {text}: {document}");
        }
    }
}

#[tokio::test]
async fn a_hold_without_an_end_names_both_options() {
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT]).await.assert(2, &["--for <TIME>", "--until <TIME>"]);
}
