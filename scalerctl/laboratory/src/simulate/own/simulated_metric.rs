//! The metrics of the user's endpoint as metrics of the simulated endpoint, and those that the simulation does not
//! play.

use simulator::{CustomMetric, Metric, MetricFault, PolicyFindingId};

use crate::simulate::{endpoint::ENDPOINT, policy_finding::PolicyFinding};

/// The metrics of an alarm or a policy: one, or those of an expression.
pub fn metrics<'a>(metric: &'a Metric, endpoint: &'a str) -> Vec<(&'a Metric, &'a str)> {
    match metric {
        Metric::Math(math) => {
            math.inputs.iter().map(|input| (&input.metric, input.endpoint.as_str())).collect()
        }
        Metric::Published(_) | Metric::Unpublished { .. } => vec![(metric, endpoint)],
    }
}

/// The endpoint that a dimension of a policy of `own` names, in the simulation.
fn simulated(named: &str, own: &str) -> String {
    match named {
        // Without the dimension, there are no datapoints.
        "" => String::new(),
        named if named == own => ENDPOINT.to_owned(),
        ENDPOINT => format!("{ENDPOINT} (another endpoint)"),
        other => other.to_owned(),
    }
}

/// Puts the simulated endpoint in the place of `own`.
pub fn rename(metric: &mut Metric, endpoint: &mut String, own: &str) {
    *endpoint = simulated(endpoint, own);
    if let Metric::Math(math) = metric {
        for input in &mut math.inputs {
            input.endpoint = simulated(&input.endpoint, own);
        }
    }
}

/// The metric in the simulation.
pub fn key(metric: &Metric, endpoint: &str, own: &str) -> CustomMetric {
    CustomMetric::of(metric, &simulated(endpoint, own))
}

/// Whether the simulation has to be given the values. SageMaker publishes the others for every endpoint, or for none.
pub fn needs_values(metric: &Metric, endpoint: &str, own: &str) -> bool {
    metric.published().is_none() && MetricFault::of(metric, endpoint, own).is_none()
}

/// A metric of an expression that has no datapoints in AWS either.
pub fn faults_of_expression(metric: &Metric, own: &str, of: &str) -> Vec<PolicyFinding> {
    let Metric::Math(math) = metric else { return Vec::new() };
    let faults = math.inputs.iter().filter_map(|input| {
        let fault = MetricFault::of(&input.metric, &input.endpoint, own)?;
        let what = format!("{of}, {} of {:?}: {fault}", input.id, math.text);
        Some(PolicyFinding::new(fault.kind.finding(), what))
    });
    faults.collect()
}

/// The finding about what is not played, because a metric has no values.
pub fn without_values(what: &str, metric: &Metric) -> PolicyFinding {
    let (name, namespace) = (metric.name(), metric.namespace());
    PolicyFinding::gap(
        PolicyFindingId::NotEvaluated,
        format!(
            "{what} is not played: the simulation does not know the values of {name} of {namespace} (what to do: \
             give them with `--metric-values {name}=FILE`)"
        ),
    )
}

/// If a reference of a template stands for an endpoint: whether the two are the same is not in the file.
pub fn unclear<'a>(metric: &'a Metric, endpoint: &'a str, own: &str) -> Option<&'a str> {
    let is_unclear = |named: &&str| {
        !named.is_empty() && *named != own && (named.contains("${") || own.contains("${"))
    };
    metrics(metric, endpoint).into_iter().map(|(_, named)| named).find(is_unclear)
}
