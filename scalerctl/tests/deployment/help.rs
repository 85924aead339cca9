//! `--help` of each command has examples that can be parsed, and its exit codes.

use clap::Parser;

use super::program;

#[tokio::test]
async fn examples_can_be_parsed() {
    for command in
        ["preflight", "connect-bucket", "register", "unregister", "deploy", "undeploy", "open"]
    {
        let output =
            program::scalerctl("http://127.0.0.1:1").args([command, "--help"]).output().await;
        let help = String::from_utf8(output.unwrap().stdout).unwrap();
        let (_, rest) = help.split_once("Examples:\n").expect(command);
        let (examples, codes) = rest.split_once("\nExit codes:\n").expect(command);
        let examples: Vec<&str> = examples.lines().filter(|line| !line.is_empty()).collect();
        assert!(examples.len() >= 2, "{examples:?}");
        for example in examples {
            let words = example.split(" | ").next().unwrap().replace('\'', "");
            let parsed = scalerctl::cli::Cli::try_parse_from(words.split_whitespace());
            assert!(parsed.is_ok(), "{example}: {parsed:?}");
        }
        assert!(codes.contains("  0  ") && codes.contains("  2  "), "{codes}");
    }
}

/// A name that is neither a name, nor an ARN, nor a pattern.
#[tokio::test]
async fn names_that_are_not_valid_are_refused() {
    for name in ["", "a b", "a/*", "arn:aws:s3:::bucket"] {
        let output =
            program::scalerctl("http://127.0.0.1:1").args(["register", name]).output().await;
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(!String::from_utf8(output.stderr).unwrap().is_empty());
    }
}
