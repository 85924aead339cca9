"""docs/deploy.md: without a bucket, the alarm on the backlog wakes the endpoint."""

from account import STACK
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
