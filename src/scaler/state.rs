//! The scaler, and what it remembers while its container lives.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use super::{
    deadline::Waits, effects::Effects, memory::Memory, result::Subject, session::Session,
    signal_kind::SignalKind, tick::LookedAt, unit::Unit,
};
use crate::{
    config::{Config, Mode, Route},
    ignored::PassedOver,
    log_limit::Said,
    port::{Aws, Clock},
    rate::Pace,
    rate_limited::Paced,
};

/// Decides and acts. There is one for the life of a container. What it remembers only saves calls.
#[derive(Debug)]
pub struct Scaler<A, C> {
    aws: Paced<A>,
    /// The client for ticks, if they have their own.
    for_ticks: Option<Paced<A>>,
    pub(super) clock: C,
    config: RwLock<Arc<Config>>,
    memory: Mutex<Memory>,
    said: Mutex<Said>,
    /// When ticks looked at each endpoint.
    looked_at: Mutex<LookedAt>,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// A scaler with an empty memory, as after a cold start.
    pub fn new(aws: A, clock: C, config: Config) -> Self {
        Self {
            aws: Paced::without_pace(aws),
            for_ticks: None,
            clock,
            config: RwLock::new(Arc::new(config)),
            memory: Mutex::default(),
            said: Mutex::default(),
            looked_at: Mutex::default(),
        }
    }

    /// Ticks use this client, at this rate.
    pub fn with_ticks_by(self, aws: A, pace: Pace) -> Self {
        Self { for_ticks: Some(Paced::at(aws, pace)), ..self }
    }

    /// The present settings.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Uses other routes from the next invocation on. Forgets what it remembers because of the old routes.
    pub fn replace_routes(&self, routes: Vec<Route>) {
        let mut config = self.config.write().unwrap_or_else(PoisonError::into_inner);
        if config.routes != routes {
            *config = Arc::new(Config { routes, mode: config.mode });
            self.memory().forget_routes();
        }
    }

    /// The session for one unit.
    pub(super) fn session(&self, unit: &Unit<'_>, mode: Mode, waits: Waits) -> Session<'_, A, C> {
        Session {
            oldest_input: unit.oldest_input(),
            ..self.session_of(Subject::of(unit, mode), waits)
        }
    }

    /// The session for this subject.
    pub(super) fn session_of(&self, subject: Subject, waits: Waits) -> Session<'_, A, C> {
        Session {
            aws: self.aws_for(subject.signal),
            clock: &self.clock,
            waits,
            subject,
            oldest_input: None,
            effects: Effects::default(),
        }
    }

    /// The client for calls because of this kind of signal.
    pub(super) fn aws_for(&self, signal: SignalKind) -> &Paced<A> {
        match signal {
            SignalKind::Tick => self.aws_for_ticks(),
            SignalKind::Input
            | SignalKind::Alarm
            | SignalKind::EndpointChanged
            | SignalKind::Result
            | SignalKind::Command => &self.aws,
        }
    }

    pub(super) fn aws_for_ticks(&self) -> &Paced<A> {
        self.for_ticks.as_ref().unwrap_or(&self.aws)
    }

    /// Those that this container did not log within the last minute.
    pub(super) fn news(&self, passed_over: BTreeSet<PassedOver>) -> Vec<PassedOver> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.news(passed_over, self.clock.now())
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        // A panic does not make it wrong: what it remembers only saves calls.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn looked_at(&self) -> MutexGuard<'_, LookedAt> {
        // A panic does not make it wrong: it only determines the order.
        self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
