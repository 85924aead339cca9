//! Parsers for durations in arguments.

use jiff::SignedDuration;

/// A positive duration, such as `90m` or `2h`.
///
/// # Errors
/// A message for the user.
pub fn positive_duration(text: &str) -> Result<SignedDuration, String> {
    let duration: SignedDuration =
        text.parse().map_err(|_| format!("{text:?} is not a duration such as 90m, 2h or 168h"))?;
    match duration.is_positive() {
        true => Ok(duration),
        false => Err("a duration must be above 0, such as 90m or 2h".to_owned()),
    }
}
