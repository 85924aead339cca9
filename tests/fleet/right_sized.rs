//! A wake asks for as many instances as the known work takes.

use std::time::Duration;

use crate::stage::Stage;

const ROUTES: &str = r#"[{"endpoint":"infer","bucket":"my-inputs","inputs_per_instance":200}]"#;

async fn woken_by(inputs: usize, routes: &str) -> i32 {
    let stage = Stage::new(routes, &["infer"]);
    let keys = vec!["x"; inputs];
    stage.upload("my-inputs", &keys).await.unwrap();
    stage.desired("infer")
}

#[tokio::test]
async fn a_batch_asks_for_its_share_rounded_up_and_within_bounds() {
    for (inputs, instances) in [(1, 1), (200, 1), (201, 2), (5000, 25), (6000, 30), (6001, 30)] {
        assert_eq!(woken_by(inputs, ROUTES).await, instances, "{inputs} inputs");
    }
    let at_least = r#"[{"endpoint":"infer","inputs_per_instance":200,"wake_to":2}]"#;
    assert_eq!(woken_by(1, at_least).await, 2);
    assert_eq!(woken_by(5000, r#"[{"endpoint":"infer"}]"#).await, 1);
}

#[tokio::test]
async fn while_awake_the_backlog_that_a_tick_reads_asks_for_more_and_never_for_less() {
    let stage = Stage::new(ROUTES, &["infer"]);
    stage.sim.with(|world| {
        world.endpoint_mut("infer").pace.processing = Duration::from_secs(30);
        for _ in 0..1000 {
            world.invoke_inline("infer");
        }
    });
    stage.upload("my-inputs", &["x"]).await.unwrap();
    assert_eq!(stage.desired("infer"), 1);
    let mut highest = 1;
    let mut asleep = false;
    for _ in 0..240 {
        let before = stage.desired("infer");
        stage.minutes(1).await;
        let desired = stage.desired("infer");
        assert!(desired >= before || desired == 0, "scaled in from {before} to {desired}");
        highest = highest.max(desired);
        asleep = desired == 0;
        if asleep {
            break;
        }
    }
    assert_eq!(highest, 5, "ceil(what was left of 1,000 / 200)");
    assert!(asleep);
    assert_eq!(stage.sim.with(|world| world.killed("infer")), 0);
}

#[tokio::test]
async fn an_input_that_two_routes_take_is_one() {
    let routes = r#"[
        {"endpoint":"infer","prefix":"in/","inputs_per_instance":200},
        {"endpoint":"infer","suffix":".json","inputs_per_instance":200}
    ]"#;
    let stage = Stage::new(routes, &["infer"]);
    stage.upload("my-inputs", &vec!["in/x.json"; 200]).await.unwrap();
    assert_eq!(stage.desired("infer"), 1);
}

#[tokio::test]
async fn work_that_was_there_and_is_gone_asks_for_nothing() {
    let stage = Stage::new(ROUTES, &["infer"]);
    stage.upload("my-inputs", &["x"]).await.unwrap();
    stage.minutes(8).await;
    // 1,000 items in one minute of the idle window, and none since.
    let now = stage.sim.now();
    let minutes_ago = |n: i64| now - jiff::SignedDuration::from_mins(n);
    stage.sim.with(|world| {
        let points = (-8..8).map(|n| (minutes_ago(n), if n == 0 { 1000.0 } else { 0.0 }));
        world.set_backlog_override("infer", Some(points.collect()));
    });
    for _ in 0..12 {
        stage.minutes(1).await;
        assert!(stage.desired("infer") <= 1);
    }
}

#[tokio::test]
async fn a_backlog_that_is_seen_at_zero_wakes_as_many_as_it_takes() {
    let stage = Stage::new(ROUTES, &["infer"]);
    stage.upload("my-inputs", &["x"]).await.unwrap();
    for _ in 0..60 {
        stage.minutes(1).await;
        if stage.desired("infer") == 0 {
            break;
        }
    }
    assert_eq!(stage.desired("infer"), 0);
    stage.sim.with(|world| {
        for _ in 0..1000 {
            world.invoke_inline("infer");
        }
    });
    stage.minutes(5).await;
    assert_eq!(stage.desired("infer"), 5);
}
