//! When the events of CloudTrail about invocations are delivered. They have random numbers of their own, so that they
//! change nothing else in the world of a seed.

use crate::{
    plan::{At, MINUTE, SECOND},
    random::Random,
};

/// What no other random numbers of a world begin with.
const OWN: u64 = 0x7261_6C65_6400_0000;

/// When the events of this call are delivered after it: none if CloudTrail loses its event, or if no trail logs the data
/// events of this world.
pub fn delays(seed: u64, event: u64, call: u64) -> Vec<At> {
    let is_logged = Random::of(seed, OWN).percent(40);
    let mut chance = Random::of(seed, OWN + 1 + event * 16 + call);
    if !is_logged || chance.percent(10) {
        return Vec::new();
    }
    let mut delay = || match chance.within(0, 3) {
        0 => chance.within(2 * SECOND, 60 * SECOND),
        1 => chance.within(5 * MINUTE, 15 * MINUTE),
        _ => chance.within(MINUTE, 5 * MINUTE),
    };
    let first = delay();
    let second = delay();
    if chance.percent(15) { vec![first, second] } else { vec![first] }
}
