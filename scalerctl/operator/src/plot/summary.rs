//! What the chart shows, in words: first the paid idle time.

use jiff::SignedDuration;

use super::timeline::{Mark, Timeline};
use crate::monitoring::{TimeRange, TimeZone, duration_text::duration_text};

/// `2030-01-07 00:00 to 2030-01-07 04:00 UTC`.
pub fn range_text(range: TimeRange, zone: &TimeZone) -> String {
    format!("{} to {} {}", zone.date(range.from), zone.date(range.until), zone.name(range.until))
}

/// The paid idle time, and what is not known of it.
pub fn paid_idle(timeline: &Timeline) -> Vec<String> {
    let Some(found) = &timeline.paid_idle else {
        return vec!["Paid idle: unknown, because no metric says what was in service".to_owned()];
    };
    let all = found.in_service();
    if all.minutes <= 0.0 {
        return vec!["Paid idle: 0 min, no instance was in service".to_owned()];
    }
    let price = timeline
        .price_per_hour
        .map(|price| format!(", cost {:.2} of {:.2}", found.idle.price(price), all.price(price)));
    let share = 100.0 * found.idle.minutes / all.minutes;
    let mut lines = vec![format!(
        "Paid idle: {}{:.0} min of {:.0} min in service ({share:.0} %){}",
        found.least(),
        found.idle.minutes,
        all.minutes,
        price.unwrap_or_default()
    )];
    if all.instance_minutes > all.minutes {
        lines.push(format!(
            "In instance minutes: {:.0} of {:.0}",
            found.idle.instance_minutes, all.instance_minutes
        ));
    }
    if found.unknown.minutes >= 0.5 {
        lines.push(format!(
            "Unknown: {:.0} min in service, without a datapoint of the backlog",
            found.unknown.minutes
        ));
    }
    lines
}

/// The delay of a wake until the accepted request, such as `+1 s`.
pub fn requested(mark: &Mark) -> Option<String> {
    let milliseconds = mark.request_ms.filter(|_| mark.action == "wake")?;
    Some(match milliseconds {
        ..1000 => format!("+{milliseconds} ms"),
        _ => format!("+{}", duration_text(SignedDuration::from_millis(milliseconds))),
    })
}

/// The delay of a wake until an instance is in service, such as `+6 min`.
pub fn in_service(mark: &Mark) -> Option<String> {
    let seconds = mark.in_service_after_seconds?;
    Some(format!("+{}", duration_text(SignedDuration::from_secs(seconds))))
}

/// The text for a decision.
pub fn description(mark: &Mark) -> String {
    let mut text = mark.action.clone();
    if let Some(reason) = &mark.reason {
        text.push_str(&format!(": {reason}"));
    }
    if let (Some(from), Some(to)) = (mark.from, mark.to) {
        text.push_str(&format!(", {from} to {to}"));
    }
    if mark.count > 1 {
        text.push_str(&format!(", {} times", mark.count));
    }
    let longest = if mark.count > 1 { "at most " } else { "" };
    if let Some(delay) = requested(mark) {
        text.push_str(&format!(", requested {longest}{delay}"));
    }
    if let Some(delay) = in_service(mark) {
        text.push_str(&format!(", in service {longest}{delay}"));
    }
    if mark.observe_only {
        text.push_str(", not carried out (observe mode)");
    }
    if mark.errors > 0 {
        text.push_str(&format!(", errors: {}", mark.errors));
    }
    text
}

/// When: one time, or the first and the last of several.
pub fn when(mark: &Mark, zone: &TimeZone) -> String {
    match mark.at == mark.last_at {
        true => zone.date(mark.at),
        false => format!("{} to {}", zone.date(mark.at), zone.date(mark.last_at)),
    }
}
