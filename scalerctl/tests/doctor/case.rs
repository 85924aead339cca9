//! A world with one thing wrong.

use simulator::Simulator;

/// A world, and the one finding that it has.
pub struct Case {
    /// What is wrong, in words.
    pub title: &'static str,
    pub finding: &'static str,
    pub sim: Simulator,
    /// Beside the endpoint.
    pub arguments: &'static [&'static str],
    /// Parts of what is printed: what is wrong, and what mends it.
    pub says: &'static [&'static str],
}

impl Case {
    /// Examined without further arguments.
    pub fn new(
        finding: &'static str,
        title: &'static str,
        sim: Simulator,
        says: &'static [&'static str],
    ) -> Self {
        Self { title, finding, sim, arguments: &[], says }
    }

    /// Examined with these arguments.
    pub fn with(mut self, arguments: &'static [&'static str]) -> Self {
        self.arguments = arguments;
        self
    }
}
