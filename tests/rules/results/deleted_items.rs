//! Finished items are kept for an hour after their newest event, and then deleted by ticks.

use reactive_scaler::ledger::{Location, Standing, Upload};
use serde_json::json;

use super::setup::{MINUTE, upload_event};
use crate::setup::{ENDPOINT, Setup};

#[tokio::test]
async fn finished_items_are_kept_for_an_hour() {
    let setup = Setup::after_its_work().await;
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.minutes(59).await;
    assert!(setup.standings().contains(&Standing::Finished));
}

#[tokio::test]
async fn finished_items_are_deleted_after_an_hour_and_outstanding_ones_are_not() {
    let setup = Setup::after_its_work().await;
    setup.sim.advance(61 * MINUTE);
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.minutes(2).await;
    assert_eq!(setup.standings(), [Standing::Outstanding]);
}

#[tokio::test]
async fn an_upload_of_the_same_key_is_not_deleted_with_the_old_item() {
    let setup = Setup::after_its_work().await;
    setup.sim.advance(61 * MINUTE);
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.with(|world| {
        world.before_call("DeleteItem", 1, |world, _| {
            let location = Location::of_object("my-inputs", "a.json").unwrap();
            let now = world.now();
            let upload = Upload { id: "002".into(), created_at: Some(now) };
            world.ledger_add_upload(ENDPOINT, &location, &upload, now).unwrap();
        });
    });
    setup.minutes(2).await;
    assert_eq!(setup.standings(), [Standing::Outstanding, Standing::Outstanding]);
}

#[tokio::test]
async fn an_outstanding_item_is_not_deleted_after_an_hour() {
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    let hold = json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 120 });
    setup.send(&hold).await.unwrap();
    setup.minutes(90).await;
    assert_eq!(setup.standings(), [Standing::Outstanding]);
}
