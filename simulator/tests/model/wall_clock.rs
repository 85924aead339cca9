//! A world that follows the machine's clock. Nothing here depends on how fast the machine is: a time that passed on it
//! is a bound, and what takes time is waited for.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use simulator::Simulator;

const FAST: i32 = 3600;

fn eventually(happens: impl Fn() -> bool) {
    let begin = Instant::now();
    while !happens() {
        assert!(begin.elapsed() < Duration::from_secs(60), "it did not happen in a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn simulated(real: Duration, speed: i32) -> SignedDuration {
    SignedDuration::try_from(real).unwrap() * speed
}

#[test]
fn a_world_without_a_clock_has_no_speed() {
    let sim = Simulator::new(Timestamp::UNIX_EPOCH);
    assert_eq!(sim.speed(), None);
    assert_eq!(sim.now(), Timestamp::UNIX_EPOCH);
}

/// The new speed counts from the change on, not from the start.
#[test]
fn time_does_not_jump_when_it_becomes_faster() {
    let sim = Simulator::new(Timestamp::now());
    sim.follow_wall_clock();
    assert_eq!(sim.speed(), Some(1));
    std::thread::sleep(Duration::from_millis(50));
    let (begin, before) = (Instant::now(), sim.now());
    sim.follow_wall_clock_at(FAST);
    let passed = sim.now().duration_since(before);
    assert!(!passed.is_negative() && passed <= simulated(begin.elapsed(), FAST), "{passed}");
    assert_eq!(sim.speed(), Some(FAST));
    eventually(|| sim.now().duration_since(before) > SignedDuration::from_mins(1));
}

/// The lead that the world has stays, and its time goes on.
#[test]
fn time_goes_on_from_where_it_is_when_it_becomes_slower() {
    let sim = Simulator::new(Timestamp::now());
    sim.follow_wall_clock_at(FAST);
    eventually(|| sim.now().duration_since(Timestamp::now()) > SignedDuration::from_mins(10));
    let before = sim.now();
    sim.follow_wall_clock_at(1);
    let (begin, changed) = (Instant::now(), sim.now());
    assert!(changed >= before, "{before} to {changed}");
    eventually(|| sim.now() > changed);
    let passed = sim.now().duration_since(changed);
    // The machine's clock and its timer can differ a little.
    let most = simulated(begin.elapsed(), 1) + SignedDuration::from_secs(1);
    assert!(passed <= most, "{passed} in {most}");
}

/// Each clone shows the same clock, and no thread sees the time go back while others change the speed.
#[test]
fn time_never_goes_back_while_the_speed_changes() {
    let sim = Simulator::new(Timestamp::now());
    sim.follow_wall_clock();
    let reader = sim.clone();
    let reading = std::thread::spawn(move || {
        let mut last = reader.now();
        while reader.speed() != Some(2) {
            let now = reader.now();
            assert!(now >= last, "{last} to {now}");
            last = now;
        }
        last
    });
    for speed in [60, 1, FAST, 10, 1, 600].into_iter().cycle().take(300) {
        sim.follow_wall_clock_at(speed);
    }
    sim.follow_wall_clock_at(2);
    let last = reading.join().unwrap();
    assert!(sim.now() >= last);
}
