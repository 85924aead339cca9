//! Policies and alarms of the user, on the simulated endpoint.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use scalerctl_console::Failure;
use simulator::{
    AlarmAction, AlarmSpec, CustomMetric, JsonError, Metric, PolicyFindingId, PolicyKind,
    PolicyPut, TrackedMetric,
};

use super::{
    document, endpoint_choice,
    entry::{Entries, Entry},
    metric_values::MetricFile,
    own_alarms::{self, OwnAlarms},
    simulated_metric::{
        faults_of_expression, key, metrics, needs_values, rename, unclear, without_values,
    },
};
use crate::simulate::{
    args::ScenarioArgs,
    endpoint::{ENDPOINT, VARIANT},
    policy_finding::PolicyFinding,
};

/// Policies and alarms of the files. They apply to the simulated endpoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserPolicies {
    /// Policies by name.
    pub policies: Vec<(String, PolicyKind)>,
    /// Alarms.
    pub alarms: Vec<AlarmSpec>,
    /// What is wrong, and which policies are not played.
    pub findings: Vec<PolicyFinding>,
    /// What was passed over.
    pub notes: Vec<String>,
    /// Values of metrics that the simulation does not play itself.
    pub values: Vec<MetricSeries>,
}

/// The values of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSeries {
    /// The metric.
    pub metric: CustomMetric,
    /// Its values, in the order of their times.
    pub values: Vec<(Timestamp, f64)>,
}

/// Reads the files.
///
/// # Errors
///
/// [`Failure::Usage`] with the file, the entry, and the field that is not valid, or if no policy can be played.
pub fn read(
    arguments: &ScenarioArgs,
    simulated: (Timestamp, Timestamp),
) -> Result<UserPolicies, Failure> {
    let mut entries = Entries::default();
    for file in &arguments.own {
        entries.extend(document::read(file)?);
    }
    if entries.policies.is_empty() {
        return Err(Failure::Usage(
            "--own: none of the files has a scaling policy (what to do: also give the output of \
             describe-scaling-policies)"
                .to_owned(),
        ));
    }
    let chosen = endpoint_choice::choose(
        entries.policies,
        &entries.alarms,
        arguments.own_endpoint.as_deref(),
    )?;
    let puts = chosen.policies.iter().map(Entry::policy).collect::<Result<Vec<_>, _>>()?;
    let own = own_alarms::of(&puts, entries.alarms)?;
    let notes = notes(&[
        (
            chosen.others,
            "scaling policy",
            "scaling policies",
            "of other endpoints, variants or inference components",
        ),
        (entries.of_other_services, "scaling policy", "scaling policies", "of other services"),
        (own.others, "alarm", "alarms", "without an action that is one of these policies"),
        (
            own.of_tracking,
            "alarm",
            "alarms",
            "of target tracking, which the simulation creates itself",
        ),
        (
            entries.composite_alarms,
            "composite alarm",
            "composite alarms",
            "that cannot trigger a policy",
        ),
    ]);
    let values = values(&arguments.metric_values, &puts, &own, simulated)?;
    let mut played = UserPolicies { notes, ..UserPolicies::default() };
    played.notes.extend(arguments.metric_values.iter().map(|MetricFile { metric, file }| {
        format!("{metric} has the values of {}, whatever the policies do", file.display())
    }));
    let OwnAlarms { alarms, findings, .. } = own;
    played.findings = findings;
    let mut unplayed_alarms = Vec::new();
    for (entry, mut alarm) in alarms {
        let Some(owner) = owner(&alarm, &puts) else { continue };
        refuse_unclear(&entry, &alarm.metric, &alarm.endpoint, owner)?;
        let names: Vec<&str> = triggered(&alarm).map(|(_, policy)| policy.as_str()).collect();
        let of = format!("the alarm {} of policy {}", alarm.name, names.join(", "));
        played.findings.extend(faults_of_expression(&alarm.metric, owner, &of));
        match unplayed(&alarm.metric, &alarm.endpoint, owner, &values) {
            Some(metric) => {
                played.findings.push(without_values(&of, metric));
                unplayed_alarms.push(alarm);
            }
            None => {
                rename(&mut alarm.metric, &mut alarm.endpoint, owner);
                point_to_simulated(&mut alarm, &puts);
                played.alarms.push(alarm);
            }
        }
    }
    for (entry, put) in chosen.policies.iter().zip(puts) {
        let of = format!("policy {}", put.name);
        let (name, own) = (put.name, put.id.endpoint);
        match put.kind {
            PolicyKind::TargetTracking(mut tracking) => {
                if let TrackedMetric::Customized { metric, endpoint, .. } = &mut tracking.metric {
                    refuse_unclear(entry, metric, endpoint, &own)?;
                    played.findings.extend(faults_of_expression(metric, &own, &of));
                    if let Some(metric) = unplayed(metric, endpoint, &own, &values) {
                        played.findings.push(without_values(&of, metric));
                        continue;
                    }
                    rename(metric, endpoint, &own);
                }
                played.policies.push((name, tracking.into()));
            }
            PolicyKind::StepScaling(steps) => {
                let triggers = |alarm: &AlarmSpec| triggered(alarm).any(|(_, it)| *it == name);
                if played.alarms.iter().any(triggers) {
                    played.policies.push((name, steps.into()));
                } else if !unplayed_alarms.iter().any(triggers) {
                    played.findings.push(without_alarm(entry, &name));
                }
            }
        }
    }
    if played.policies.is_empty() {
        let reasons = played.findings.iter().map(|it| format!("\n{}: {}", it.id, it.what));
        let files = arguments.own.iter().map(|file| file.display().to_string());
        return Err(Failure::Usage(format!(
            "--own {}: none of the policies can be played{}",
            files.collect::<Vec<_>>().join(" --own "),
            reasons.collect::<String>()
        )));
    }
    played.values = values;
    Ok(played)
}

