//! The decisions of a read that an earlier read did not have.

use jiff::{SignedDuration, Timestamp};

use crate::account::decision_log::LoggedDecision;

/// How late CloudWatch Logs may show a decision. Reads overlap by this.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// The decisions that were shown.
#[derive(Debug)]
pub struct News {
    from: Timestamp,
    /// Those of the overlap.
    shown: Vec<LoggedDecision>,
}

impl News {
    /// None was shown.
    pub fn since(from: Timestamp) -> Self {
        Self { from, shown: Vec::new() }
    }

    /// The start of the next read.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// The decisions that were not shown, from a read that began at [`Self::from`].
    pub fn of(&mut self, read: Vec<LoggedDecision>) -> Vec<LoggedDecision> {
        let is_new = |decided: &&LoggedDecision| !self.shown.contains(decided);
        let new: Vec<LoggedDecision> = read.iter().filter(is_new).cloned().collect();
        if let Some(newest) = read.iter().map(|decided| decided.at).max() {
            self.from = self.from.max(newest - LATE);
        }
        self.shown = read.into_iter().filter(|decided| decided.at >= self.from).collect();
        new
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{LATE, LoggedDecision, News};

    fn decided(second: i64, reason: &str) -> LoggedDecision {
        LoggedDecision {
            at: Timestamp::from_second(second).unwrap_or_default(),
            endpoint: "my-endpoint".to_owned(),
            variant: None,
            signal: "tick".to_owned(),
            action: "none".to_owned(),
            reason: reason.to_owned(),
            from: None,
            to: None,
            awake_until: None,
            wake_latency_ms: None,
            sleep_blocked: false,
            errors: 0,
            failures: Vec::new(),
            observe_only: false,
        }
    }

    #[test]
    fn each_is_shown_once_also_if_it_comes_late() {
        let mut news = News::since(Timestamp::UNIX_EPOCH);
        let [early, late, next] = [decided(1000, "a"), decided(990, "b"), decided(1060, "c")];
        assert_eq!(news.of(vec![early.clone()]), std::slice::from_ref(&early));
        assert_eq!(news.from(), early.at - LATE);
        assert_eq!(news.of(vec![late.clone(), early.clone()]), std::slice::from_ref(&late));
        assert_eq!(news.of(vec![late, early.clone(), next.clone()]), [next]);
        assert!(news.of(Vec::new()).is_empty());
        assert_eq!(news.from(), early.at + LATE / 2 - LATE);
    }
}
