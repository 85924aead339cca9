//! What a topic, a function and the event bus receive when an alarm changes its state.

use serde_json::{Value, json};

use crate::{
    Alarm, AlarmState, Delivery, World, alarm::StateNow, alarm_dimensions::dimensions,
    alarm_reason::aws_time,
};

/// A change of an alarm's state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AlarmNotice<'a> {
    /// The alarm after the change.
    pub(crate) alarm: &'a Alarm,
    /// Its state before the change.
    pub(crate) before: &'a StateNow,
}

impl AlarmNotice<'_> {
    /// The message to an action. `None` for actions that the model does not run, such as those of EC2.
    pub(crate) fn to_action(self, world: &World, arn: &str) -> Option<Delivery> {
        let (from, body) = match arn.split(':').nth(2) {
            Some("sns") => ("cloudwatch.amazonaws.com", self.message(world)),
            Some("lambda") => ("lambda.alarms.cloudwatch.amazonaws.com", self.payload(world)),
            _ => return None,
        };
        Some(Delivery { at: world.now(), to: arn.to_owned(), from: from.into(), body })
    }

    /// The event `CloudWatch Alarm State Change` to the default event bus.
    pub(crate) fn to_bus(self, world: &World) -> Delivery {
        let body = json!({
            "version": "0",
            "id": self.id(),
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "account": world.settings.account,
            "time": self.alarm.state_since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": world.settings.region,
            "resources": [world.alarm_arn(&self.alarm.spec.name)],
            "detail": self.data(),
        });
        let (at, to) = (world.now(), world.arn("events", "event-bus/default"));
        Delivery { at, to, from: "cloudwatch.amazonaws.com".into(), body }
    }

    /// The payload of a function.
    fn payload(self, world: &World) -> Value {
        json!({
            "source": "aws.cloudwatch",
            "alarmArn": world.alarm_arn(&self.alarm.spec.name),
            "accountId": world.settings.account,
            "time": aws_time(self.alarm.state_since),
            "region": world.settings.region,
            "alarmData": self.data(),
        })
    }

    fn data(self) -> Value {
        let spec = &self.alarm.spec;
        let dimensions = dimensions(spec).map(|(name, value)| (name.to_owned(), json!(value)));
        let metric = json!({
            "id": self.id(),
            "metricStat": {
                "metric": {
                    "namespace": spec.metric.namespace(),
                    "name": spec.metric.name(),
                    "dimensions": dimensions.collect::<serde_json::Map<_, _>>(),
                },
                "period": spec.period.as_secs(),
                "stat": spec.statistic.to_string(),
            },
            "returnData": true,
        });
        let mut configuration = json!({ "metrics": [metric] });
        if let Some(description) = &spec.description {
            configuration["description"] = json!(description);
        }
        json!({
            "alarmName": spec.name,
            "state": state(&self.alarm.state_now()),
            "previousState": state(self.before),
            "configuration": configuration,
        })
    }

    /// The message of a topic: `Message` is JSON in a text.
    fn message(self, world: &World) -> Value {
        let spec = &self.alarm.spec;
        let (from, to) = (self.before.state.as_str(), self.alarm.state.as_str());
        let region = region_name(&world.settings.region);
        let actions = |state: AlarmState| {
            spec.actions(state).iter().map(|it| world.action_arn(it)).collect::<Vec<_>>()
        };
        let dimensions =
            dimensions(spec).map(|(name, value)| json!({ "name": name, "value": value }));
        let mut trigger = json!({
            "MetricName": spec.metric.name(),
            "Namespace": spec.metric.namespace(),
            "Unit": spec.unit,
            "Dimensions": dimensions.collect::<Vec<_>>(),
            "Period": spec.period.as_secs(),
            "EvaluationPeriods": spec.evaluation_periods,
            "ComparisonOperator": spec.comparison.as_str(),
            "Threshold": spec.threshold,
            "TreatMissingData": spec.treat_missing.as_str(),
            "EvaluateLowSampleCountPercentile": "",
        });
        let statistic = spec.statistic.to_string();
        match spec.statistic.is_extended() {
            true => {
                trigger["StatisticType"] = json!("ExtendedStatistic");
                trigger["ExtendedStatistic"] = json!(statistic);
            }
            false => {
                // In capitals, and with underscores: SAMPLE_COUNT.
                let statistic = statistic.replace("eC", "e_C").to_uppercase();
                trigger["StatisticType"] = json!("Statistic");
                trigger["Statistic"] = json!(statistic);
            }
        }
        if let Some(needed) = spec.datapoints_to_alarm {
            trigger["DatapointsToAlarm"] = json!(needed);
        }
        let message = json!({
            "AlarmName": spec.name,
            "AlarmDescription": spec.description,
            "AWSAccountId": world.settings.account,
            "AlarmConfigurationUpdatedTimestamp": aws_time(self.alarm.configured_at),
            "NewStateValue": to,
            "NewStateReason": self.alarm.reason,
            "StateChangeTime": aws_time(self.alarm.state_since),
            "Region": region,
            "AlarmArn": world.alarm_arn(&spec.name),
            "OldStateValue": from,
            "OKActions": actions(AlarmState::Ok),
            "AlarmActions": actions(AlarmState::Alarm),
            "InsufficientDataActions": actions(AlarmState::InsufficientData),
            "Trigger": trigger,
        });
        let subject = format!("{to}: \"{}\" in {region}", spec.name);
        json!({ "Subject": subject, "Message": message.to_string() })
    }

    fn id(self) -> String {
        let at = self.alarm.state_since.to_string();
        crate::arn::uuid(&[&self.alarm.spec.name, self.alarm.state.as_str(), &at])
    }
}

fn state(now: &StateNow) -> Value {
    let mut state = json!({
        "value": now.state.as_str(),
        "reason": now.reason,
        "timestamp": aws_time(now.since),
    });
    if let Some(data) = &now.reason_data {
        state["reasonData"] = json!(data);
    }
    state
}

/// The name of a Region in the messages of CloudWatch. Regions that are not in this list have their code.
fn region_name(code: &str) -> &str {
    match code {
        "us-east-1" => "US East (N. Virginia)",
        "us-east-2" => "US East (Ohio)",
        "us-west-1" => "US West (N. California)",
        "us-west-2" => "US West (Oregon)",
        "ca-central-1" => "Canada (Central)",
        "eu-central-1" => "EU (Frankfurt)",
        "eu-west-1" => "EU (Ireland)",
        "eu-west-2" => "EU (London)",
        "eu-west-3" => "EU (Paris)",
        "eu-north-1" => "EU (Stockholm)",
        "ap-northeast-1" => "Asia Pacific (Tokyo)",
        "ap-northeast-2" => "Asia Pacific (Seoul)",
        "ap-south-1" => "Asia Pacific (Mumbai)",
        "ap-southeast-1" => "Asia Pacific (Singapore)",
        "ap-southeast-2" => "Asia Pacific (Sydney)",
        "sa-east-1" => "South America (Sao Paulo)",
        code => code,
    }
}
