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
