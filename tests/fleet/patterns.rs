//! The route covers every registered endpoint whose name matches.

use std::time::Duration;

use reactive_scaler::port::EndpointStatus;

use crate::setup::Setup;

const NEWEST: &str = r#"[{"endpoint":"whisper-*","bucket":"audio"}]"#;
const ALL: &str = r#"[{"endpoint":"whisper-*","bucket":"audio","to":"all"}]"#;
const NAMES: [&str; 3] = ["whisper-b", "whisper-a", "other"];

#[tokio::test]
async fn an_input_goes_to_the_newest() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.awake(&NAMES), ["whisper-a"]);
}

#[tokio::test]
async fn an_input_goes_to_all_endpoints_if_the_route_is_for_all() {
    let setup = Setup::new(ALL, &NAMES);
    setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.awake(&NAMES), ["whisper-b", "whisper-a"]);
}

#[tokio::test]
async fn the_newest_that_failed_is_passed_over() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.sim.with(|world| world.set_status("whisper-a", EndpointStatus::Failed));
    setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.awake(&NAMES), ["whisper-b"]);
}

#[tokio::test]
async fn the_newest_that_is_on_its_way_gets_the_lease() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.sim.with(|world| world.begin_deployment("whisper-a", Duration::from_secs(180)));
    setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.awake(&NAMES), [""; 0]);
    setup.minutes(4).await;
    assert_eq!(setup.awake(&NAMES), ["whisper-a"]);
}

#[tokio::test]
async fn a_newer_one_takes_over_within_a_minute() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.upload("audio", &["x"]).await.unwrap();
    setup.deploy("whisper-c");
    setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.desired("whisper-c"), 1);
}

#[tokio::test]
async fn alarms_name_their_endpoint_themselves() {
    let setup = Setup::new(NEWEST, &NAMES);
    let alarm = |name: &str| {
        serde_json::json!({ "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change", "detail": {
            "alarmName": "a", "state": { "value": "ALARM" },
            "configuration": { "metrics": [{ "id": "m", "metricStat": { "metric": {
                "namespace": "AWS/SageMaker", "name": "HasBacklogWithoutCapacity",
                "dimensions": { "EndpointName": name } } } }] } } })
    };
    setup.send(&alarm("whisper-b")).await.unwrap();
    setup.send(&alarm("other")).await.unwrap();
    assert_eq!(setup.awake(&NAMES), ["whisper-b"]);
}

#[tokio::test]
async fn nothing_that_matches_is_registered() {
    let setup = Setup::new(NEWEST, &["other"]);
    let answer = setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(answer, serde_json::json!({ "decisions": [] }));
}

#[tokio::test]
async fn a_real_time_endpoint_that_matches_is_passed_over() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.deploy("whisper-rt");
    setup.sim.with(|world| world.endpoint_mut("whisper-rt").asynchronous = false);
    setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.awake(&NAMES), ["whisper-a"]);
}

#[tokio::test]
async fn one_of_all_that_is_gone_fails_no_input() {
    let setup = Setup::new(ALL, &NAMES);
    setup.sim.with(|world| {
        // Whether deleting an endpoint deregisters it is documented nowhere.
        world.settings.deregister_on_delete = false;
        world.delete_endpoint("whisper-a");
    });
    let answer = setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.desired("whisper-b"), 1);
    let reasons: Vec<&serde_json::Value> = answer["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|decision| &decision["reason"])
        .collect();
    assert_eq!(reasons, ["endpoint_missing", "work_arrived"]);
}
