//! The time zone of the machine: `TZ`, or the system's setting.

use std::sync::Once;

use jiff::tz::TimeZone;

/// The time zone for a time that the user gives. UTC if the machine has none.
///
/// # Errors
/// A message if `TZ` is set, but not to a time zone that is known here.
pub fn of_input() -> Result<TimeZone, String> {
    let unknown = || std::env::var_os("TZ").map(|name| name.to_string_lossy().into_owned());
    match (TimeZone::try_system(), unknown()) {
        (Ok(zone), _) => Ok(zone),
        (Err(_), None) => Ok(TimeZone::UTC),
        (Err(_), Some(name)) => Err(format!("TZ is {name:?}, which is not a known time zone")),
    }
}

/// The time zone for times in the output. If `TZ` is not known, it is UTC, and stderr says so once.
pub fn of_output() -> TimeZone {
    static SAID: Once = Once::new();
    of_input().unwrap_or_else(|problem| {
        SAID.call_once(|| anstream::eprintln!("scalerctl: {problem}: times are in UTC"));
        TimeZone::UTC
    })
}
