//! The evaluation of alarms, each minute: datapoints, state and actions.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use reactive_scaler::port::{Datapoint, VariantId};

use crate::{
    Alarm, AlarmAction, AlarmChange, AlarmSpec, Event, HistoryEvent, Metric, Statistic,
    alarm_evaluation::{Verdict, evaluate},
    alarm_reason::{reason, reason_data},
    minute::minute_of,
    statistic::Summary,
};

use super::{World, alarm_notice::AlarmNotice};

/// An alarm that triggers a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trigger {
    pub(crate) policy: String,
    pub(crate) alarm: String,
}

/// The datapoints of an alarm's evaluation range.
struct Range {
    /// The start of the newest period.
    newest: Timestamp,
    /// Newest first.
    values: Vec<Option<f64>>,
}

/// The periods of an alarm's evaluation range.
struct Span {
    /// The end of the newest period.
    end: Timestamp,
    period: Duration,
    periods: usize,
}

impl World {
    /// Evaluates all alarms on the visible datapoints, then triggers their policies. Policies are
    /// triggered when the state changes and each minute after that ("Alarm actions" in the
    /// CloudWatch User Guide).
    pub(crate) fn watch_alarms(&mut self) {
        let mut alarms = std::mem::take(&mut self.alarms);
        for alarm in alarms.values_mut() {
            let range = self.range(&alarm.spec);
            let verdict = evaluate(&alarm.spec, &range.values);
            self.settle_alarm(alarm, &verdict, range.newest);
        }
        self.alarms = alarms;
        for (id, triggers) in self.triggered(None) {
            self.run_policies(&id, &triggers);
        }
    }

    /// The policies that alarms trigger in their current states, of one variant or of all.
    pub(crate) fn triggered(&self, only: Option<&VariantId>) -> BTreeMap<VariantId, Vec<Trigger>> {
        let mut triggered = BTreeMap::<_, Vec<_>>::new();
        for alarm in self.alarms.values().filter(|alarm| alarm.spec.actions_enabled) {
            for action in alarm.spec.actions(alarm.state) {
                let AlarmAction::Policy { id, policy } = action else { continue };
                if only.is_none_or(|only| only == id) {
                    let alarm = alarm.spec.name.clone();
                    let trigger = Trigger { policy: policy.clone(), alarm };
                    triggered.entry(id.clone()).or_default().push(trigger);
                }
            }
        }
        triggered
    }

    fn settle_alarm(&mut self, alarm: &mut Alarm, verdict: &Verdict, newest: Timestamp) {
        alarm.values.clear();
        alarm.values.extend(verdict.evaluated.iter().map(|(_, value)| *value));
        let Some(to) = verdict.state.filter(|to| *to != alarm.state) else { return };
        let change = AlarmChange {
            at: self.now(),
            from: alarm.state,
            to,
            reason: reason(&alarm.spec, to, verdict, newest),
            reason_data: Some(reason_data(&alarm.spec, verdict, newest, self.now())),
        };
        self.change_alarm(alarm, change);
    }

    /// Changes the state of an alarm, and notifies the topics and functions of the new state, and the event bus.
    /// The bus receives all changes, also while the actions are disabled.
    pub(crate) fn change_alarm(&mut self, alarm: &mut Alarm, change: AlarmChange) {
        let AlarmChange { at, from, to, .. } = change;
        let before = alarm.state_now();
        (alarm.state, alarm.state_since) = (to, at);
        (alarm.reason, alarm.reason_data) = (change.reason.clone(), change.reason_data.clone());
        alarm.history.push(change.clone());
        let name = &alarm.spec.name;
        self.record(name, HistoryEvent::State(change));
        self.journal.event(at, Event::AlarmChanged { alarm: name.clone(), from, to });
        let notice = AlarmNotice { alarm, before: &before };
        self.send(notice.to_bus(self));
        for action in alarm.spec.actions(to).iter().filter(|_| alarm.spec.actions_enabled) {
            let arn = self.action_arn(action);
            if let AlarmAction::Notify(action) = action {
                let (alarm, action) = (name.clone(), action.clone());
                self.journal.event(at, Event::AlarmNotified { alarm, state: to, action });
                if let Some(delivery) = notice.to_action(self, &arn) {
                    self.send(delivery);
                }
            }
            self.record(name, HistoryEvent::Action(arn));
        }
    }

