//! Local times: the date, the time zone, and `--until`.

use jiff::{SignedDuration, Timestamp, tz};

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
        let utc: Timestamp = rest.split(' ').next().unwrap().parse().unwrap();
        let local = utc.to_zoned_datetime(tz::TimeZone::fixed(tz::offset(offset)));
        let local = local.strftime("(%Y-%m-%d %H:%M:%S ").to_string();
        assert!(rest.contains(&local), "no {local} in {run:?}");
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
    setup.run(&["hold", ENDPOINT, "--until", &local]).await.assert(0, &["hold until 20"]);
    let away = setup.records().hold.unwrap().ends_at().duration_since(end).abs();
    assert!(away < SignedDuration::from_mins(3), "{away}");
}

/// The examples in the errors can be used.
#[tokio::test]
async fn the_time_in_an_error_is_accepted() {
    let setup = Setup::with(0).await;
    for until in ["2020-01-01T00:00:00Z", "2020-01-01T00:00", "teatime"] {
        let run = setup.run(&["hold", ENDPOINT, "--until", until]).await;
        run.assert(2, &["what to do: "]);
        let words = run.errors.split_whitespace();
        let example = words.last().unwrap();
        setup.run(&["hold", ENDPOINT, "--until", example, "--dry-run"]).await.assert(0, &[]);
    }
}

#[tokio::test]
async fn a_hold_without_an_end_names_both_options() {
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT]).await.assert(2, &["--for <TIME>", "--until <TIME>"]);
}
