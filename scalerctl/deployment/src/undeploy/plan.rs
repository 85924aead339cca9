//! What undeploy changes, from what was read. No I/O.

use reactive_scaler::{lease::NAMES, port::VariantId};
use scalerctl_console::{advice::Advice, suggested::Suggested};

use super::args::EndpointAt;
use crate::{
    change::{Change, Item, Part},
    registration::{facts::Facts, unregister},
    write::Write,
};

/// The change of the function: first of all, nothing invokes it, so that it renews nothing.
pub fn function(stack: &str, function: &str) -> Change {
    let write = Write::Stop { function: function.to_owned() };
    let name = function.rsplit(':').next().unwrap_or(function);
    let text = format!("nothing invokes {name} (reserved concurrency 0)");
    Change::planned(stack, None, vec![Item::change(Part::Function, text, vec![write])])
}

/// The change of an endpoint.
pub fn endpoint(facts: &Facts, at: EndpointAt) -> Change {
    let Some(id) = facts.id() else {
        return Change::planned(&facts.name, None, Vec::new());
    };
    let items = vec![
        records(facts, &id),
        unregister::backstop(facts),
        unregister::topics(facts),
        match at {
            EndpointAt::MinimumOne => at_minimum_one(&id),
            EndpointAt::Zero => at_zero(facts, &id),
        },
        unregister::tag(facts),
    ];
    Change::planned(&facts.name, Some(id), items)
}

/// Before the minimum: a lease would set it to 0.
fn records(facts: &Facts, id: &VariantId) -> Item {
    let own = facts.actions.iter().map(|action| action.name.as_str());
    let own: Vec<&str> = own.filter(|name| NAMES.contains(name)).collect();
    if own.is_empty() {
        return Item::kept(Part::Records, "no lease and no hold");
    }
    let writes =
        own.iter().map(|name| Write::DeleteAction { id: id.clone(), name: (*name).to_owned() });
    Item::change(Part::Records, format!("{} deleted", own.join(", ")), writes.collect())
}

fn at_minimum_one(id: &VariantId) -> Item {
    let write = Write::Register { id: id.clone(), min: Some(1), max: None };
    let text = "MinCapacity 1: an instance runs all the time, and costs money";
    Item::change(Part::Target, text, vec![write])
}

fn at_zero(facts: &Facts, id: &VariantId) -> Item {
    let instances = facts.variant().and_then(|variant| variant.desired).unwrap_or_default();
    if instances > 0 {
        let sleep = Suggested::scalerctl(format!("sleep {} --force --wait", facts.name));
        return Item::refused(
            Part::Target,
            format!("{instances} instances run"),
            Advice::with("scale the endpoint to zero first; this checks the backlog:", sleep),
        );
    }
    let others = unregister::of_owner(facts);
    if others.is_empty() {
        let write = Write::Deregister { id: id.clone() };
        return Item::change(Part::Target, "deregistered; nothing wakes the endpoint", vec![write]);
    }
    let text = format!("MinCapacity 0, and registered for {}", others.join(", "));
    match facts.target.as_ref().is_some_and(|target| target.min == 0) {
        true => Item::kept(Part::Target, text),
        false => {
            let write = Write::Register { id: id.clone(), min: Some(0), max: None };
            Item::change(Part::Target, text, vec![write])
        }
    }
}
