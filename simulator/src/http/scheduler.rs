//! EventBridge Scheduler over restJson1.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use serde_json::{Value, json};

use super::{json::compact, lambda::respond};
use crate::{InvocationSchedule, Paging, Simulator, World};

/// ListSchedules.
pub(super) async fn list(State(sim): State<Simulator>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let query: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let paging = Paging {
        max_results: query.get("MaxResults").and_then(|count| count.parse().ok()),
        next_token: query.get("NextToken").cloned(),
    };
    respond(sim.with(|world| {
        let page = world.list_schedules(&paging)?;
        let schedules = page.items.iter().map(|it| {
            let mut summary = described(world, it);
            summary["Target"] = json!({ "Arn": it.target });
            summary
        });
        let schedules = schedules.collect::<Vec<_>>();
        Ok(compact(json!({ "Schedules": schedules, "NextToken": page.next_token })))
    }))
}

/// GetSchedule.
pub(super) async fn get(
    State(sim): State<Simulator>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let group = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "groupName");
    let group = group.map_or_else(|| "default".to_owned(), |(_, group)| group.into_owned());
    respond(sim.with(|world| {
        let schedule = world.get_schedule(&group, &name)?;
        let mut answer = described(world, &schedule);
        answer["ScheduleExpression"] = json!(schedule.expression);
        let dates = [("StartDate", schedule.start), ("EndDate", schedule.end)];
        for (member, date) in dates.into_iter().filter_map(|(member, date)| Some((member, date?))) {
            answer[member] = json!(date.as_second());
        }
        answer["FlexibleTimeWindow"] = json!({ "Mode": "OFF" });
        answer["Target"] = compact(json!({
            "Arn": schedule.target,
            "RoleArn": format!("arn:aws:iam::{}:role/{}", world.settings.account, schedule.name),
            "Input": schedule.input,
        }));
        Ok(answer)
    }))
}

fn described(world: &World, schedule: &InvocationSchedule) -> Value {
    let (name, group) = (&schedule.name, &schedule.group);
    json!({
        "Name": name,
        "GroupName": group,
        "Arn": world.arn("scheduler", &format!("schedule/{group}/{name}")),
        "State": schedule.state(),
    })
}
