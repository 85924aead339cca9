//! Parsers for durations in arguments.

use jiff::{SignedDuration, Span, SpanRelativeTo, Unit};

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

/// A parser for a positive duration of at most this number of days, such as `6h` or `30d`.
pub fn duration_up_to_days(most: i64) -> impl Fn(&str) -> Result<SignedDuration, String> + Clone {
    move |text| {
        // A day is 24 hours, because a duration has no time zone.
        let seconds = text
            .parse::<Span>()
            .ok()
            .and_then(|span| span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok());
        let duration = seconds.and_then(|it| SignedDuration::try_from_secs_f64(it).ok());
        duration
            .filter(|it| it.is_positive() && *it <= SignedDuration::from_hours(24 * most))
            .ok_or_else(|| {
                format!("must be a duration above 0 and up to {most}d, such as 6h or 30d")
            })
    }
}
