//! An alarm on a Metrics Insights query, by SNS. Only the contributor names the endpoint.
//!
//! Sources: CloudWatch User Guide, "Acting on alarm changes" (a contributor is in the state ALARM or OK);
//! API Reference, `AlarmContributor` (a map of up to 150 attributes); "Query components and syntax" (labels
//! are dimensions, tags, and `AWS.AccountId`); "Troubleshooting Metrics Insights" (the group `Other`).

use crate::replay::{ENDPOINTS, payload, said, send, woken};

#[tokio::test]
async fn an_endpoint_that_only_the_contributor_names_is_woken() {
    for name in [
        "contributor-sns",
        // Grouped by a dimension that the metric does not have: its value is `Other`.
        "contributor-sns-null-group",
        // Grouped by account and tag, too.
        "contributor-sns-account-and-tag",
    ] {
        let (test_world, invoked) = send(&payload(name)).await;
        assert_eq!(invoked.decided(), ["alarm wake alarm_fired 0->1"], "{name}");
        assert_eq!(invoked.answer()["decisions"][0]["variant"], "AllTraffic", "{name}");
        assert_eq!(woken(&test_world, &ENDPOINTS), ["my-endpoint"], "{name}");
    }
}

/// Each contributor sends a message of its own. A queue delivers several at once.
#[tokio::test]
async fn only_contributors_in_alarm_wake_their_endpoints() {
    let (test_world, invoked) = send(&payload("contributors-sns-in-sqs")).await;
    let expected = ["alarm wake alarm_fired 0->1", "another-endpoint: alarm wake alarm_fired 0->1"];
    assert_eq!(invoked.decided(), expected);
    assert_eq!(invoked.answer()["batchItemFailures"].as_array().map(Vec::len), Some(0));
    assert_eq!(woken(&test_world, &ENDPOINTS), ["my-endpoint", "another-endpoint"]);
}

#[tokio::test]
async fn a_contributor_in_state_ok_wakes_no_endpoint() {
    let (test_world, invoked) = send(&payload("contributor-sns-ok")).await;
    assert_eq!(invoked.decided(), [""; 0]);
    assert_eq!(said(&invoked), []);
    assert_eq!(woken(&test_world, &ENDPOINTS), [""; 0]);
}
