//! CloudWatch: the datapoints of an async endpoint, and when they are visible.

use reactive_scaler::port::Metrics;
use simulator::{
    MetricName, MetricQuery, Pace, PerInstanceAtZero, Publishing, Settings, Simulator,
    VariantState, World,
};

use crate::setup::*;

const METRICS: [MetricName; 4] = [
    MetricName::BacklogSize,
    MetricName::BacklogSizePerInstance,
    MetricName::AgeOfOldestRequest,
    MetricName::HasBacklogWithoutCapacity,
];

/// The visible datapoints of a metric, as (minute since the start, value).
fn seen(world: &World, metric: MetricName) -> Vec<(i64, f64)> {
    let points = world.visible(metric, ENDPOINT, start(), start() + mins(24 * 60));
    points.iter().map(|p| (p.at.duration_since(start()).as_mins(), p.value)).collect()
}

fn backlog(world: &World) -> Vec<(i64, f64)> {
    seen(world, MetricName::BacklogSize)
}

// Users report a delay of 2 to 3 minutes for async metrics.
#[test]
fn a_datapoint_is_seen_when_its_minute_and_the_lag_are_over() {
    for lag in [0, 60, 120, 180, 30] {
        let settings = Settings { metric_lag: secs(lag), ..Settings::default() };
        let mut world = endpoint_with(0, settings);
        world.upload(ENDPOINT);
        if lag > 0 {
            world.advance(secs(60 + lag - 1));
            assert!(!backlog(&world).contains(&(0, 1.0)), "lag {lag}, one second early");
            world.advance(secs(1));
        } else {
            world.advance(secs(59));
            assert!(backlog(&world).is_empty(), "the minute is not over");
            world.advance(secs(1));
        }
        assert!(backlog(&world).contains(&(0, 1.0)), "lag {lag}, on time");
    }
}

#[test]
fn a_lag_that_grows_delays_only_the_minutes_to_come() {
    let mut world = endpoint_at(0);
    world.advance(mins(3));
    world.settings.metric_lag = mins(10);
    world.advance(mins(9));
    assert_eq!(backlog(&world).len(), 3, "minutes 0 to 2, published with a lag of 2 minutes");
    world.advance(mins(2));
    assert_eq!(backlog(&world).len(), 4, "minute 3 ends at 4 and is seen from 14 on");
}

#[test]
fn a_minutes_value_is_its_largest_backlog() {
    let mut world = endpoint_at(1);
    world.advance(secs(5));
    for _ in 0..3 {
        world.upload(ENDPOINT);
    }
    world.advance(mins(6));
    // Three jobs of 45 s end at 50, 95 and 140. At 0:05 there are three jobs, in minute 1 two until
    // 1:35, in minute 2 one until 2:20.
    assert_eq!(backlog(&world), [(0, 3.0), (1, 2.0), (2, 1.0), (3, 0.0)]);
}

#[test]
fn a_backlog_within_a_minute_counts() {
    let pace = Pace { processing: secs(1), ..Pace::default() };
    let mut world = endpoint_with(1, Settings { pace, ..Settings::default() });
    world.advance(secs(70));
    world.upload(ENDPOINT);
    world.advance(mins(5));
    assert_eq!(backlog(&world)[..3], [(0, 0.0), (1, 1.0), (2, 0.0)]);
}

#[test]
fn an_event_on_the_minute_belongs_to_the_next_minute() {
    let mut world = endpoint_at(0);
    world.upload_at(ENDPOINT, at(120));
    world.upload_at(ENDPOINT, at(179));
    world.advance(mins(6));
    assert_eq!(backlog(&world)[..3], [(0, 0.0), (1, 0.0), (2, 2.0)]);

    let pace = Pace { processing: secs(60), ..Pace::default() };
    let mut world = endpoint_with(1, Settings { pace, ..Settings::default() });
    world.upload(ENDPOINT);
    world.advance(mins(5));
    assert_eq!(backlog(&world)[..2], [(0, 1.0), (1, 0.0)], "a job that ends at 1:00 is over");
}

// ApproximateBacklogSize: items being processed OR yet to be processed.
#[test]
fn the_backlog_includes_running_requests() {
    let pace = Pace { processing: mins(3), ..Pace::default() };
    let mut world = endpoint_with(1, Settings { pace, ..Settings::default() });
    world.upload(ENDPOINT);
    world.advance(mins(7));
    let expected = [(0, 1.0), (1, 1.0), (2, 1.0), (3, 0.0), (4, 0.0)];
    assert_eq!(backlog(&world), expected);
}

