//! An account with a deployed function and an endpoint that is not registered.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde_json::json;
use simulator::{Bucket, LambdaFunction, Simulator, Subscription, World};

pub const ENDPOINT: &str = "my-endpoint";
pub const FUNCTION: &str = "my-scaler";
pub const STACK: &str = "reactive-scaler";
pub const SDK_BUCKET: &str = "sagemaker-eu-central-1-123456789012";
pub const SIGNALS: &str = "reactive-scaler-SignalTopic-AbC123";
pub const BACKSTOP: &str = "reactive-scaler-backlog-my-endpoint";
pub const POLICY: &str = "reactive-scaler-backlog-per-instance";

pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, "AllTraffic")
}

/// The account, with a function for all endpoints.
pub fn account() -> Simulator {
    account_with(r#"[{"preset":"sagemaker-sdk","bucket":"my-inputs"}]"#)
}

/// The account, with a function with these routes.
pub fn account_with(routes: &str) -> Simulator {
    let sim = Simulator::new(Timestamp::now());
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
        put_function(world, routes);
    });
    sim.follow_wall_clock();
    sim
}

/// An account with an endpoint, the SDK's default bucket, and no function.
pub fn empty_account() -> Simulator {
    let sim = Simulator::new(Timestamp::now());
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
        world.put_bucket(SDK_BUCKET, Bucket { event_bridge: true, ..Bucket::default() });
        world.put_bucket("my-inputs", Bucket { event_bridge: true, ..Bucket::default() });
    });
    sim.follow_wall_clock();
    sim
}

/// The function of the stack `reactive-scaler`, and the topic of its alarms.
pub fn put_function(world: &mut World, routes: &str) {
    let variables = [("SCALER_ROUTES", routes), ("SCALER_MODE", "act")];
    let mut function = LambdaFunction::new(FUNCTION, variables);
    function.tags.insert("aws:cloudformation:stack-name".into(), STACK.into());
    world.put_function(function);
    let signals = world.topic_arn(SIGNALS);
    let function = world.function_arn(FUNCTION);
    world.put_topic(&signals, vec![Subscription::new("lambda", function)]);
    allow(world, &signals);
}

/// Lets a topic invoke the function, as the template does.
pub fn allow(world: &mut World, topic: &str) {
    let statement = json!({
        "Sid": "stack-permission",
        "Effect": "Allow",
        "Principal": { "Service": "sns.amazonaws.com" },
        "Action": "lambda:InvokeFunction",
        "Resource": world.function_arn(FUNCTION),
        "Condition": { "ArnLike": { "AWS:SourceArn": topic } },
    });
    let mut function = world.function(FUNCTION).unwrap().clone();
    function.permissions.push(("$LATEST".into(), statement));
    world.put_function(function);
}

/// The statements of the function's policy, by `Sid`.
pub fn statements(world: &World) -> Vec<String> {
    let statements = world.function(FUNCTION).unwrap().permissions.iter();
    statements.map(|(_, it)| it["Sid"].as_str().unwrap().to_owned()).collect()
}
