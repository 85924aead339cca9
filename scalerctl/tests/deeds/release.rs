//! `scalerctl release`.

use super::stage::{ENDPOINT, Stage};

#[tokio::test]
async fn hold_and_lease_end_and_the_instance_is_left_to_the_ticks() {
    let stage = Stage::with(0).await;
    stage.run(&["hold", ENDPOINT, "--for", "2h"]).await.assert(0, &[]);
    stage.run(&["release", ENDPOINT]).await.assert(0, &["released", "the function's next ticks"]);
    let records = stage.records();
    assert_eq!(records.hold, None);
    assert!(!records.live(stage.sim.now()));
    assert_eq!(stage.capacity().1, 1);
}

#[tokio::test]
async fn nothing_to_release_is_no_failure() {
    let stage = Stage::with(0).await;
    stage.run(&["release", ENDPOINT]).await.assert(0, &["nothing_to_release"]);
    assert_eq!(stage.writes(), Vec::<String>::new());
}
