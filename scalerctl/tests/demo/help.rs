//! `--help` and `--version`.

use super::*;

#[test]
fn documents_exit_codes_and_examples() {
    let help = stdout(&scalerctl(&["demo", "--help"]));
    assert_in_order(&help, &["--events", "--json", "--verbose", "Examples:", "Exit codes:"]);
    assert_in_order(&stdout(&scalerctl(&["--help"])), &["demo", "Exit codes:"]);
}

#[test]
fn prints_the_version() {
    let version = stdout(&scalerctl(&["--version"]));
    assert_eq!(version.trim(), format!("scalerctl {}", env!("CARGO_PKG_VERSION")));
}
