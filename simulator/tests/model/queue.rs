//! The queue of an async endpoint: when jobs wait, run and end.

use std::time::Duration;

use reactive_scaler::port::EndpointStatus;
use simulator::{CutJobs, Event, JobId, JobSpec, JobState, Pace, Settings, World};

use crate::setup::*;

fn endpoint_paced(count: i32, pace: Pace) -> World {
    endpoint_with(count, Settings { pace, ..Settings::default() })
}

fn states(world: &World) -> Vec<JobState> {
    world.jobs().iter().map(|job| job.state).collect()
}

#[test]
fn a_job_is_completed_when_its_processing_time_is_over_and_not_before() {
    let mut world = endpoint_at(1);
    world.upload(ENDPOINT);
    world.advance(secs(44));
    assert_eq!(states(&world), [JobState::Running(at(0))]);
    world.advance(secs(1));
    assert_eq!(states(&world), [JobState::Completed(at(45))]);
    assert_eq!((world.completed(ENDPOINT), world.backlog(ENDPOINT)), (1, 0));
}

// MaxConcurrentInvocationsPerInstance of the AsyncInferenceConfig.
#[test]
fn an_instance_runs_as_many_jobs_at_a_time_as_it_may() {
    let rows = [(1, 1, 1), (1, 4, 4), (3, 1, 3), (2, 2, 4)];
    for (instances, concurrency, slots) in rows {
        let mut world = endpoint_paced(instances, Pace { concurrency, ..Pace::default() });
        let jobs = (0..6).map(|_| world.upload(ENDPOINT)).collect::<Vec<_>>();
        let running = |world: &World| {
            jobs.iter()
                .filter(|id| matches!(world.job(**id).unwrap().state, JobState::Running(_)))
                .count()
        };
        assert_eq!(running(&world), slots, "{instances} x {concurrency}");
        world.advance(secs(45));
        assert_eq!(world.completed(ENDPOINT), slots, "{instances} x {concurrency}");
        assert_eq!(running(&world), slots.min(6 - slots), "{instances} x {concurrency}");
    }
}

#[test]
fn jobs_are_picked_up_in_the_order_of_their_invocation() {
    let mut world = endpoint_at(1);
    let spec = |delay| JobSpec { invocation_delay: Some(secs(delay)), ..JobSpec::default() };
    let [late, first, second] = [20, 0, 10].map(|delay| world.add_job(ENDPOINT, &spec(delay)));
    world.advance(mins(5));
    let picked = |event: &Event| match event {
        Event::Picked(id) => Some(*id),
        _ => None,
    };
    let order = world.journal.events().filter_map(|(_, event)| picked(event)).collect::<Vec<_>>();
    assert_eq!(order, [first, second, late]);
}

// The purpose of a scale-out policy: at zero the queue keeps requests, and they run when an
// instance serves.
#[test]
fn at_zero_a_job_waits_until_an_instance_serves() {
    let mut world = endpoint_at(0);
    world.upload(ENDPOINT);
    set_capacity(&mut world, 1).unwrap();
    world.advance(secs(359));
    assert_eq!(states(&world), [JobState::Waiting]);
    world.advance(secs(1));
    assert_eq!(states(&world), [JobState::Running(at(360))]);
}

// RequestTTLSeconds of InvokeEndpointAsync: the default is 6 hours.
#[test]
fn a_waiting_job_expires_on_its_second_and_a_running_one_never() {
    let mut world = endpoint_at(0);
    world.upload(ENDPOINT);
    world.advance(secs(6 * 3600 - 1));
    assert_eq!(states(&world), [JobState::Waiting]);
    world.advance(secs(1));
    assert_eq!(states(&world), [JobState::Expired(at(6 * 3600))]);
    assert_eq!((world.expired(ENDPOINT), world.backlog(ENDPOINT)), (1, 0));

    let pace = Pace { request_ttl: secs(60), processing: secs(90), ..Pace::default() };
    let mut world = endpoint_paced(1, pace);
    world.upload(ENDPOINT);
    world.upload(ENDPOINT);
    world.advance(secs(60));
    assert_eq!(states(&world), [JobState::Running(at(0)), JobState::Expired(at(60))]);
    world.advance(secs(30));
    assert_eq!(states(&world)[0], JobState::Completed(at(90)));
}

#[test]
fn a_slot_that_frees_in_the_last_second_saves_a_job_from_expiry() {
    let pace = Pace { request_ttl: secs(60), ..Pace::default() };
    for (processing, saved) in [(60, true), (61, false)] {
        let mut world = endpoint_paced(1, pace.clone());
        let busy = JobSpec { processing: Some(secs(processing)), ..JobSpec::default() };
        world.add_job(ENDPOINT, &busy);
        world.upload(ENDPOINT);
        world.advance(secs(61));
        assert_eq!(world.expired(ENDPOINT) == 0, saved, "slot free after {processing} s");
    }
}

// AWS does not document what happens to jobs on a removed instance. The model assumes that they are
// lost.
#[test]
fn scale_in_ends_the_jobs_of_the_removed_instances_immediately() {
    let rows = [("to zero", 0, 0, 3), ("to one", 1, 1, 2), ("to two", 2, 2, 1)];
    for (label, to, survive, killed) in rows {
        let mut world = endpoint_at(3);
        let jobs = [0, 1, 2].map(|second| {
            world.advance_to(at(second));
            world.upload(ENDPOINT)
        });
        world.advance_to(at(10));
        set_capacity(&mut world, to).unwrap();
        assert_eq!(world.killed(ENDPOINT), killed, "{label}");
        for (place, job) in jobs.iter().enumerate() {
            let state = world.job(*job).unwrap().state;
            let alive = place < survive;
            assert_eq!(matches!(state, JobState::Running(_)), alive, "{label}: job {place}");
            assert_eq!(state == JobState::Killed(at(10)), !alive, "{label}: job {place}");
        }
    }
}

