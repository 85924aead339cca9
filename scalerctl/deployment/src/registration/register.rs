//! What `register` changes, from what was read. No I/O.

use reactive_scaler::port::{ScalableTarget, VariantId};
use scalerctl_console::{advice::Advice, suggested::Suggested};
use scalerctl_operator::{
    account::{
        auto_scaling::PolicyKind,
        sagemaker::{Endpoint, Variant},
    },
    smoke::resource_policy::admits,
};

use super::{
    args::Settings,
    facts::{Facts, FunctionFacts},
};
use crate::{
    calls::{backstops, tags::TAG, targets::POLICY},
    change::{Change, Item, Part},
    covering::{Covering, CoveringFunction},
    owner,
    write::Write,
};

/// The value of the tag, and the requests per instance, as the documentation uses them.
const TAG_VALUE: &str = "yes";
const PER_INSTANCE: u32 = 5;

/// The changes. The target is registered second to last and the policy last. A policy that exists earlier could scale the
/// endpoint to zero before anything can wake it.
pub fn plan(facts: &Facts, settings: &Settings) -> Change {
    let change = |items| Change::planned(&facts.name, facts.id(), items);
    let (endpoint, variant) = match scalable(facts) {
        Ok(found) => found,
        Err(refused) => return change(vec![refused]),
    };
    let (function, covering) = match function(facts) {
        Ok(found) => found,
        Err(refused) => return change(vec![refused]),
    };
    let id = VariantId::new(&facts.name, &variant.name);
    change(vec![
        tag(facts, endpoint, settings),
        topics(facts, function, covering),
        backstop(facts, function, settings),
        target(facts, variant, &id, settings),
        policy(facts, &id, settings),
    ])
}

fn scalable(facts: &Facts) -> Result<(&Endpoint, &Variant), Item> {
    let refused = |text: String, advice: Advice| Err(Item::refused(Part::Endpoint, text, advice));
    let Some(endpoint) = &facts.endpoint else {
        let list = Suggested::aws("sagemaker list-endpoints --query 'Endpoints[].EndpointName'");
        let what = "correct the name, or set its region with --region; to list the names,";
        return refused("it does not exist".into(), Advice::with(what, list));
    };
    if !endpoint.asynchronous {
        let advice = "deploy it with an AsyncInferenceConfig: only an async endpoint has a queue";
        return refused("it is not async".into(), advice.into());
    }
    let Some(variant) = facts.variant() else {
        let names: Vec<_> = endpoint.variants.iter().map(|it| it.name.as_str()).collect();
        let text = format!("its variants are {}", names.join(", "));
        return refused(text, "name one with --variant".into());
    };
    if variant.serverless {
        return refused("the variant is serverless".into(), "it has no instances to scale".into());
    }
    if variant.managed {
        let advice = "turn ManagedInstanceScaling off: SageMaker scales this variant itself";
        return refused("the variant has ManagedInstanceScaling".into(), advice.into());
    }
    Ok((endpoint, variant))
}

fn function(facts: &Facts) -> Result<(&FunctionFacts, &CoveringFunction), Item> {
    let refused = |text: String, advice: &str| Err(Item::refused(Part::Function, text, advice));
    match (&facts.covering, &facts.function) {
        (Covering::One(covering), Some(function)) if function.acts => Ok((function, covering)),
        (Covering::One(covering), _) => refused(
            format!("{} only observes: the policy would scale to zero, and nothing would wake the endpoint", covering.arn),
            "deploy the stack with ScalerMode=act",
        ),
        (Covering::Several(arns), _) => {
            refused(format!("several may cover it: {}", arns.join(", ")), "name one with --function")
        }
        (Covering::Nobody, _) => refused(
            "none has a route for the endpoint: the policy would scale to zero, and nothing would wake it".into(),
            "deploy a stack that covers the endpoint, or name the function with --function",
        ),
    }
}

fn tag(facts: &Facts, endpoint: &Endpoint, settings: &Settings) -> Item {
    let wanted = settings.tag.as_deref();
    match (&facts.tag, wanted) {
        (Some(present), None) => Item::kept(Part::Tag, format!("{TAG}={present}")),
        (Some(present), Some(wanted)) if present == wanted => {
            Item::kept(Part::Tag, format!("{TAG}={present}"))
        }
        _ => {
            let value = wanted.unwrap_or(TAG_VALUE).to_owned();
            let write = Write::Tag { arn: endpoint.arn.clone(), value: value.clone() };
            Item::change(Part::Tag, format!("{TAG}={value}"), vec![write])
        }
    }
}

