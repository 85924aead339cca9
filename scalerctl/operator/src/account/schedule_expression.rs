//! How often a schedule runs: the expressions of EventBridge and EventBridge Scheduler.

use std::collections::BTreeSet;

/// The fields of a `cron` expression in order, with their first and last values (EventBridge User Guide, "Cron
/// expressions").
const FIELDS: [(u16, u16); 6] = [(0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199)];

/// Names of months, from 1.
const MONTHS: &str = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC";

/// Names of the days of the week, from 1.
const DAYS: &str = "SUN MON TUE WED THU FRI SAT";

/// Whether it runs once. `at` is an expression of EventBridge Scheduler only.
pub fn is_once(expression: &str) -> bool {
    expression.trim_start().starts_with("at(")
}

/// Whether it runs each minute.
pub fn is_each_minute(expression: &str) -> bool {
    let fields = |kind: &str| {
        let fields = expression.trim().strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')')?;
        Some(fields.split_whitespace().collect::<Vec<_>>())
    };
    if let Some(rate) = fields("rate") {
        return matches!(rate.as_slice(), ["1", "minute" | "minutes"]);
    }
    fields("cron").is_some_and(|fields| {
        fields.len() == FIELDS.len()
            && fields.iter().zip(FIELDS).all(|(field, whole)| has_all(field, whole))
    })
}

/// Whether a field of a `cron` expression has all values.
fn has_all(field: &str, (first, last): (u16, u16)) -> bool {
    let mut values = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(a, b)| (a, Some(b)));
        let (from, to) = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => (Some(first), Some(last)),
            Some((from, to)) => (number(from), number(to)),
            None if step.is_some() => (number(range), Some(last)),
            None => (number(range), number(range)),
        };
        let (Some(from), Some(to)) = (from, to) else { return false };
        let Some(step) = step.map_or(Some(1), |step| step.parse::<u16>().ok()) else {
            return false;
        };
        // `FRI-MON` goes on from the first day.
        let range = if from <= to { from..=to } else { from..=last };
        values.extend(range.step_by(usize::from(step.max(1))));
        if to < from {
            values.extend(first..=to);
        }
    }
    (first..=last).all(|value| values.contains(&value))
}

fn number(text: &str) -> Option<u16> {
    let text = text.to_ascii_uppercase();
    let mut names = MONTHS.split(' ').zip(1..).chain(DAYS.split(' ').zip(1..));
    let named = names.find(|(name, _)| *name == text).map(|(_, value)| value);
    named.or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{is_each_minute, is_once};

    #[test]
    fn only_what_runs_each_minute_does() {
        for expression in [
            "rate(1 minute)",
            "cron(* * * * ? *)",
            "cron(*/1 * * * ? *)",
            "cron(0/1 * ? * * *)",
            "cron(0-59 0-23 1-31 JAN-DEC ? 1970-2199)",
            "cron(0-29,30-59 * ? * MON-SUN *)",
            "cron(0/2,1/2 * ? * mon-sun *)",
        ] {
            assert!(is_each_minute(expression), "{expression}");
        }
        for expression in [
            "rate(5 minutes)",
            "rate(1 hour)",
            "rate(11 minutes)",
            "cron(0 * * * ? *)",
            "cron(0/5 * * * ? *)",
            "cron(1/1 * * * ? *)",
            "cron(* 8-17 * * ? *)",
            "cron(* * ? * MON-FRI *)",
            "cron(* * ? * 6L *)",
            "cron(* * ? * SAT-SUN *)",
            "cron(* * L * ? *)",
            "cron(* * * 1-6 ? *)",
            "cron(* * * * ? 2030)",
            "cron(* * * * ?)",
            "cron(*/x * * * ? *)",
            "at(2030-01-07T09:00:00)",
            "",
        ] {
            assert!(!is_each_minute(expression), "{expression}");
        }
        assert!(is_once("at(2030-01-07T09:00:00)") && !is_once("rate(1 minute)"));
    }
}
