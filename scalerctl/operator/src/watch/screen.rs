//! The output of `--watch`: a terminal shows only the newest, and a file has one after the other.

use console::{Term, measure_text_width};
use scalerctl_console::{Failure, output::print};

/// Where the output goes.
#[derive(Debug)]
pub struct Screen {
    terminal: Term,
    /// Whether the next output replaces the last one.
    replaces: bool,
    /// The lines of the last output.
    lines: usize,
}

impl Screen {
    /// `watches`: whether the output repeats, as text.
    pub fn new(watches: bool) -> Self {
        let terminal = Term::stdout();
        let replaces = watches && terminal.is_term();
        Self { terminal, replaces, lines: 0 }
    }

    /// Shows a text. On a terminal, as many of its lines as fit: what has left the screen cannot be replaced.
    ///
    /// # Errors
    ///
    /// [`Failure::NotOk`] if it cannot be written.
    pub fn show(&mut self, text: &str) -> Result<(), Failure> {
        if !self.replaces {
            return print(text);
        }
        let cleared = self.terminal.clear_last_lines(self.lines);
        cleared.map_err(|error| Failure::NotOk(format!("cannot clear the terminal: {error}")))?;
        let (height, width) = self.terminal.size();
        let (height, width) = (usize::from(height), usize::from(width));
        let text = that_fits(text, height, width);
        self.lines = text.lines().map(|line| rows(line, width)).sum();
        print(&text)
    }
}

/// The rows of a terminal that a line takes.
fn rows(line: &str, width: usize) -> usize {
    measure_text_width(line).div_ceil(width.max(1)).max(1)
}

/// The first lines of a text, and how many more there are. The last row of the terminal has the cursor.
fn that_fits(text: &str, height: usize, width: usize) -> String {
    let room = height.saturating_sub(1).max(1);
    let all: usize = text.lines().map(|line| rows(line, width)).sum();
    if all <= room {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |line: &&str| {
        used += rows(line, width);
        used <= room
    };
    let lines: Vec<&str> = text.lines().take_while(fits).collect();
    let left = text.lines().count() - lines.len();
    let shown: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("{shown}{left} more lines: enlarge the terminal, or name fewer endpoints\n")
}

#[cfg(test)]
mod tests {
    use super::that_fits;

    #[test]
    fn what_does_not_fit_is_counted() {
        let text = "1\n2\n3\n4\n";
        assert_eq!(that_fits(text, 5, 80), text);
        let cut = that_fits(text, 4, 80);
        assert!(cut.starts_with("1\n2\n2 more lines"), "{cut}");
        assert_eq!(cut.lines().count(), 3);
        // The first line takes two rows.
        let text = "12345678901\n2\n3\n";
        assert_eq!(that_fits(text, 5, 10), text);
        assert!(that_fits(text, 4, 10).starts_with("12345678901\n2 more lines"));
    }
}
