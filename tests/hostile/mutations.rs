//! The files of `events/` with random damage. `fuzz/` does the same for longer.

use std::{fs, path::Path};

use proptest::prelude::*;

use crate::properties::{check, check_wrapped_too};

/// The dictionary that libFuzzer uses as well.
const DICTIONARY: &str = include_str!("../../fuzz/decode.dict");

/// The examples, byte by byte.
pub fn examples() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Its lines are texts in quotes, spelled as in JSON as far as these are concerned.
fn words() -> Vec<Vec<u8>> {
    let texts = DICTIONARY.lines().filter(|line| !line.starts_with('#'));
    texts.map(|line| serde_json::from_str::<String>(line).unwrap().into_bytes()).collect()
}

/// One kind of damage. Positions are fractions of the length, in 1/65,536.
#[derive(Debug, Clone)]
enum Damage {
    Byte(u16, u8),
    Word(u16, prop::sample::Index),
    Cut(u16, u8),
    Double(u16, u16),
    Graft(u16, prop::sample::Index, u16),
    /// The payload becomes the message of a queue or a topic.
    Wrap(bool),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        any::<(u16, u8)>().prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (any::<u16>(), index()).prop_map(|(at, word)| Damage::Word(at, word)),
        any::<(u16, u8)>().prop_map(|(at, length)| Damage::Cut(at, length)),
        any::<(u16, u16)>().prop_map(|(from, to)| Damage::Double(from, to)),
        (any::<u16>(), index(), any::<u16>())
            .prop_map(|(at, of, from)| Damage::Graft(at, of, from)),
        any::<bool>().prop_map(Damage::Wrap),
    ]
}

fn place(share: u16, length: usize) -> usize {
    usize::from(share) * length / 65_536
}

fn suffer(mut bytes: Vec<u8>, damage: &Damage, examples: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let length = bytes.len();
    match damage {
        Damage::Byte(at, byte) => {
            if let Some(there) = bytes.get_mut(place(*at, length)) {
                *there = *byte;
            }
        }
        Damage::Word(at, word) => {
            let at = place(*at, length);
            bytes.splice(at..at, word.get(words).iter().copied());
        }
        Damage::Cut(at, count) => {
            let at = place(*at, length);
            bytes.drain(at..length.min(at + usize::from(*count)));
        }
        Damage::Double(from, to) => {
            let (from, to) = (place(*from, length), place(*to, length));
            bytes.extend_from_within(from.min(to)..from.max(to));
        }
        Damage::Graft(at, other, from) => {
            let other = other.get(examples);
            bytes.truncate(place(*at, length));
            bytes.extend(&other[place(*from, other.len())..]);
        }
        Damage::Wrap(queue) => {
            let text = String::from_utf8_lossy(&bytes);
            let wrapped = match queue {
                true => serde_json::json!({
                    "Records": [{ "eventSource": "aws:sqs", "messageId": "m-1", "body": text }],
                }),
                false => serde_json::json!({ "Type": "Notification", "Message": text }),
            };
            bytes = wrapped.to_string().into_bytes();
        }
    }
    bytes
}

/// An example with up to this number of damages.
pub fn damaged(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let (examples, words) = (examples(), words());
    let some = prop::collection::vec(damage(), 0..=most);
    (any::<prop::sample::Index>(), some).prop_map(move |(which, damages)| {
        let whole = which.get(&examples).clone();
        damages.iter().fold(whole, |bytes, damage| suffer(bytes, damage, &examples, &words))
    })
}

#[test]
fn the_properties_hold_for_each_example_and_each_beginning_of_it() {
    for example in examples() {
        for length in 0..=example.len() {
            check(&example[..length]);
        }
    }
}

/// The commands of `events/`, as a schedule sends them, in what anybody may have written.
#[test]
fn a_message_is_never_read_as_a_command() {
    for command in examples() {
        let command: serde_json::Value = serde_json::from_slice(&command).unwrap();
        if command.get("action").is_none() {
            continue;
        }
        for detail in [command.clone(), command.to_string().into()] {
            let scheduled = serde_json::json!({
                "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": detail,
            });
            let plain = scheduled.to_string().into_bytes();
            check(&plain);
            for queue in [true, false] {
                check(&suffer(plain.clone(), &Damage::Wrap(queue), &[], &[]));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4096, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn the_properties_hold_for_damaged_examples(bytes in damaged(4)) {
        check_wrapped_too(&bytes);
    }

    #[test]
    fn the_properties_hold_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        check(&bytes);
    }
}
