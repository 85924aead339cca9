//! The keys that the SageMaker Python SDK's `predict_async(data=...)` makes:
//! `async-endpoint-inputs/NAME-YYMMDD-HHMM/YYYY-MM-DD-HH-MM-SS-mmm-UUID`.
//!
//! NAME is the endpoint's name, cut so that the folder has at most 63 characters (SDK:
//! `name_from_base` with its short timestamp).

use super::Registered;

/// The folder that all of them are in.
pub const FOLDER: &str = "async-endpoint-inputs/";

/// `-YYMMDD-HHMM`.
const STAMP: usize = 12;

/// The longest NAME: a name that long may have been cut.
pub const LONGEST: usize = 63 - STAMP;

/// NAME of such a key; nothing for any other key.
pub fn name_in(key: &str) -> Option<&str> {
    let (folder, object) = key.strip_prefix(FOLDER)?.split_once('/')?;
    let (name, stamp) = folder.split_at_checked(folder.len().checked_sub(STAMP)?)?;
    let is_stamp = stamp.bytes().zip("-000000-0000".bytes()).all(|(byte, form)| match form {
        b'-' => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    // One that was cut may end in a hyphen.
    let is_name = (1..=LONGEST).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_stamp && is_name && !object.is_empty()).then_some(name)
}

/// The registered endpoints that NAME stands for: the one of this name, or, where it may have been
/// cut, all whose names begin with it.
pub fn stands_for<'a>(name: &str, registered: &'a Registered) -> Vec<&'a str> {
    let stands = |known: &&String| {
        if name.len() < LONGEST { known.as_str() == name } else { known.starts_with(name) }
    };
    registered.iter().filter(stands).map(String::as_str).collect()
}
