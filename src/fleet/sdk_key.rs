//! The keys that `predict_async(data=...)` of the SageMaker Python SDK creates:
//! `[PREFIX/]async-endpoint-inputs/NAME-YYMMDD-HHMM/YYYY-MM-DD-HH-MM-SS-mmm-UUID`.
//!
//! PREFIX is the session's `default_bucket_prefix` and can contain several folders. NAME is the predictor's
//! name, cut so that the folder has at most 63 characters (SDK: `name_from_base` with its short
//! timestamp). With `Model.deploy()` it is the model's name. With `AsyncPredictor(..., name=...)` it is the name that
//! the caller passes, usually the endpoint's name.

use crate::config::Registered;

/// The folder of all these keys.
pub const FOLDER: &str = "async-endpoint-inputs/";

/// `-YYMMDD-HHMM`.
const STAMP: usize = 12;

/// Maximum length of NAME. A name of this length can be shortened.
pub const LONGEST: usize = 63 - STAMP;

/// NAME in such a key. `None` for other keys.
///
/// If the key contains the folder name several times, the last match with the complete form is used: PREFIX
/// can be anything, and the SDK adds no folder after NAME's folder.
pub fn name_in(key: &str) -> Option<&str> {
    key.rmatch_indices(FOLDER)
        .filter(|(at, _)| *at == 0 || key.as_bytes().get(at - 1) == Some(&b'/'))
        .find_map(|(at, folder)| name_of_folder(key.get(at + folder.len()..)?))
}

/// NAME in the part of the key after the folder.
fn name_of_folder(rest: &str) -> Option<&str> {
    let (folder, object) = rest.split_once('/')?;
    let (name, stamp) = folder.split_at_checked(folder.len().checked_sub(STAMP)?)?;
    let is_stamp = stamp.bytes().zip("-000000-0000".bytes()).all(|(byte, form)| match form {
        b'-' => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    // A shortened name can end in a hyphen.
    let is_name = (1..=LONGEST).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_stamp && is_name && !object.is_empty()).then_some(name)
}

/// Whether NAME can be shortened. Then it matches every name that starts with it.
pub fn may_be_cut(name: &str) -> bool {
    name.len() >= LONGEST
}

/// Whether NAME matches this endpoint or model name: it is equal or, if it can be shortened, a prefix.
pub fn name_matches(name: &str, full: &str) -> bool {
    if may_be_cut(name) { full.starts_with(name) } else { full == name }
}

/// The registered endpoints whose names NAME matches.
pub fn endpoints<'a>(name: &str, registered: &'a Registered) -> Vec<&'a str> {
    registered.iter().filter(|full| name_matches(name, full)).map(String::as_str).collect()
}
