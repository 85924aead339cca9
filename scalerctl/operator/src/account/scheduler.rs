//! Amazon EventBridge Scheduler: the schedules of a function's ticks.

use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    call_error::{CallError, CallResult},
    function_schedule::{FunctionSchedule, ScheduleKind},
};

const LIST: &str = "scheduler:ListSchedules";

/// Schedules of a page, the most that the API allows.
const PAGE: i32 = 100;

/// The most pages that are read. ListSchedules has no filter for a target.
const PAGES: i32 = 50;

/// The client.
#[derive(Debug)]
pub struct Scheduler(Client);

impl Scheduler {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// ListSchedules, and GetSchedule for those whose target is the function or one of its aliases: the schedules that
    /// send a tick. Ends at the first enabled one.
    pub async fn ticks(&self, function: &str, now: Timestamp) -> CallResult<Vec<FunctionSchedule>> {
        let mut ticks = Vec::new();
        let mut next = None;
        for _ in 0..PAGES {
            let page = self
                .0
                .list_schedules()
                .max_results(PAGE)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| CallError::of(LIST, "*", &error))?;
            for schedule in page.schedules() {
                let target = schedule.target().map_or("", |target| target.arn());
                let is_alias = |rest: &str| rest.is_empty() || rest.starts_with(':');
                if !target.strip_prefix(function).is_some_and(is_alias) {
                    continue;
                }
                let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
                let (name, group) = (said(schedule.name()), said(schedule.group_name()));
                ticks.extend(self.tick(name, group, now).await?);
                if ticks.last().is_some_and(|tick| tick.problem.is_none()) {
                    return Ok(ticks);
                }
            }
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(ticks);
            }
        }
        let most = PAGE * PAGES;
        let answer = format!("there are more than {most} schedules, and only {most} were read");
        Err(CallError::answered(LIST, "*", answer))
    }

    /// The schedule, if it sends a tick.
    async fn tick(
        &self,
        name: String,
        group: String,
        now: Timestamp,
    ) -> CallResult<Option<FunctionSchedule>> {
        let schedule = self
            .0
            .get_schedule()
            .name(&name)
            .group_name(&group)
            .send()
            .await
            .map_err(|error| CallError::of("scheduler:GetSchedule", &name, &error))?;
        if !is_tick(schedule.target().and_then(|target| target.input())) {
            return Ok(None);
        }
        let state = schedule.state().map_or("not said", |state| state.as_str());
        let is_over = schedule.end_date().is_some_and(|end| end.secs() < now.as_second());
        let problem = match state {
            "ENABLED" if is_over => Some("its EndDate has passed".to_owned()),
            "ENABLED" => None,
            state => Some(format!("its State is {state}")),
        };
        Ok(Some(FunctionSchedule { name, kind: ScheduleKind::Scheduler { group }, problem }))
    }
}

/// Whether the function takes this input for a tick. Without an input, Scheduler sends its own event, which is one.
fn is_tick(input: Option<&str>) -> bool {
    let Some(input) = input else { return true };
    let input: Value = serde_json::from_str(input).unwrap_or_default();
    input["action"] == "tick" || input["source"] == "aws.scheduler"
}
