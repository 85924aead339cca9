//! The output matches the changes: no instance is started that nothing stops, no sleep is undone a minute later, and
//! "refused" is printed only if nothing was written.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::EndpointStatus;
use simulator::World;

use super::setup::{ENDPOINT, Setup, VARIANT, id};

fn set_capacity(world: &mut World, desired: i32) {
    world
        .update_endpoint_weights_and_capacities(ENDPOINT, &[(VARIANT.into(), Some(desired))])
        .unwrap();
}

#[tokio::test]
async fn a_wake_without_registration_needs_yes_and_a_forced_sleep_stops_it() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| world.deregister_target(&id()));
    for arguments in [&["wake", ENDPOINT][..], &["wake", ENDPOINT, "--dry-run"]] {
        let run = setup.run(arguments).await;
        run.assert(
            1,
            &[
                "refused",
                "not registered",
                "\n  aws application-autoscaling register-scalable-target ",
                "/AllTraffic --min-capacity 0 --max-capacity 1\n",
            ],
        );
    }
    assert_eq!(setup.writes(), Vec::<String>::new());
    setup.run(&["wake", ENDPOINT, "--yes"]).await.assert(0, &[]);
    assert_eq!(setup.capacity(), (1, 1));
    // An input could have arrived until now, so the metrics must cover a whole idle window.
    setup.run(&["sleep", ENDPOINT]).await.assert(1, &["not_registered"]);
    setup.run(&["sleep", ENDPOINT, "--force"]).await.assert(0, &["desired instances 1 -> 0"]);
    assert_eq!(setup.capacity(), (0, 0));
}

#[tokio::test]
async fn a_forced_sleep_without_registration_respects_a_backlog() {
    let setup = Setup::with(1).await;
    setup.sim.with(|world| {
        world.deregister_target(&id());
        let at = world.now() - Duration::from_secs(240);
        world.set_backlog_override(ENDPOINT, Some(vec![(at, 1.0)]));
    });
    setup.run(&["sleep", ENDPOINT, "--force"]).await.assert(1, &["refused, backlog"]);
    assert_eq!(setup.capacity().1, 1);
}

#[tokio::test]
async fn a_forced_sleep_at_zero_ends_lease_and_hold() {
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT, "--for", "2h"]).await.assert(0, &[]);
    setup.run(&["wake", ENDPOINT]).await.assert(0, &[]);
    setup.sim.with(|world| set_capacity(world, 0));
    assert_eq!(setup.capacity(), (0, 0));
    // The function would wake the endpoint at the next tick.
    setup.run(&["sleep", ENDPOINT]).await.assert(1, &["refused", "lease_live"]);
    setup.run(&["sleep", ENDPOINT, "--force"]).await.assert(0, &["asleep"]);
    let records = setup.records();
    assert!(!records.live(Timestamp::now() + SignedDuration::from_secs(1)), "{records:?}");
    assert_eq!(records.hold, None);
    let min = setup.sim.with(|world| world.target(&id()).unwrap().min);
    assert_eq!((setup.capacity(), min), ((0, 0), 0));
    setup.run(&["sleep", ENDPOINT, "--force"]).await.assert(0, &["asleep"]);
}

#[tokio::test]
async fn a_wake_while_the_endpoint_updates_is_queued() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
    for (command, arguments) in [("wake", &[][..]), ("hold", &["--for", "2h"])] {
        let (code, document) = setup.json(&[&[command, ENDPOINT], arguments].concat()).await;
        assert_eq!(code, Some(1), "{document}");
        assert_eq!((&document["ok"], &document["queued"]), (&false.into(), &true.into()));
        assert!(document["refusal"].is_null(), "{document}");
    }
    let records = setup.records();
    assert!(records.lease.is_some() && records.hold.is_some());
    setup.run(&["wake", ENDPOINT]).await.assert(1, &["queued", "when it is InService", "--wait"]);
}

#[tokio::test]
async fn waiting_goes_through_an_update() {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| world.begin_deployment(ENDPOINT, Duration::from_secs(10 * 60)));
    let run = setup.run(&["wake", ENDPOINT, "--wait"]).await;
    run.assert(0, &["Updating, 0 of 0 instances", "InService, 1 of 1 instances"]);
    assert_eq!(setup.capacity(), (1, 1));
}

#[tokio::test]
async fn a_dry_run_prints_the_end() {
    for (arguments, end, least) in [
        (&["hold", ENDPOINT, "--for", "2h"][..], "hold until ", 119),
        (&["wake", ENDPOINT], "lease until ", 9),
    ] {
        let setup = Setup::with(0).await;
        let run = setup.run(&[arguments, &["--dry-run"]].concat()).await;
        run.assert(0, &[end, "nothing was written"]);
        let (_, document) = setup.json(&[arguments, &["--dry-run"]].concat()).await;
        let until: Timestamp =
            document["planned"]["awake_until"].as_str().unwrap().parse().unwrap();
        let minutes = until.duration_since(Timestamp::now()).as_mins();
        assert!(minutes >= least, "{document}");
    }
}

#[tokio::test]
async fn a_planned_end_is_never_in_the_past() {
    let setup = Setup::with(0).await;
    setup.run(&["wake", ENDPOINT]).await.assert(0, &[]);
    setup.run(&["release", ENDPOINT]).await.assert(0, &[]);
    for arguments in [&["wake", ENDPOINT][..], &["sleep", ENDPOINT], &["release", ENDPOINT]] {
        let (_, document) = setup.json(&[arguments, &["--dry-run"]].concat()).await;
        let planned = &document["planned"]["awake_until"];
        let end = planned.as_str().map(|text| text.parse::<Timestamp>().unwrap());
        assert!(end.is_none_or(|end| end > Timestamp::now()), "{document}");
    }
}

/// The answer says it, also of a dry run.
#[tokio::test]
async fn a_time_of_day_that_has_passed_is_tomorrows() {
    let setup = Setup::with(0).await;
    // Tokyo, the time zone of these tests, has a fixed offset.
    let tokyo = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let now = Timestamp::now().to_zoned_datetime(tokyo);
    let passed = now.strftime("%H:%M").to_string();
    let tomorrow = now.tomorrow().unwrap().strftime("%a %Y-%m-%d %H:%M").to_string();
    let hold = ["hold", ENDPOINT, "--until", &passed, "--dry-run"];
    let asked = format!("asked    until {tomorrow} +09, in ");
    let meant = format!("--until {passed} has passed today, so it is tomorrow's: {tomorrow} +09\n");
    setup.run(&hold).await.assert(0, &[&asked, &meant, "nothing was written"]);
    let (_, document) = setup.json(&hold).await;
    let until: Timestamp = document["asked_until"].as_str().unwrap().parse().unwrap();
    let hours = until.duration_since(Timestamp::now()).as_hours();
    assert!((23..=24).contains(&hours), "{document}");
}

#[tokio::test]
async fn advice_names_the_endpoint() {
    let setup = Setup::with(1).await;
    setup.run(&["pause", ENDPOINT, "in"]).await.assert(0, &[]);
    setup.run(&["sleep", ENDPOINT]).await.assert(1, &["\n  scalerctl resume my-endpoint in\n"]);
}