fn topics(facts: &Facts, function: &FunctionFacts, covering: &CoveringFunction) -> Item {
    if !covering.uses_results {
        return Item::kept(Part::Topics, "the function does not use results of this endpoint");
    }
    if facts.topics.is_empty() {
        return Item::kept(Part::Topics, "the endpoint has none");
    }
    let is_connected = |topic: &str, subscription: &Option<String>| {
        subscription.is_some() && admits(&function.policy, "sns.amazonaws.com", topic)
    };
    let open = facts.topics.iter().filter(|(topic, it)| !is_connected(topic, it));
    let open: Vec<&String> = open.map(|(topic, _)| topic).collect();
    if open.is_empty() {
        return Item::kept(Part::Topics, "the function is subscribed");
    }
    let writes = open
        .iter()
        .map(|topic| Write::Connect { function: function.arn.clone(), topic: (*topic).clone() });
    let names: Vec<&str> = open.iter().map(|topic| topic.as_str()).collect();
    let text = format!("the function is subscribed to {}", names.join(", "));
    Item::change(Part::Topics, text, writes.collect())
}

fn backstop(facts: &Facts, function: &FunctionFacts, settings: &Settings) -> Item {
    let existing = function.backstops.iter().find(|it| it.covers(&facts.name));
    if let Some(existing) = existing.filter(|_| settings.signal_topic.is_none()) {
        return Item::kept(Part::Backstop, format!("alarm {}", existing.name));
    }
    let topic = settings.signal_topic.as_ref().or(function.signal_topic.as_ref());
    let name = backstops::name_for(&facts.name);
    match topic {
        Some(_) if facts.has_own_backstop => Item::kept(Part::Backstop, format!("alarm {name}")),
        Some(topic) => {
            let write = Write::PutBackstop { endpoint: facts.name.clone(), topic: topic.clone() };
            Item::change(Part::Backstop, format!("alarm {name}, to {topic}"), vec![write])
        }
        None => Item::note(
            Part::Backstop,
            "no alarm: the policy of the function names no signal topic of a stack",
            "name the topic with --signal-topic; without the alarm, only uploads wake the endpoint",
        ),
    }
}

fn target(facts: &Facts, variant: &Variant, id: &VariantId, settings: &Settings) -> Item {
    let instances = variant.desired.unwrap_or_default();
    if let Some(max) = settings.max_capacity.filter(|max| *max < instances) {
        return Item::refused(
            Part::Target,
            format!(
                "{instances} instances are above a MaxCapacity of {max}: AWS would remove instances at once"
            ),
            format!("use --max-capacity {instances} or more"),
        );
    }
    let register = |min, max| Write::Register { id: id.clone(), min, max };
    let Some(ScalableTarget { min, max, .. }) = facts.target else {
        let max = settings.max_capacity.unwrap_or(instances.max(1));
        let text = format!("registered, MinCapacity 0, MaxCapacity {max}");
        return Item::change(Part::Target, text, vec![register(Some(0), Some(max))]);
    };
    let has_owner = facts
        .target
        .as_ref()
        .is_some_and(|target| owner::set_minimum(target, &facts.actions, facts.now));
    if has_owner && !settings.allow_zero {
        let again = Suggested::again("--allow-zero");
        return Item::refused(
            Part::Target,
            format!("the endpoint's owner set MinCapacity {min}"),
            Advice::with("if the function may stop all instances,", again),
        );
    }
    let new_min = has_owner.then_some(0);
    let new_max = settings.max_capacity.filter(|wanted| *wanted != max);
    let text = format!(
        "registered, MinCapacity {}, MaxCapacity {}",
        new_min.unwrap_or(min),
        new_max.unwrap_or(max)
    );
    match (new_min, new_max) {
        (None, None) => Item::kept(Part::Target, text),
        changed => Item::change(Part::Target, text, vec![register(changed.0, changed.1)]),
    }
}

fn policy(facts: &Facts, id: &VariantId, settings: &Settings) -> Item {
    let own = facts.policies.iter().find(|policy| policy.name == POLICY);
    let present = own.and_then(|policy| match &policy.kind {
        PolicyKind::TargetTracking(tracking) => Some(tracking.target),
        PolicyKind::StepScaling(_) | PolicyKind::Other => None,
    });
    let differs = |wanted: u32| present != Some(f64::from(wanted));
    let wanted = settings.backlog_per_instance.filter(|wanted| differs(*wanted));
    match (facts.policies.is_empty(), own, wanted) {
        (false, _, None) | (false, None, Some(_)) => {
            let names: Vec<_> = facts.policies.iter().map(|it| it.name.as_str()).collect();
            Item::kept(Part::Policy, names.join(", "))
        }
        (_, _, wanted) => {
            let per_instance = wanted.unwrap_or(PER_INSTANCE);
            let text = format!("{POLICY}, {per_instance} requests per instance");
            Item::change(
                Part::Policy,
                text,
                vec![Write::PutPolicy { id: id.clone(), per_instance }],
            )
        }
    }
}
