//! Amazon EventBridge: the rules of a target, whether they match an event, and those with a schedule.

use aws_config::SdkConfig;
use aws_sdk_eventbridge::{
    Client,
    operation::describe_rule::DescribeRuleOutput,
    types::{self, Target},
};
use serde_json::Value;

use super::{
    call_error::{CallError, CallResult},
    function_name::Named,
    function_schedule::{FunctionSchedule, ScheduleKind, ScheduleProblem, is_tick},
    schedule_expression::is_each_minute,
};

/// The client.
#[derive(Debug)]
pub struct EventBridge(Client);

/// A rule of the default event bus, which receives the events of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `Name`.
    pub name: String,
    /// `Arn`.
    pub arn: String,
    /// `State`.
    pub state: String,
    /// Whether it matches the upload's event.
    pub takes_upload: bool,
    /// Whether it matches the event of an upload to another bucket.
    pub takes_other_bucket: bool,
    /// Its target: the function or a queue.
    pub target: String,
}

impl Rule {
    /// Whether it is enabled.
    pub fn is_enabled(&self) -> bool {
        self.state.starts_with("ENABLED")
    }
}

impl EventBridge {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// ListRuleNamesByTarget, DescribeRule and TestEventPattern: the rules of this target that have
    /// a pattern, and whether they match the two events.
    pub async fn rules(
        &self,
        target: &str,
        upload: &Value,
        other: &Value,
    ) -> CallResult<Vec<Rule>> {
        let mut rules = Vec::new();
        for name in self.names(target).await? {
            let rule = self.rule(&name).await?;
            // A rule with a schedule matches no events.
            let Some(pattern) = rule.event_pattern() else { continue };
            rules.push(Rule {
                arn: rule.arn().unwrap_or_default().to_owned(),
                state: rule.state().map_or("not said", |state| state.as_str()).to_owned(),
                takes_upload: self.takes(&name, pattern, upload).await?,
                takes_other_bucket: self.takes(&name, pattern, other).await?,
                target: target.to_owned(),
                name,
            });
        }
        Ok(rules)
    }

    /// ListRules and ListTargetsByRule: the rules with a schedule that send ticks to the function. Only the default
    /// event bus has such rules. `problem_of` tells why a tick that is sent reaches no function. Ends at the first
    /// rule that is enough.
    pub async fn ticks(
        &self,
        function: &str,
        mut problem_of: impl AsyncFnMut(&FunctionSchedule) -> Option<ScheduleProblem>,
    ) -> CallResult<Vec<FunctionSchedule>> {
        let mut ticks = Vec::new();
        let mut rules = self.scheduled_rules().await?;
        // The rules that are probably enough first.
        rules.sort_by_key(|rule| !(is_running(rule) && is_each_minute(expression(rule))));
        for rule in &rules {
            let name = rule.name().unwrap_or_default();
            let targets = self.targets(name).await?;
            for target in &targets {
                let Some(named) = Named::of(target.arn(), function) else { continue };
                if !sends_tick(target) {
                    continue;
                }
                let state = rule.state().map_or("not said", |state| state.as_str());
                let not_running = || ScheduleProblem::NotRunning(format!("its State is {state}"));
                let mut tick = FunctionSchedule {
                    name: name.to_owned(),
                    kind: ScheduleKind::Rule {
                        target: target.id().to_owned(),
                        is_shared: targets.len() > 1,
                    },
                    expression: expression(rule).to_owned(),
                    qualifier: named.qualifier,
                    problem: (!is_running(rule)).then(not_running),
                };
                if tick.problem.is_none() {
                    tick.problem = problem_of(&tick).await;
                }
                let is_enough = tick.is_enough();
                ticks.push(tick);
                if is_enough {
                    return Ok(ticks);
                }
            }
        }
        Ok(ticks)
    }

    async fn scheduled_rules(&self) -> CallResult<Vec<types::Rule>> {
        let mut rules = Vec::new();
        let mut next = None;
        loop {
            let page = self.0.list_rules().set_next_token(next).send().await;
            let page = page.map_err(|error| CallError::of("events:ListRules", "*", &error))?;
            let scheduled = page.rules().iter().filter(|rule| !expression(rule).is_empty());
            rules.extend(scheduled.cloned());
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(rules);
            }
        }
    }

    async fn targets(&self, rule: &str) -> CallResult<Vec<Target>> {
        let mut targets = Vec::new();
        let mut next = None;
        loop {
            let page = self.0.list_targets_by_rule().rule(rule).set_next_token(next).send().await;
            let page =
                page.map_err(|error| CallError::of("events:ListTargetsByRule", rule, &error))?;
            targets.extend(page.targets().iter().cloned());
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(targets);
            }
        }
    }

    async fn rule(&self, name: &str) -> CallResult<DescribeRuleOutput> {
        let answer = self.0.describe_rule().name(name).send().await;
        answer.map_err(|error| CallError::of("events:DescribeRule", name, &error))
    }

    async fn names(&self, target: &str) -> CallResult<Vec<String>> {
        let mut names = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .0
                .list_rule_names_by_target()
                .target_arn(target)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| CallError::of("events:ListRuleNamesByTarget", target, &error))?;
            names.extend(page.rule_names().iter().cloned());
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(names);
            }
        }
    }

    async fn takes(&self, rule: &str, pattern: &str, event: &Value) -> CallResult<bool> {
        let answer = self
            .0
            .test_event_pattern()
            .event_pattern(pattern)
            .event(event.to_string())
            .send()
            .await
            .map_err(|error| CallError::of("events:TestEventPattern", rule, &error))?;
        Ok(answer.result())
    }
}

fn expression(rule: &types::Rule) -> &str {
    rule.schedule_expression().unwrap_or_default()
}

fn is_running(rule: &types::Rule) -> bool {
    rule.state().is_some_and(|state| state.as_str().starts_with("ENABLED"))
}

/// Whether the target's payload is a tick. Without an input, it is the event of the schedule, which is one. A part of
/// this event is none.
fn sends_tick(target: &Target) -> bool {
    match (target.input(), target.input_path(), target.input_transformer()) {
        (Some(input), _, _) => is_tick(input),
        (None, Some(path), _) => path == "$",
        (None, None, Some(transformer)) => {
            is_tick(&without_variables(transformer.input_template()))
        }
        (None, None, None) => true,
    }
}

/// An input template with null for each variable, as `<time>`.
fn without_variables(template: &str) -> String {
    let mut parts = template.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('>') {
            Some((_, rest)) => text.extend(["null", rest]),
            None => text.extend(["<", part]),
        }
    }
    text
}
