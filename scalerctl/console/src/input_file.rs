//! Files that a user names as input.

use std::{fs, io::ErrorKind, path::Path};

use crate::Failure;

/// Reads a text file that an option names, such as `--own`.
///
/// # Errors
///
/// [`Failure::Usage`] with the option, the file, why it cannot be read, and what to do.
pub fn read(option: &str, file: &Path) -> Result<String, Failure> {
    let refused = |problem: &str, what_to_do: &str| {
        let advice = format!("(what to do: {what_to_do})");
        Failure::Usage(format!("{option} {}: {problem} {advice}", file.display()))
    };
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(refused("cannot be read: there is no such file", "correct the path"));
        }
        Err(error) if error.kind() == ErrorKind::IsADirectory => {
            return Err(refused("cannot be read: it is a directory", "name a file"));
        }
        Err(error) => {
            let problem = format!("cannot be read: {error}");
            return Err(refused(&problem, "check that it is a file that you may read"));
        }
    };
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(refused("is UTF-16, not UTF-8", "save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let problem = format!("is not UTF-8 text, at byte {}", error.valid_up_to());
            return Err(refused(&problem, "save it as UTF-8"));
        }
    };
    if text.trim().is_empty() {
        return Err(refused("is empty", "check the command that wrote it"));
    }
    Ok(text.to_owned())
}
