//! Scaling with an idle window: an instance as soon as a request waits, and none when no request
//! was there for the window.

use std::time::Duration;

use jiff::Timestamp;

/// What the endpoint looks like at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Now.
    pub now: Timestamp,
    /// Requests that wait or are processed.
    pub backlog: usize,
    /// Desired instances.
    pub desired: i32,
}

/// An idle window, and since when the endpoint is idle.
#[derive(Debug)]
pub struct IdleWindow {
    window: Duration,
    idle_since: Option<Timestamp>,
}

impl IdleWindow {
    /// A window of this length.
    pub fn new(window: Duration) -> Self {
        Self { window, idle_since: None }
    }

    /// The number of instances to request now. `None`: no change.
    pub fn decide(&mut self, seen: Seen) -> Option<i32> {
        if seen.backlog > 0 {
            self.idle_since = None;
            return (seen.desired == 0).then_some(1);
        }
        let since = *self.idle_since.get_or_insert(seen.now);
        (seen.desired > 0 && seen.now >= since + self.window).then_some(0)
    }

    /// When the window ends, if this is after `now`.
    pub fn ends_after(&self, now: Timestamp) -> Option<Timestamp> {
        self.idle_since.map(|since| since + self.window).filter(|end| *end > now)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_side_of_the_end_of_the_window() {
        let at = |seconds: i64| Timestamp::from_second(1_000 + seconds).unwrap();
        let seen = |seconds, backlog, desired| Seen { now: at(seconds), backlog, desired };
        let mut window = IdleWindow::new(Duration::from_secs(60));
        for (what, seen, to) in [
            ("a request waits at zero", seen(0, 1, 0), Some(1)),
            ("the same while the instance starts", seen(1, 1, 1), None),
            ("the last result", seen(100, 0, 1), None),
            ("a second before the end", seen(159, 0, 1), None),
            ("another request", seen(159, 1, 1), None),
            ("its result", seen(200, 0, 1), None),
            ("a second before the end", seen(259, 0, 1), None),
            ("the end", seen(260, 0, 1), Some(0)),
            ("at zero", seen(261, 0, 0), None),
        ] {
            assert_eq!(window.decide(seen), to, "{what}");
        }
    }
}
