"""docs/deploy.md: without a bucket, the alarm on the backlog wakes the endpoint."""

import json

from account import STACK
from servers import ROOT, wait_for
from steps import removal_leaves


def goes_off(account, alarm):
    """The alarm of the stack changes to ALARM."""
    name = account.resource(alarm)
    account.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")


def test_alarm_only(account):
    account.deregister("my-endpoint")
    before = account.inventory()
    account.deploy({"EndpointName": "my-endpoint", "MaxCapacity": "1"})
    outputs = account.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    assert "TurnOnEventBridgeCommand" not in {each["OutputKey"] for each in outputs}
    assert not any("UploadRule" in name for _, name in account.inventory())

    goes_off(account, "StuckAlarm")
    account.stays_silent()
    goes_off(account, "BacklogAlarm")
    account.wait_for_capacity("my-endpoint")

    account.deploy({"MaxCapacity": "2"})
    assert account.scalable_target("my-endpoint")[1] == 2
    removal_leaves(account, before)


def message(example):
    """The message of SNS in a file of events/."""
    return json.loads((ROOT / "events" / example).read_text())["Records"][0]["Sns"]["Message"]


def test_signals_to_the_topic(account):
    """An alarm of your own, an async result, and a contributor of an alarm on a query, which MiniStack lacks."""
    account.deploy({
        "Routing": "Pattern", "EndpointPattern": "*", "InputsGoTo": "all", "ScalableTarget": "Existing",
        "EndpointTag": "yes",
    })
    topic = account.output("SignalTopicArn")
    account.client("cloudwatch").put_metric_alarm(
        AlarmName="own", Namespace="AWS/SageMaker", MetricName="ApproximateBacklogSize", Statistic="Maximum",
        Dimensions=[{"Name": "EndpointName", "Value": "second"}], Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold", AlarmActions=[topic],
    )
    account.client("cloudwatch").set_alarm_state(AlarmName="own", StateValue="ALARM", StateReason="a test")
    account.wait_for_capacity("second")

    contributor = message("alarm-contributor-in-sns.json").replace("my-endpoint", "third")
    account.client("sns").publish(TopicArn=topic, Message=contributor)
    account.wait_for_capacity("third")

    result = message("async-result-completed-in-sns.json").replace("my-endpoint", "whisper-1")
    account.client("sns").publish(TopicArn=topic, Message=result)
    wait_for("the decision in the function's log", lambda: "result_seen" in account.function_log())
    assert not account.capacity_calls("whisper-1"), "a result requests no capacity"
