//! A test case: a world with one problem.

use simulator::Simulator;

/// A world, and the one finding that doctor reports for it.
pub struct Case {
    /// A description of the problem.
    pub title: &'static str,
    pub finding: &'static str,
    pub sim: Simulator,
    /// The arguments in addition to the endpoint.
    pub arguments: &'static [&'static str],
    /// Parts of the output: what is wrong, and how to fix it.
    pub says: &'static [&'static str],
}

impl Case {
    /// A case without additional arguments.
    pub fn new(
        finding: &'static str,
        title: &'static str,
        sim: Simulator,
        says: &'static [&'static str],
    ) -> Self {
        Self { title, finding, sim, arguments: &[], says }
    }

    /// The same case with these arguments.
    pub fn with(mut self, arguments: &'static [&'static str]) -> Self {
        self.arguments = arguments;
        self
    }
}
