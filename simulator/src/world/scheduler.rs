//! Schedules of EventBridge Scheduler: put, deleted, and run.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Delivery, Refusal,
    event_rule::event_time,
    scheduler::{Schedule, SchedulePut, default_input, with_context},
};

use super::{World, event_bus::body_for, recurring::Recurring};

impl World {
    /// The ARN of a schedule. The schedule does not need to exist.
    pub(crate) fn schedule_arn(&self, group: &str, name: &str) -> String {
        self.arn("scheduler", &format!("schedule/{group}/{name}"))
    }

    /// All schedules, by group and name.
    pub(crate) fn schedules(&self) -> impl Iterator<Item = (&(String, String), &Schedule)> {
        self.schedules.iter()
    }

    pub(crate) fn schedule(&self, group: &str, name: &str) -> Result<&Schedule, Refusal> {
        let found = self.schedules.get(&(group.to_owned(), name.to_owned()));
        let missing = || format!("Schedule {name} does not exist.");
        found.ok_or_else(|| Refusal::new("ResourceNotFoundException", missing()))
    }

    /// Puts a schedule. It begins now.
    pub(crate) fn add_schedule(&mut self, group: &str, name: &str, put: SchedulePut) {
        let old = self.remove_schedule(group, name);
        let now = self.now();
        let runs_at = put.first_run(now);
        let created = old.map_or(now, |old| old.created);
        let key = (group.to_owned(), name.to_owned());
        self.recurring.extend(runs_at.map(|at| (at, recurring(group, name))));
        self.schedules.insert(key, Schedule { put, created, modified: now, runs_at });
    }

    pub(crate) fn remove_schedule(&mut self, group: &str, name: &str) -> Option<Schedule> {
        let old = self.schedules.remove(&(group.to_owned(), name.to_owned()))?;
        if let Some(at) = old.runs_at {
            self.recurring.remove(&(at, recurring(group, name)));
        }
        Some(old)
    }

    /// A schedule runs: its target receives its input.
    pub(super) fn run_schedule(&mut self, group: &str, name: &str, at: Timestamp) {
        let (id, arn) = (self.fresh_id(), self.schedule_arn(group, name));
        let Some(schedule) = self.schedules.get_mut(&(group.to_owned(), name.to_owned())) else {
            return;
        };
        schedule.runs_at = schedule.put.next_run(at);
        let next = schedule.runs_at;
        let put = schedule.put.clone();
        self.recurring.extend(next.map(|at| (at, recurring(group, name))));
        let time = event_time(at);
        let (to, input) =
            put.target.call(default_input(&arn, &time, &id), |name| self.function_arn(name));
        let input = with_context(&input, &arn, &time, &id);
        let body = match to.split(':').nth(2) {
            // A queue and a topic receive the text as it is.
            Some("sqs") => json!(input),
            Some("sns") => json!({ "Message": input }),
            _ => serde_json::from_str(&input).map_or(Value::String(input), |it| body_for(&to, it)),
        };
        self.send(Delivery { at: self.now(), to, from: "scheduler.amazonaws.com".into(), body });
        if next.is_none() && put.action_after_completion == "DELETE" {
            self.remove_schedule(group, name);
        }
    }
}

fn recurring(group: &str, name: &str) -> Recurring {
    Recurring::Schedule(group.to_owned(), name.to_owned())
}
