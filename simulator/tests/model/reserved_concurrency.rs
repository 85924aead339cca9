//! Reserved concurrency of a function. 0 stops it (Lambda Developer Guide, "Configuring reserved concurrency").

use serde_json::json;
use simulator::{Delivery, LambdaFunction};

use crate::setup::*;

#[test]
fn a_stopped_function_is_not_invoked_and_its_events_wait() {
    let mut world = endpoint_at(0);
    let function = LambdaFunction::new("my-scaler", [("A", "b")]);
    world.put_function(LambdaFunction { reserved: Some(0), ..function.clone() });
    let to = world.function_arn("my-scaler");
    let (at, body) = (world.now(), json!({}));
    world.send(Delivery { at, to, from: "events.amazonaws.com".into(), body });
    world.advance(std::time::Duration::from_secs(60));
    assert!(world.take_invocations().is_empty());
    let wanted = simulator::FunctionReference::read("my-scaler", None);
    let refused = world.invoke_function(&wanted, "RequestResponse").unwrap_err();
    assert!(format!("{refused:?}").contains("TooManyRequestsException"), "{refused:?}");
    assert!(world.invoke_function(&wanted, "Event").is_ok(), "an event is accepted, and waits");

    world.put_function(LambdaFunction { reserved: None, ..function });
    assert_eq!(world.take_invocations().len(), 1);
    assert!(world.invoke_function(&wanted, "RequestResponse").is_ok());
}
