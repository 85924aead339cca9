//! Long lines, broken between words.

/// The lines of a text, each with at most this many characters if its words are short enough. An indented line is a
/// command and stays as it is. A command in backticks stays on one line.
pub fn wrapped(text: &str, width: usize) -> String {
    let lines = text.lines().flat_map(|line| match line.starts_with(' ') {
        true => vec![line.to_owned()],
        false => broken(line, width),
    });
    lines.collect::<Vec<String>>().join("\n")
}

fn broken(line: &str, width: usize) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let mut lines: Vec<String> = Vec::new();
    for part in parts(line) {
        match lines.last_mut() {
            Some(last) if length(last) + 1 + length(&part) <= width => {
                last.push(' ');
                last.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines
}

/// What stays together: words, and all words between two backticks.
fn parts(line: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_command = false;
    for word in line.split(' ') {
        match parts.last_mut() {
            Some(part) if is_command => {
                part.push(' ');
                part.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
        is_command ^= word.matches('`').count() % 2 == 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_broken_between_words_and_commands_are_not() {
        for (text, lines) in [
            ("one two three", "one two\nthree"),
            ("one two", "one two"),
            ("one twoo", "one\ntwoo"),
            ("longest-word a b", "longest-word\na b"),
            ("to see `aws s3 ls b` run it", "to see\n`aws s3 ls b`\nrun it"),
            ("one two:\n  aws s3 ls\nend", "one\ntwo:\n  aws s3 ls\nend"),
            ("", ""),
        ] {
            assert_eq!(wrapped(text, 7), lines);
        }
    }
}
