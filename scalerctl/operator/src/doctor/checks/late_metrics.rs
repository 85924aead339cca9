//! Findings about the age of the backlog metric.

use reactive_scaler::decide::idle_evidence::STALE;

use super::{Facts, Finding, FindingId, VariantFacts};
use scalerctl_console::suggested::Suggested;

/// Reports an old newest datapoint while instances run. Assumption: SageMaker publishes the backlog in each minute in
/// which an instance runs. Without an instance, missing datapoints may be usual.
pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let is_up = variant.current.is_some_and(|current| current > 0);
    let Some(age) = facts.log.newest_datapoint.filter(|age| is_up && *age >= STALE) else { return };
    let name = &facts.endpoint.name;
    let finding = Finding::new(
        FindingId::MetricsLate,
        format!("the newest datapoint of ApproximateBacklogSize is {} min old", age.as_mins()),
        "wait, the endpoint stays awake until there are datapoints; to show the newest ones",
    );
    // Several variants have the same metric.
    if !found.iter().any(|other| other.id == finding.id) {
        found.push(finding.command(Suggested::aws(format!(
            "cloudwatch get-metric-statistics --namespace AWS/SageMaker --metric-name ApproximateBacklogSize \
             --dimensions Name=EndpointName,Value={name} --period 60 --statistics Maximum \
             --start-time $(($(date +%s) - 3600)) --end-time $(date +%s)"
        ))));
    }
}
