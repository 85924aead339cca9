//! Lines with aligned columns, as `kubectl` prints them.

/// Between two columns.
const GAP: usize = 2;

/// The lines of these rows: each column is as wide as its widest cell.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let widths = widths(rows);
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let padded = cells.map(|(cell, width)| format!("{cell:<width$}")).collect::<Vec<_>>();
        format!("{}\n", padded.join(&" ".repeat(GAP)).trim_end())
    };
    rows.iter().map(line).collect()
}

/// The number of columns of the terminal that these rows need.
pub fn width_of(rows: &[Vec<String>]) -> usize {
    let widths = widths(rows);
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    (0..columns).map(width).collect()
}

/// A text with at most this many characters: its middle is left out, because names often differ at their ends.
pub fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let head = kept.div_ceil(2);
    let tail = text.chars().skip(count - (kept - head));
    text.chars().take(head).chain(['…']).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::{aligned, shortened, width_of};

    #[test]
    fn each_column_is_as_wide_as_its_widest_cell() {
        let rows =
            [["A", "LONGER", "C"], ["wide", "b", ""]].map(|row| row.map(String::from).to_vec());
        assert_eq!(aligned(&rows), "A     LONGER  C\nwide  b\n");
        assert_eq!(width_of(&rows), 4 + 2 + 6 + 2 + 1);
    }

    #[test]
    fn a_long_text_keeps_its_ends() {
        for (most, text) in [(6, "abcdef"), (5, "ab…ef"), (4, "ab…f"), (1, "…")] {
            assert_eq!(shortened("abcdef", most), text);
        }
    }
}
