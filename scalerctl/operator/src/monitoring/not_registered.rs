//! The message about endpoints that are not registered.

use scalerctl_console::suggested::Suggested;

/// How many endpoints are not registered, and the command that registers them.
pub fn not_registered(count: usize, register: &Suggested) -> String {
    match count {
        1 => format!(
            "1 endpoint is not registered: the function never scales it to zero; to register it:\n  {register}\n"
        ),
        many => format!(
            "{many} endpoints are not registered: the function never scales them to zero; to register them:\n  {register}\n"
        ),
    }
}
