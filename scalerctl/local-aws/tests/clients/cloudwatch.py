"""boto3: alarms, metrics of one's own, and the settings of Application Auto Scaling."""

import datetime
import os
import time

import boto3
import botocore.model
from botocore.exceptions import ClientError

# The protocol that boto3 prefers. Other clients prefer CBOR.
botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (os.environ["PROTOCOL"], "json", "query", "rest-json")

SPEED = int(os.environ["SPEED"])
cloudwatch = boto3.client("cloudwatch")
scaling = boto3.client("application-autoscaling")
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/other-endpoint/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def minutes(count):
    time.sleep(60 * count / SPEED)


def refused(code, part, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert part in error.response["Error"]["Message"], error
    else:
        raise AssertionError(f"{code} was expected")


# Metrics of one's own.
QUEUE = {"Namespace": "My/Queue", "MetricName": "Length"}
DIMENSIONS = [{"Name": "Queue", "Value": "a"}]
cloudwatch.put_metric_data(Namespace="My/Queue", MetricData=[
    {"MetricName": "Length", "Dimensions": DIMENSIONS, "Values": [1.0, 2.0, 10.0], "Counts": [1, 2, 1],
     "Unit": "Count", "Timestamp": now()},
    {"MetricName": "Length", "Dimensions": DIMENSIONS, "Unit": "Count",
     "StatisticValues": {"SampleCount": 2, "Sum": 10, "Minimum": 4, "Maximum": 6}},
    {"MetricName": "Other", "Value": 3},
])
refused("InvalidParameterValue", "Namespace", cloudwatch.put_metric_data,
        Namespace="AWS/Mine", MetricData=[{"MetricName": "x", "Value": 1}])
refused("InvalidParameterCombination", "Exactly one", cloudwatch.put_metric_data,
        Namespace="Mine", MetricData=[{"MetricName": "x"}])
statistics = cloudwatch.get_metric_statistics(
    **QUEUE, Dimensions=DIMENSIONS, StartTime=now() - datetime.timedelta(hours=2), EndTime=now(), Period=7200,
    Statistics=["SampleCount", "Sum", "Minimum", "Maximum", "Average"])
assert len(statistics["Datapoints"]) == 1, statistics
point = statistics["Datapoints"][0]
assert (point["SampleCount"], point["Sum"], point["Minimum"], point["Maximum"]) == (6, 25, 1, 10), point
assert point["Unit"] == "Count" and abs((now() - point["Timestamp"]).total_seconds()) < 3 * 3600, point
refused("InvalidParameterCombination", "1,440", cloudwatch.get_metric_statistics, **QUEUE,
        StartTime=now() - datetime.timedelta(days=10), EndTime=now(), Period=60, Statistics=["Sum"])
query = {"Id": "q", "MetricStat": {"Metric": {**QUEUE, "Dimensions": DIMENSIONS}, "Period": 300, "Stat": "Maximum"}}
data = cloudwatch.get_metric_data(
    MetricDataQueries=[query, {**query, "Id": "r", "Label": "mine"}],
    StartTime=now() - datetime.timedelta(hours=1), EndTime=now())["MetricDataResults"]
assert [(it["Id"], it["Label"], max(it["Values"])) for it in data] == [("q", "Length", 10), ("r", "mine", 10)], data
refused("ValidationError", "does not support expressions", cloudwatch.get_metric_data,
        MetricDataQueries=[{"Id": "e", "Expression": "SEARCH('x', 'Sum', 300)"}],
        StartTime=now() - datetime.timedelta(hours=1), EndTime=now())
listed = cloudwatch.list_metrics(Namespace="My/Queue")["Metrics"]
assert {it["MetricName"] for it in listed} == {"Length", "Other"}, listed
listed = cloudwatch.list_metrics(Namespace="My/Queue", Dimensions=[{"Name": "Queue"}], RecentlyActive="PT3H")["Metrics"]
assert listed == [{**QUEUE, "Dimensions": DIMENSIONS}], listed

# An alarm on it.
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
ALARM = {"AlarmName": "queue-long", "AlarmDescription": "The queue is long", **QUEUE, "Dimensions": DIMENSIONS,
         "ExtendedStatistic": "p90", "Period": 60, "EvaluationPeriods": 3, "DatapointsToAlarm": 1, "Threshold": 5,
         "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
         "AlarmActions": [TOPIC], "Unit": "Count"}
cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "team", "Value": "a"}])
described = cloudwatch.describe_alarms(AlarmNames=["queue-long"])["MetricAlarms"][0]
for member, value in ALARM.items():
    assert described[member] == value, (member, described)
refused("ValidationError", "Period must be", cloudwatch.put_metric_alarm, **{**ALARM, "Period": 45})
refused("ValidationError", "metric math", cloudwatch.put_metric_alarm, AlarmName="math", EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold", Threshold=1,
        Metrics=[{**query, "ReturnData": False}, {"Id": "e", "Expression": "q * 2"}])
cloudwatch.put_metric_alarm(AlarmName="one-metric", EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold",
                            Threshold=1, Metrics=[query], OKActions=[TOPIC])
