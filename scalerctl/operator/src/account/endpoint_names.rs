//! Suggestions for a mistyped endpoint name.

/// The maximum number of suggestions.
const MOST: usize = 3;

/// The minimum Jaro-Winkler similarity of a suggestion (0 to 1).
const ALIKE: f64 = 0.8;

/// The known names that are most similar to this one, the most similar first.
pub fn closest(name: &str, known: &[String]) -> Vec<String> {
    let lower = name.to_lowercase();
    let alike = |known: &String| {
        let likeness = strsim::jaro_winkler(&lower, &known.to_lowercase());
        (likeness >= ALIKE).then(|| (likeness, known.clone()))
    };
    let mut found: Vec<(f64, String)> = known.iter().filter_map(alike).collect();
    found.sort_by(|(a, left), (b, right)| b.total_cmp(a).then_with(|| left.cmp(right)));
    found.dedup();
    found.into_iter().take(MOST).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_another_name_finds_none() {
        let known = ["whisper-large", "whisper-small", "llama"].map(str::to_owned);
        assert_eq!(
            closest("whisper-lrage", &known).first().map(String::as_str),
            Some("whisper-large")
        );
        assert_eq!(
            closest("WHISPER-SMALL", &known).first().map(String::as_str),
            Some("whisper-small")
        );
        assert_eq!(closest("zebra", &known), Vec::<String>::new());
    }
}
