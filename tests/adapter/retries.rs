//! The adapter's retries: which failures are tried again, and what a retry can meet.

use std::time::{Duration, Instant};

use reactive_scaler::{
    aws::SdkAws,
    lease::Record,
    port::{Endpoints, FailureKind, Metrics, Scaling},
};
use simulator::{Fault, LoopbackAws, Simulator};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use crate::adapters_agree::*;

#[tokio::test]
async fn only_temporary_failures_are_retried() {
    let rows = [
        (Fault::Throttled, ATTEMPTS),
        (Fault::ServerError, ATTEMPTS),
        (Fault::NoAnswer, ATTEMPTS),
        (Fault::AccessDenied, 1),
        (Fault::Busy, 1),
        (Fault::Concurrent, 1),
    ];
    for (fault, attempts) in rows {
        let sim = model();
        let (aws, _server) = loopback(&sim).await;
        sim.with(|world| world.faults.fail_between("*", fault.clone(), at(0), at(60)));
        aws.targets().await.unwrap_err();
        let calls = sim.with(|world| world.calls("DescribeScalableTargets"));
        assert_eq!(calls, attempts, "{fault:?}");
    }
}

#[tokio::test]
async fn one_temporary_failure_is_retried_without_an_error() {
    for fault in [Fault::Throttled, Fault::ServerError, Fault::NoAnswer] {
        let sim = model();
        let (aws, _server) = loopback(&sim).await;
        sim.with(|world| world.faults.fail_next("*", fault.clone(), 1));
        aws.set_capacity(&id(), 1).await.unwrap();
        assert_eq!(sim.with(|world| world.capacity(&id())), (0, 1), "{fault:?}");
    }
}

// The SDK retries a lost answer by itself: its second attempt finds what its first one began.
#[tokio::test]
async fn a_retry_after_a_hidden_effect_meets_it() {
    let sim = model();
    let (aws, _server) = loopback(&sim).await;
    sim.with(|world| world.faults.fail_next("*", Fault::NoAnswerAfterEffect, 1));
    let failure = aws.set_capacity(&id(), 1).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Busy);
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 1));

    sim.with(|world| world.faults.fail_next("*", Fault::NoAnswerAfterEffect, 1));
    aws.put_record(&id(), "lease", Record::floor(at(600))).await.unwrap();
    sim.with(|world| world.faults.fail_next("*", Fault::NoAnswerAfterEffect, 1));
    assert_eq!(aws.delete_action(&id(), "lease").await, Ok(()), "already gone is a success");
    assert_eq!(aws.actions(&id()).await, Ok(vec![]));
}

#[tokio::test]
async fn a_page_that_fails_fails_the_whole_listing() {
    let sim = model();
    let (aws, _server) = loopback(&sim).await;
    sim.with(|world| {
        for number in 0..60 {
            let id = reactive_scaler::port::VariantId::new(format!("e-{number}"), VARIANT);
            world.register_target(&id, 0, 1);
        }
        world.faults.fail_nth("DescribeScalableTargets", 2, Fault::AccessDenied);
    });
    assert_eq!(aws.targets().await.unwrap_err().kind, FailureKind::AccessDenied);
    assert_eq!(aws.targets().await.unwrap().len(), 61);
}

/// The clients of events and of ticks, from one configuration.
async fn both(sim: &Simulator) -> (SdkAws, SdkAws, LoopbackAws) {
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    let config = config(&server.url);
    (SdkAws::new(&config), SdkAws::for_ticks(&config), server)
}

/// The SDK's quota of a service lasts for about a hundred retries.
const MORE_THAN_THE_QUOTA: usize = 130;

#[tokio::test]
async fn ticks_that_are_throttled_use_up_no_retry_of_an_input() {
    let sim = model();
    let (events, ticks, _server) = both(&sim).await;
    sim.with(|world| world.faults.fail_between("*", Fault::Throttled, at(0), at(60)));
    for _ in 0..MORE_THAN_THE_QUOTA {
        ticks.endpoint(ENDPOINT).await.unwrap_err();
        ticks.target(&id()).await.unwrap_err();
    }
    let described = || sim.with(|world| world.calls("DescribeEndpoint"));
    let before = described();
    ticks.endpoint(ENDPOINT).await.unwrap_err();
    assert_eq!(described() - before, 1, "the ticks' quota is empty");

    let before = described();
    events.endpoint(ENDPOINT).await.unwrap_err();
    assert_eq!(described() - before, ATTEMPTS, "an input has its own");
    let before = sim.with(|world| world.calls("DescribeScalableTargets"));
    events.target(&id()).await.unwrap_err();
    let after = sim.with(|world| world.calls("DescribeScalableTargets"));
    assert_eq!(after - before, ATTEMPTS);
}

#[tokio::test]
async fn a_tick_s_call_has_two_attempts_however_many_an_input_s_has() {
    let sim = model();
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    let config = config(&server.url);
    let six = config.retry_config().unwrap().clone().with_max_attempts(6);
    let ticks = SdkAws::for_ticks(&config.to_builder().retry_config(six).build());
    sim.with(|world| world.faults.fail_between("*", Fault::ServerError, at(0), at(60)));
    ticks.backlog(ENDPOINT, at(0), at(60)).await.unwrap_err();
    assert_eq!(sim.with(|world| world.calls("GetMetricData")), 2);
}

/// The address of a forwarder to a server. It never answers its first connection.
async fn behind_a_dead_connection(server: &LoopbackAws) -> String {
    let address = server.url.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let _dead = listener.accept().await.unwrap();
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&address).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
        }
    });
    url
}

// A connection is closed while the container is frozen, and the client is not notified.
#[tokio::test]
async fn a_tick_s_call_has_time_for_a_second_attempt_after_one_that_is_not_answered() {
    let sim = model();
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    let ticks = SdkAws::for_ticks(&config(&behind_a_dead_connection(&server).await));
    let begun = Instant::now();
    // Of CloudWatch: the quotas of the other services are used up above.
    ticks.backlog(ENDPOINT, at(0), at(60)).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
