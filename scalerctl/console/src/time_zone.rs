//! The time zone that `TZ` names.

use jiff::tz::TimeZone;

use crate::Failure;

/// Checks that `TZ` names a time zone, where it is set. Otherwise, times of day would be in UTC without a word.
///
/// # Errors
/// [`Failure::Usage`].
pub fn check() -> Result<(), Failure> {
    let Some(name) = std::env::var("TZ").ok().filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    TimeZone::try_system().map(drop).map_err(|_| {
        Failure::Usage(format!(
            "TZ is {name:?}, which is not a time zone of this machine (what to do: set it to a name such as \
             Europe/Berlin, or unset it: `unset TZ`)"
        ))
    })
}
