//! Matches the signals of an event with routes. The result is one unit for each variant and kind of signal.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    Failure, SignalKind,
    unit::{MergedSignals, Unit, Units},
};
use crate::{
    config::key_pattern::InKey,
    config::{Route, Selector, is_sagemaker_name},
    fleet::{self, EndpointSource, Registered, sdk_key},
    ignored::IgnoredSignal,
    signal::{Command, Signal, What},
};

/// The subject of a signal, in the way that the signal names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About<'a> {
    /// The endpoint that the route of this number names.
    Route(usize),
    /// The endpoint of this name, and its variant if the signal names one.
    Endpoint(&'a str, Option<&'a str>),
    /// NAME of a key that the SageMaker Python SDK made.
    SdkName(&'a str),
    /// The part of a key, from the position of the endpoint name in the route of this number.
    Somewhere(usize, &'a str),
    /// The endpoint with this name in its ARN. SageMaker writes it in lower case.
    Arn(&'a str),
    /// The endpoints that match the pattern of the route of this number.
    Matching(usize),
    /// The endpoints that the texts of a composite alarm mention.
    Mention(&'a [String]),
}

/// Signals of one kind about the same subject.
#[derive(Debug)]
struct Group<'a> {
    about: About<'a>,
    signal: SignalKind,
    command: Option<Command>,
    merged: Arc<MergedSignals>,
}

impl<'a> Group<'a> {
    fn unit(&self, route: Cow<'a, Route>, must_be_registered: bool) -> Unit<'a> {
        Unit::new(route, must_be_registered, (self.signal, self.command), &self.merged)
    }
}

/// All work of an event.
#[derive(Debug, Default)]
pub(super) struct Work<'a> {
    /// Work for endpoints whose names are known.
    pub(super) units: Vec<Unit<'a>>,
    /// Signals for which endpoint names must be looked up first.
    pub(super) questions: Vec<Question<'a>>,
    pub(super) tick: bool,
    pub(super) failures: Vec<Failure>,
    /// Signals that match no route, for the log.
    pub(super) ignored_signals: BTreeSet<IgnoredSignal>,
}

/// Signals whose endpoints must be looked up among the registered scalable targets.
#[derive(Debug)]
pub(super) struct Question<'a>(Group<'a>);

/// What must be looked up.
pub(super) enum Lookup<'a> {
    /// The endpoints that match this route's pattern.
    Pattern(&'a Route),
    /// A name in a key, which may be cut.
    Name(&'a str),
    /// The endpoints that a composite alarm mentions.
    Mention,
}

/// Groups the signals of an event by subject. Ten thousand records of one endpoint become one unit.
pub(super) fn plan<'a>(routes: &'a [Route], signals: &'a [Signal]) -> Work<'a> {
    let mut work = Work::default();
    let mut units = Units::default();
    for group in groups(routes, signals, &mut work) {
        let about = match group.about {
            About::Route(number) => {
                let named = routes.get(number).map(Cow::Borrowed);
                named.into_iter().for_each(|route| units.add(group.unit(route, false)));
                continue;
            }
            About::Endpoint(name, variant) => (name, variant),
            About::SdkName(name) if !sdk_key::may_be_cut(name) => (name, None),
            About::SdkName(_) | About::Somewhere(..) | About::Matching(_) => {
                work.questions.push(Question(group));
                continue;
            }
            About::Arn(name) => {
                let named = named_in_arn(routes, name);
                let found = named.iter().flat_map(|name| units_of(routes, (name, None), &group));
                found.for_each(|unit| units.add(unit));
                if named.is_empty() && !routes.iter().any(|it| fleet::can_cover_arn(it, name)) {
                    work.ignored_signals.insert(IgnoredSignal::invocation(name));
                } else if named.is_empty() {
                    work.questions.push(Question(group));
                }
                continue;
            }
            About::Mention(texts)
                if routes.iter().all(|route| route.selector == Selector::Named) =>
            {
                let none = Registered::new();
                let mentioned = mentioned(routes, &none, texts);
                if mentioned.is_empty() {
                    work.ignored_signals.insert(IgnoredSignal::CompositeAlarm);
                }
                let found =
                    mentioned.iter().flat_map(|name| units_of(routes, (name, None), &group));
                found.for_each(|unit| units.add(unit));
                continue;
            }
            About::Mention(_) => {
                work.questions.push(Question(group));
                continue;
            }
        };
        let concerned = units_of(routes, about, &group);
        match group.signal {
            SignalKind::Command if concerned.is_empty() => {
                work.failures.push(Failure::NoRoute { endpoint: about.0.to_owned() });
            }
            // An endpoint that is not registered is logged where that is looked up.
            SignalKind::Alarm if concerned.is_empty() => {
                work.ignored_signals.insert(IgnoredSignal::endpoint(about.0));
            }
            _ => {}
        }
        for mut unit in concerned {
            if let About::SdkName(name) = group.about
                && unit.must_be_registered
            {
                unit.sdk_name = Some(name);
            }
            units.add(unit);
        }
    }
    work.units = units.all;
    work
}

fn groups<'a>(routes: &[Route], signals: &'a [Signal], work: &mut Work<'_>) -> Vec<Group<'a>> {
    #[derive(Default)]
    struct Collected {
        positions: Vec<usize>,
        oldest_input: Option<Timestamp>,
        messages: Vec<Arc<str>>,
    }
    let mut order = Vec::new();
    let mut by_subject: BTreeMap<(About<'a>, SignalKind, Option<Command>), Collected> =
        BTreeMap::new();
    // A message can hold thousands of records.
    let mut last_message: Option<Arc<str>> = None;
    for (number, signal) in signals.iter().enumerate() {
        let mut add = |about: About<'a>, kind, command| {
            let collected = by_subject.entry((about, kind, command)).or_insert_with(|| {
                order.push((about, kind, command));
                Collected::default()
            });
            if let Some(id) = signal.message_id.as_deref() {
                let same = last_message.clone().filter(|last| **last == *id);
                let id = same.unwrap_or_else(|| Arc::from(id));
                if collected.messages.last().is_none_or(|last| *last != id) {
                    collected.messages.push(Arc::clone(&id));
                }
                last_message = Some(id);
            }
            if matches!(
                signal.what,
                What::Input { .. } | What::Invocation { .. } | What::Result { .. }
            ) && collected.positions.last() != Some(&number)
            {
                collected.positions.push(number);
            }
            if let What::Input { at, .. } = signal.what {
                collected.oldest_input = match (collected.oldest_input, at) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
        };
        match &signal.what {
            What::Tick => work.tick = true,
            What::Input { bucket, key, .. } => {
                let mut is_taken = false;
                for (number, route) in routes.iter().enumerate() {
                    let about = match fleet::endpoint_source(route, bucket, key) {
                        None => continue,
                        Some(EndpointSource::Named) => About::Route(number),
                        Some(EndpointSource::Matching) => About::Matching(number),
                        Some(EndpointSource::InKey(InKey::Name(name))) => {
                            About::Endpoint(name, None)
                        }
                        Some(EndpointSource::InKey(InKey::Somewhere(rest))) => {
                            About::Somewhere(number, rest)
                        }
                        Some(EndpointSource::SdkName(name)) => About::SdkName(name),
                    };
                    is_taken = true;
                    add(about, SignalKind::Input, None);
                }
                if !is_taken {
                    work.ignored_signals.extend(IgnoredSignal::key(routes, bucket));
                }
            }
            What::Invocation { endpoints, at: _ } => {
                for name in endpoints {
                    add(About::Arn(name), SignalKind::Invocation, None);
                }
            }
            What::Alarm { endpoints, variant, mentioned, at: _ } => {
                for name in endpoints {
                    let about = About::Endpoint(name, variant.as_deref());
                    add(about, SignalKind::Alarm, None);
                }
                if !mentioned.is_empty() {
                    add(About::Mention(mentioned), SignalKind::Alarm, None);
                }
            }
            What::EndpointChanged { endpoint, status: _ } => {
                add(About::Endpoint(endpoint, None), SignalKind::EndpointChanged, None);
            }
            What::Result { endpoint, .. } => {
                add(About::Endpoint(endpoint, None), SignalKind::Result, None);
            }
            What::Command { command, endpoint, variant } => {
                let about = About::Endpoint(endpoint, variant.as_deref());
                add(about, SignalKind::Command, Some(*command));
            }
        }
    }
    let group = |(about, signal, command)| {
        let Collected { positions, oldest_input, messages } =
            by_subject.remove(&(about, signal, command)).unwrap_or_default();
        let merged = MergedSignals { positions, oldest_input, messages: messages.into() };
        Group { about, signal, command, merged: Arc::new(merged) }
    };
    order.into_iter().map(group).collect()
}

impl<'a> Question<'a> {
    /// What must be looked up.
    pub(super) fn lookup(&self, routes: &'a [Route]) -> Lookup<'a> {
        match self.0.about {
            About::Matching(number) => routes.get(number).map_or(Lookup::Mention, Lookup::Pattern),
            About::SdkName(name) | About::Somewhere(_, name) | About::Arn(name) => {
                Lookup::Name(name)
            }
            About::Route(_) | About::Endpoint(..) | About::Mention(_) => Lookup::Mention,
        }
    }

    /// The name that may be logged. Nothing else of a key may be.
    pub(super) fn loggable_name(&self, routes: &'a [Route]) -> Option<&'a str> {
        match self.0.about {
            About::SdkName(name) | About::Endpoint(name, _) => Some(name),
            About::Arn(name) => is_sagemaker_name(name).then_some(name),
            About::Somewhere(number, rest) => match routes.get(number).map(|route| &route.selector)
            {
                Some(Selector::InKey(form)) => form.shortest(rest),
                _ => None,
            },
            About::Route(_) | About::Matching(_) | About::Mention(_) => None,
        }
    }

    /// NAME of a key that the SageMaker Python SDK made.
    pub(super) fn sdk_name(&self) -> Option<&'a str> {
        match self.0.about {
            About::SdkName(name) => Some(name),
            _ => None,
        }
    }

    /// The registered endpoints that match by name. If a pattern's inputs go to the newest endpoint, the
    /// candidates for it.
    pub(super) fn endpoints<'r>(
        &self,
        routes: &'r [Route],
        registered: &'r Registered,
    ) -> Vec<&'r str> {
        match self.0.about {
            About::Matching(number) => routes
                .get(number)
                .map(|route| registered.iter().filter(|name| fleet::covers(route, name)))
                .map(|names| names.map(String::as_str).collect())
                .unwrap_or_default(),
            About::Somewhere(number, rest) => match routes.get(number).map(|route| &route.selector)
            {
                Some(Selector::InKey(form)) => form.longest(rest, registered).into_iter().collect(),
                _ => Vec::new(),
            },
            About::SdkName(name) => sdk_key::endpoints(name, registered),
            About::Arn(name) => {
                let is_meant =
                    |it: &&String| it.eq_ignore_ascii_case(name) && covering(routes, it).is_some();
                registered.iter().filter(is_meant).map(String::as_str).collect()
            }
            About::Mention(texts) => mentioned(routes, registered, texts),
            About::Route(_) | About::Endpoint(..) => Vec::new(),
        }
    }

    /// The units for these endpoints.
    pub(super) fn units(&self, routes: &'a [Route], endpoints: &[&str]) -> Vec<Unit<'a>> {
        let several = endpoints.len() > 1;
        let mut units = Vec::new();
        for endpoint in endpoints {
            for mut unit in units_of(routes, (endpoint, None), &self.0) {
                unit.one_of_several = several;
                unit.name_was_cut = several && self.sdk_name().is_some();
                units.push(unit);
            }
        }
        units
    }
}

/// Units with the same signals for these endpoints, which serve the model that the unit's key names.
pub(super) fn of_models<'a>(
    unit: &Unit<'a>,
    routes: &'a [Route],
    endpoints: &[String],
) -> Vec<Unit<'a>> {
    let several = endpoints.len() > 1;
    let routed = endpoints.iter().flat_map(|endpoint| routes_of(routes, (endpoint, None)));
    routed
        .map(|(route, must_be_registered)| Unit {
            route,
            must_be_registered,
            sdk_name: None,
            name_was_cut: several,
            one_of_several: several,
            ..unit.clone()
        })
        .collect()
}

/// The units of one endpoint, one for each variant that has a route.
fn units_of<'a>(
    routes: &'a [Route],
    about: (&str, Option<&str>),
    group: &Group<'a>,
) -> Vec<Unit<'a>> {
    let routes = routes_of(routes, about).into_iter();
    routes.map(|(route, must_be_registered)| group.unit(route, must_be_registered)).collect()
}

