//! Runs several candidates on the same scenario.

use super::{
    candidate::Candidate, results::Results, run::run_candidate, run_record::RunRecord,
    scenario::Scenario, tariff::Tariff,
};
use crate::progress;
use scalerctl_console::{Failure, runtime::runtime};

/// A candidate, what happened under it, and the figures of that.
pub type Compared = (Candidate, RunRecord, Results);

/// Runs each candidate on the scenario.
///
/// # Errors
///
/// [`Failure::Usage`] if AWS would reject a policy.
pub fn run_all(
    candidates: &[Candidate],
    scenario: &Scenario,
    tariff: Tariff,
) -> Result<Vec<Compared>, Failure> {
    let runtime = runtime()?;
    let hours = scenario.until.duration_since(scenario.from).as_hours().unsigned_abs();
    let steps = hours * u64::try_from(candidates.len()).unwrap_or(1);
    let progress = progress::bar(steps, "{bar:30} {percent:>3} %  {msg}");
    let mut compared = Vec::new();
    for candidate in candidates {
        progress.set_message(candidate.id.to_string());
        let record = runtime
            .block_on(run_candidate(candidate, scenario, || progress.inc(1)))
            .map_err(|refusal| Failure::Usage(format!("policy {}: {refusal}", candidate.id)))?;
        let results = Results::of(&record, tariff);
        compared.push((candidate.clone(), record, results));
    }
    progress.finish_and_clear();
    Ok(compared)
}
