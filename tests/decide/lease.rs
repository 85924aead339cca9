//! Reading and writing a lease as a scheduled action.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{
        HOLD, LEASE, Record, Records, WATCH, release_time, release_time_of_ended, schedule,
        scheduled_time,
    },
    port::{ScheduledAction, VariantId},
};

use super::setup::{minutes, now, seconds};

fn id() -> VariantId {
    VariantId::new("my-endpoint", "AllTraffic")
}

/// Sets `MinCapacity` to 0 then.
fn action(name: &str, schedule: &str) -> ScheduledAction {
    ScheduledAction {
        id: id(),
        name: name.into(),
        schedule: schedule.into(),
        timezone: None,
        min: Some(0),
        max: None,
    }
}

fn at(name: &str, time: Timestamp) -> ScheduledAction {
    action(name, &schedule(time))
}

fn read(actions: &[ScheduledAction]) -> Records {
    Records::read(actions, &id(), now())
}

#[test]
fn a_record_ends_ten_minutes_before_its_r() {
    assert_eq!(WATCH, minutes(10));
    let half_a_second_on = now() + SignedDuration::from_millis(500);
    // A live record does not end before the requested time. A record that ends now is not live for
    // the rest of the second.
    assert_eq!(release_time(now()), now() + WATCH);
    assert_eq!(release_time(half_a_second_on), now() + seconds(1) + WATCH);
    assert_eq!(release_time_of_ended(now()), now() + WATCH);
    assert_eq!(release_time_of_ended(half_a_second_on), now() + WATCH);
}

#[test]
fn a_time_is_spelled_and_read_in_utc() {
    assert_eq!(schedule(now()), "at(2030-01-07T14:00:00)");
    let in_zone = |zone: Option<&str>| {
        let action = at(LEASE, now());
        scheduled_time(&ScheduledAction { timezone: zone.map(Into::into), ..action })
    };
    for utc in [None, Some(""), Some("UTC"), Some("Etc/UTC")] {
        assert_eq!(in_zone(utc), Some(now()), "{utc:?}");
    }
    assert_eq!(in_zone(Some("Asia/Tokyo")), Some(now() - minutes(9 * 60)));
    assert_eq!(in_zone(Some("Etc/GMT+3")), Some(now() + minutes(3 * 60)));
    assert_eq!(in_zone(Some("Nowhere/AtAll")), None);
    for other in ["rate(5 minutes)", "cron(0 14 * * ? *)", "at(2030-01-07)", ""] {
        assert_eq!(scheduled_time(&action(LEASE, other)), None, "{other}");
    }
}

#[test]
fn only_a_record_with_a_future_time_counts() {
    let second = seconds(1);
    let ahead = now() + second;
    assert_eq!(
        read(&[at(LEASE, ahead)]),
        Records { lease: Some(Record::floor(ahead)), ..Records::default() }
    );
    assert_eq!(
        read(&[at(HOLD, ahead)]),
        Records { hold: Some(Record::floor(ahead)), ..Records::default() }
    );
    for past in [now(), now() - second] {
        let over = Records { floor_just_over: true, ..Records::default() };
        assert_eq!(read(&[at(LEASE, past), at(HOLD, past)]), over, "{past}");
    }
}

#[test]
fn a_record_is_just_over_for_two_minutes() {
    let second = seconds(1);
    for name in [LEASE, HOLD] {
        let floor_just_over = |time| read(&[at(name, time)]).floor_just_over;
        assert!(!floor_just_over(now() + second));
        assert!(floor_just_over(now()));
        assert!(floor_just_over(now() - minutes(2) + second));
        assert!(!floor_just_over(now() - minutes(2)));
    }
    assert!(!read(&[at("office-hours", now() - second)]).floor_just_over);
}

#[test]
fn actions_of_another_variant_are_ignored() {
    let others = ScheduledAction {
        id: VariantId::new("my-endpoint", "Second"),
        ..at(LEASE, now() + minutes(30))
    };
    assert_eq!(read(&[others]), Records::default());
}

#[test]
fn our_names_with_other_contents_are_unreadable_records_and_not_an_owners_floor() {
    for name in [LEASE, HOLD] {
        let garbled = Records { garbled: true, ..Records::default() };
        assert_eq!(read(&[action(name, "cron(0 14 * * ? *)")]), garbled, "{name}");
    }
}

#[test]
fn a_floor_belongs_to_another_owner_while_their_action_can_still_run() {
    let theirs = |action: ScheduledAction| read(&[action]).foreign_min;
    assert!(theirs(at("office-hours", now() + seconds(1))));
    assert!(theirs(action("office-hours", "cron(0 8 * * ? *)")));
    // It may run up to two minutes late.
    assert!(theirs(at("office-hours", now() - minutes(2) + seconds(1))));
    assert!(!theirs(at("office-hours", now() - minutes(2))));
    let in_zone = |zone: &str, time| ScheduledAction {
        timezone: Some(zone.into()),
        ..at("office-hours", time)
    };
    // 14:00 in Tokyo is 05:00 in UTC.
    assert!(!theirs(in_zone("Asia/Tokyo", now())));
    assert!(theirs(in_zone("Asia/Tokyo", now() + minutes(9 * 60) + seconds(1))));
    // A zone that is not known: until the time has passed in the westernmost one, twelve hours later.
    assert!(theirs(in_zone("Nowhere/AtAll", now() - minutes(12 * 60))));
    assert!(!theirs(in_zone("Nowhere/AtAll", now() - minutes(12 * 60 + 2))));
    let max_alone = |action| ScheduledAction { min: None, max: Some(2), ..action };
    assert!(!theirs(max_alone(at("office-hours", now() + seconds(1)))));
    assert!(!theirs(max_alone(action("office-hours", "cron(0 8 * * ? *)"))));
}

#[test]
fn the_later_record_determines_r_and_l() {
    let (sooner, later) = (now() + minutes(20), now() + minutes(30));
    for (lease, hold) in [(sooner, later), (later, sooner)] {
        let records = read(&[at(LEASE, lease), at(HOLD, hold)]);
        assert_eq!(records.release_at(), Some(later));
        assert_eq!(records.ends_at(), Some(later - WATCH));
    }
    assert!(!Records::default().exist());
    let lease = |left| read(&[at(LEASE, now() + WATCH + left)]);
    assert!(lease(seconds(1)).live(now()));
    assert!(lease(minutes(0)).exist() && !lease(minutes(0)).live(now()));
}