// The guide's page of questions says that the metric counts the requests that wait.
#[test]
fn with_the_setting_the_backlog_counts_only_what_waits() {
    let pace = Pace { processing: mins(3), ..Pace::default() };
    let settings = Settings { pace, backlog_counts_running: false, ..Settings::default() };
    let mut world = endpoint_with(1, settings);
    world.upload(ENDPOINT);
    world.advance(secs(70));
    world.upload(ENDPOINT);
    world.advance(mins(6));
    let expected = [(0, 1.0), (1, 1.0), (2, 1.0), (3, 0.0), (4, 0.0)];
    assert_eq!(backlog(&world), expected, "the second one runs in the last three minutes");
}

// HasBacklogWithoutCapacity changes to 0 when a request is picked up, not when it is done.
#[test]
fn has_backlog_without_capacity_is_0_after_pick_up() {
    let pace = Pace { processing: mins(30), ..Pace::default() };
    let mut world = endpoint_with(0, Settings { pace, ..Settings::default() });
    world.upload(ENDPOINT);
    set_capacity(&mut world, 1).unwrap();
    world.advance(mins(12));
    let without = seen(&world, MetricName::HasBacklogWithoutCapacity);
    // The instance serves from 6:00.
    assert_eq!(without[5..7], [(5, 1.0), (6, 0.0)]);
    assert_eq!(backlog(&world)[6..7], [(6, 1.0)], "while the job runs on");
}

#[test]
fn a_backlog_that_a_scale_in_leaves_behind_shows_in_the_same_minute() {
    for (to, expected) in [(0, 1.0), (1, 0.0)] {
        let mut world = endpoint_at(2);
        for _ in 0..3 {
            world.upload(ENDPOINT);
        }
        world.advance(secs(30));
        set_capacity(&mut world, to).unwrap();
        world.advance_to(at(180));
        let without = seen(&world, MetricName::HasBacklogWithoutCapacity);
        assert_eq!(without, [(0, expected)], "scale-in to {to}");
    }
}

#[test]
fn has_backlog_without_capacity_needs_both_a_backlog_and_no_instance() {
    for (count, job, expected) in [(0, true, 1.0), (0, false, 0.0), (1, true, 0.0)] {
        let mut world = endpoint_at(count);
        if job {
            world.upload(ENDPOINT);
            world.upload(ENDPOINT);
        }
        world.advance(mins(4));
        let without = seen(&world, MetricName::HasBacklogWithoutCapacity);
        let expected = [(0, expected), (1, expected)];
        assert_eq!(without, expected, "{count} instances, jobs: {job}");
    }
}

// Users report that the per-instance metric is absent at zero instances, so that a policy on this
// metric alone never leaves zero.
#[test]
fn the_per_instance_metric_is_absent_at_zero() {
    for (count, expected) in [(0, vec![]), (1, vec![(0, 4.0)]), (2, vec![(0, 2.0)])] {
        let pace = Pace { processing: mins(10), ..Pace::default() };
        let mut world = endpoint_with(count, Settings { pace, ..Settings::default() });
        for _ in 0..4 {
            world.upload(ENDPOINT);
        }
        world.advance(mins(3));
        assert_eq!(seen(&world, MetricName::BacklogSizePerInstance), expected, "{count} instances");
    }
}

// The SageMaker guide on async autoscaling: an endpoint leaves zero "after the number of backlog
// requests exceeds the target tracking value". The metric would be the backlog in this case.
#[test]
fn at_zero_the_per_instance_metric_may_be_the_backlog() {
    for (at_zero, expected) in
        [(PerInstanceAtZero::Absent, vec![]), (PerInstanceAtZero::Backlog, vec![(0, 2.0)])]
    {
        let settings = Settings { backlog_per_instance_at_zero: at_zero, ..Settings::default() };
        let mut world = endpoint_with(0, settings);
        world.upload(ENDPOINT);
        world.upload(ENDPOINT);
        world.advance(mins(3));
        assert_eq!(seen(&world, MetricName::BacklogSizePerInstance), expected, "{at_zero:?}");
    }
}

// ApproximateAgeOfOldestRequest in the SageMaker guide: "Age of the oldest request in the queue",
// in seconds. The model publishes the maximum of each minute, and 0 if nothing waits.
#[test]
fn the_age_is_the_waiting_time_of_the_oldest_request() {
    let mut world = endpoint_at(0);
    world.upload_at(ENDPOINT, at(30));
    world.upload_at(ENDPOINT, at(90));
    world.upload_at(ENDPOINT, at(150));
    set_capacity(&mut world, 1).unwrap();
    world.advance(mins(12));
    let ages = seen(&world, MetricName::AgeOfOldestRequest);
    let ages = ages.iter().map(|(_, age)| *age).collect::<Vec<_>>();
    // The instance serves from 360, for 45 s per job. It starts jobs at 360, at 405, and at 450 the
    // third one, which waited for 300 s.
    assert_eq!(ages[..7], [30.0, 90.0, 150.0, 210.0, 270.0, 330.0, 330.0]);
    assert_eq!(ages[7..9], [300.0, 0.0]);
}

