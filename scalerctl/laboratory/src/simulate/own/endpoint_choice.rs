//! The endpoint whose policies are played: the simulation has one variant of one endpoint.

use std::collections::BTreeSet;

use reactive_scaler::port::VariantId;
use scalerctl_console::Failure;
use serde_json::Value;
use simulator::AlarmAction;

use super::entry::{Entry, WITHOUT_VARIANT};
use crate::simulate::endpoint::{ENDPOINT, VARIANT};

/// The policies of one variant.
pub struct Chosen {
    /// The policies.
    pub policies: Vec<Entry>,
    /// The number of policies of other variants, and of inference components.
    pub others: usize,
}

/// The policies of the wanted endpoint, `NAME` or `NAME/VARIANT`; without one, of the only endpoint.
///
/// # Errors
///
/// [`Failure::Usage`] with the names, if there are several, or the wanted one is not among them.
pub fn choose(
    mut policies: Vec<Entry>,
    alarms: &[Entry],
    wanted: Option<&str>,
) -> Result<Chosen, Failure> {
    complete(&mut policies, alarms);
    let known: BTreeSet<VariantId> = policies.iter().filter_map(variant).collect();
    let is_wanted =
        |id: &VariantId| wanted.is_none_or(|wanted| id.endpoint == wanted || short(id) == wanted);
    let matching: Vec<&VariantId> = known.iter().filter(|id| is_wanted(id)).collect();
    let names = |ids: &mut dyn Iterator<Item = &VariantId>| {
        // A name of an endpoint is enough, unless several variants have it.
        let all = ids.collect::<Vec<_>>();
        let is_unique =
            |id: &VariantId| all.iter().filter(|it| it.endpoint == id.endpoint).count() == 1;
        let name = |id: &&VariantId| if is_unique(id) { id.endpoint.clone() } else { short(id) };
        all.iter().map(name).collect::<Vec<_>>()
    };
    match (matching.as_slice(), wanted) {
        ([], Some(wanted)) if !known.is_empty() => Err(Failure::Usage(format!(
            "--own-endpoint {wanted}: none of the files has a scaling policy of it (what to do: name one of: {})",
            names(&mut known.iter()).join(", ")
        ))),
        ([_, _, ..], _) => {
            let names = names(&mut matching.iter().copied());
            Err(Failure::Usage(format!(
                "--own: the files have scaling policies of {} endpoints or variants: {} (what to do: choose one, for \
                 example with `--own-endpoint {}`)",
                names.len(),
                names.join(", "),
                names.first().map_or("", String::as_str)
            )))
        }
        ([] | [_], _) => {
            let only = matching.first().map(|id| (*id).clone());
            let total = policies.len();
            // What is no resource of SageMaker is refused when it is read.
            let is_other = |policy: &Entry| match variant(policy) {
                Some(id) => Some(id) != only,
                None => only.is_some() && is_inference_component(policy),
            };
            policies.retain(|policy| !is_other(policy));
            Ok(Chosen { others: total - policies.len(), policies })
        }
    }
}

/// `NAME/VARIANT`.
fn short(id: &VariantId) -> String {
    format!("{}/{}", id.endpoint, id.variant)
}

fn is_inference_component(policy: &Entry) -> bool {
    policy.text("ResourceId").is_some_and(|id| id.starts_with("inference-component/"))
}

fn variant(policy: &Entry) -> Option<VariantId> {
    VariantId::from_resource_id(policy.text("ResourceId")?)
}

/// Completes the resource of configurations alone: that of another policy of the endpoint, or of an alarm that triggers
/// a policy of this name.
fn complete(policies: &mut [Entry], alarms: &[Entry]) {
    let known: Vec<VariantId> = policies.iter().filter_map(variant).collect();
    let actions: Vec<AlarmAction> = alarms.iter().flat_map(Entry::actions).collect();
    for policy in policies {
        let named = policy.text("ResourceId").and_then(|it| it.strip_prefix(WITHOUT_VARIANT));
        let Some(named) = named else { continue };
        let is_it = |id: &&VariantId| named.is_empty() || id.endpoint == named;
        let by_alarm = actions.iter().filter_map(|action| match action {
            AlarmAction::Policy { id, policy: name } if policy.text("PolicyName") == Some(name) => {
                Some(id)
            }
            _ => None,
        });
        let same = known.iter().chain(by_alarm).find(is_it).cloned();
        let id = same.unwrap_or_else(|| {
            VariantId::new(if named.is_empty() { ENDPOINT } else { named }, VARIANT)
        });
        policy.value["ResourceId"] = Value::String(id.resource_id());
    }
}
