//! Scheduled actions: put, listed, run and deleted.

use jiff::Timestamp;
use reactive_scaler::port::{ScheduledAction, VariantId};

use crate::{
    ActionPut, ActionSpan, ActionState, CallResult, Event, Operation, Page, Paging, PastSchedule,
    Refusal, schedule_expression::Runs,
};

use super::World;

impl World {
    /// The scheduled actions of a variant, by name.
    pub fn actions_of(&self, id: &VariantId) -> Vec<ScheduledAction> {
        self.actions.of(Some(id)).map(|state| state.action.clone()).collect()
    }

    /// A scheduled action. It can be past its time and not deleted yet.
    pub fn action(&self, id: &VariantId, name: &str) -> Option<ActionState> {
        self.actions.get(id, name).cloned()
    }

    /// Puts a scheduled action without an API call and its checks. An action in the past is stored
    /// and never runs.
    pub fn plant_action(&mut self, id: &VariantId, put: &ActionPut) {
        self.plant_action_within(id, put, ActionSpan::default());
    }

    fn plant_action_within(&mut self, id: &VariantId, put: &ActionPut, span: ActionSpan) {
        let schedule = put.schedule.clone().unwrap_or_default();
        let runs = Runs::parse(&schedule, put.timezone.as_deref()).unwrap_or(Runs::Never);
        let put_at = self.now();
        let runs_at = runs.first_after(put_at, span.start);
        let runs_at = runs_at.filter(|at| !runs.recurs() || span.covers(*at));
        let (min, max) = put.bounds.unwrap_or_default();
        let action = ScheduledAction {
            id: id.clone(),
            name: put.name.clone(),
            schedule,
            timezone: put.timezone.clone(),
            min,
            max,
        };
        let done = runs_at.is_some_and(|at| at <= put_at);
        self.actions.put(ActionState { action, put_at, runs_at, span, done });
    }

    /// Deletes a scheduled action without an API call.
    pub fn remove_action(&mut self, id: &VariantId, name: &str) {
        self.actions.remove(&(id.clone(), name.to_owned()));
    }

