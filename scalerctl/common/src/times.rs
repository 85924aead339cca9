//! Parsers for lengths of time in arguments.

use jiff::SignedDuration;

/// A positive length of time, such as `90m` or `2h`.
///
/// # Errors
///
/// A message for the person who typed it.
pub fn length(text: &str) -> Result<SignedDuration, String> {
    let length: SignedDuration =
        text.parse().map_err(|_| format!("{text:?} is no length of time such as 90m or 2h"))?;
    match length.is_positive() {
        true => Ok(length),
        false => Err("must be above 0".to_owned()),
    }
}
