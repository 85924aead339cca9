//! Rule 1, however slow: the capacity of a wake waits for the endpoint and its scalable target, asked
//! side by side, and for no other answer.

use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler,
    port::VariantId,
    scaler::Scaler,
};
use serde_json::json;
use simulator::{Operation, Simulator};
use tokio::time::{Duration, Instant};

use crate::{
    setup::{CAPACITY, ENDPOINT, ROUTES, Setup, input, serve},
    unanswered::unanswered,
};

const TARGET: &str = "DescribeScalableTargets";
const RECORDS: &str = "DescribeScheduledActions";

/// More polls than an invocation without waits needs.
const TURNS: usize = 1_000;

/// The calls of a cold container until it waits for `never`, which is not answered.
async fn calls_without(never: Operation) -> Vec<String> {
    let sim = Setup::at_zero().sim;
    let config = Config { routes: routes_from_json(ROUTES).unwrap(), mode: Mode::Act };
    let scaler = Scaler::new(unanswered(&sim, never), sim.clone(), config);
    let event = input(sim.now());
    let deadline = Instant::now() + Duration::from_secs(50);
    let stuck = async {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        _ = handler::serve(&scaler, &sim, &event, None, deadline, |_| {}) => {
            panic!("it got by without {never:?}")
        }
        () = stuck => {}
    }
    names(&sim)
}

fn names(sim: &Simulator) -> Vec<String> {
    sim.with(|world| world.journal.calls().map(|call| call.operation.as_str().to_owned()).collect())
}

#[tokio::test]
async fn capacity_is_asked_for_while_the_records_are_being_read() {
    let calls = calls_without(Operation::DescribeScheduledActions).await;
    assert_eq!(calls, ["DescribeEndpoint", TARGET, CAPACITY]);
}

#[tokio::test]
async fn the_target_of_the_expected_variant_is_read_in_parallel_with_the_endpoint() {
    assert_eq!(calls_without(Operation::DescribeEndpoint).await, [TARGET]);
    assert_eq!(calls_without(Operation::DescribeScalableTargets).await, ["DescribeEndpoint"]);
}

#[tokio::test]
async fn a_variant_other_than_the_expected_one_needs_one_more_call_once() {
    let setup = Setup::at_zero();
    let blue = VariantId::new(ENDPOINT, "blue");
    setup.with(|world| {
        world.add_async_endpoint(ENDPOINT, "blue", 0);
        world.register_target(&blue, 0, 4);
        world.clear_calls();
    });
    setup.send(&input(setup.sim.now())).await.unwrap();
    assert_eq!(setup.with(|world| world.capacity(&blue)).1, 1);
    let calls = names(&setup.sim);
    assert_eq!(calls[..5], ["DescribeEndpoint", TARGET, TARGET, CAPACITY, RECORDS]);
    setup.with(|world| world.clear_calls());

    let ask = json!({ "action": "status", "endpoint": ENDPOINT });
    setup.send(&ask).await.unwrap();
    assert_eq!(names(&setup.sim), ["DescribeEndpoint", TARGET, RECORDS]);
}

#[tokio::test]
async fn an_observed_input_requests_no_capacity() {
    let setup = Setup::at_zero();
    let config = Config { routes: routes_from_json(ROUTES).unwrap(), mode: Mode::Observe };
    let observing = Scaler::new(setup.sim.clone(), setup.sim.clone(), config);
    let answer = serve(&observing, &setup.sim, &input(setup.sim.now())).await.unwrap();
    assert_eq!(answer["decisions"][0]["to"], 1);
    assert_eq!(names(&setup.sim), ["DescribeEndpoint", TARGET, RECORDS]);
}
