//! The scalable targets and scheduled actions of the namespace, by variant.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::order::{Class, RecordState};
use crate::{
    config::{Route, Selector},
    decide::{floor_while_awake, is_missed},
    lease::Records,
    port::{AwsResult, ScalableTarget, ScheduledAction, VariantId},
    scaler::work::covering,
};

/// The scalable targets, unless they could not be listed.
pub(super) type Targets = AwsResult<HashMap<VariantId, ScalableTarget>>;

/// The scheduled actions, unless they could not be listed.
pub(super) type Actions = AwsResult<HashMap<VariantId, Vec<ScheduledAction>>>;

/// The lists, if they are already read.
pub(super) struct Namespace<'a> {
    /// `None` while they are being listed.
    pub(super) targets: Option<&'a Targets>,
    pub(super) actions: &'a Actions,
}

pub(super) fn by_variant(actions: AwsResult<Vec<ScheduledAction>>) -> Actions {
    actions.map(|actions| {
        let mut by_id: HashMap<VariantId, Vec<ScheduledAction>> = HashMap::new();
        for action in actions {
            by_id.entry(action.id.clone()).or_default().push(action);
        }
        by_id
    })
}

impl Namespace<'_> {
    /// The target, if it is known.
    pub(super) fn target(&self, id: &VariantId) -> Option<&ScalableTarget> {
        self.targets?.as_ref().ok()?.get(id)
    }

    /// Every endpoint that the routes name, and every registered variant that one of them covers, with the
    /// most urgent of its records.
    pub(super) fn endpoints(
        &self,
        routes: &[Route],
        now: Timestamp,
    ) -> Vec<(Route, Option<RecordState>)> {
        let states = self.record_states(now);
        let of = |route: &Route| {
            let variants = states.get(route.endpoint.as_str())?.iter();
            let is_routed = |variant: &str| route.variant.as_ref().is_none_or(|own| own == variant);
            variants.filter(|(variant, _)| is_routed(variant)).map(|(_, state)| *state).min()
        };
        let with_state = |route: Route| {
            let state = of(&route);
            (route, state)
        };
        self.routed(routes).into_iter().map(with_state).collect()
    }

    fn routed(&self, routes: &[Route]) -> Vec<Route> {
        let mut seen = HashSet::new();
        let mut all: Vec<Route> = routes
            .iter()
            .filter(|route| route.selector == Selector::Named)
            .filter(|route| seen.insert((route.endpoint.as_str(), route.variant.as_deref())))
            .cloned()
            .collect();
        let named: HashSet<&str> = seen.iter().map(|(endpoint, _)| *endpoint).collect();
        for id in self.registered().into_iter().filter(|id| !named.contains(id.endpoint.as_str())) {
            if let Some(route) = covering(routes, &id.endpoint)
                && route.variant.as_ref().is_none_or(|variant| *variant == id.variant)
            {
                let variant = Some(id.variant.clone());
                all.push(Route { variant, ..route.of_endpoint(&id.endpoint) });
            }
        }
        all
    }

    /// The registered variants. If the targets are not listed, the variants with actions: an action needs a target.
    fn registered(&self) -> BTreeSet<&VariantId> {
        match (self.targets, self.actions) {
            (Some(Ok(targets)), _) => targets.keys().collect(),
            (None | Some(Err(_)), Ok(actions)) => actions.keys().collect(),
            (None | Some(Err(_)), Err(_)) => BTreeSet::new(),
        }
    }

    /// Variants, by endpoint, with an action of ours that is in the future or that AWS has missed.
    fn record_states(&self, now: Timestamp) -> HashMap<&str, Vec<(&str, RecordState)>> {
        let mut all: HashMap<&str, Vec<(&str, RecordState)>> = HashMap::new();
        for (id, actions) in self.actions.iter().flatten() {
            let target = self.target(id);
            let records = Records::read(actions, id, now);
            let missed = || target.is_some_and(|target| is_missed(target, &records)).then_some(now);
            let last = records.release_at().or(records.no_floor.map(|no_floor| no_floor.release));
            let Some(release) = last.or_else(missed) else { continue };
            let floor_is_due = target.is_some_and(|target| floor_is_due(target, &records));
            let class = match records.live(now) {
                true if floor_is_due => Class::Unfinished,
                true => Class::Awake,
                false => Class::Ended,
            };
            let state = RecordState { class, release };
            all.entry(id.endpoint.as_str()).or_default().push((id.variant.as_str(), state));
        }
        all
    }
}

/// Whether the floor must change if the endpoint has an instance.
fn floor_is_due(target: &ScalableTarget, records: &Records) -> bool {
    matches!(floor_while_awake(target, records, Some(1)), Ok(Some(_)))
}
