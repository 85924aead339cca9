//! `scalerctl release`.

use super::setup::{ENDPOINT, Setup};

#[tokio::test]
async fn hold_and_lease_end_and_the_instance_is_left_to_the_ticks() {
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT, "--for", "2h"]).await.assert(0, &[]);
    setup
        .run(&["release", ENDPOINT])
        .await
        .assert(0, &["released", "after this, a deployed function"]);
    let records = setup.records();
    assert_eq!(records.hold, None);
    assert!(!records.live(setup.sim.now()));
    assert_eq!(setup.capacity().1, 1);
}

#[tokio::test]
async fn a_release_without_a_record_succeeds() {
    let setup = Setup::with(0).await;
    setup.run(&["release", ENDPOINT]).await.assert(0, &["nothing_to_release"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}