/// The routes of an endpoint: those that name it, or else the first route for several endpoints that covers it.
/// With the latter the endpoint is served only if it is registered, which the flag says.
fn routes_of<'a>(
    routes: &'a [Route],
    (endpoint, variant): (&str, Option<&str>),
) -> Vec<(Cow<'a, Route>, bool)> {
    let mut named = routes
        .iter()
        .filter(|route| route.selector == Selector::Named && route.endpoint == endpoint)
        .peekable();
    if named.peek().is_none() {
        return covering(routes, endpoint)
            .map(|route| (of_variant(Cow::Owned(route.of_endpoint(endpoint)), variant), true))
            .into_iter()
            .collect();
    }
    let same_variant = |route: &&Route| match (&route.variant, variant) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => true,
    };
    named
        .filter(same_variant)
        .map(|route| (of_variant(Cow::Borrowed(route), variant), false))
        .collect()
}

/// The endpoints of routes that this name in an ARN means. An account has no two endpoints whose names differ in case
/// only.
fn named_in_arn<'n>(routes: &'n [Route], name: &str) -> BTreeSet<&'n str> {
    let named = routes.iter().filter(|route| route.selector == Selector::Named);
    named.map(|route| route.endpoint.as_str()).filter(|it| it.eq_ignore_ascii_case(name)).collect()
}

