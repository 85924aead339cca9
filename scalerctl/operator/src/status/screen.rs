//! The output of `--watch`: a terminal shows only the newest, and a file has one after the other.

use console::Term;
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
        let (height, _) = self.terminal.size();
        let text = that_fits(text, usize::from(height));
        self.lines = text.lines().count();
        print(&text)
    }
}

/// The first lines of a text, and how many more there are. The last line of the terminal has the cursor.
fn that_fits(text: &str, height: usize) -> String {
    let count = text.lines().count();
    let room = height.saturating_sub(1).max(1);
    if count <= room {
        return text.to_owned();
    }
    let kept = room - 1;
    let lines = text.lines().take(kept).map(|line| format!("{line}\n")).collect::<String>();
    format!("{lines}{} more lines: enlarge the terminal, or use a pattern\n", count - kept)
}

#[cfg(test)]
mod tests {
    use super::that_fits;

    #[test]
    fn what_does_not_fit_is_counted() {
        let text = "1\n2\n3\n4\n";
        assert_eq!(that_fits(text, 5), text);
        let cut = that_fits(text, 4);
        assert!(cut.starts_with("1\n2\n2 more lines"), "{cut}");
        assert_eq!(cut.lines().count(), 3);
    }
}