of_metric = cloudwatch.describe_alarms_for_metric(**QUEUE, Dimensions=DIMENSIONS, Statistic="Maximum")
assert [it["AlarmName"] for it in of_metric["MetricAlarms"]] == ["one-metric"], of_metric
of_action = cloudwatch.describe_alarms(ActionPrefix="arn:aws:sns:")["MetricAlarms"]
assert [it["AlarmName"] for it in of_action] == ["one-metric", "queue-long"], of_action

minutes(2)
cloudwatch.put_metric_data(Namespace="My/Queue", MetricData=[
    {"MetricName": "Length", "Dimensions": DIMENSIONS, "Value": 20, "Unit": "Count"}])
minutes(1.5)
alarm = cloudwatch.describe_alarms(AlarmNames=["queue-long"], StateValue="ALARM")["MetricAlarms"][0]
assert alarm["StateReason"].startswith("Threshold Crossed: 1 out of the last"), alarm
pages = cloudwatch.get_paginator("describe_alarm_history").paginate(
    AlarmName="queue-long", ScanBy="TimestampAscending", PaginationConfig={"PageSize": 1})
kinds = [item["HistoryItemType"] for page in pages for item in page["AlarmHistoryItems"]]
assert kinds[0] == "ConfigurationUpdate" and kinds[-2:] == ["StateUpdate", "Action"], kinds

cloudwatch.disable_alarm_actions(AlarmNames=["queue-long"])
assert not cloudwatch.describe_alarms(AlarmNames=["queue-long"])["MetricAlarms"][0]["ActionsEnabled"]
cloudwatch.enable_alarm_actions(AlarmNames=["queue-long"])
cloudwatch.set_alarm_state(AlarmName="one-metric", StateValue="OK", StateReason="a try")
updates = cloudwatch.describe_alarm_history(AlarmName="one-metric", HistoryItemType="StateUpdate")
assert "a try" in "".join(item["HistoryData"] for item in updates["AlarmHistoryItems"]), updates
refused("ResourceNotFound", "none", cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="x")

arn = alarm["AlarmArn"]
cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "stage", "Value": "test"}])
cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]
cloudwatch.delete_alarms(AlarmNames=["queue-long", "one-metric"])
assert cloudwatch.describe_alarms()["MetricAlarms"] == []
deleted = cloudwatch.describe_alarm_history(AlarmName="queue-long", HistoryItemType="ConfigurationUpdate")
assert deleted["AlarmHistoryItems"][0]["HistorySummary"] == 'Alarm "queue-long" deleted', deleted

# Application Auto Scaling.
arn = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"][0]["ScalableTargetARN"]
scaling.tag_resource(ResourceARN=arn, Tags={"team": "a", "stage": "test"})
scaling.untag_resource(ResourceARN=arn, TagKeys=["team"])
assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"stage": "test"}
scaling.put_scaling_policy(
    **TARGET, PolicyName="invocations", PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={"TargetValue": 70.0, "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}})
policy = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"][0]
assert len(policy["Alarms"]) == 2 and policy["PolicyType"] == "TargetTrackingScaling", policy
scaling.put_scheduled_action(
    **TARGET, ScheduledActionName="office", Schedule="cron(0 8 ? * MON-FRI *)", Timezone="Europe/Berlin",
    StartTime=now(), EndTime=now() + datetime.timedelta(days=7), ScalableTargetAction={"MinCapacity": 1})
scaling.put_scheduled_action(**TARGET, ScheduledActionName="again", Schedule="rate(2 minutes)",
                             ScalableTargetAction={"MaxCapacity": 1})
actions = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
assert [it["ScheduledActionName"] for it in actions] == ["again", "office"], actions
assert actions[1]["EndTime"] > actions[1]["StartTime"], actions
refused("ObjectNotFoundException", "No scalable target registered for service namespace: sagemaker, resource ID: "
        "endpoint/none/variant/AllTraffic", scaling.put_scheduled_action,
        **{**TARGET, "ResourceId": "endpoint/none/variant/AllTraffic"}, ScheduledActionName="x",
        Schedule="rate(1 hour)", ScalableTargetAction={"MinCapacity": 1})
refused("ObjectNotFoundException", "No scaling policy found for service namespace: sagemaker",
        scaling.delete_scaling_policy, **TARGET, PolicyName="none")
refused("ValidationException", "At least one of minimum capacity and maximum capacity should be provided",
        scaling.put_scheduled_action, **TARGET, ScheduledActionName="x", Schedule="rate(1 hour)",
        ScalableTargetAction={})
refused("ValidationException", "metric math", scaling.put_scaling_policy, **TARGET, PolicyName="math",
        PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 1.0, "CustomizedMetricSpecification": {"Metrics": [
                {"Id": "e", "Expression": "m + 1"}]}})
refused("ValidationException", "and not ecs", scaling.describe_scalable_targets, ServiceNamespace="ecs")
refused("ValidationException", "Predictive scaling", scaling.get_predictive_scaling_forecast, **TARGET,
        PolicyName="p", StartTime=now(), EndTime=now())
scaling.delete_scheduled_action(**TARGET, ScheduledActionName="again")
scaling.delete_scaling_policy(**TARGET, PolicyName="invocations")
scaling.deregister_scalable_target(**TARGET)
refused("ObjectNotFoundException", "No scalable target found", scaling.deregister_scalable_target, **TARGET)
assert scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"] == []
print("all calls answered")