/// The first route for several endpoints that covers this one.
pub(super) fn covering<'a>(routes: &'a [Route], endpoint: &str) -> Option<&'a Route> {
    routes.iter().find(|route| route.selector != Selector::Named && fleet::covers(route, endpoint))
}

/// A route without a variant takes the variant that the signal names, if any.
fn of_variant<'a>(route: Cow<'a, Route>, variant: Option<&str>) -> Cow<'a, Route> {
    match (&route.variant, variant) {
        (None, Some(variant)) => {
            Cow::Owned(Route { variant: Some(variant.to_owned()), ..route.into_owned() })
        }
        _ => route,
    }
}

/// The endpoints that the texts of a composite alarm mention, at most one for each text.
fn mentioned<'n>(
    routes: &'n [Route],
    registered: &'n Registered,
    texts: &[String],
) -> Vec<&'n str> {
    let named = routes.iter().filter(|route| route.selector == Selector::Named);
    let covered = registered.iter().filter(|name| covering(routes, name).is_some());
    let names: BTreeSet<&str> =
        named.map(|route| &route.endpoint).chain(covered).map(String::as_str).collect();
    let longest = |text: &String| longest_mention(names.iter().copied(), text);
    texts.iter().filter_map(longest).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The longest of these names that is a separate word in the text. A hyphen ends a word: `infer-2-backlog`
/// contains `infer-2` and `infer`, and the longer one is meant.
fn longest_mention<'n>(names: impl Iterator<Item = &'n str>, text: &str) -> Option<&'n str> {
    names
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
