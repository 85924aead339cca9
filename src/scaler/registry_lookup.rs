//! Serves signals whose endpoints must be looked up among the registered scalable targets: inputs by pattern,
//! names that may be cut, names of models, and the texts of composite alarms.

use std::{collections::BTreeSet, pin::pin};

use futures_util::{
    future::{join_all, maybe_done},
    join,
};
use tokio::time::timeout;

use super::{
    Done, Failure, Scaler, Subject,
    event::Event,
    models::Serving,
    unit::{Share, Unit, Units},
    work::{Lookup, Question, of_models},
};
use crate::{
    fleet::Registered,
    ignored::IgnoredSignal,
    port::{Aws, AwsFailure, Clock},
    reason::Reason,
};

/// The results of the questions of an event.
#[derive(Default)]
pub(super) struct Answered<'a> {
    pub(super) done: Vec<Done>,
    pub(super) failures: Vec<Failure>,
    /// Units for variants that other units of the event serve already.
    pub(super) repeated: Vec<Unit<'a>>,
    pub(super) ignored_signals: BTreeSet<IgnoredSignal>,
}

/// The result of one question.
#[derive(Default)]
struct Found<'a> {
    units: Vec<Unit<'a>>,
    failures: Vec<AwsFailure>,
    ignored_signals: Option<IgnoredSignal>,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Finds the endpoints of the signals and serves them. If a new listing is needed and takes long, the last
    /// listing is used first. Endpoints that only the new listing contains are served after it.
    pub(super) async fn serve_questions<'a>(
        &self,
        questions: Vec<Question<'a>>,
        shares: &BTreeSet<Share>,
        event: &Event<'a>,
    ) -> Answered<'a> {
        let mut answered = Answered::default();
        if questions.is_empty() {
            return answered;
        }
        let (known, list_again) = self.listed(|names| lacking(&questions, names, event));
        let mut listing = pin!(maybe_done(self.list_names(event)));
        if list_again {
            let patience = self.patience(known.is_some(), event.waits);
            _ = timeout(patience, listing.as_mut()).await;
        }
        let listed = listing.as_mut().take_output();
        let is_late = list_again && listed.is_none();
        let names = match listed {
            Some(Ok(names)) => Some(names),
            Some(Err(failure)) => {
                answered.failures.push(Failure::Aws(failure));
                known
            }
            None => known,
        };
        let mut served = shares.clone();
        let first = match &names {
            Some(names) => self.units_of(&questions, names, event, &mut answered).await,
            None => Vec::new(),
        };
        let (first, repeated) = apart(first, &mut served);
        answered.repeated = repeated;
        let late = async {
            if is_late {
                let rest = self.patience(false, event.waits);
                _ = timeout(rest, listing.as_mut()).await;
            }
        };
        let (done, ()) = join!(self.serve_units(first, event), late);
        answered.done = done;
        if !is_late {
            return answered;
        }
        match listing.as_mut().take_output() {
            Some(Ok(names)) => {
                let all = self.units_of(&questions, &names, event, &mut answered).await;
                let (more, _) = apart(all, &mut served);
                answered.done.extend(self.serve_units(more, event).await);
            }
            Some(Err(failure)) => answered.failures.push(Failure::Aws(failure)),
            None => answered.failures.push(Failure::OutOfTime { endpoint: "*".into() }),
        }
        answered
    }

    /// The units of all questions, for the registered names.
    async fn units_of<'a>(
        &self,
        questions: &[Question<'a>],
        names: &Registered,
        event: &Event<'a>,
        answered: &mut Answered<'a>,
    ) -> Vec<Unit<'a>> {
        let answers = questions.iter().map(|question| self.answer(question, names, event));
        let mut units = Units::default();
        for found in join_all(answers).await {
            found.units.into_iter().for_each(|unit| units.add(unit));
            answered.failures.extend(found.failures.into_iter().map(Failure::Aws));
            answered.ignored_signals.extend(found.ignored_signals);
        }
        units.all
    }

    async fn answer<'a>(
        &self,
        question: &Question<'a>,
        names: &Registered,
        event: &Event<'a>,
    ) -> Found<'a> {
        let routes = event.routes;
        let endpoints = question.endpoints(routes, names);
        match question.lookup(routes) {
            Lookup::Pattern(route) if endpoints.is_empty() => {
                self.miss(&route.endpoint, Some(&route.endpoint));
                Found::default()
            }
            Lookup::Pattern(route) if !route.goes_to_all() => {
                let chosen = self.newest(&route.endpoint, &endpoints, event.waits).await;
                let perhaps = chosen.perhaps.as_ref().map(|(name, _)| name.as_str());
                let both: Vec<&str> = chosen.best.as_deref().into_iter().chain(perhaps).collect();
                let mut units = question.units(routes, &both);
                if let Some((name, bar)) = &chosen.perhaps {
                    let perhaps = units.iter_mut().filter(|unit| unit.route.endpoint == *name);
                    perhaps.for_each(|unit| unit.not_older_than = *bar);
                }
                Found { units, failures: chosen.failures, ..Found::default() }
            }
            Lookup::Name(name) if endpoints.is_empty() => {
                let serving = match question.sdk_name() {
                    Some(model) => self.serving(model, names, event).await,
                    None => Serving::default(),
                };
                let endpoints: Vec<&str> = serving.endpoints.iter().map(String::as_str).collect();
                if !endpoints.is_empty() {
                    return Found { units: question.units(routes, &endpoints), ..Found::default() };
                }
                if serving.failures.is_empty() {
                    self.miss(name, question.loggable_name(routes));
                }
                Found { failures: serving.failures, ..Found::default() }
            }
            Lookup::Mention if endpoints.is_empty() => {
                Found { ignored_signals: Some(IgnoredSignal::CompositeAlarm), ..Found::default() }
            }
            Lookup::Pattern(_) | Lookup::Name(_) | Lookup::Mention => {
                Found { units: question.units(routes, &endpoints), ..Found::default() }
            }
        }
    }

    /// Serves a unit whose endpoint is not registered. NAME of a key of the SageMaker Python SDK may be the name
    /// of a model. A command fails. Otherwise the unit is ignored.
    pub(super) async fn serve_not_registered(
        &self,
        unit: &Unit<'_>,
        event: &Event<'_>,
    ) -> Vec<Done> {
        let name = unit.route.endpoint.as_str();
        if let Some(model) = unit.sdk_name {
            return self.serve_by_model(unit, model, event).await;
        }
        self.miss(name, Some(name));
        if unit.command.is_none() {
            return Vec::new();
        }
        let failure = Failure::NotRegistered { endpoint: name.to_owned() };
        let subject = Subject::of(unit, event.mode);
        vec![Done::without_a_look(subject, Reason::NotRegistered, vec![failure])]
    }

    async fn serve_by_model(&self, unit: &Unit<'_>, model: &str, event: &Event<'_>) -> Vec<Done> {
        let lacking =
            if self.is_known_model(model) { BTreeSet::new() } else { [model.to_owned()].into() };
        let (known, list_again) = self.listed(|_| lacking);
        let known = known.filter(|_| !list_again);
        let names = match known {
            Some(names) => Ok(names),
            None => self.list_names(event).await,
        };
        let subject = Subject::of(unit, event.mode);
        let serving = match names {
            Ok(names) => self.serving(model, &names, event).await,
            Err(failure) => {
                return vec![Done::registry_unknown(subject, &failure)];
            }
        };
        if !serving.endpoints.is_empty() {
            let units = of_models(unit, event.routes, &serving.endpoints);
            let served = join_all(units.iter().map(|unit| self.serve_unit(unit, event))).await;
            return served.into_iter().flatten().collect();
        }
        if serving.failures.is_empty() {
            self.miss(model, Some(model));
            return Vec::new();
        }
        let failures = serving.failures.into_iter().map(Failure::Aws).collect();
        vec![Done::without_a_look(subject, Reason::EndpointUnreadable, failures)]
    }
}

/// The names and patterns for which these registered names have no endpoint.
fn lacking(questions: &[Question<'_>], names: &Registered, event: &Event<'_>) -> BTreeSet<String> {
    let without = |question: &&Question<'_>| question.endpoints(event.routes, names).is_empty();
    let name = |question: &Question<'_>| match question.lookup(event.routes) {
        Lookup::Pattern(route) => Some(route.endpoint.clone()),
        Lookup::Name(name) => Some(name.to_owned()),
        Lookup::Mention => None,
    };
    questions.iter().filter(without).filter_map(name).collect()
}

/// The units for variants that are not served yet, and the other units.
fn apart<'a>(units: Vec<Unit<'a>>, served: &mut BTreeSet<Share>) -> (Vec<Unit<'a>>, Vec<Unit<'a>>) {
    units.into_iter().partition(|unit| served.insert(unit.share()))
}
