//! The rule of a composite alarm.

/// The words of the rule language (CloudWatch API, `PutCompositeAlarm`, `AlarmRule`).
const WORDS: [&str; 9] =
    ["ALARM", "OK", "INSUFFICIENT_DATA", "AND", "OR", "NOT", "TRUE", "FALSE", "AT_LEAST"];

/// The alarms in a rule, such as `a` and `b c` in `ALARM(a) AND OK("b c")`. The rule is split into words but
/// not evaluated: only the names are needed.
pub(super) fn names(rule: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = rule;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let (name, after) = quoted(&rest[1..]);
            names.push(name);
            rest = after;
        } else if is_between(first) {
            rest = &rest[first.len_utf8()..];
        } else {
            let end = rest.find(is_between).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if !WORDS.contains(&word) && !is_count(word) {
                names.push(word.to_owned());
            }
            rest = after;
        }
    }
    names
}

/// The name of an alarm, from its name or its ARN.
pub(super) fn name_of(name_or_arn: &str) -> &str {
    match name_or_arn.split_once(":alarm:") {
        Some((prefix, name)) if prefix.starts_with("arn:") => name,
        _ => name_or_arn,
    }
}

/// The text before the closing quotation mark, without escapes, and the text after it.
fn quoted(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (name, &text[at + 1..]),
            '\\' => name.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => name.push(c),
        }
    }
    (name, "")
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | ',')
}

/// The first argument of `AT_LEAST`: a number or a percentage.
fn is_count(word: &str) -> bool {
    word.strip_suffix('%').unwrap_or(word).bytes().all(|byte| byte.is_ascii_digit())
}
