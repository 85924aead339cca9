//! What people report of AWS's policies, and what the model makes of the same without any tuning.

use std::time::Duration;

use super::{
    Conditions, Pattern, Spread, begin, built_in, compare::play_all, contender::Deployment,
    outcome::Outcome, table::short,
};
use scalerctl_common::Failure;

/// One experience, and the model's figures beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experience {
    /// What was timed.
    pub what: &'static str,
    /// What people report.
    pub reported: &'static str,
    /// Where.
    pub source: &'static str,
    /// What the model makes of that policy.
    pub modelled: String,
    /// The same under the function.
    pub ours: String,
}

/// One upload at zero under a, b and e, with the delays that are documented or reported.
///
/// # Errors
///
/// Where there is no runtime.
pub fn play() -> Result<Vec<Experience>, Failure> {
    let processing = Spread::Fixed(Duration::from_secs(45));
    let conditions = Conditions::new(Pattern::Single.arrivals(1, &processing, 1), begin());
    let conditions = Conditions { until: begin() + Duration::from_secs(24 * 3600), ..conditions };
    let deployment =
        Deployment { idle_minutes: 10, wake_to: 1, inputs_per_instance: None, buffer_seconds: 60 };
    let mut wanted = built_in(deployment);
    wanted.retain(|contender| matches!(contender.key.as_str(), "a" | "b" | "e"));
    let played = play_all(&wanted, &conditions, None)?;
    let [(_, _, a), (_, _, b), (_, _, e)] = played.as_slice() else { return Ok(Vec::new()) };
    let requested = |outcome: &Outcome| {
        outcome.capacity_requested.map_or_else(|| "never".to_owned(), |times| short(times.max))
    };
    let zero = |outcome: &Outcome| {
        outcome.zero_requested.map_or_else(|| "never".to_owned(), |times| short(times.max))
    };
    Ok(vec![
        Experience {
            what: "a: from an upload at zero to the request for an instance",
            reported: "it stays at zero, or leaves it only now and then",
            source: "https://repost.aws/questions/QUT4xru2SdTSqtoNyt1XV3VA/configuring-auto-scaling-for-sagemaker-async-inference",
            modelled: requested(a),
            ours: requested(e),
        },
        Experience {
            what: "b: from an upload at zero to the request for an instance",
            reported: "about 5 minutes: a metric 2 to 3 minutes late, then 3 datapoints",
            source: "users of async endpoints; target tracking's alarm high as consoles show it",
            modelled: requested(b),
            ours: requested(e),
        },
        Experience {
            what: "b: from the last result to the request for zero",
            reported: "15 datapoints of a minute, behind the same lag",
            source: "target tracking's alarm low as consoles show it",
            modelled: zero(b),
            ours: zero(e),
        },
    ])
}
