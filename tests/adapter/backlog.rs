//! GetMetricData of `ApproximateBacklogSize`.

use jiff::Timestamp;
use reactive_scaler::port::{Aws, AwsResult, Datapoint};
use simulator::Simulator;

use crate::adapters_agree::*;

contracts! {
    datapoints_appear_with_their_lag,
    a_datapoint_is_its_minutes_maximum,
    a_range_holds_its_begin_and_not_its_end,
    a_lost_minute_is_a_gap,
    an_endpoint_without_metrics_has_no_datapoints,
    an_empty_range_is_refused,
    values_need_not_be_whole,
    several_are_answered_in_their_order,
}

/// The datapoints, oldest first.
async fn read(aws: &impl Aws, from: Timestamp, until: Timestamp) -> Vec<Datapoint> {
    let mut datapoints = aws.backlog(ENDPOINT, from, until).await.unwrap();
    datapoints.sort_by_key(|datapoint| datapoint.at);
    datapoints
}

/// (seconds since the start, value)
async fn all(aws: &impl Aws) -> Vec<(i64, f64)> {
    let datapoints = read(aws, at(0), at(24 * 3600)).await;
    let since = |at: Timestamp| at.duration_since(start()).as_secs();
    datapoints.iter().map(|datapoint| (since(datapoint.at), datapoint.value)).collect()
}

async fn datapoints_appear_with_their_lag(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| {
        world.upload(ENDPOINT);
    });
    sim.advance_to(at(179));
    assert_eq!(all(aws).await, Vec::<(i64, f64)>::new(), "the lag is not over");
    sim.advance_to(at(180));
    assert_eq!(all(aws).await, [(0, 1.0)]);
    sim.advance_to(at(240));
    assert_eq!(all(aws).await, [(0, 1.0), (60, 1.0)]);
}

async fn a_datapoint_is_its_minutes_maximum(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 2);
        for _ in 0..3 {
            world.upload_at(ENDPOINT, at(70));
        }
    });
    sim.advance_to(at(420));
    // Two run from 1:10 to 1:55, the third until 2:40.
    assert_eq!(all(aws).await, [(0, 0.0), (60, 3.0), (120, 1.0), (180, 0.0), (240, 0.0)]);
}

async fn a_range_holds_its_begin_and_not_its_end(aws: &impl Aws, sim: &Simulator) {
    sim.advance_to(at(3600));
    let rows = [(60, 120, 1), (60, 121, 2), (60, 180, 2), (0, 60, 1)];
    for (from, until, count) in rows {
        let found = read(aws, at(from), at(until)).await;
        assert_eq!(found.len(), count, "{from}..{until}");
        assert_eq!(found[0].at, at(from), "{from}..{until}");
    }
}

async fn a_lost_minute_is_a_gap(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.lose_metrics(at(60), at(120)));
    sim.advance_to(at(300));
    assert_eq!(all(aws).await, [(0, 0.0), (120, 0.0)]);
}

async fn an_endpoint_without_metrics_has_no_datapoints(aws: &impl Aws, sim: &Simulator) {
    sim.advance_to(at(600));
    assert_eq!(aws.backlog("missing", at(0), at(600)).await, Ok(vec![]));
    assert_eq!(aws.backlog(ENDPOINT, at(540), at(600)).await, Ok(vec![]));
}

async fn an_empty_range_is_refused(aws: &impl Aws, _: &Simulator) {
    let failure = aws.backlog(ENDPOINT, at(60), at(60)).await.unwrap_err();
    assert_eq!((failure.operation, failure.resource.as_str()), ("GetMetricData", ENDPOINT));
    assert!(failure.answer.contains("ValidationError"), "{failure}");
}

async fn values_need_not_be_whole(aws: &impl Aws, sim: &Simulator) {
    let shown = vec![(at(0), 0.5), (at(60), 1e9)];
    sim.with(|world| world.set_backlog_override(ENDPOINT, Some(shown)));
    assert_eq!(all(aws).await, [(0, 0.5), (60, 1e9)]);
}

async fn several_are_answered_in_their_order(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| {
        world.add_async_endpoint("other", VARIANT, 0);
        world.set_backlog_override(ENDPOINT, Some(vec![(at(0), 1.0)]));
        world.set_backlog_override("other", Some(vec![(at(0), 2.0), (at(60), 3.0)]));
        world.clear_calls();
    });
    let answers = aws.backlogs(&["other", "missing", ENDPOINT], at(0), at(600)).await;
    let count = |answer: &AwsResult<Vec<Datapoint>>| answer.as_ref().unwrap().len();
    assert_eq!(answers.iter().map(count).collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(sim.with(|world| world.calls("GetMetricData")), 1);
}
