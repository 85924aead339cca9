//! Long names where there is little room.

/// A text with at most this many letters. The middle of a longer one is left out.
pub fn shortened(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let (head, tail) = (kept - kept / 2, kept / 2);
    let begin = letters.iter().take(head);
    let end = letters.iter().skip(letters.len() - tail);
    begin.chain(std::iter::once(&'…')).chain(end).collect()
}
