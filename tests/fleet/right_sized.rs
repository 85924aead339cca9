//! A wake requests as many instances as the known work needs.

use std::time::Duration;

use crate::setup::Setup;

const ROUTES: &str = r#"[{"endpoint":"infer","bucket":"my-inputs","inputs_per_instance":200}]"#;

async fn woken_by(inputs: usize, routes: &str) -> i32 {
    let setup = Setup::new(routes, &["infer"]);
    let keys = vec!["x"; inputs];
    setup.upload("my-inputs", &keys).await.unwrap();
    setup.desired("infer")
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
    let setup = Setup::new(ROUTES, &["infer"]);
    setup.sim.with(|world| {
        world.endpoint_mut("infer").pace.processing = Duration::from_secs(30);
        for _ in 0..1000 {
            world.invoke_inline("infer");
        }
    });
    setup.upload("my-inputs", &["x"]).await.unwrap();
    assert_eq!(setup.desired("infer"), 1);
    let mut highest = 1;
    let mut asleep = false;
    for _ in 0..240 {
        let before = setup.desired("infer");
        setup.minutes(1).await;
        let desired = setup.desired("infer");
        assert!(desired >= before || desired == 0, "scaled in from {before} to {desired}");
        highest = highest.max(desired);
        asleep = desired == 0;
        if asleep {
            break;
        }
    }
    assert_eq!(highest, 5, "ceil(what was left of 1,000 / 200)");
    assert!(asleep);
    assert_eq!(setup.sim.with(|world| world.killed("infer")), 0);
}

#[tokio::test]
async fn an_input_that_two_routes_take_is_one() {
    let routes = r#"[
        {"endpoint":"infer","prefix":"in/","inputs_per_instance":200},
        {"endpoint":"infer","suffix":".json","inputs_per_instance":200}
    ]"#;
    let setup = Setup::new(routes, &["infer"]);
    setup.upload("my-inputs", &vec!["in/x.json"; 200]).await.unwrap();
    assert_eq!(setup.desired("infer"), 1);
}

#[tokio::test]
async fn finished_work_requests_no_additional_capacity() {
    let setup = Setup::new(ROUTES, &["infer"]);
    setup.upload("my-inputs", &["x"]).await.unwrap();
    setup.minutes(8).await;
    // 1,000 items in one minute of the idle window, and none since.
    let now = setup.sim.now();
    let minutes_ago = |n: i64| now - jiff::SignedDuration::from_mins(n);
    setup.sim.with(|world| {
        let points = (-8..8).map(|n| (minutes_ago(n), if n == 0 { 1000.0 } else { 0.0 }));
        world.set_backlog_override("infer", Some(points.collect()));
    });
    for _ in 0..12 {
        setup.minutes(1).await;
        assert!(setup.desired("infer") <= 1);
    }
}

#[tokio::test]
async fn a_backlog_at_zero_wakes_the_required_number_of_instances() {
    let setup = Setup::new(ROUTES, &["infer"]);
    setup.upload("my-inputs", &["x"]).await.unwrap();
    for _ in 0..60 {
        setup.minutes(1).await;
        if setup.desired("infer") == 0 {
            break;
        }
    }
    assert_eq!(setup.desired("infer"), 0);
    setup.sim.with(|world| {
        for _ in 0..1000 {
            world.invoke_inline("infer");
        }
    });
    setup.minutes(5).await;
    assert_eq!(setup.desired("infer"), 5);
}
