//! Stand-ins for the random parts of AWS identifiers.

/// A stand-in for a random ID of AWS. The same parts result in the same ID.
pub(crate) fn uuid(parts: &[&str]) -> String {
    let (a, b) = (mix(0, parts), mix(0x6c62_272e_07bb_0142, parts));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

/// A stand-in for a short random key of AWS.
pub(crate) fn key(text: &str) -> String {
    format!("{:x}", text.bytes().fold(0, step))
}

fn mix(seed: u64, parts: &[&str]) -> u64 {
    // The end of each part is included, so that ("a", "bc") and ("ab", "c") differ.
    parts.iter().fold(seed, |key, part| part.bytes().chain([0]).fold(key, step))
}

fn step(key: u64, byte: u8) -> u64 {
    key.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
}
