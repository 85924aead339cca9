//! What `unregister` changes, from what was read. No I/O.

use reactive_scaler::lease::NAMES;
use scalerctl_console::advice::Advice;
use scalerctl_operator::account::cli_commands;
use serde_json::Value;

use super::facts::Facts;
use crate::{
    calls::{backstops, functions::statement_for, tags::TAG, targets::POLICY},
    change::{Change, Item, Part},
    covering::Covering,
    write::Write,
};

/// The changes. What wakes the endpoint goes first, so that nothing starts an instance that nothing stops.
pub fn plan(facts: &Facts, delete_policies: bool) -> Change {
    let mut items =
        vec![backstop(facts), topics(facts), target(facts, delete_policies), tag(facts)];
    items.extend(instances(facts));
    items.extend(route(facts));
    Change::planned(&facts.name, facts.id(), items)
}

/// The alarm that `register` made.
pub fn backstop(facts: &Facts) -> Item {
    let name = backstops::name_for(&facts.name);
    match facts.has_own_backstop {
        true => {
            let write = Write::DeleteBackstop { endpoint: facts.name.clone() };
            Item::change(Part::Backstop, format!("alarm {name} deleted"), vec![write])
        }
        false => Item::kept(Part::Backstop, format!("there is no alarm {name}")),
    }
}

/// Only the topics that `register` connected: the stack has subscriptions of its own.
pub fn topics(facts: &Facts) -> Item {
    let Some(function) = &facts.function else {
        return Item::kept(Part::Topics, "no function covers the endpoint");
    };
    let statements = function.policy["Statement"].as_array();
    let has = |topic: &str| {
        let id = statement_for(topic);
        let is_own = |statement: &Value| statement["Sid"].as_str() == Some(id.as_str());
        statements.is_some_and(|all| all.iter().any(is_own))
    };
    let connected = facts.topics.iter().filter(|(topic, _)| has(topic));
    let writes = connected.map(|(topic, subscription)| Write::Disconnect {
        function: function.arn.clone(),
        topic: topic.clone(),
        subscription: subscription.clone(),
    });
    match writes.collect::<Vec<_>>() {
        none if none.is_empty() => Item::kept(Part::Topics, "none was connected by register"),
        writes => Item::change(Part::Topics, "the function's subscriptions deleted", writes),
    }
}

fn target(facts: &Facts, delete_policies: bool) -> Item {
    if let (Some(endpoint), None) = (&facts.endpoint, facts.variant()) {
        let names: Vec<_> = endpoint.variants.iter().map(|it| it.name.as_str()).collect();
        let text = format!("its variants are {}", names.join(", "));
        return Item::refused(Part::Endpoint, text, "name one with --variant");
    }
    let Some(target) = &facts.target else { return Item::kept(Part::Target, "not registered") };
    let others = of_owner(facts);
    if !others.is_empty() && !delete_policies {
        let keep = cli_commands::register(&target.id, "--min-capacity 1");
        return Item::refused(
            Part::Target,
            format!("AWS would delete {} with the registration", others.join(", ")),
            Advice::with(
                "if they may be deleted, use --delete-policies; if not, keep the registration and set the minimum to \
                 1, so that the function leaves the endpoint alone:",
                keep,
            ),
        );
    }
    let with = match others.as_slice() {
        [] => String::new(),
        some => format!(", and {} deleted", some.join(", ")),
    };
    let write = Write::Deregister { id: target.id.clone() };
    Item::change(Part::Target, format!("deregistered{with}"), vec![write])
}

/// The policies and scheduled actions of the registration that are not the function's.
pub fn of_owner(facts: &Facts) -> Vec<&str> {
    let policies = facts.policies.iter().map(|policy| policy.name.as_str());
    let actions = facts.actions.iter().map(|action| action.name.as_str());
    let policies = policies.filter(|name| *name != POLICY);
    policies.chain(actions.filter(|name| !NAMES.contains(name))).collect()
}

/// The tag.
pub fn tag(facts: &Facts) -> Item {
    match (&facts.endpoint, &facts.tag) {
        (Some(endpoint), Some(_)) => {
            let write = Write::Untag { arn: endpoint.arn.clone() };
            Item::change(Part::Tag, format!("{TAG} removed"), vec![write])
        }
        _ => Item::kept(Part::Tag, format!("there is no {TAG}")),
    }
}

fn instances(facts: &Facts) -> Option<Item> {
    let count = facts.variant()?.desired.filter(|count| *count > 0)?;
    let text = format!("{count} instance(s) keep running, and cost money");
    let advice = "to stop them, scale or delete the endpoint";
    Some(Item::note(Part::Endpoint, text, advice))
}

fn route(facts: &Facts) -> Option<Item> {
    let Covering::One(function) = &facts.covering else { return None };
    if !function.names_endpoint {
        return None;
    }
    let text = format!(
        "a route of {} names the endpoint: an upload still wakes it, and the function does not stop the instance",
        function.arn
    );
    Some(Item::note(Part::Function, text, "remove the route, or the stack"))
}
