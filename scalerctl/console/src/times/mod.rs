//! The one grammar of times and durations in arguments, and how answers say what they took. All of it is pure but
//! `local_zone`: the time zone and the present are arguments.
//!
//! | file | contents |
//! |---|---|
//! | `duration` | durations in arguments |
//! | `written` | what a text says: a duration, a clock time, a day; no time zone and no present |
//! | `moment` | the moment that a text means |
//! | `in_full` | a moment as an answer says it |
//! | `duration_text` | a duration as an answer says it |
//! | `local_zone` | the time zone of the machine |

pub mod duration;
pub mod duration_text;
pub mod in_full;
pub mod local_zone;
pub mod moment;
mod written;

/// The forms of a duration, for help and errors: after "a duration".
pub const DURATION_FORMS: &str = "such as 45s, 90m, 2h, 7d, or 1h30m";

/// What an option for a moment takes, for its help.
pub const TAKES: &str = "TIME is a duration (90m, 2h, 7d, 1h30m), a clock time (18:00), a date (2030-01-31, \
                         2030-01-31T18:00, 2030-01-31T18:00Z, '2030-01-31 18:00 Europe/Berlin'), now, today, \
                         yesterday, or tomorrow. Without a zone, it is local time (TZ)";
