//! The port's calls on the simulated table.

use reactive_scaler::port::Ledger;
use simulator::Simulator;

use crate::setup::*;

const ENDPOINT: &str = "my-endpoint";

fn small_pages(size: usize) -> Simulator {
    let sim = Simulator::new(start());
    sim.with(|world| world.settings.ledger_page_size = size);
    sim
}

async fn uploads(sim: &Simulator, keys: &[&str]) {
    for key in keys {
        sim.add_upload(ENDPOINT, &location(key), &upload("1"), at(0)).await.unwrap();
    }
}

#[tokio::test]
async fn an_upload_and_its_result_meet_in_one_item() {
    let sim = Simulator::new(start());
    let input = Location::from_input_location("s3://my-inputs/red%20flower.jpg").unwrap();
    sim.add_upload(ENDPOINT, &location("red flower.jpg"), &upload("1"), at(0)).await.unwrap();
    sim.add_result(ENDPOINT, &input, &result("x"), at(60)).await.unwrap();
    let reading = sim.reading(ENDPOINT, at(120), at(0)).await.unwrap();
    assert_eq!(reading.items, [item("red flower.jpg", &[("upload", "1", 0), ("result", "x", 60)])]);
    assert_eq!(reading.verdict(at(120), mins(1)), Verdict::Done { since: at(60) });
}

#[tokio::test]
async fn endpoints_have_their_own_items() {
    let sim = Simulator::new(start());
    uploads(&sim, &["a"]).await;
    let reading = sim.reading("other", at(1), at(0)).await.unwrap();
    assert!(reading.items.is_empty() && reading.complete);
}

#[tokio::test]
async fn all_pages_are_read() {
    let sim = small_pages(2);
    uploads(&sim, &["a", "b", "c", "d", "e"]).await;
    let reading = sim.reading(ENDPOINT, at(1), at(1)).await.unwrap();
    assert_eq!((reading.items.len(), reading.complete), (5, true));
    assert_eq!(sim.with(|world| world.calls("Query")), 3);
}

#[tokio::test]
async fn no_more_is_read_than_the_page_with_a_young_item() {
    let sim = small_pages(2);
    uploads(&sim, &["a", "b", "c", "d", "e"]).await;
    let reading = sim.reading(ENDPOINT, at(1), at(0)).await.unwrap();
    assert_eq!((reading.items.len(), reading.complete), (2, false));
    assert_eq!(sim.with(|world| world.calls("Query")), 1);
}

#[tokio::test]
async fn an_unchanged_item_is_deleted() {
    let sim = Simulator::new(start());
    uploads(&sim, &["a"]).await;
    let read = sim.items(ENDPOINT, None).await.unwrap().items.remove(0);
    assert!(sim.delete_unchanged(ENDPOINT, &read).await.unwrap());
    assert_eq!(sim.with(|world| world.ledger(ENDPOINT).count()), 0);
    // It is gone, so a repeated call succeeds.
    assert!(sim.delete_unchanged(ENDPOINT, &read).await.unwrap());
}

#[tokio::test]
async fn an_item_that_grew_is_neither_deleted_nor_forgotten() {
    for later in ["upload", "result", "duplicate"] {
        let sim = Simulator::new(start());
        uploads(&sim, &["a"]).await;
        let read = sim.items(ENDPOINT, None).await.unwrap().items.remove(0);
        match later {
            "upload" => {
                sim.add_upload(ENDPOINT, &location("a"), &upload("2"), at(9)).await.unwrap()
            }
            "result" => {
                sim.add_result(ENDPOINT, &location("a"), &result("x"), at(9)).await.unwrap()
            }
            _ => sim.add_upload(ENDPOINT, &location("a"), &upload("1"), at(9)).await.unwrap(),
        }
        assert!(!sim.delete_unchanged(ENDPOINT, &read).await.unwrap(), "{later}");
        assert!(!sim.forget_unchanged(ENDPOINT, &read).await.unwrap(), "{later}");
        let kept = sim.with(|world| world.ledger(ENDPOINT).cloned().collect::<Vec<_>>());
        assert_ne!(kept, [read], "{later}");
        assert_eq!(kept.len(), 1, "{later}");
    }
}

#[tokio::test]
async fn an_unchanged_item_is_forgotten() {
    let sim = Simulator::new(start());
    uploads(&sim, &["a"]).await;
    let read = sim.items(ENDPOINT, None).await.unwrap().items.remove(0);
    assert!(sim.forget_unchanged(ENDPOINT, &read).await.unwrap());
    let standing = |world: &mut simulator::World| world.ledger(ENDPOINT).next().unwrap().standing();
    assert_eq!(sim.with(standing), Standing::Forgotten);
    uploads(&sim, &["b"]).await;
    assert!(!sim.forget_unchanged(ENDPOINT, &item("c", &[])).await.unwrap());
}
