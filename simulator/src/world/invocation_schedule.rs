//! Schedules that invoke functions, put without API calls.

use serde_json::{Map, Value, json};

use crate::{
    InvocationSchedule, InvocationScheduleKind as Kind,
    event_rule::{EventRule, EventTarget, InputTransformer},
    scheduler::{SchedulePut, ScheduleTarget},
};

use super::World;

impl World {
    /// Puts a schedule: a rule of EventBridge with its targets, or a schedule of EventBridge Scheduler. Replaces an
    /// existing one of the same name.
    pub fn put_invocation_schedule(&mut self, schedule: InvocationSchedule) {
        match schedule.kind {
            Kind::Rule => self.add_rule(&schedule.name.clone(), rule(schedule)),
            Kind::Scheduler => {
                let role = format!("arn:aws:iam::{}:role/{}", self.settings.account, schedule.name);
                let (group, name) = (schedule.group.clone(), schedule.name.clone());
                self.add_schedule(&group, &name, put(schedule, &role));
            }
        }
    }

    /// Deletes a schedule, if it exists.
    pub fn delete_invocation_schedule(&mut self, name: &str) {
        self.remove_rule(name);
        let named = self.schedules().map(|(key, _)| key).filter(|(_, it)| it == name);
        for (group, name) in named.cloned().collect::<Vec<_>>() {
            self.remove_schedule(&group, &name);
        }
    }
}

fn rule(schedule: InvocationSchedule) -> EventRule {
    let others = schedule.other_targets.iter().enumerate().map(|(row, arn)| EventTarget {
        id: format!("other-{row}"),
        arn: arn.clone(),
        ..EventTarget::default()
    });
    let function = EventTarget {
        id: "function".into(),
        arn: schedule.target.clone(),
        input: schedule.input.clone(),
        input_path: schedule.input_path.clone(),
        input_transformer: schedule.input_template.clone().map(|input_template| InputTransformer {
            input_template,
            ..InputTransformer::default()
        }),
        others: Map::new(),
    };
    EventRule {
        state: schedule.state().to_owned(),
        targets: others.chain([function]).collect(),
        expression: Some(schedule.expression),
        ..EventRule::default()
    }
}

fn put(schedule: InvocationSchedule, role: &str) -> SchedulePut {
    let seconds = |at: jiff::Timestamp| at.as_millisecond() as f64 / 1000.0;
    let window = ("FlexibleTimeWindow".to_owned(), json!({ "Mode": "OFF" }));
    SchedulePut {
        state: schedule.state().to_owned(),
        schedule_expression: schedule.expression,
        schedule_expression_timezone: "UTC".into(),
        start_date: schedule.start.map(seconds),
        end_date: schedule.end.map(seconds),
        action_after_completion: "NONE".into(),
        target: ScheduleTarget {
            arn: schedule.target,
            input: schedule.input,
            others: Map::from_iter([("RoleArn".to_owned(), Value::from(role))]),
        },
        others: Map::from_iter([window]),
    }
}
