//! From signals to work: which routes they concern, once per variant and event.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{SignedDuration, Timestamp};

use super::{Failure, SignalKind, registry::Fleet};
use crate::{
    config::{Route, Whom},
    decide::Trigger,
    fleet::{self, Meant},
    passed_over::PassedOver,
    signal::{Command, Signal, What},
};

/// A hold of no stated length lasts this long.
const DEFAULT_HOLD_MINUTES: u32 = 60;

/// One variant's share of an event.
#[derive(Debug)]
pub struct Unit<'a> {
    pub(super) route: Cow<'a, Route>,
    pub(super) signal: SignalKind,
    pub(super) command: Option<Command>,
    pub(super) oldest_input: Option<Timestamp>,
    /// Inputs that the event tells of, each once however many routes take it.
    pub(super) inputs: usize,
    last_input: Option<usize>,
    /// The name in the key was cut, and may mean other endpoints as well.
    pub(super) name_was_cut: bool,
    /// An input means other endpoints as well.
    pub(super) one_of_several: bool,
    pub(super) message_ids: Vec<String>,
}

impl<'a> Unit<'a> {
    fn new(route: Cow<'a, Route>, signal: SignalKind, command: Option<Command>) -> Self {
        Self {
            route,
            signal,
            command,
            oldest_input: None,
            inputs: 0,
            last_input: None,
            name_was_cut: false,
            one_of_several: false,
            message_ids: Vec::new(),
        }
    }

    /// One more input.
    fn take_input(&mut self, input: &Input) {
        if self.last_input.replace(input.number) != Some(input.number) {
            self.inputs += 1;
        }
        self.name_was_cut |= input.name_was_cut;
        self.one_of_several |= input.one_of_several;
        self.oldest_input = match (self.oldest_input, input.at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    /// One more signal of the same.
    fn take(&mut self, message: Option<&str>) {
        if let Some(message) = message
            && self.message_ids.last().is_none_or(|last| last != message)
        {
            self.message_ids.push(message.to_owned());
        }
    }

    /// What it asks of the decision; `None` where there is nothing to judge.
    pub(super) fn trigger(&self, now: Timestamp) -> Option<Trigger> {
        Some(match (self.signal, &self.command) {
            (SignalKind::Input, _) => Trigger::Input,
            (SignalKind::Alarm, _) => Trigger::Alarm,
            (SignalKind::Tick, _) => Trigger::Tick,
            (SignalKind::EndpointChanged, _) => Trigger::EndpointChanged,
            (SignalKind::Result, _) | (SignalKind::Command, None) => return None,
            (SignalKind::Command, Some(command)) => match *command {
                Command::Wake => Trigger::Wake,
                Command::Sleep { force } => Trigger::Sleep { force },
                Command::Hold { minutes } => {
                    let minutes = i64::from(minutes.unwrap_or(DEFAULT_HOLD_MINUTES));
                    Trigger::Hold { until: now + SignedDuration::from_mins(minutes) }
                }
                Command::Release => Trigger::Release,
                Command::Status => Trigger::Status,
            },
        })
    }
}

/// One input, as far as one endpoint is concerned.
struct Input {
    /// Its place in the event.
    number: usize,
    at: Option<Timestamp>,
    name_was_cut: bool,
    one_of_several: bool,
}

/// Whose share of an event a unit is.
type Share = (String, Option<String>, SignalKind, Option<Command>);

/// Everything that an event asks for.
#[derive(Debug, Default)]
pub(super) struct Work<'a> {
    pub(super) units: Vec<Unit<'a>>,
    by_share: BTreeMap<Share, usize>,
    pub(super) tick: bool,
    pub(super) failures: Vec<Failure>,
    /// What concerns no route.
    pub(super) passed_over: BTreeSet<PassedOver>,
}

/// Sorts an event's signals by the variants that they concern. Ten thousand records of one
/// endpoint are one piece of work.
pub(super) fn plan<'a>(routes: &'a [Route], fleet: &Fleet, signals: Vec<Signal>) -> Work<'a> {
    let mut work = Work::default();
    for (number, signal) in signals.into_iter().enumerate() {
        let message = signal.message_id;
        match signal.what {
            What::Tick => work.tick = true,
            What::Input { bucket, key, at } => {
                let mut is_taken = false;
                for route in routes {
                    let meant = fleet.meant_by(route, &bucket, &key);
                    is_taken |= meant != Meant::NotOurs;
                    let Meant::These(names) = meant else { continue };
                    let one_of_several = names.len() > 1;
                    let name_was_cut = one_of_several && route.whom() == Whom::SdkKey;
                    let input = Input { number, at, name_was_cut, one_of_several };
                    if route.whom() == Whom::Named {
                        work.add_input(Cow::Borrowed(route), &input, message.as_deref());
                        continue;
                    }
                    for name in names {
                        for route in routes_of(routes, fleet, name, None) {
                            work.add_input(route, &input, message.as_deref());
                        }
                    }
                }
                if !is_taken {
                    work.passed_over.extend(PassedOver::key(routes, &bucket));
                }
            }
            What::Alarm { endpoints, variant, mentioned, at: _ } => {
                let names = fleet.names(routes);
                let named = mentioned.iter().filter_map(|text| longest_mention(&names, text));
                let all: Vec<&str> = endpoints.iter().map(String::as_str).chain(named).collect();
                if all.is_empty() {
                    work.passed_over.insert(PassedOver::CompositeAlarm);
                }
                for name in all {
                    let about = (name, variant.as_deref());
                    let is_covered = work.add_named(routes, fleet, about, SignalKind::Alarm, &message)
                        // That it is not registered is said where that is looked up.
                        || covering(routes, name).is_some();
                    if !is_covered {
                        work.passed_over.insert(PassedOver::endpoint(name));
                    }
                }
            }
            What::EndpointChanged { endpoint, status: _ } => {
                let about = (endpoint.as_str(), None);
                work.add_named(routes, fleet, about, SignalKind::EndpointChanged, &message);
            }
            What::Result { endpoint, status: _ } => {
                let about = (endpoint.as_str(), None);
                work.add_named(routes, fleet, about, SignalKind::Result, &message);
            }
            What::Command { command, endpoint, variant } => {
                let routes = routes_of(routes, fleet, &endpoint, variant.as_deref());
                if routes.is_empty() {
                    work.failures.push(Failure::NoRoute { endpoint });
                }
                for route in routes {
                    work.add(route, SignalKind::Command, Some(command), message.as_deref());
                }
            }
        }
    }
    work
}

