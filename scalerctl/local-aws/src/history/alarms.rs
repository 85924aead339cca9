//! The backlog alarm of the template for each endpoint of a past, so that the past has a history of alarms.

use std::collections::BTreeSet;

use reactive_scaler::config::{Route, Selector};
use simulator::{
    AlarmAction, AlarmSpec, Comparison, MetricName, Refusal, Statistic, Subscription, TreatMissing,
    World,
};

use crate::initial_world::{FUNCTION, allow};

/// Adds the alarms, and the topic that they notify, whose subscriber is the function. Returns the topic's ARN.
///
/// # Errors
///
/// If AWS would refuse an alarm.
pub fn add_backlog_alarms(world: &mut World, routes: &[Route]) -> Result<String, Refusal> {
    let topic = world.topic_arn(&format!("{FUNCTION}-signals"));
    let function = world.function_arn(FUNCTION);
    world.put_topic(&topic, vec![Subscription::new("lambda", function)]);
    allow(world, "sns.amazonaws.com", &topic);
    let named = routes.iter().filter(|it| it.selector == Selector::Named);
    let endpoints: BTreeSet<&str> = named.map(|it| it.endpoint.as_str()).collect();
    for endpoint in endpoints {
        let metric = MetricName::HasBacklogWithoutCapacity;
        let name = format!("{endpoint}-has-backlog");
        let spec = AlarmSpec::new(name, metric, endpoint, Comparison::GreaterOrEqual, 1.0);
        world.put_alarm(AlarmSpec {
            description: Some(format!(
                "Requests wait for endpoint {endpoint}, which has no instance."
            )),
            statistic: Statistic::Maximum,
            treat_missing: TreatMissing::NotBreaching,
            alarm_actions: vec![AlarmAction::Notify(topic.clone())],
            ..spec
        })?;
    }
    Ok(topic)
}
