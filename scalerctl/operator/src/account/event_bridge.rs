//! Amazon EventBridge: the rules of a target, whether they match an event, and those with a schedule.

use aws_config::SdkConfig;
use aws_sdk_eventbridge::{Client, operation::describe_rule::DescribeRuleOutput};
use serde_json::Value;

use super::{
    call_error::{CallError, CallResult},
    function_schedule::{FunctionSchedule, ScheduleKind},
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

    /// ListRuleNamesByTarget and DescribeRule: the rules of this target that have a schedule.
    pub async fn schedules(&self, target: &str) -> CallResult<Vec<FunctionSchedule>> {
        let mut schedules = Vec::new();
        for name in self.names(target).await? {
            let rule = self.rule(&name).await?;
            if rule.schedule_expression().is_none() {
                continue;
            }
            let state = rule.state().map_or("not said", |state| state.as_str());
            let problem = (!state.starts_with("ENABLED")).then(|| format!("its State is {state}"));
            schedules.push(FunctionSchedule { name, kind: ScheduleKind::Rule, problem });
        }
        Ok(schedules)
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
