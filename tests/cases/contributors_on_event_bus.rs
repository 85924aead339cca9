//! An alarm on a Metrics Insights query, on an event bus. Only the contributor names the endpoint.
//!
//! Source: CloudWatch User Guide, "Alarm events and EventBridge", "Multi Time Series Alarm" (the event of a
//! contributor, the event of the alarm, and `muteDetail`); "Troubleshooting Metrics Insights" (the group
//! `Other`).

use crate::{
    harness::calls,
    replay::{ENDPOINTS, payload, said, send, woken},
};

#[tokio::test]
async fn an_endpoint_that_only_the_contributor_names_is_woken() {
    for name in [
        "contributor-event-bus",
        // The mute rule mutes the alarm's actions. The event is sent, and the work waits.
        "contributor-event-bus-muted",
        // Grouped by a dimension that the metric does not have: its value is `Other`.
        "contributor-event-bus-null-group",
    ] {
        let (test_world, invoked) = send(&payload(name)).await;
        assert_eq!(invoked.decided(), ["alarm wake alarm_fired 0->1"], "{name}");
        assert_eq!(invoked.answer()["decisions"][0]["variant"], "AllTraffic", "{name}");
        assert_eq!(woken(&test_world, &ENDPOINTS), ["my-endpoint"], "{name}");
    }
}

#[tokio::test]
async fn a_contributor_in_state_ok_wakes_no_endpoint() {
    let (test_world, invoked) = send(&payload("contributor-event-bus-ok")).await;
    assert_eq!(invoked.decided(), [""; 0]);
    assert_eq!(said(&invoked), []);
    assert_eq!(woken(&test_world, &ENDPOINTS), [""; 0]);
}

/// The alarm's own event contains no contributor. Each contributor sends its own event.
#[tokio::test]
async fn the_event_of_the_whole_alarm_wakes_no_endpoint_and_is_logged() {
    let (test_world, invoked) = send(&payload("alarm-of-all-contributors-event-bus")).await;
    assert_eq!(invoked.decided(), [""; 0]);
    let [("INFO", text)] = said(&invoked)[..] else { panic!("{:?}", invoked.log) };
    assert!(text.contains("Each contributor of an alarm sends its own event"), "{text}");
    assert_eq!(calls(&test_world.sim), [""; 0]);
}
