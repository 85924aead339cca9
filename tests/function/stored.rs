//! Routes in Parameter Store or in S3, through the built binary.

use reactive_scaler::port::VariantId;
use simulator::Fault;

use crate::harness::{ENDPOINT, Function, ROUTE, TestWorld, run_to_end, uploads};

const PARAMETER: &str = "ssm:/reactive-scaler/routes";
const OBJECT: &str = "s3://my-config/teams/straße & 1+1 = 2%.json";

async fn stored_in(place: &str, routes: &str) -> TestWorld {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| world.store(place, routes));
    test_world
}

#[tokio::test]
async fn stored_routes_wake_and_are_read_once_at_start_up() {
    for (place, operation) in [(PARAMETER, "GetParameter"), (OBJECT, "GetObject")] {
        let test_world = stored_in(place, ROUTE).await;
        let mut function = Function::start(test_world.url(), place).await;
        let invoked = function.invoke(&uploads(1)).await;
        assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"], "{place}");
        function.invoke(&uploads(1)).await.answer();
        assert_eq!(test_world.sim.with(|world| world.calls(operation)), 1);
    }
}

#[tokio::test]
async fn more_routes_than_the_environment_holds() {
    let mut routes: Vec<String> = (0..500)
        .map(|n| format!(r#"{{"endpoint":"team-{n}","bucket":"inputs-of-team-{n}"}}"#))
        .collect();
    routes.push(format!(r#"{{"endpoint":"{ENDPOINT}","bucket":"my-inputs"}}"#));
    let routes = format!("[{}]", routes.join(","));
    assert!(routes.len() > 4 * 1024);
    let test_world = stored_in(OBJECT, &routes).await;
    let invoked = Function::start(test_world.url(), OBJECT).await.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn a_throttled_read_is_tried_again() {
    for (place, operation) in [(PARAMETER, "GetParameter"), (OBJECT, "GetObject")] {
        for fault in [Fault::Throttled, Fault::ServerError, Fault::NoAnswer] {
            let test_world = stored_in(place, ROUTE).await;
            test_world.sim.with(|world| world.faults.fail_next(operation, fault.clone(), 1));
            let invoked = Function::start(test_world.url(), place).await.invoke(&uploads(1)).await;
            assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"], "{place} {fault:?}");
        }
    }
}

#[tokio::test]
async fn without_good_routes_it_does_not_start_and_says_why() {
    let endless = format!("[{}", " ".repeat(256 * 1024));
    for (place, stored, said) in [
        (PARAMETER, None, vec!["GetParameter on ssm:/reactive", "ParameterNotFound"]),
        (OBJECT, None, vec!["GetObject on s3://my-config/", "NoSuchKey", "does not exist"]),
        (PARAMETER, Some("[{}]"), vec!["ssm:/reactive-scaler/routes holds no routes", "[0]"]),
        (OBJECT, Some("routes"), vec!["s3://my-config/", "holds no routes"]),
        (OBJECT, Some(endless.as_str()), vec!["GetObject", "262144 bytes"]),
        ("ssm:name", None, vec!["SCALER_ROUTES", "ssm:/NAME"]),
        ("s3://bucket", None, vec!["SCALER_ROUTES", "s3://BUCKET/KEY"]),
    ] {
        let test_world = TestWorld::at_zero().await;
        if let Some(text) = stored {
            test_world.sim.with(|world| world.store(place, text));
        }
        let finished = run_to_end(
            &[],
            &[
                ("AWS_LAMBDA_RUNTIME_API", "{api}"),
                ("AWS_ENDPOINT_URL", test_world.url()),
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "a-secret"),
                ("SCALER_ROUTES", place),
            ],
        )
        .await;
        assert!(finished.code.is_some_and(|code| code != 0), "{place} {said:?}");
        assert!(!finished.asked_for_work, "{place} {said:?}");
        for text in ["cannot start"].iter().chain(&said) {
            assert!(finished.stdout.contains(text), "{text} is missing in {}", finished.stdout);
        }
    }
}

#[tokio::test]
async fn the_endpoint_url_of_a_service_is_used() {
    let test_world = stored_in(OBJECT, ROUTE).await;
    let elsewhere = stored_in(OBJECT, r#"[{"endpoint":"other","bucket":"my-inputs"}]"#).await;
    let own = [("AWS_ENDPOINT_URL_S3", elsewhere.url())];
    let mut function = Function::start_with(test_world.url(), OBJECT, &own).await;
    test_world.sim.with(|world| {
        world.add_async_endpoint("other", "AllTraffic", 0);
        world.register_target(&VariantId::new("other", "AllTraffic"), 0, 1);
    });
    let answer = function.invoke(&uploads(1)).await.answer().clone();
    assert_eq!(answer["decisions"][0]["endpoint"], "other", "{answer}");
}
