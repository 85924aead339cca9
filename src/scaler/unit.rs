//! A unit: the signals of one event that are about the same variant. It is served as a whole.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{SignalKind, messages::Messages};
use crate::{
    config::Route,
    decide::Trigger,
    signal::{Command, Signal, What},
};

/// The duration of a hold if the command states none.
const DEFAULT_HOLD_MINUTES: u32 = 60;

/// The signals of one event that are about one variant.
#[derive(Debug, Clone)]
pub struct Unit<'a> {
    pub(super) route: Cow<'a, Route>,
    pub(super) signal: SignalKind,
    pub(super) command: Option<Command>,
    /// No route names the endpoint. It is served only if it is registered as a scalable target.
    pub(super) must_be_registered: bool,
    /// The name is NAME of a key that the SageMaker Python SDK made. It may be the name of a model.
    pub(super) sdk_name: Option<&'a str>,
    /// The name in the key was cut and can mean other endpoints as well, or it is the name of a model that other
    /// endpoints have too.
    pub(super) name_was_cut: bool,
    /// The input is for other endpoints as well.
    pub(super) one_of_several: bool,
    /// The unit is served only if the endpoint was not created before this time.
    pub(super) not_older_than: Option<Timestamp>,
    /// The signals, by subject.
    pub(super) signals: Vec<Arc<MergedSignals>>,
}

/// What several signals about the same subject contain together.
#[derive(Debug, Default)]
pub(super) struct MergedSignals {
    /// Their positions in the event, if they are inputs, invocations or results.
    pub(super) positions: Vec<usize>,
    pub(super) oldest_input: Option<Timestamp>,
    pub(super) messages: Arc<[Arc<str>]>,
}

impl<'a> Unit<'a> {
    pub(super) fn new(
        route: Cow<'a, Route>,
        must_be_registered: bool,
        (signal, command): (SignalKind, Option<Command>),
        merged: &Arc<MergedSignals>,
    ) -> Self {
        Self {
            route,
            signal,
            command,
            must_be_registered,
            sdk_name: None,
            name_was_cut: false,
            one_of_several: false,
            not_older_than: None,
            signals: vec![Arc::clone(merged)],
        }
    }

    /// What identifies the unit within its event.
    pub(super) fn share(&self) -> Share {
        let Route { endpoint, variant, .. } = &*self.route;
        (endpoint.clone(), variant.clone(), self.signal, self.command)
    }

    /// Adds the other unit's signals to this one.
    fn merge(&mut self, other: Self) {
        self.must_be_registered &= other.must_be_registered;
        self.sdk_name = self.sdk_name.or(other.sdk_name);
        self.name_was_cut |= other.name_was_cut;
        self.one_of_several |= other.one_of_several;
        self.not_older_than = self.not_older_than.and(other.not_older_than);
        self.signals.extend(other.signals);
    }

    /// The number of inputs in the event. An input that several routes match counts once.
    pub(super) fn inputs(&self) -> usize {
        match self.signals.as_slice() {
            // An invocation can be of an input that is done by now.
            _ if self.signal != SignalKind::Input => 0,
            [only] => only.positions.len(),
            _ => self.positions().len(),
        }
    }

    /// The positions of its inputs, invocations or results in the event, each one once.
    fn positions(&self) -> Vec<usize> {
        let of_signals = |merged: &'_ Arc<MergedSignals>| merged.positions.clone();
        let mut all: Vec<usize> = self.signals.iter().flat_map(of_signals).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Its inputs, invocations or results in the event.
    pub(super) fn in_event<'s>(&self, signals: &'s [Signal]) -> impl Iterator<Item = &'s What> {
        self.positions().into_iter().filter_map(|at| signals.get(at)).map(|signal| &signal.what)
    }

    pub(super) fn oldest_input(&self) -> Option<Timestamp> {
        self.signals.iter().filter_map(|merged| merged.oldest_input).min()
    }

    pub(super) fn messages(&self) -> Messages {
        let mut messages = Messages::default();
        for merged in &self.signals {
            messages.add(&merged.messages);
        }
        messages
    }

    /// The trigger of the decision. `None` if there is nothing to decide.
    pub(super) fn trigger(&self, now: Timestamp) -> Option<Trigger> {
        Some(match (self.signal, &self.command) {
            (SignalKind::Input, _) => Trigger::Input,
            (SignalKind::Invocation, _) => Trigger::Invocation,
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

/// Identifies a unit: endpoint, variant, kind of signal, command. An event has one unit for each.
pub(super) type Share = (String, Option<String>, SignalKind, Option<Command>);

/// Units in the order in which they were added. Units with the same share are merged.
#[derive(Debug, Default)]
pub(super) struct Units<'a> {
    pub(super) all: Vec<Unit<'a>>,
    by_share: BTreeMap<Share, usize>,
}

impl<'a> Units<'a> {
    pub(super) fn add(&mut self, unit: Unit<'a>) {
        let next = self.all.len();
        let index = *self.by_share.entry(unit.share()).or_insert(next);
        match self.all.get_mut(index) {
            Some(existing) => existing.merge(unit),
            None => self.all.push(unit),
        }
    }
}
