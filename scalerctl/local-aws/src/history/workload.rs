//! When requests arrive at an endpoint of the past.
//!
//! The arrivals of a week depend on the seed, the number of the endpoint, and the week. So two pasts with the same seed
//! that end at different times have the same arrivals where they overlap.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use scalerctl_laboratory::simulate::{DurationDistribution, Pattern, begin};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The longest processing time: SageMaker cuts a request after 15 minutes, if the request names no other limit.
const LONGEST: Duration = Duration::from_secs(14 * 60);

/// A pattern of the laboratory, of which every `nth` arrival remains.
#[derive(Debug, Clone, Copy)]
struct Kind {
    pattern: Pattern,
    nth: usize,
}

/// The endpoints of a past have these patterns in turn.
const KINDS: [Kind; 5] = [
    // About 12 a day, at any time.
    Kind { pattern: Pattern::Sporadic, nth: 1 },
    // About 5 an hour in office hours.
    Kind { pattern: Pattern::OfficeHours, nth: 6 },
    // 40 each night.
    Kind { pattern: Pattern::NightlyBatch, nth: 125 },
    // About 4 a day.
    Kind { pattern: Pattern::Sporadic, nth: 3 },
    // About 3 a day, with inline bodies.
    Kind { pattern: Pattern::NoUpload, nth: 4 },
];

/// A request of the past.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    /// When it arrives.
    pub at: Timestamp,
    /// The number of its endpoint, from 0.
    pub endpoint: usize,
    /// Its processing time.
    pub processing: Duration,
    /// Nothing is uploaded.
    pub inline: bool,
}

/// The requests of all endpoints in `from..until`, in order. `usual` is the usual processing time.
pub fn arrivals(
    endpoints: usize,
    seed: u64,
    usual: Duration,
    (from, until): (Timestamp, Timestamp),
) -> Vec<Arrival> {
    let longest = (usual * 2).min(LONGEST).max(usual);
    let processing = DurationDistribution::Uniform(usual / 2, longest);
    let mut all = Vec::new();
    for (endpoint, kind) in (0..endpoints).zip(KINDS.iter().cycle()) {
        for week in week_of(from)..=week_of(until) {
            let seed = seed_of(seed, endpoint, week);
            let shift = WEEK * i32::try_from(week).unwrap_or_default() + delay(kind, endpoint);
            let of_week = kind.pattern.arrivals(7, &processing, seed).into_iter();
            all.extend(of_week.step_by(kind.nth).map(|one| {
                let (at, processing, inline) = (one.at + shift, one.processing, one.inline);
                Arrival { at, endpoint, processing, inline }
            }));
        }
    }
    all.retain(|one| from <= one.at && one.at < until);
    all.sort();
    all
}

/// Weeks from the Monday at which the patterns of the laboratory begin.
fn week_of(at: Timestamp) -> i64 {
    at.duration_since(begin()).as_secs().div_euclid(WEEK.as_secs())
}

/// The batches of several endpoints do not all begin at the same time.
fn delay(kind: &Kind, endpoint: usize) -> SignedDuration {
    let minutes = match kind.pattern {
        Pattern::NightlyBatch => i64::try_from(endpoint).unwrap_or_default() * 17 % 180,
        _ => 0,
    };
    SignedDuration::from_mins(minutes)
}

/// A different seed for each endpoint and week. The generator of the laboratory spreads neighbouring seeds.
fn seed_of(seed: u64, endpoint: usize, week: i64) -> u64 {
    let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (endpoint as u64).wrapping_mul(0x1_0001);
    mixed ^ week.cast_unsigned().wrapping_mul(0xbf58_476d_1ce4_e5b9)
}