/// One line for each kind of what was passed over.
fn notes(counts: &[(usize, &str, &str, &str)]) -> Vec<String> {
    let line = |(count, one, several, what): &(usize, &str, &str, &str)| match count {
        0 => None,
        1 => Some(format!("passed over: 1 {one} {what}")),
        count => Some(format!("passed over: {count} {several} {what}")),
    };
    counts.iter().filter_map(line).collect()
}

/// The policies that are actions of the alarm.
fn triggered(alarm: &AlarmSpec) -> impl Iterator<Item = (&VariantId, &String)> {
    let lists = [&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions];
    lists.into_iter().flatten().filter_map(|action| match action {
        AlarmAction::Policy { id, policy } => Some((id, policy)),
        AlarmAction::Notify(_) => None,
    })
}

fn is_of(puts: &[PolicyPut], id: &VariantId, name: &str) -> bool {
    puts.iter().any(|put| put.id == *id && put.name == name)
}

/// The endpoint of the policies that the alarm triggers.
fn owner<'a>(alarm: &AlarmSpec, puts: &'a [PolicyPut]) -> Option<&'a str> {
    let put = puts.iter().find(|put| triggered(alarm).any(|it| it == (&put.id, &put.name)));
    put.map(|put| put.id.endpoint.as_str())
}

/// Lets the alarm trigger the policies of the simulated endpoint, and no others.
fn point_to_simulated(alarm: &mut AlarmSpec, puts: &[PolicyPut]) {
    let lists =
        [&mut alarm.alarm_actions, &mut alarm.ok_actions, &mut alarm.insufficient_data_actions];
    for actions in lists {
        actions.retain(|action| {
            !matches!(action, AlarmAction::Policy { id, policy } if !is_of(puts, id, policy))
        });
        for action in actions {
            if let AlarmAction::Policy { id, .. } = action {
                *id = VariantId::new(ENDPOINT, VARIANT);
            }
        }
    }
}

