"""docs/deploy.md, Upgrade: what a change of the endpoint, or of its registration, keeps."""

from servers import wait_for

STACK = {"EndpointName": "my-endpoint", "MaxCapacity": "2", "InputBucket": "my-inputs"}
POLICY = "reactive-scaler-backlog-per-instance"


def deploy(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint", "second")
    account.deploy(STACK)
    account.turn_on_event_bridge()


def test_another_endpoint(account):
    """The old target stays registered."""
    deploy(account)
    account.deploy({"EndpointName": "second"})
    assert "VariantTarget" in account.resources()
    assert account.scalable_target("my-endpoint") == (0, 2)
    assert account.scalable_target("second") == (0, 2)
    assert list(account.policies("second")) == [POLICY]
    account.upload("my-inputs", "1")
    account.wait_for_capacity("second")
    assert not account.capacity_calls("my-endpoint")


def test_from_register_to_existing(account):
    """The target and the policy leave the stack and are kept. MiniStack's change sets do not see that only a
    condition changes, so the retention of the log changes too."""
    deploy(account)
    account.deploy({"ScalableTarget": "Existing", "LogRetentionDays": "7"})
    assert "VariantTarget" not in account.resources()
    assert account.scalable_target("my-endpoint") == (0, 2)
    assert list(account.policies("my-endpoint")) == [POLICY]
    code, output = account.attempt(
        "sam deploy --stack-name reactive-scaler --parameter-overrides ScalableTarget=Register LogRetentionDays=14"
    )
    assert code == 1, output
    assert "already exists" in account.reasons()
    account.deregister("my-endpoint")
    account.deploy({"ScalableTarget": "Register", "LogRetentionDays": "14"})
    assert account.scalable_target("my-endpoint") == (0, 2)
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")


def test_from_one_endpoint_to_many(account):
    """The target and the policy are kept, and the alarms of the one endpoint are deleted."""
    deploy(account)
    account.deploy({
        "EndpointName": "", "ScalableTarget": "Existing", "Routing": "Pattern", "EndpointPattern": "my-*",
        "MaxCapacity": "",
    })
    assert account.scalable_target("my-endpoint") == (0, 2)
    assert list(account.policies("my-endpoint")) == [POLICY]
    alarms = " ".join(name for kind, name in account.inventory() if kind == "alarm")
    assert "FleetBacklogAlarm" in alarms and "AwakeAlarm" not in alarms
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")


def test_from_observe_to_act(account):
    """In observe mode, an upload changes nothing."""
    account.make_buckets("my-inputs")
    account.deploy({**STACK, "MaxCapacity": "", "ScalableTarget": "Existing", "ScalerMode": "observe"})
    account.turn_on_event_bridge()
    reads = len(account.calls("DescribeEndpoint"))
    account.upload("my-inputs", "1")
    account.wait_until_read("my-endpoint", reads)
    wait_for("a line of the log", lambda: '"mode":"observe"' in account.function_log())
    account.deploy({"ScalerMode": "act"})
    assert not account.capacity_calls("my-endpoint")
    account.upload("my-inputs", "2")
    account.wait_for_capacity("my-endpoint")


def test_from_observe_to_register_and_act(account):
    """In one update, if the variant was not registered before."""
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    account.deploy({**STACK, "MaxCapacity": "", "ScalableTarget": "Existing", "ScalerMode": "observe"})
    account.turn_on_event_bridge()
    account.deploy({"ScalableTarget": "Register", "ScalerMode": "act", "MaxCapacity": "2"})
    assert account.scalable_target("my-endpoint") == (0, 2)
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
