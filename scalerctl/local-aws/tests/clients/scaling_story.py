"""The AWS CLI: an endpoint that target tracking leaves at zero, and that step scaling starts."""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import time

SPEED = int(os.environ["SPEED"])
AWS = str(pathlib.Path(sys.executable).parent / "aws")
TARGET = [
    "--service-namespace", "sagemaker",
    "--resource-id", "endpoint/my-endpoint/variant/AllTraffic",
    "--scalable-dimension", "sagemaker:variant:DesiredInstanceCount",
]


def aws(*arguments):
    done = subprocess.run([AWS, *arguments, "--output", "json"], capture_output=True, text=True)
    print("$ aws", " ".join(arguments))
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


def minutes(count):
    time.sleep(60 * count / SPEED)


def until(read):
    """Reads until there is a result, for an hour of the model at most."""
    for _ in range(60):
        if found := read():
            return found
        minutes(1)
    raise AssertionError(read)


def after(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat()


registered = aws("application-autoscaling", "register-scalable-target", *TARGET,
                 "--min-capacity", "0", "--max-capacity", "1")
assert registered["ScalableTargetARN"].startswith("arn:aws:application-autoscaling:eu-central-1:")

tracking = {
    "TargetValue": 5.0,
    "CustomizedMetricSpecification": {
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": "my-endpoint"}],
        "Statistic": "Average",
    },
}
put = aws("application-autoscaling", "put-scaling-policy", *TARGET, "--policy-name", "backlog",
          "--policy-type", "TargetTrackingScaling",
          "--target-tracking-scaling-policy-configuration", json.dumps(tracking))
names = [alarm["AlarmName"] for alarm in put["Alarms"]]
assert len(names) == 2, put
assert names[0].startswith("TargetTracking-endpoint/my-endpoint/variant/AllTraffic-AlarmHigh-"), names

invoked = aws("sagemaker-runtime", "invoke-endpoint-async", "--endpoint-name", "my-endpoint",
              "--input-location", "s3://my-inputs/a.json")
assert invoked["OutputLocation"], invoked
minutes(8)

alarms = aws("cloudwatch", "describe-alarms", "--alarm-name-prefix", "TargetTracking-endpoint/my-endpoint")
states = {alarm["AlarmName"].split("-")[-6]: alarm["StateValue"] for alarm in alarms["MetricAlarms"]}
assert states == {"AlarmHigh": "INSUFFICIENT_DATA", "AlarmLow": "INSUFFICIENT_DATA"}, states
assert alarms["MetricAlarms"][0]["AlarmDescription"].startswith("DO NOT EDIT OR DELETE."), alarms
history = aws("cloudwatch", "describe-alarm-history", "--alarm-name", names[0])
assert [item["HistoryItemType"] for item in history["AlarmHistoryItems"]] == ["ConfigurationUpdate"]
activities = aws("application-autoscaling", "describe-scaling-activities", *TARGET[:4])
assert activities["ScalingActivities"] == [], activities

steps = {
    "AdjustmentType": "ChangeInCapacity",
    "MetricAggregationType": "Average",
    "Cooldown": 300,
    "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
}
stepping = aws("application-autoscaling", "put-scaling-policy", *TARGET, "--policy-name", "wake",
               "--policy-type", "StepScaling", "--step-scaling-policy-configuration", json.dumps(steps))
aws("cloudwatch", "put-metric-alarm", "--alarm-name", "my-endpoint-wake", "--namespace", "AWS/SageMaker",
    "--metric-name", "HasBacklogWithoutCapacity", "--dimensions", "Name=EndpointName,Value=my-endpoint",
    "--statistic", "Average", "--period", "60", "--evaluation-periods", "2", "--datapoints-to-alarm", "2",
    "--threshold", "0.5", "--comparison-operator", "GreaterThanThreshold",
    "--treat-missing-data", "missing", "--alarm-actions", stepping["PolicyARN"])

def scaled_out():
    answer = aws("application-autoscaling", "describe-scaling-activities", *TARGET[:4])
    out = [it for it in answer["ScalingActivities"] if it["Description"] == "Setting desired instance count to 1."]
    return [it for it in out if it["StatusCode"] == "Successful"]


activity = until(scaled_out)[0]
assert activity["Cause"] == "monitor alarm my-endpoint-wake in state ALARM triggered policy wake", activity
wake = aws("cloudwatch", "describe-alarms", "--alarm-names", "my-endpoint-wake")["MetricAlarms"][0]
assert wake["AlarmActions"] == [stepping["PolicyARN"]], wake
history = aws("cloudwatch", "describe-alarm-history", "--alarm-name", "my-endpoint-wake")
summaries = [item["HistorySummary"] for item in history["AlarmHistoryItems"]]
assert "Alarm updated from INSUFFICIENT_DATA to ALARM" in summaries, summaries
assert f"Successfully executed action {stepping['PolicyARN']}" in summaries, summaries

# A range that ends at this machine's present time: the model's is hours ahead by now.
statistics = aws("cloudwatch", "get-metric-statistics", "--namespace", "AWS/SageMaker",
                 "--metric-name", "HasBacklogWithoutCapacity",
                 "--dimensions", "Name=EndpointName,Value=my-endpoint",
                 "--start-time", after(-3600), "--end-time", after(0),
                 "--period", "60", "--statistics", "Average", "SampleCount")
points = statistics["Datapoints"]
assert len(points) > 5 and max(it["Average"] for it in points) == 1.0, statistics
assert points[0]["Unit"] == "Count", statistics

aws("application-autoscaling", "deregister-scalable-target", *TARGET)
assert aws("application-autoscaling", "describe-scaling-policies", *TARGET[:2],
           "--resource-id", "endpoint/my-endpoint/variant/AllTraffic")["ScalingPolicies"] == []
left = aws("cloudwatch", "describe-alarms")["MetricAlarms"]
assert [alarm["AlarmName"] for alarm in left] == ["my-endpoint-wake"], left
aws("cloudwatch", "delete-alarms", "--alarm-names", "my-endpoint-wake")
