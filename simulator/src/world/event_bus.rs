//! The default event bus: rules, and the events that arrive.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Delivery, Refusal,
    event_input::input_of,
    event_pattern::EventPattern,
    event_rule::{EventRule, EventTarget, event_time},
};

use super::{World, recurring::Recurring};

impl World {
    /// The ARN of a rule of the default event bus. The rule does not need to exist.
    pub fn rule_arn(&self, name: &str) -> String {
        self.arn("events", &format!("rule/{name}"))
    }

    /// Puts an enabled rule that sends the events of this pattern to a target. Replaces a rule of the same name.
    ///
    /// # Panics
    ///
    /// If the pattern is not valid.
    pub fn put_event_rule(&mut self, name: &str, pattern: &Value, target: &str) {
        let text = pattern.to_string();
        let parsed = match EventPattern::parse(&text) {
            Ok(parsed) => parsed,
            Err(why) => panic!("the pattern {text} is not valid: {why}"),
        };
        let target =
            EventTarget { id: "target".into(), arn: target.to_owned(), ..EventTarget::default() };
        let rule = EventRule {
            pattern_text: Some(text),
            pattern: Some(parsed),
            state: "ENABLED".into(),
            targets: vec![target],
            ..EventRule::default()
        };
        self.add_rule(name, rule);
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = (&String, &EventRule)> {
        self.rules.iter()
    }

    pub(crate) fn rule(&mut self, name: &str) -> Result<&mut EventRule, Refusal> {
        let missing = || {
            let message = format!("Rule {name} does not exist on EventBus default.");
            Refusal::new("ResourceNotFoundException", message)
        };
        self.rules.get_mut(name).ok_or_else(missing)
    }

    /// Puts a rule. Its schedule begins now.
    pub(crate) fn add_rule(&mut self, name: &str, mut rule: EventRule) {
        self.remove_rule(name);
        let now = self.now();
        rule.runs_at = match rule.is_enabled() {
            true => rule.runs().and_then(|runs| runs.next_after(now)),
            false => None,
        };
        self.recurring.extend(rule.runs_at.map(|at| (at, Recurring::Rule(name.to_owned()))));
        self.rules.insert(name.to_owned(), rule);
    }

    pub(crate) fn remove_rule(&mut self, name: &str) {
        if let Some(EventRule { runs_at: Some(at), .. }) = self.rules.remove(name) {
            self.recurring.remove(&(at, Recurring::Rule(name.to_owned())));
        }
    }

    /// The schedule of a rule runs: its targets receive the event of a schedule.
    pub(super) fn run_rule(&mut self, name: &str, at: Timestamp) {
        let arn = self.rule_arn(name);
        let event = json!({
            "version": "0",
            "id": self.fresh_id(),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self.settings.account,
            "time": event_time(at),
            "region": self.settings.region,
            "resources": [arn],
            "detail": {},
        });
        let Some(rule) = self.rules.get_mut(name) else { return };
        rule.runs_at = rule.runs().and_then(|runs| runs.next_after(at));
        let next = rule.runs_at.map(|at| (at, Recurring::Rule(name.to_owned())));
        self.recurring.extend(next);
        self.send_to_targets(name, &event);
    }

    /// An event arrives at the default event bus, and goes on to the targets of the rules that take it.
    pub(crate) fn arrive_at_bus(&mut self, mut event: Value) {
        if self.rules.is_empty() || !event.is_object() {
            return;
        }
        for (member, value) in [
            ("version", json!("0")),
            ("account", json!(self.settings.account)),
            ("time", json!(event_time(self.now()))),
            ("region", json!(self.settings.region)),
            ("resources", json!([])),
            ("detail", json!({})),
        ] {
            if event.get(member).is_none() {
                event[member] = value;
            }
        }
        if event.get("id").is_none() {
            event["id"] = json!(self.fresh_id());
        }
        let taken = self.rules.iter().filter(|(_, rule)| rule.takes(&event));
        for name in taken.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.send_to_targets(&name, &event);
        }
    }

    fn send_to_targets(&mut self, rule: &str, event: &Value) {
        let (now, arn) = (self.now(), self.rule_arn(rule));
        let Some(rule) = self.rules.get(rule) else { return };
        for target in rule.targets.clone() {
            let input = input_of(&target, event, &arn);
            self.send(Delivery {
                at: now,
                body: body_for(&target.arn, input),
                to: target.arn,
                from: "events.amazonaws.com".into(),
            });
        }
    }
}

/// An input as the body of a delivery. A queue and a topic receive it as JSON in a text.
pub(super) fn body_for(arn: &str, input: Value) -> Value {
    match arn.split(':').nth(2) {
        Some("sqs") => json!(input.to_string()),
        Some("sns") => json!({ "Message": input.to_string() }),
        _ => input,
    }
}
