//! Random calls on a table. Each answer, and all items after it, must be those of the simulated table in process.

use std::ops::Range;

use reactive_scaler::{
    ledger::{Item, RequestResult, Upload},
    port::{AwsFailure, Ledger},
};
use simulator::Simulator;

use crate::setup::*;

/// The calls of one sequence. With few keys and ids, most of them meet an item that has something already.
const CALLS: usize = 150;

const KEYS: [&str; 3] = ["a", "folder/b c", "c%20\u{fc}+\u{1f600}"];

/// Numbers that look random: xorshift.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.roll(all.len() as u64)).unwrap()]
    }
}

#[derive(Debug, Clone)]
enum Call {
    Upload(&'static str, Upload, i64),
    Result(&'static str, RequestResult, i64),
    Delete(Item),
    Forget(Item),
}

/// The next call. The items were read some calls ago, so some have changed since.
fn next(dice: &mut Dice, call: usize, read: &[Item]) -> Call {
    let key = dice.pick(&KEYS);
    // Events are handled in about the order of their times.
    let seconds = i64::try_from(call).unwrap() - dice.pick(&[0, 0, 0, 2, 40]);
    let time = (dice.roll(4) > 0).then(|| at(i64::try_from(dice.roll(9)).unwrap()));
    match dice.roll(9) {
        0..4 => {
            let id = format!("upload-{}", dice.roll(4));
            Call::Upload(key, Upload { id, created_at: time }, seconds)
        }
        4..7 => {
            let inference_id = format!("result-{}", dice.roll(4));
            Call::Result(key, RequestResult { inference_id, received_at: time }, seconds)
        }
        _ if read.is_empty() => Call::Upload(key, upload("first"), seconds),
        7 => Call::Delete(dice.pick(read).clone()),
        _ => Call::Forget(dice.pick(read).clone()),
    }
}

async fn make(ledger: &impl Ledger, endpoint: &str, call: &Call) -> Result<bool, AwsFailure> {
    match call {
        Call::Upload(key, upload, seconds) => {
            ledger.add_upload(endpoint, &location(key), upload, at(*seconds)).await.map(|()| true)
        }
        Call::Result(key, result, seconds) => {
            ledger.add_result(endpoint, &location(key), result, at(*seconds)).await.map(|()| true)
        }
        Call::Delete(item) => ledger.delete_unchanged(endpoint, item).await,
        Call::Forget(item) => ledger.forget_unchanged(endpoint, item).await,
    }
}

async fn all(ledger: &impl Ledger, endpoint: &str) -> Vec<Item> {
    ledger.reading(endpoint, at(0), at(1_000_000)).await.unwrap().items
}

/// Makes the calls of these seeds on this table and on one in process.
pub async fn agrees_with_the_model(ledger: &impl Ledger, seeds: Range<u64>) {
    let mut answers = [0, 0];
    for seed in seeds {
        let sim = Simulator::new(start());
        let endpoint = format!("endpoint-{seed}");
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut read = Vec::new();
        for call in 0..CALLS {
            let made = next(&mut dice, call, &read);
            let expected = make(&sim, &endpoint, &made).await.unwrap();
            let answer = make(ledger, &endpoint, &made).await;
            assert_eq!(answer, Ok(expected), "seed {seed}, call {call}: {made:?}");
            answers[usize::from(expected)] += 1;
            if dice.roll(4) == 0 || call + 1 == CALLS {
                read = all(&sim, &endpoint).await;
                assert_eq!(all(ledger, &endpoint).await, read, "seed {seed}, call {call}");
            }
        }
    }
    // Conditions that are met, and some that are not.
    assert!(answers.iter().all(|count| *count > 20), "{answers:?}");
}
