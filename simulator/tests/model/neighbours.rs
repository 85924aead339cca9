//! Events at other endpoints do not affect an endpoint.

use simulator::{JobSpec, MetricName, World};

use crate::setup::*;

/// The result for the endpoint: its metrics, its cost and its jobs.
#[derive(Debug, PartialEq)]
struct EndpointResult {
    metrics: Vec<Vec<(jiff::Timestamp, f64)>>,
    paid: std::time::Duration,
    worked: std::time::Duration,
    jobs: Vec<simulator::JobState>,
}

/// Two hours with jobs, changes of capacity, an expired job and a changed setting, next to this
/// many busy endpoints.
fn with_neighbours(neighbours: usize) -> EndpointResult {
    let mut world = endpoint_at(0);
    world.register_target(&id(), 0, 2);
    let names: Vec<String> = (0..neighbours).map(|n| format!("neighbour-{n}")).collect();
    for (n, name) in names.iter().enumerate() {
        world.add_async_endpoint(name, VARIANT, 1);
        for job in 0..40 {
            let at = Some(start() + secs(180 * job + 7 * n as u64 + 1));
            world.add_job(name, &JobSpec { at, ..JobSpec::default() });
        }
    }
    world.endpoint_mut(ENDPOINT).pace.request_ttl = mins(7);
    for seconds in [20, 25, 610, 615, 620, 4000] {
        world.upload_at(ENDPOINT, at(seconds));
    }
    let step = |world: &mut World, until: u64| world.advance_to(at(until));
    step(&mut world, 100);
    set_capacity(&mut world, 1).unwrap();
    step(&mut world, 650);
    world.endpoint_mut(ENDPOINT).pace.concurrency = 2;
    step(&mut world, 1000);
    set_capacity(&mut world, 0).unwrap();
    step(&mut world, 7200);
    let all = [
        MetricName::BacklogSize,
        MetricName::BacklogSizePerInstance,
        MetricName::AgeOfOldestRequest,
        MetricName::HasBacklogWithoutCapacity,
    ];
    let seen = |metric| {
        let points = world.visible(metric, ENDPOINT, start(), at(7200));
        points.iter().map(|point| (point.at, point.value)).collect()
    };
    let ours = |job: &&simulator::Job| job.endpoint == ENDPOINT;
    EndpointResult {
        metrics: all.into_iter().map(seen).collect(),
        paid: world.paid(ENDPOINT),
        worked: world.worked(ENDPOINT),
        jobs: world.jobs().iter().filter(ours).map(|job| job.state).collect(),
    }
}

/// Capacity that a caller adds at 650 s is used immediately: the second of three jobs ends 45 s
/// later.
#[test]
fn capacity_is_used_when_it_becomes_available() {
    assert_eq!(with_neighbours(0).jobs[3], simulator::JobState::Completed(at(695)));
}

#[test]
fn other_endpoints_change_nothing() {
    let alone = with_neighbours(0);
    assert_eq!(alone, with_neighbours(1));
    assert_eq!(alone, with_neighbours(30));
}

/// In service from 460 s, removed at 1060 s, one instance: 10 minutes of instance time. Jobs run
/// until the instance is removed.
#[test]
fn the_cost_includes_instances_between_changes() {
    let alone = with_neighbours(0);
    assert_eq!(alone.paid, mins(10));
    assert!(alone.worked > mins(2) && alone.worked < mins(10), "{alone:?}");
}

/// The last one expires at 4420 s, within a minute.
#[test]
fn a_request_that_expires_has_waited_as_long_as_it_may() {
    let ages = &with_neighbours(0).metrics[2];
    let of = |minute: u64| ages.iter().find(|(at, _)| *at == start() + mins(minute)).unwrap().1;
    assert_eq!((of(72), of(73), of(74)), (380.0, 420.0, 0.0));
}