    /// DescribeScheduledActions of one variant or of the namespace, with these names or all.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn describe_scheduled_actions(
        &mut self,
        id: Option<&VariantId>,
        names: &[String],
        paging: &Paging,
    ) -> CallResult<Page<ActionState>> {
        let resource = id.map_or_else(|| "*".to_owned(), VariantId::resource_id);
        let operation = Operation::DescribeScheduledActions;
        self.call(operation, &resource, names.join(","), |world| {
            let wanted =
                |state: &&ActionState| names.is_empty() || names.contains(&state.action.name);
            let all = world.actions.of(id).filter(wanted);
            Ok(paging.cut(all, world.settings.page_size)?.map(Clone::clone))
        })
    }

    /// PutScheduledAction: creates an action, or replaces the parameters that the request contains.
    ///
    /// # Errors
    ///
    /// The errors of AWS: target not registered, malformed schedule, schedule in the past (depends
    /// on a setting).
    pub fn put_scheduled_action(&mut self, id: &VariantId, put: &ActionPut) -> CallResult<()> {
        self.put_scheduled_action_within(id, put, ActionSpan::default())
    }

    /// PutScheduledAction with `StartTime` or `EndTime`.
    ///
    /// # Errors
    ///
    /// Those of [`World::put_scheduled_action`].
    pub fn put_scheduled_action_within(
        &mut self,
        id: &VariantId,
        put: &ActionPut,
        span: ActionSpan,
    ) -> CallResult<()> {
        let bound = |name: &str, value: Option<i32>| value.map(|value| format!("{name}={value}"));
        let (min, max) = put.bounds.unwrap_or_default();
        let parts = [put.schedule.clone(), bound("min", min), bound("max", max)];
        let parts = [Some(put.name.clone())].into_iter().chain(parts).flatten();
        let arguments = parts.collect::<Vec<_>>().join(" ");
        self.call(Operation::PutScheduledAction, &id.resource_id(), arguments, |world| {
            world.check_registered(id)?;
            let standing = world.action(id, &put.name);
            let kept = standing.as_ref().map(|state| state.span).unwrap_or_default();
            let span = ActionSpan { start: span.start.or(kept.start), end: span.end.or(kept.end) };
            let standing = standing.map(|state| state.action);
            let put = match (standing, &put.schedule) {
                (Some(standing), None) => ActionPut {
                    schedule: Some(standing.schedule),
                    timezone: put.timezone.clone().or(standing.timezone),
                    bounds: put.bounds.or(Some((standing.min, standing.max))),
                    ..put.clone()
                },
                (Some(standing), Some(_)) => ActionPut {
                    bounds: put.bounds.or(Some((standing.min, standing.max))),
                    ..put.clone()
                },
                (None, _) => put.clone(),
            };
            world.check_action(&put)?;
            world.plant_action_within(id, &put, span);
            Ok(())
        })
    }

    fn check_action(&self, put: &ActionPut) -> Result<(), Refusal> {
        let schedule = put.schedule.as_deref().unwrap_or_default();
        let runs = Runs::parse(schedule, put.timezone.as_deref()).map_err(Refusal::validation)?;
        let past = matches!(runs, Runs::Once(at) if at <= self.now());
        if past && self.settings.past_schedule == PastSchedule::Refuse {
            return Err(Refusal::validation(format!("The schedule {schedule} is in the past")));
        }
        match put.bounds.unwrap_or_default() {
            (None, None) => Err(Refusal::validation(
                "At least one of minimum capacity and maximum capacity should be provided",
            )),
            (Some(min), _) if min < 0 => {
                Err(Refusal::validation(format!("MinCapacity {min} must be at least 0")))
            }
            (Some(min), Some(max)) if min > max => Err(Refusal::validation(format!(
                "MinCapacity {min} must be at most MaxCapacity {max}"
            ))),
            _ => Ok(()),
        }
    }

    /// DeleteScheduledAction.
    ///
    /// # Errors
    ///
    /// `ObjectNotFoundException` if there is no action of that name.
    pub fn delete_scheduled_action(&mut self, id: &VariantId, name: &str) -> CallResult<()> {
        let operation = Operation::DeleteScheduledAction;
        self.call(operation, &id.resource_id(), name.to_owned(), |world| {
            match world.actions.remove(&(id.clone(), name.to_owned())) {
                Some(_) => Ok(()),
                None => Err(Refusal::not_found(format!(
                    "No scheduled action found for service namespace: sagemaker, resource ID: \
                     {id}, scalable dimension: sagemaker:variant:DesiredInstanceCount, scheduled \
                     action name: {name}"
                ))),
            }
        })
    }

    /// The time at which the next action is due.
    pub(crate) fn next_action(&self) -> Option<Timestamp> {
        Some(self.actions.next_run()? + self.settings.schedule_lateness)
    }

    /// Runs the actions that are due. An action that is due while scheduled scaling is suspended is
    /// missed. It does not run later.
    pub(crate) fn run_due_actions(&mut self) {
        let now = self.now();
        let until = now - self.settings.schedule_lateness;
        while let Some(state) = self.actions.take_due(until) {
            let ScheduledAction { id, name, schedule, timezone, min, max } = state.action.clone();
            let runs = Runs::parse(&schedule, timezone.as_deref()).unwrap_or(Runs::Never);
            if runs.recurs() {
                let runs_at = state.runs_at.and_then(|at| runs.next_after(at));
                let runs_at = runs_at.filter(|at| state.span.covers(*at));
                self.actions.put(ActionState { runs_at, ..state });
            } else if self.settings.keep_past_actions {
                self.actions.put(ActionState { done: true, ..state });
            }
            let Some(found) = self.targets.get_mut(&id) else { continue };
            if found.target.suspended.scheduled {
                self.journal.event(now, Event::ActionMissed(id, name));
                continue;
            }
            let (new_min, new_max) =
                (min.unwrap_or(found.target.min), max.unwrap_or(found.target.max));
            if new_min <= new_max {
                (found.target.min, found.target.max) = (new_min, new_max);
            }
            self.journal.event(now, Event::ActionRan(id.clone(), name.clone()));
            self.clamp(&id, &format!("scheduled action name {name} was triggered"));
        }
    }
}