/// The first metric whose values the simulation does not have.
fn unplayed<'a>(
    metric: &'a Metric,
    endpoint: &'a str,
    own: &str,
    values: &[MetricSeries],
) -> Option<&'a Metric> {
    let is_given = |key: &CustomMetric| values.iter().any(|it| it.metric == *key);
    metrics(metric, endpoint)
        .into_iter()
        .find(|(it, endpoint)| {
            needs_values(it, endpoint, own) && !is_given(&key(it, endpoint, own))
        })
        .map(|(it, _)| it)
}

fn refuse_unclear(
    entry: &Entry,
    metric: &Metric,
    endpoint: &str,
    own: &str,
) -> Result<(), Failure> {
    let Some(named) = unclear(metric, endpoint, own) else { return Ok(()) };
    let problem = format!(
        "names the endpoint {named}, and the policy the endpoint {own}: the file does not say whether they are the \
         same; write the name in both places"
    );
    Err(entry.refused(JsonError::at(&entry.path, "Dimensions", problem)))
}

/// The finding about step scaling whose alarm is in none of the files.
fn without_alarm(entry: &Entry, name: &str) -> PolicyFinding {
    let alarms = entry.value.get("Alarms").and_then(|it| it.as_array()).into_iter().flatten();
    let names = alarms.filter_map(|it| it.get("AlarmName")?.as_str());
    let names = names.fold(String::new(), |names, name| format!("{names} '{name}'"));
    let named = if names.is_empty() { "" } else { " --alarm-names" };
    PolicyFinding::gap(
        PolicyFindingId::AlarmMissing,
        format!(
            "policy {name} is not played: the alarm of policy {name} is in none of the files (what to do: also give \
             the output of `aws cloudwatch describe-alarms{named}{names}`)"
        ),
    )
}

/// Reads the values of metrics. Each file is for one metric of the policies.
fn values(
    files: &[MetricFile],
    puts: &[PolicyPut],
    own: &OwnAlarms,
    simulated: (Timestamp, Timestamp),
) -> Result<Vec<MetricSeries>, Failure> {
    let endpoint = puts.first().map_or("", |put| put.id.endpoint.as_str());
    let tracked = puts.iter().filter_map(|put| match &put.kind {
        PolicyKind::TargetTracking(tracking) => match &tracking.metric {
            TrackedMetric::Customized { metric, endpoint, .. } => Some((metric, endpoint)),
            TrackedMetric::Predefined(_) => None,
        },
        PolicyKind::StepScaling(_) => None,
    });
    let watched = own.alarms.iter().map(|(_, alarm)| (&alarm.metric, &alarm.endpoint));
    let mut needed: Vec<CustomMetric> = Vec::new();
    for (metric, named) in tracked.chain(watched).flat_map(|(it, named)| metrics(it, named)) {
        let key = key(metric, named, endpoint);
        if needs_values(metric, named, endpoint) && !needed.contains(&key) {
            needed.push(key);
        }
    }
    let mut read = Vec::new();
    for file in files {
        let refused =
            |problem: String| Failure::Usage(format!("--metric-values {}: {problem}", file.metric));
        let matching: Vec<&CustomMetric> =
            needed.iter().filter(|metric| metric.name == file.metric).collect();
        let [metric] = matching.as_slice() else {
            let mut names: Vec<&str> = needed.iter().map(|metric| metric.name.as_str()).collect();
            names.dedup();
            return Err(refused(match (matching.len(), names.as_slice()) {
                (0, []) => "the simulation plays all metrics of the policies itself".to_owned(),
                (0, names) => {
                    format!(
                        "is no metric of the policies that needs values (what to do: give those of {})",
                        names.join(", ")
                    )
                }
                (count, _) => format!(
                    "is the name of {count} metrics of the policies, with other dimensions or namespaces (what to do: \
                     give one policy at a time)"
                ),
            }));
        };
        read.push(MetricSeries { metric: (*metric).clone(), values: file.read(simulated)? });
    }
    Ok(read)
}
