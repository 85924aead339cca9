//! Logs, alarm history, and metrics of other namespaces.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use simulator::{
    AlarmSpec, CallError, Comparison, HistoryEvent, HistoryFilter, LogSearch, MetricName,
    Operation, Paging,
};

use crate::setup::*;

fn search(pattern: &str, paging: Paging) -> LogSearch {
    LogSearch { group: "/group".into(), pattern: pattern.into(), paging, ..LogSearch::default() }
}

#[test]
fn a_search_finds_what_fits_the_pattern_within_both_ends_of_its_span() {
    let mut world = endpoint_at(0);
    let now = world.now();
    for (second, message) in [(0, "a"), (1, "b"), (2, "a"), (3, "a")] {
        let at = now + SignedDuration::from_secs(second);
        world.log_at("/group", at, json!({ "message": message, "n": second }).to_string());
    }
    world.log_at("/group", now, "no JSON");
    let mut asked = search(r#"{ $.message = "a" }"#, Paging::default());
    (asked.from, asked.until) =
        (Some(now + SignedDuration::from_secs(1)), Some(now + SignedDuration::from_secs(2)));
    let found = world.filter_log_events(&asked).unwrap().items;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].at, now + SignedDuration::from_secs(2));
    let all = world.filter_log_events(&search("", Paging::default())).unwrap().items;
    assert_eq!(all.len(), 5);
    let both = search(r#"{ $.message = "a" && $.other = "x" }"#, Paging::default());
    assert_eq!(world.filter_log_events(&both).unwrap().items, []);
    let words = search("JSON no", Paging::default());
    assert_eq!(world.filter_log_events(&words).unwrap().items.len(), 1);
}

#[test]
fn a_search_without_group_or_with_a_pattern_of_another_kind_is_refused() {
    let mut world = endpoint_at(0);
    let code = |result| match result {
        Err(CallError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    };
    let none = world.filter_log_events(&search("", Paging::default()));
    assert_eq!(code(none.map(|_| ())), "ResourceNotFoundException");
    world.add_log_group("/group");
    for pattern in ["?ERROR ?WARN", "{ $.a > 1 }", "{ $.a = \"b\""] {
        let refused = world.filter_log_events(&search(pattern, Paging::default()));
        assert_eq!(code(refused.map(|_| ())), "InvalidParameterException", "{pattern}");
    }
    assert!(!Operation::FilterLogEvents.is_write());
}

#[test]
fn a_search_goes_on_from_page_to_page() {
    let mut world = endpoint_at(0);
    for _ in 0..51 {
        world.log("/group", "x");
    }
    let first = world.filter_log_events(&search("", Paging::default())).unwrap();
    assert_eq!((first.items.len(), first.next_token.is_some()), (50, true));
    let paging = Paging { next_token: first.next_token, ..Paging::default() };
    let rest = world.filter_log_events(&search("", paging)).unwrap();
    assert_eq!((rest.items.len(), rest.next_token), (1, None));
}

#[test]
fn the_history_of_an_alarm_is_newest_first_and_in_the_time_range() {
    let mut world = endpoint_at(0);
    let spec = AlarmSpec::new("a", MetricName::BacklogSize, ENDPOINT, Comparison::Greater, 0.5);
    world.put_alarm(spec).unwrap();
    world.upload(ENDPOINT);
    world.scale_by_person(&id(), 1).unwrap();
    world.advance(mins(40));
    let history = world.alarm("a").unwrap().history.clone();
    assert!(history.len() >= 2, "{history:?}");
    let mut ask = |from: Timestamp, until: Timestamp| {
        let filter = HistoryFilter {
            alarm: Some("a".to_owned()),
            kind: Some("StateUpdate".to_owned()),
            from: Some(from),
            until: Some(until),
            oldest_first: false,
        };
        let page = world.describe_alarm_history(&filter, &Paging::default()).unwrap();
        let changes = page.items.into_iter().map(|item| match item.event {
            HistoryEvent::State(change) => change,
            other => panic!("{other:?}"),
        });
        changes.collect::<Vec<_>>()
    };
    let all = ask(Timestamp::MIN, Timestamp::MAX);
    assert_eq!(all.iter().rev().cloned().collect::<Vec<_>>(), history);
    let (first, last) = (history[0].at, history[history.len() - 1].at);
    assert_eq!(ask(first, first), [history[0].clone()]);
    let second = SignedDuration::from_secs(1);
    assert_eq!(ask(first + second, last - second).len(), history.len() - 2);
    let metric = MetricName::BacklogSize.into();
    assert_eq!(world.describe_alarms_for_metric(&metric, ENDPOINT, |_| true).unwrap().len(), 1);
    assert_eq!(world.describe_alarms_for_metric(&metric, "other", |_| true).unwrap().len(), 0);
    assert!(world.writes().is_empty());
}