    /// Triggers the policies of an alarm in its current state.
    pub(crate) fn run_policies_of(&mut self, alarm: &str) {
        for (id, mut triggers) in self.triggered(None) {
            triggers.retain(|trigger| trigger.alarm == alarm);
            if !triggers.is_empty() {
                self.run_policies(&id, &triggers);
            }
        }
    }

    /// The ARN of an action.
    pub(crate) fn action_arn(&self, action: &AlarmAction) -> String {
        match action {
            AlarmAction::Policy { id, policy } => self.policy_arn(id, policy),
            AlarmAction::Notify(arn) => arn.clone(),
        }
    }

    /// The datapoints that an evaluation of this alarm uses now, newest first. Each has the start of its period.
    pub fn evaluated(&self, spec: &AlarmSpec) -> Vec<Datapoint> {
        let range = self.range(spec);
        let evaluated = evaluate(spec, &range.values).evaluated.into_iter();
        let datapoint = |(age, value): (usize, f64)| {
            let age = u32::try_from(age).unwrap_or(u32::MAX);
            Datapoint { at: range.newest - spec.period * age, value }
        };
        evaluated.map(datapoint).collect()
    }

    /// Reads the evaluation range of an alarm. Its periods end at the end of a minute, not at a
    /// multiple of their length. "Evaluating an alarm" in the CloudWatch User Guide describes an
    /// alarm with a period of 5 minutes that is evaluated at the end of each minute.
    fn range(&self, spec: &AlarmSpec) -> Range {
        let end = self.range_end(spec);
        let periods = (spec.evaluation_periods + self.settings.alarm_extra_periods) as usize;
        let span = Span { end, period: spec.period, periods };
        let values = match &spec.metric {
            Metric::Math(math) => {
                let inputs = math.inputs.iter().map(|it| {
                    let unit = it.unit.as_deref();
                    self.by_period((&it.metric, &it.endpoint), unit, it.statistic, &span)
                });
                math.expression.value(&inputs.collect::<Vec<_>>(), spec.period.as_secs_f64())
            }
            metric => {
                let unit = spec.unit.as_deref();
                self.by_period((metric, &spec.endpoint), unit, spec.statistic, &span)
            }
        };
        Range { newest: end - spec.period, values }
    }

    /// The datapoint of a metric in each period, newest first.
    fn by_period(
        &self,
        (metric, endpoint): (&Metric, &str),
        unit: Option<&str>,
        statistic: Statistic,
        Span { end, period, periods }: &Span,
    ) -> Vec<Option<f64>> {
        let begin = *end - *period * u32::try_from(*periods).unwrap_or(u32::MAX);
        let mut summaries = vec![Summary::default(); *periods];
        let length = i64::try_from(period.as_secs()).unwrap_or(i64::MAX);
        self.each_value(metric, endpoint, unit, (begin, *end), |at, values| {
            let age = (end.as_second() - at.as_second() - 1) / length;
            let summary = usize::try_from(age).ok().and_then(|age| summaries.get_mut(age));
            if let Some(summary) = summary {
                summary.merge(values, statistic);
            }
        });
        summaries.iter().map(|summary| summary.get(statistic)).collect()
    }

    /// The end of the newest period.
    fn range_end(&self, spec: &AlarmSpec) -> Timestamp {
        let now = minute_of(self.now());
        if !self.settings.alarms_wait_for_metrics {
            return now;
        }
        let readable = minute_of(self.now() - self.settings.metric_lag);
        let newest = match &spec.metric {
            Metric::Math(math) => {
                let inputs = math.inputs.iter();
                inputs.filter_map(|it| self.newest_minute(&it.metric, &it.endpoint)).max()
            }
            metric => self.newest_minute(metric, &spec.endpoint),
        };
        let newest = newest.map(|newest| newest + Duration::from_secs(60));
        newest.map_or(readable, |newest| newest.max(readable)).min(now)
    }
}
