//! Done, outstanding, or unknown: each limit on both sides.

use proptest::prelude::*;
use reactive_scaler::ledger::{KEEP, MAX_PAGES, Reading};

use crate::setup::*;

fn verdict(items: &[Item], now: i64, idle: i64) -> Verdict {
    Verdict::of(Some(&Summary::of(items, at(now))), at(now), mins(idle))
}

fn finished(key: &str, result: i64) -> Item {
    item(key, &[("upload", "1", 0), ("result", "x", result)])
}

#[test]
fn done_as_soon_as_the_newest_result_is_old_enough() {
    let items = [finished("a", 10), finished("b", 40)];
    let waits = UnknownWhy::ResultIsNew { until: at(100) };
    assert_eq!(verdict(&items, 99, 1), Verdict::Unknown(waits));
    assert_eq!(verdict(&items, 100, 1), Verdict::Done { since: at(40) });
    assert_eq!(verdict(&items, 40, 0), Verdict::Done { since: at(40) });
}

#[test]
fn one_outstanding_item_is_enough() {
    let items =
        [finished("a", 10), item("b", &[("upload", "1", 5)]), item("c", &[("upload", "1", 7)])];
    assert_eq!(verdict(&items, 9000, 1), Verdict::Outstanding { youngest: at(7) });
}

#[test]
fn the_oldest_outstanding_item_waits_since_its_object_was_created() {
    let oldest = |items: &[Item]| Summary::of(items, at(9000)).oldest_outstanding;
    let waiting = |key, created: Option<i64>, touched| {
        let item = item(key, &[("upload", "1", touched)]);
        Item { created_at: created.map(at), ..item }
    };
    let younger = waiting("a", Some(7), 60);
    assert_eq!(oldest(&[younger.clone(), waiting("b", Some(5), 90)]), Some(at(5)));
    assert_eq!(oldest(&[younger, waiting("b", None, 6)]), Some(at(6)));
    assert_eq!(oldest(&[finished("a", 10)]), None);
    assert_eq!(oldest(&[]), None);
}

#[test]
fn an_empty_ledger_says_nothing() {
    assert_eq!(verdict(&[], 9000, 1), Verdict::Unknown(UnknownWhy::NoResult));
}

#[test]
fn a_ledger_that_was_not_read_says_nothing() {
    assert_eq!(Verdict::of(None, at(0), mins(1)), Verdict::Unknown(UnknownWhy::Unreadable));
}

#[test]
fn a_result_without_an_upload_counts_for_an_hour() {
    let items = [finished("a", 10), item("b", &[("result", "x", 30)])];
    let until = 30 + KEEP.as_secs();
    let waits = UnknownWhy::ResultWithoutUpload { until: at(until) };
    assert_eq!(verdict(&items, until - 1, 1), Verdict::Unknown(waits));
    assert_eq!(verdict(&items, until, 1), Verdict::Done { since: at(30) });
}

#[test]
fn a_forgotten_item_does_not_hide_the_newest_result() {
    let mut again = item("a", &[("upload", "1", 0), ("result", "x", 50), ("upload", "2", 60)]);
    again.forget();
    assert_eq!(verdict(&[again, finished("b", 10)], 110, 1), Verdict::Done { since: at(50) });
}

#[test]
fn expired_items_are_ignored() {
    let old = item("a", &[("upload", "1", 0)]);
    assert_eq!(verdict(&[old], 24 * 3600, 1), Verdict::Unknown(UnknownWhy::NoResult));
}

#[test]
fn reading_ends_with_the_last_page_or_a_young_item() {
    let young = at(100);
    let mut reading = Reading::begun(at(200));
    assert!(reading.add_page(vec![finished("a", 10)], false, young));
    assert!(reading.add_page(vec![item("b", &[("upload", "1", 99)])], false, young));
    assert!(!reading.add_page(vec![item("c", &[("upload", "1", 100)])], false, young));
    assert_eq!(reading.verdict(at(200), mins(1)), Verdict::Outstanding { youngest: at(100) });

    let mut reading = Reading::begun(at(200));
    assert!(reading.add_page(vec![finished("a", 10)], false, young));
    assert_eq!(reading.verdict(at(200), mins(1)), Verdict::Unknown(UnknownWhy::Unreadable));
    assert!(!reading.add_page(vec![finished("b", 20)], true, young));
    assert_eq!(reading.verdict(at(200), mins(1)), Verdict::Done { since: at(20) });
}

#[test]
fn a_ledger_with_too_many_pages_says_nothing() {
    let mut reading = Reading::begun(at(200));
    for page in 1..=MAX_PAGES {
        assert_eq!(reading.add_page(vec![finished("a", 10)], false, at(0)), page < MAX_PAGES);
    }
    assert_eq!(reading.verdict(at(200), mins(1)), Verdict::Unknown(UnknownWhy::Unreadable));
}

/// An item after a few events.
fn any_item() -> impl Strategy<Value = Item> {
    let event = (
        prop_oneof![Just("upload"), Just("result")],
        prop_oneof![Just("1"), Just("2")],
        0i64..4000,
    );
    (proptest::collection::vec(event, 1..5), "[a-z]").prop_map(|(events, key)| item(&key, &events))
}

proptest! {
    #[test]
    fn done_means_that_nothing_is_outstanding(
        items in proptest::collection::vec(any_item(), 0..6), now in 0i64..9000, idle in 0i64..5,
    ) {
        if let Verdict::Done { since } = verdict(&items, now, idle) {
            prop_assert!(items.iter().all(|item| item.standing() != Standing::Outstanding));
            prop_assert!(items.iter().all(|item| item.result_at <= Some(since)));
            prop_assert!(since + mins(idle) <= at(now));
        }
    }

    #[test]
    fn the_verdict_does_not_depend_on_order_or_pages(
        items in proptest::collection::vec(any_item(), 0..6), now in 4000i64..9000, size in 1usize..4,
    ) {
        let mut turned = items.clone();
        turned.reverse();
        prop_assert_eq!(verdict(&items, now, 1), verdict(&turned, now, 1));
        let mut reading = Reading::begun(at(now));
        let pages: Vec<_> = items.chunks(size).collect();
        for (index, page) in pages.iter().enumerate() {
            reading.add_page(page.to_vec(), index + 1 == pages.len(), at(now + 1));
        }
        if !pages.is_empty() {
            prop_assert_eq!(reading.verdict(at(now), mins(1)), verdict(&items, now, 1));
        }
    }

    #[test]
    fn an_upload_that_is_added_prevents_done(items in proptest::collection::vec(any_item(), 0..6), now in 4000i64..9000) {
        let mut more = items.clone();
        more.push(item("new", &[("upload", "1", now)]));
        let outstanding = matches!(verdict(&more, now, 0), Verdict::Outstanding { .. });
        prop_assert!(outstanding);
    }
}