impl<'a> Work<'a> {
    fn add(
        &mut self,
        route: Cow<'a, Route>,
        signal: SignalKind,
        command: Option<Command>,
        message: Option<&str>,
    ) -> Option<&mut Unit<'a>> {
        let share = (route.endpoint.clone(), route.variant.clone(), signal, command);
        let units = &mut self.units;
        let index = *self.by_share.entry(share).or_insert_with(|| {
            units.push(Unit::new(route, signal, command));
            units.len() - 1
        });
        let unit = self.units.get_mut(index)?;
        unit.take(message);
        Some(unit)
    }

    fn add_input(&mut self, route: Cow<'a, Route>, input: &Input, message: Option<&str>) {
        if let Some(unit) = self.add(route, SignalKind::Input, None, message) {
            unit.take_input(input);
        }
    }

    /// Returns whether there is a route.
    fn add_named(
        &mut self,
        routes: &'a [Route],
        fleet: &Fleet,
        (endpoint, variant): (&str, Option<&str>),
        signal: SignalKind,
        message: &Option<String>,
    ) -> bool {
        let routes = routes_of(routes, fleet, endpoint, variant);
        let any = !routes.is_empty();
        for route in routes {
            self.add(route, signal, None, message.as_deref());
        }
        any
    }
}

/// The routes of an endpoint: those that name it, else the first for several endpoints that covers
/// it, if it is registered.
fn routes_of<'a>(
    routes: &'a [Route],
    fleet: &Fleet,
    endpoint: &str,
    variant: Option<&str>,
) -> Vec<Cow<'a, Route>> {
    let named: Vec<&Route> = routes
        .iter()
        .filter(|route| route.whom() == Whom::Named && route.endpoint == endpoint)
        .collect();
    if named.is_empty() {
        return covering(routes, endpoint)
            .filter(|_| fleet.registered.contains(endpoint))
            .map(|route| of_variant(Cow::Owned(route.of_endpoint(endpoint)), variant))
            .into_iter()
            .collect();
    }
    let same_variant = |route: &&Route| match (&route.variant, variant) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => true,
    };
    named
        .into_iter()
        .filter(same_variant)
        .map(|route| of_variant(Cow::Borrowed(route), variant))
        .collect()
}

/// The first route for several endpoints that covers this one.
pub(super) fn covering<'a>(routes: &'a [Route], endpoint: &str) -> Option<&'a Route> {
    routes.iter().find(|route| route.whom() != Whom::Named && fleet::covers(route, endpoint))
}

/// A route for "the only variant" means the one that is named, where one is named.
fn of_variant<'a>(route: Cow<'a, Route>, variant: Option<&str>) -> Cow<'a, Route> {
    match (&route.variant, variant) {
        (None, Some(variant)) => {
            Cow::Owned(Route { variant: Some(variant.to_owned()), ..route.into_owned() })
        }
        _ => route,
    }
}

/// The longest routed endpoint name that stands in a composite alarm's text as a word of its own,
/// where a hyphen ends a word: `infer-2-backlog` names `infer-2` rather than `infer`.
fn longest_mention<'a>(names: &[&'a str], text: &str) -> Option<&'a str> {
    names
        .iter()
        .copied()
        .filter(|name| {
            text.match_indices(name).any(|(start, _)| {
                let (before, rest) = text.split_at(start);
                let after = rest.get(name.len()..).unwrap_or_default();
                !before.ends_with(|c: char| c.is_ascii_alphanumeric())
                    && !after.starts_with(|c: char| c.is_ascii_alphanumeric())
            })
        })
        .max_by_key(|name| name.len())
}
