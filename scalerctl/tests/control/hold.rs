//! `scalerctl hold`: a hold can be made longer but not shorter.

use jiff::SignedDuration;

use super::setup::{ENDPOINT, Setup};

#[tokio::test]
async fn a_hold_at_zero_wakes() {
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT, "--for", "2h", "--wait"]).await.assert(0, &["held"]);
    assert_eq!(setup.capacity(), (1, 1));
    assert!(setup.records().hold.is_some());
}

#[tokio::test]
async fn a_hold_never_shortens_another() {
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT, "--for", "2h"]).await.assert(0, &[]);
    let standing = setup.records().hold.unwrap();
    setup.run(&["hold", ENDPOINT, "--for", "1h"]).await.assert(0, &["the longer hold remains"]);
    assert_eq!(setup.records().hold, Some(standing));
    setup.run(&["hold", ENDPOINT, "--for", "2h 30m"]).await.assert(0, &["hold"]);
    let longer = setup.records().hold.unwrap().release.duration_since(standing.release);
    assert!(longer >= SignedDuration::from_mins(30), "{longer}");
}

#[tokio::test]
async fn an_end_is_met_to_the_minute() {
    let setup = Setup::with(0).await;
    let end = jiff::Timestamp::now() + SignedDuration::from_hours(3);
    setup.run(&["hold", ENDPOINT, "--until", &end.to_string()]).await.assert(0, &[]);
    let late = setup.records().ends_at().unwrap().duration_since(end);
    // The end is rounded up to the minute, and some time passes until the scaler computes it.
    assert!(late >= SignedDuration::ZERO && late < SignedDuration::from_secs(90), "{late}");
}

#[tokio::test]
async fn lengths_that_cannot_be_used_are_refused() {
    let setup = Setup::with(0).await;
    for (arguments, said) in [
        (&["--for", "0m"][..], "above 0"),
        (&["--for", "-1h"], ""),
        (&["--for", "soon"], "such as 45s, 90m, 2h, 7d, or 1h30m"),
        (&["--for", "169h"], "at most one week, and --for 169h is longer"),
        (&["--until", "2020-01-01T00:00:00Z"], "has passed"),
        (&["--until", "teatime"], "18:00"),
        (&[], "--for"),
        (&["--for", "1h", "--until", "18:00"], "cannot be used with"),
    ] {
        setup.run(&[&["hold", ENDPOINT], arguments].concat()).await.assert(2, &[said]);
    }
    assert_eq!(setup.sim.with(|world| world.calls_total()), 0);
    setup.run(&["hold", ENDPOINT, "--for", "168h"]).await.assert(0, &[]);
}