// Users report that a request that is cut runs again.
#[test]
fn with_the_setting_a_job_that_is_cut_is_the_first_in_the_queue_again() {
    let settings = Settings { cut_jobs: CutJobs::Queued, ..Settings::default() };
    let mut world = endpoint_with(2, settings);
    let jobs = [0, 1, 2].map(|second| {
        world.advance_to(at(second));
        world.upload(ENDPOINT)
    });
    world.advance_to(at(10));
    set_capacity(&mut world, 0).unwrap();
    assert_eq!(states(&world), [JobState::Waiting; 3]);
    assert_eq!((world.killed(ENDPOINT), world.backlog(ENDPOINT)), (0, 3));
    world.advance(mins(2));
    set_capacity(&mut world, 1).unwrap();
    world.advance(mins(10));
    assert_eq!(world.completed(ENDPOINT), 3);
    let queued = |event: &Event| match event {
        Event::Queued(id) => Some(*id),
        _ => None,
    };
    let order = world.journal.events().filter_map(|(_, event)| queued(event)).collect::<Vec<_>>();
    let [first, second, third] = jobs;
    assert_eq!(order, [first, second, third, second, first]);
    let completed = |id: JobId| match world.job(id).unwrap().state {
        JobState::Completed(at) => at,
        other => panic!("{other:?}"),
    };
    assert!(completed(first) < completed(second) && completed(second) < completed(third));
}

#[test]
fn scale_in_spares_the_queue_and_an_idle_instance() {
    let mut world = endpoint_at(2);
    world.upload(ENDPOINT);
    set_capacity(&mut world, 1).unwrap();
    assert_eq!(world.killed(ENDPOINT), 0);
    for _ in 0..2 {
        world.upload(ENDPOINT);
    }
    world.advance(mins(1));
    set_capacity(&mut world, 0).unwrap();
    assert_eq!((world.completed(ENDPOINT), world.killed(ENDPOINT)), (1, 1));
    assert_eq!(world.backlog(ENDPOINT), 1, "the one that waited is still there");
}

#[test]
fn an_instance_that_is_to_go_takes_no_work() {
    let mut world = endpoint_at(1);
    set_capacity(&mut world, 0).unwrap();
    world.upload(ENDPOINT);
    assert_eq!(world.capacity(&id()).0, 1, "it is still there");
    world.advance(secs(59));
    assert_eq!(states(&world), [JobState::Waiting]);
}

// An upload is not an invocation: the backlog can stay 0 for some time after it.
#[test]
fn an_upload_enters_the_queue_with_its_invocation() {
    let pace = Pace { invocation_delay: secs(30), ..Pace::default() };
    let mut world = endpoint_paced(0, pace);
    let job = world.upload_at(ENDPOINT, at(10));
    world.advance(secs(39));
    assert_eq!(world.backlog(ENDPOINT), 0);
    assert_eq!(world.job(job).unwrap().state, JobState::Announced);
    world.advance(secs(1));
    assert_eq!(world.backlog(ENDPOINT), 1);
    let events = world.journal.events().map(|(at, event)| (at, event.clone())).collect::<Vec<_>>();
    assert_eq!(events, [(at(10), Event::Uploaded(job)), (at(40), Event::Queued(job))]);
}

// InvokeEndpointAsync accepts an inline body. There is no upload and no event.
#[test]
fn an_inline_body_is_queued_without_an_upload() {
    let mut world = endpoint_at(0);
    let job = world.invoke_inline(ENDPOINT);
    assert_eq!(world.job(job).unwrap().uploaded_at, None);
    assert_eq!(world.backlog(ENDPOINT), 1);
    let uploads = world.journal.events().filter(|(_, event)| matches!(event, Event::Uploaded(_)));
    assert_eq!(uploads.count(), 0);
}

#[test]
fn an_invocation_is_refused_where_nothing_takes_it() {
    use EndpointStatus::*;
    let rows = [
        (InService, true),
        (Updating, true),
        (SystemUpdating, true),
        (RollingBack, true),
        (UpdateRollbackFailed, true),
        (Creating, false),
        (OutOfService, false),
        (Deleting, false),
        (Failed, false),
    ];
    for (status, taken) in rows {
        let mut world = endpoint_at(0);
        world.set_status(ENDPOINT, status);
        let job = world.upload(ENDPOINT);
        let expected = if taken { JobState::Waiting } else { JobState::Refused(at(0)) };
        assert_eq!(world.job(job).unwrap().state, expected, "{status:?}");
    }
    let mut world = World::new(start());
    let job = world.upload("nobody");
    assert_eq!(world.job(job).unwrap().state, JobState::Refused(at(0)));
    world.add_endpoint("real-time", vec![], false);
    let job = world.upload("real-time");
    assert_eq!(world.job(job).unwrap().state, JobState::Refused(at(0)));
}

#[test]
fn a_job_can_differ_from_its_endpoints_pace_and_is_never_in_the_past() {
    let mut world = endpoint_at(1);
    world.advance(mins(1));
    let spec = JobSpec {
        processing: Some(Duration::from_millis(1500)),
        at: Some(at(0)),
        ..JobSpec::default()
    };
    let job = world.add_job(ENDPOINT, &spec);
    assert_eq!(job, JobId(0));
    assert_eq!(world.job(job).unwrap().invoked_at, at(60));
    world.advance(secs(2));
    let ended = at(61) + Duration::from_millis(500);
    assert_eq!(world.job(job).unwrap().state, JobState::Completed(ended));
}