#[test]
fn the_setting_determines_whether_an_idle_endpoint_at_zero_publishes() {
    use Publishing::*;
    let rows = [
        (Always, 0, false, true),
        (Always, 1, false, true),
        (WithBacklogOrInstance, 0, false, false),
        (WithBacklogOrInstance, 0, true, true),
        (WithBacklogOrInstance, 1, false, true),
    ];
    for (publishing, count, job, published) in rows {
        let mut world = endpoint_with(count, Settings { publishing, ..Settings::default() });
        if job {
            world.upload(ENDPOINT);
        }
        world.advance(mins(3));
        let label = format!("{publishing:?}, {count} instances, job: {job}");
        assert_eq!(backlog(&world).len(), usize::from(published), "{label}");
    }
}

#[test]
fn lost_minutes_leave_a_gap_with_sharp_edges() {
    let mut world = endpoint_at(1);
    world.lose_metrics(at(60), at(180));
    world.advance(mins(6));
    for metric in METRICS {
        let minutes = seen(&world, metric).iter().map(|(minute, _)| *minute).collect::<Vec<_>>();
        assert_eq!(minutes, [0, 3], "{metric:?}");
    }
}

#[test]
fn a_stuck_metric_publishes_its_value_until_it_is_freed() {
    let mut world = endpoint_at(1);
    world.stick_backlog(ENDPOINT, Some(7.0));
    world.advance(mins(2));
    world.stick_backlog(ENDPOINT, None);
    world.advance(mins(3));
    assert_eq!(backlog(&world), [(0, 7.0), (1, 7.0), (2, 0.0)]);
}

#[test]
fn an_override_shows_exactly_its_datapoints_and_can_be_taken_back() {
    let mut world = endpoint_at(1);
    world.advance(mins(3));
    world.set_backlog_override(ENDPOINT, Some(vec![(at(240), 2.0), (at(60), 1.0)]));
    assert_eq!(backlog(&world), [(1, 1.0), (4, 2.0)]);
    assert_eq!(seen(&world, MetricName::HasBacklogWithoutCapacity), [(0, 0.0)]);
    world.set_backlog_override(ENDPOINT, None);
    assert_eq!(backlog(&world), [(0, 0.0)]);
}

// GetMetricData: StartTime is inclusive and rounded down to the whole minute, EndTime exclusive.
#[tokio::test]
async fn a_range_holds_its_begin_and_not_its_end() {
    let mut world = endpoint_at(1);
    world.advance(mins(10));
    let sim = Simulator::of(world);
    // (from, until, datapoints of the call, how many of them are in the port's range)
    let rows = [
        (60, 61, 1, 1),
        (60, 120, 1, 1),
        (60, 121, 2, 2),
        (61, 120, 1, 0),
        (119, 121, 2, 1),
        (59, 60, 1, 0),
    ];
    for (from, until, called, held) in rows {
        let metric = Some(MetricName::BacklogSize);
        let queries = [MetricQuery { metric, endpoint: ENDPOINT.to_owned() }];
        let read = sim.with(|world| world.get_metric_data(&queries, at(from), at(until)).unwrap());
        assert_eq!(read[0].len(), called, "{from}..{until}");
        let read = sim.backlog(ENDPOINT, at(from), at(until)).await.unwrap();
        assert_eq!(read.len(), held, "{from}..{until}, by the port");
    }
}

#[test]
fn an_empty_range_is_refused() {
    let mut world = endpoint_at(1);
    assert_eq!(refusal(world.get_metric_data(&[], at(60), at(60))).code, "ValidationError");
    world.get_metric_data(&[], at(60), at(61)).unwrap();
}

#[test]
fn an_unpublished_metric_has_no_datapoints() {
    let mut world = World::new(start());
    world.add_endpoint("real-time", vec![VariantState::new(VARIANT, 1)], false);
    world.add_async_endpoint(ENDPOINT, VARIANT, 1);
    world.advance(mins(5));
    let query = |metric, endpoint: &str| MetricQuery { metric, endpoint: endpoint.to_owned() };
    let queries = [
        query(Some(MetricName::BacklogSize), ENDPOINT),
        query(None, ENDPOINT),
        query(Some(MetricName::BacklogSize), "real-time"),
        query(Some(MetricName::BacklogSize), "nobody"),
    ];
    let answers = world.get_metric_data(&queries, at(0), at(600)).unwrap();
    assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), [3, 0, 0, 0]);
}

#[test]
fn metrics_outlive_their_endpoint() {
    let mut world = endpoint_at(1);
    world.advance(mins(1));
    world.delete_endpoint(ENDPOINT);
    world.advance(mins(5));
    assert_eq!(backlog(&world), [(0, 0.0)]);
}

#[test]
fn each_metric_reads_back_from_its_name() {
    for metric in METRICS {
        assert_eq!(MetricName::from_api(metric.as_str()), Some(metric));
    }
    assert_eq!(MetricName::from_api("InvocationsPerInstance"), None);
}
