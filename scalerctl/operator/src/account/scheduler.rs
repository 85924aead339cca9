//! Amazon EventBridge Scheduler: the schedules of a function's ticks.

use aws_config::SdkConfig;
use aws_sdk_scheduler::{Client, types::Target};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    call_error::{CallError, CallResult},
    function_name::Named,
    function_schedule::{FunctionSchedule, ScheduleKind, ScheduleProblem, is_tick},
    schedule_expression::is_once,
};

const LIST: &str = "scheduler:ListSchedules";

/// Schedules of a page, the most that the API allows.
const PAGE: i32 = 100;

/// The most pages that are read. ListSchedules has no filter for a target.
const PAGES: i32 = 50;

/// The most schedules that are described. Those that call the API of Lambda name the function in their input only,
/// which ListSchedules does not return.
const MOST_DESCRIBED: usize = 500;

/// The end of the target ARN of a schedule that calls Invoke of Lambda (EventBridge Scheduler User Guide, "Using
/// universal targets").
const INVOKE: &str = ":scheduler:::aws-sdk:lambda:invoke";

/// The client.
#[derive(Debug)]
pub struct Scheduler(Client);

impl Scheduler {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// ListSchedules, and GetSchedule for those that can invoke the function: the schedules that send it ticks.
    /// `problem_of` tells why a tick that is sent reaches no function. Ends at the first schedule that is enough.
    pub async fn ticks(
        &self,
        function: &str,
        now: Timestamp,
        mut problem_of: impl AsyncFnMut(&FunctionSchedule) -> Option<ScheduleProblem>,
    ) -> CallResult<Vec<FunctionSchedule>> {
        let mut ticks = Vec::new();
        let mut described = 0;
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
                if !target.ends_with(INVOKE) && Named::of(target, function).is_none() {
                    continue;
                }
                described += 1;
                if described > MOST_DESCRIBED {
                    return Err(too_many(MOST_DESCRIBED, "schedules that invoke functions"));
                }
                let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
                let (name, group) = (said(schedule.name()), said(schedule.group_name()));
                let Some(mut tick) = self.tick(name, group, function, now).await? else { continue };
                if tick.problem.is_none() {
                    tick.problem = problem_of(&tick).await;
                }
                let is_enough = tick.is_enough();
                ticks.push(tick);
                if is_enough {
                    return Ok(ticks);
                }
            }
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(ticks);
            }
        }
        Err(too_many(PAGE * PAGES, "schedules"))
    }

    /// The schedule, if it sends ticks to the function.
    async fn tick(
        &self,
        name: String,
        group: String,
        function: &str,
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
        let expression = schedule.schedule_expression().unwrap_or_default().to_owned();
        let named = schedule.target().and_then(|target| receiver_of_tick(target, function));
        let Some(named) = named.filter(|_| !is_once(&expression)) else { return Ok(None) };
        let state = schedule.state().map_or("not said", |state| state.as_str());
        let is_over = schedule.end_date().is_some_and(|end| end.secs() < now.as_second());
        let is_early = schedule.start_date().is_some_and(|start| start.secs() > now.as_second());
        let problem = match state {
            "ENABLED" if is_over => Some("its EndDate has passed".to_owned()),
            "ENABLED" if is_early => Some("its StartDate is in the future".to_owned()),
            "ENABLED" => None,
            state => Some(format!("its State is {state}")),
        };
        Ok(Some(FunctionSchedule {
            name,
            kind: ScheduleKind::Scheduler { group },
            expression,
            qualifier: named.qualifier,
            problem: problem.map(ScheduleProblem::NotRunning),
        }))
    }
}

fn too_many(most: impl std::fmt::Display, what: &str) -> CallError {
    let answer = format!("there are more than {most} {what}, and only {most} were read");
    CallError::answered(LIST, "*", answer)
}

/// What the target invokes, if it is the function and the payload is a tick.
fn receiver_of_tick(target: &Target, function: &str) -> Option<Named> {
    if !target.arn().ends_with(INVOKE) {
        let named = Named::of(target.arn(), function)?;
        // Without an input, Scheduler sends an event of its own, which is a tick.
        return target.input().is_none_or(is_tick).then_some(named);
    }
    let request: Value = serde_json::from_str(target.input()?).ok()?;
    let named = Named::of(request["FunctionName"].as_str()?, function)?;
    let payload = match &request["Payload"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_sent = request["InvocationType"] != "DryRun" && is_tick(&payload);
    let qualifier = request["Qualifier"].as_str();
    is_sent.then_some(qualifier.map_or(named, Named::qualified))
}
