//! Whether the backlog metric counts a request that runs: the answer of its datapoints. No I/O.

use jiff::Timestamp;
use reactive_scaler::port::Datapoint;

use super::own_request::{OwnRequest, PERIOD};

/// Fewer datapoints of a running request give no answer.
pub const DATAPOINTS: usize = 3;

/// What to do if there is no answer.
const TOO_SHORT: &str = "choose an input that takes 5 minutes or more";
const QUIET: &str = "run the command again when no other requests arrive";
const AGAIN: &str = "run the command again";

/// What was seen of the request.
#[derive(Debug, Clone, Copy)]
pub struct Observed {
    /// The request.
    pub request: OwnRequest,
    /// It had no result yet.
    pub ran_until: Timestamp,
    /// It had a result.
    pub ended_at: Timestamp,
}

impl Observed {
    /// The full minutes in which the request ran, by their start.
    pub fn minutes(&self) -> impl Iterator<Item = Timestamp> + use<> {
        // The first second that is surely after the call.
        let sent = self.request.sent_at.as_second() + 1;
        let period = PERIOD.as_secs();
        let first = (sent + period - 1).div_euclid(period) * period;
        let until = self.ran_until.as_second() - period;
        let step = usize::try_from(period).unwrap_or(60);
        (first..=until).step_by(step).filter_map(|second| Timestamp::from_second(second).ok())
    }

    /// The values of a metric in these minutes.
    pub fn values(&self, datapoints: &[Datapoint]) -> Vec<f64> {
        let at = |minute| datapoints.iter().find(|it| it.at == minute).map(|it| it.value);
        self.minutes().filter_map(at).collect()
    }

    /// Whether the backlog counts the request while it runs. `backlog`: the datapoints since before the request.
    ///
    /// # Errors
    /// Why this is not known, and what to do.
    pub fn counts(&self, backlog: &[Datapoint]) -> Result<bool, String> {
        let not_known =
            |why: String, what_to_do: &str| Err(format!("{why} (what to do: {what_to_do})"));
        let others = |it: &&Datapoint| it.value > 0.0 && !self.request.explains(it);
        if let Some(other) = backlog.iter().find(others) {
            let what =
                format!("other requests arrived: the backlog was {} at {}", other.value, other.at);
            return not_known(what, QUIET);
        }
        let minutes = self.minutes().count();
        if minutes < DATAPOINTS {
            let seconds = self.ended_at.duration_since(self.request.sent_at).as_secs();
            return not_known(
                format!(
                    "the request took {seconds} s, which is shorter than {DATAPOINTS} datapoints"
                ),
                TOO_SHORT,
            );
        }
        let values = self.values(backlog);
        if values.len() < minutes {
            let what = format!("{} of {minutes} datapoints are missing", minutes - values.len());
            return not_known(what, AGAIN);
        }
        // The request can wait first, until the instance takes it.
        let waited = values.iter().take_while(|value| **value > 0.0).count();
        let rest = values.get(waited..).unwrap_or_default();
        match rest {
            [] => Ok(true),
            zeros if zeros.len() >= DATAPOINTS && zeros.iter().all(|value| *value == 0.0) => {
                Ok(false)
            }
            _ => not_known(format!("the datapoints differ: {}", listed(&values)), AGAIN),
        }
    }
}

/// `1, 1, 0`.
pub fn listed(values: &[f64]) -> String {
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// A request that is sent at 30 s. The datapoints are of the minutes from 0 s on.
    fn counts(ended: i64, values: &[f64]) -> Result<bool, String> {
        let ended_at = at(ended);
        let request = OwnRequest { sent_at: at(30), ended_at: Some(ended_at) };
        let seen = Observed { request, ran_until: at(ended - 5), ended_at };
        let points = values.iter().enumerate().filter(|(_, value)| value.is_finite());
        let points = points.map(|(minute, value)| Datapoint {
            at: at(60 * i64::try_from(minute).unwrap()),
            value: *value,
        });
        seen.counts(&points.collect::<Vec<_>>())
    }

    const NONE: f64 = f64::NAN;

    #[test]
    fn the_datapoints_tell_whether_running_work_is_counted() {
        for (what, ended, values, wanted) in [
            ("counted", 280, &[1.0, 1.0, 1.0, 1.0, 1.0, 0.0][..], Ok(true)),
            ("not counted", 280, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], Ok(false)),
            ("three full minutes", 245, &[1.0, 1.0, 1.0, 1.0, 1.0], Ok(true)),
            ("two full minutes", 244, &[1.0, 1.0, 1.0, 1.0, 1.0], Err("the request took 214 s")),
            (
                "one is missing",
                280,
                &[1.0, 0.0, NONE, 0.0, 0.0],
                Err("1 of 3 datapoints are missing"),
            ),
            ("it waited first", 380, &[1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0], Ok(false)),
            (
                "it waited too long",
                280,
                &[1.0, 1.0, 0.0, 0.0, 0.0],
                Err("the datapoints differ: 1, 0, 0"),
            ),
            ("counted again", 380, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0], Err("the datapoints differ")),
            ("a second request", 280, &[1.0, 2.0, 1.0, 1.0, 1.0], Err("other requests arrived")),
            (
                "a request afterwards",
                280,
                &[1.0, 0.0, 0.0, 0.0, 0.0, 1.0],
                Err("other requests arrived"),
            ),
        ] {
            match (counts(ended, values), wanted) {
                (Ok(is), Ok(wanted)) => assert_eq!(is, wanted, "{what}"),
                (Err(why), Err(wanted)) => assert!(why.starts_with(wanted), "{what}: {why}"),
                (is, wanted) => panic!("{what}: {is:?}, not {wanted:?}"),
            }
        }
    }
}
