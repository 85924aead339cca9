//! What is said of endpoints that nobody registered.

use scalerctl_console::suggested::Suggested;

/// What follows for this many endpoints, and the command that registers them.
pub fn not_registered(count: usize, register: &Suggested) -> String {
    match count {
        1 => format!(
            "not registered: the function never scales it to zero; to register it:\n  {register}\n"
        ),
        many => format!(
            "{many} are not registered: the function never scales them to zero; to register them:\n  {register}\n"
        ),
    }
}
