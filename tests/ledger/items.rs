//! One item: which events make it outstanding, and what is deleted and forgotten.

use proptest::prelude::*;
use reactive_scaler::ledger::{DELETED_PER_TICK, EXPIRES, KEEP, MAX_MEMBERS, to_delete, to_forget};

use crate::setup::*;

#[test]
fn an_upload_is_outstanding_until_its_result() {
    assert_eq!(item("a", &[("upload", "1", 0)]).standing(), Standing::Outstanding);
    assert_eq!(item("a", &[("upload", "1", 0), ("result", "x", 9)]).standing(), Standing::Finished);
}

#[test]
fn a_result_can_come_first() {
    let mut first = item("a", &[("result", "x", 9)]);
    assert_eq!(first.standing(), Standing::ResultOnly);
    first.add_upload(&upload("1"), at(12));
    assert_eq!(first.standing(), Standing::Finished);
}

#[test]
fn duplicates_change_nothing_but_the_time_of_the_upload() {
    let mut twice = item("a", &[("upload", "1", 0), ("result", "x", 9)]);
    twice.add_upload(&upload("1"), at(20));
    twice.add_result(&result("x"), at(30));
    assert_eq!(twice.standing(), Standing::Finished);
    assert_eq!((twice.touched_at, twice.result_at), (Some(at(20)), Some(at(9))));
}

#[test]
fn a_key_that_is_uploaded_again_is_never_finished() {
    let events = [("upload", "1", 0), ("result", "x", 9), ("upload", "2", 20), ("result", "y", 30)];
    assert_eq!(item("a", &events).standing(), Standing::Outstanding);
    // Not even with as many results as uploads: both can be of the first upload.
    let results =
        [("upload", "1", 0), ("result", "x", 9), ("result", "y", 12), ("upload", "2", 20)];
    assert_eq!(item("a", &results).standing(), Standing::Outstanding);
}

#[test]
fn an_upload_that_is_invoked_twice_is_finished_with_the_first_result() {
    let events = [("upload", "1", 0), ("result", "x", 9), ("result", "y", 12)];
    assert_eq!(item("a", &events).standing(), Standing::Finished);
}

#[test]
fn a_result_of_an_earlier_object_is_not_of_this_upload() {
    // The event of the earlier upload was lost, or came before there was a ledger.
    for (received, standing) in [
        (Some(at(94)), Standing::Outstanding),
        (Some(at(95)), Standing::Finished),
        (Some(at(101)), Standing::Finished),
        (None, Standing::Outstanding),
    ] {
        let mut item = Item::new(location("a"));
        item.add_result(
            &RequestResult { inference_id: "x".into(), received_at: received },
            at(110),
        );
        item.add_upload(&Upload { id: "2".into(), created_at: Some(at(100)) }, at(120));
        assert_eq!(item.standing(), standing, "{received:?}");
    }
    let mut item = Item::new(location("a"));
    item.add_upload(&Upload { id: "1".into(), created_at: None }, at(0));
    item.add_result(&result("x"), at(9));
    assert_eq!(item.standing(), Standing::Outstanding);
}

#[test]
fn a_forgotten_item_is_outstanding_again_when_it_is_touched() {
    let mut item = item("a", &[("upload", "1", 0)]);
    item.forget();
    assert_eq!(item.standing(), Standing::Forgotten);
    item.add_result(&result("x"), at(100));
    assert_eq!(item.standing(), Standing::Finished);
    item.add_upload(&upload("2"), at(200));
    assert_eq!(item.standing(), Standing::Outstanding);
}

#[test]
fn an_item_without_a_time_is_not_forgotten() {
    let mut item = Item { touched_at: None, ..item("a", &[("upload", "1", 0)]) };
    item.forget();
    assert_eq!(item.standing(), Standing::Outstanding);
}

#[test]
fn items_are_deleted_an_hour_after_their_newest_event() {
    let kept = KEEP.as_secs();
    let finished = item("a", &[("upload", "1", 0), ("result", "x", 9), ("upload", "1", 20)]);
    let alone = item("b", &[("result", "x", 20)]);
    let outstanding = item("c", &[("upload", "1", 20)]);
    let mut forgotten = item("d", &[("upload", "1", 20)]);
    forgotten.forget();
    let all = [finished.clone(), alone.clone(), outstanding, forgotten.clone()];
    assert_eq!(to_delete(&all, at(20 + kept - 1)).count(), 0);
    let deleted: Vec<_> = to_delete(&all, at(20 + kept)).collect();
    assert_eq!(deleted, [&finished, &alone, &forgotten]);
}

#[test]
fn a_tick_deletes_a_limited_number_of_items() {
    let all = vec![item("a", &[("result", "x", 0)]); DELETED_PER_TICK + 1];
    assert_eq!(to_delete(&all, at(9999)).count(), DELETED_PER_TICK);
}

#[test]
fn only_older_outstanding_items_are_forgotten() {
    let old = item("a", &[("upload", "1", 99)]);
    let young = item("b", &[("upload", "1", 100)]);
    let finished = item("c", &[("upload", "1", 0), ("result", "x", 9)]);
    let all = [old.clone(), young, finished];
    assert_eq!(to_forget(&all, at(100)).collect::<Vec<_>>(), [&old]);
}

#[test]
fn an_item_expires_a_day_after_its_newest_event() {
    let expires = EXPIRES.as_secs();
    let item = item("a", &[("result", "x", 0), ("upload", "1", 50)]);
    assert!(!item.expired(at(50 + expires - 1)));
    assert!(item.expired(at(50 + expires)));
    assert!(!Item::new(location("a")).expired(at(50 + expires)));
}

/// Events of one item: an upload or a result, one of three ids, and a second.
fn events() -> impl Strategy<Value = Vec<(&'static str, &'static str, i64)>> {
    let what = prop_oneof![Just("upload"), Just("result")];
    let id = prop_oneof![Just("1"), Just("2"), Just("3")];
    proptest::collection::vec((what, id, 0i64..1000), 0..8)
}

proptest! {
    #[test]
    fn the_order_of_events_does_not_matter(events in events(), turn in 0usize..8) {
        let mut turned = events.clone();
        turned.rotate_left(turn.min(events.len()));
        let (one, other) = (item("a", &events), item("a", &turned));
        prop_assert_eq!(one.standing(), other.standing());
        prop_assert_eq!(one.touched_at, other.touched_at);
        prop_assert_eq!(one.uploads.len(), other.uploads.len());
    }

    #[test]
    fn an_item_is_finished_only_with_one_upload_and_a_result(events in events()) {
        let item = item("a", &events);
        let ids = |what| events.iter().filter(|event| event.0 == what).map(|event| event.1)
            .collect::<std::collections::BTreeSet<_>>().len();
        prop_assert_eq!(item.standing() == Standing::Finished, ids("upload") == 1 && ids("result") > 0);
        prop_assert!(item.uploads.len() <= MAX_MEMBERS && item.results.len() <= MAX_MEMBERS);
    }

    #[test]
    fn more_uploads_never_make_an_item_less_outstanding(events in events(), second in 0i64..2000) {
        let mut item = item("a", &events);
        let before = item.standing();
        item.add_upload(&upload("9"), at(second));
        if before == Standing::Outstanding {
            prop_assert_eq!(item.standing(), Standing::Outstanding);
        }
        prop_assert_ne!(item.standing(), Standing::ResultOnly);
    }
}
