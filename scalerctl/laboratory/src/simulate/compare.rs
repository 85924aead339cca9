//! Plays several policies through the same workload.

use super::{
    conditions::Conditions, contender::Contender, course::Course, outcome::Outcome, play::play,
    progress,
};
use scalerctl_common::{Failure, runtime::runtime};

/// Plays each policy, and adds up what it came to.
///
/// # Errors
///
/// [`Failure::Usage`] where AWS would refuse a policy.
pub fn play_all(
    contenders: &[Contender],
    conditions: &Conditions,
    price: Option<f64>,
) -> Result<Vec<(Contender, Course, Outcome)>, Failure> {
    let runtime = runtime()?;
    let hours = conditions.until.duration_since(conditions.from).as_hours().unsigned_abs();
    let progress = progress::bar(hours * u64::try_from(contenders.len()).unwrap_or(1));
    let mut played = Vec::new();
    for contender in contenders {
        progress.set_message(format!("{} {}", contender.key, contender.name));
        let course = runtime
            .block_on(play(contender, conditions, || progress.inc(1)))
            .map_err(|refusal| Failure::Usage(format!("policy {}: {refusal}", contender.key)))?;
        let outcome = Outcome::of(&course, price);
        played.push((contender.clone(), course, outcome));
    }
    progress.finish_and_clear();
    Ok(played)
}
