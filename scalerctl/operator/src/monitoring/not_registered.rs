//! The message about endpoints that are not registered.

use scalerctl_console::suggested::Suggested;

/// How many endpoints are not registered, and the command that registers them.
pub fn not_registered(count: usize, register: &Suggested) -> String {
    match count {
        1 => format!(
            "1 endpoint is not registered and never scales to zero. To register it:\n  {register}\n"
        ),
        many => format!(
            "{many} endpoints are not registered and never scale to zero. To register them:\n  {register}\n"
        ),
    }
}
