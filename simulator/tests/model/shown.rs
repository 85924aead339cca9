//! Datapoints in the notation of the CloudWatch guide: `0` is within the threshold of 1, `X` is
//! breaching, `-` is missing. The most recent datapoint is on the right.

use jiff::Timestamp;
use simulator::{Alarm, AlarmSpec, AlarmState, Comparison, MetricName, Settings, World};

use crate::setup::*;

pub const ALARM: &str = "my-alarm";

/// An alarm on the backlog above 1.
pub fn alarm_on_backlog(needed: u32, periods: u32) -> AlarmSpec {
    AlarmSpec {
        evaluation_periods: periods,
        datapoints_to_alarm: Some(needed),
        ..AlarmSpec::new(ALARM, MetricName::BacklogSize, ENDPOINT, Comparison::Greater, 1.0)
    }
}

/// An endpoint with one instance, without lag, and this alarm on it.
pub fn watched(spec: AlarmSpec) -> World {
    let mut world = endpoint_with(1, Settings { metric_lag: secs(0), ..Settings::default() });
    world.put_alarm(spec).unwrap();
    world
}

/// Advances by a minute. At its end, readers see only these datapoints.
pub fn show(world: &mut World, drawn: &str) {
    let minute = world.now();
    let points = drawn.split_whitespace().rev().enumerate();
    let points = points.filter_map(|(age, point)| {
        let at: Timestamp = minute - mins(age as u64);
        match point {
            "-" => None,
            "X" => Some((at, 2.0)),
            "0" => Some((at, 0.0)),
            value => Some((at, value.parse().unwrap())),
        }
    });
    world.set_backlog_override(ENDPOINT, Some(points.collect()));
    world.advance(mins(1));
}

pub fn the_alarm(world: &World) -> &Alarm {
    world.alarm(ALARM).unwrap()
}

pub fn state(world: &World) -> AlarmState {
    the_alarm(world).state
}
