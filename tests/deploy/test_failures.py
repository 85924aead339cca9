"""A deployment that fails leaves nothing behind, and the next one succeeds."""

import pytest

from account import STACK, quoted

ONE_ENDPOINT = {"EndpointName": "my-endpoint", "MaxCapacity": "1", "InputBucket": "my-inputs"}
FIRST = f"sam deploy --stack-name {STACK} --parameter-overrides {quoted(ONE_ENDPOINT)}"
NEW_BUCKET = f"{FIRST} UploadTrigger=Notification"


def works(account):
    """An upload wakes the endpoint."""
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")


@pytest.mark.parametrize(
    ["command", "failing"],
    [
        (FIRST, "AWS::Lambda::Alias"),
        (FIRST, "AWS::ApplicationAutoScaling::ScalingPolicy"),
        (NEW_BUCKET, "AWS::CloudWatch::Dashboard"),
        (NEW_BUCKET, "AWS::ApplicationAutoScaling::ScalableTarget"),
    ],
)
def test_a_first_deployment(account, command, failing):
    """As the guide says: delete the stack, correct the cause, deploy again."""
    account.deregister("my-endpoint")
    if command == FIRST:
        account.make_buckets("my-inputs")
    before = account.inventory()
    account.plant_fault(failing)
    code, output = account.attempt(command)
    assert code == 1, output
    assert account.reasons() == f"a fault was planted for {failing}"
    assert account.stack_status(STACK) == "ROLLBACK_COMPLETE"
    assert account.inventory() == before
    assert account.scalable_target("my-endpoint") is None

    account.plant_fault()
    account.run(f"sam delete --stack-name {STACK}")
    account.run(command)
    if command == FIRST:
        account.turn_on_event_bridge()
    works(account)


def test_a_target_that_exists_already(account):
    """The registration of another owner is not touched."""
    account.make_buckets("my-inputs")
    before = account.inventory()
    code, output = account.attempt(FIRST)
    assert code == 1, output
    assert "already exists" in account.reasons()
    assert account.inventory() == before
    assert account.scalable_target("my-endpoint") == (0, 4)

    account.run(f"sam delete --stack-name {STACK}")
    account.run(f"{FIRST} ScalableTarget=Existing")
    account.turn_on_event_bridge()
    works(account)


@pytest.mark.parametrize("failing", ["AWS::SQS::QueuePolicy", "AWS::Lambda::EventSourceMapping"])
def test_an_update(account, failing):
    """The stack goes back to what it was, and works."""
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    account.run(FIRST)
    account.turn_on_event_bridge()
    before = account.inventory()
    account.plant_fault(failing)
    update = f"sam deploy --stack-name {STACK} --parameter-overrides BufferUploads=Yes MaxCapacity=2"
    code, output = account.attempt(update)
    assert code == 1, output
    assert account.reasons() == f"a fault was planted for {failing}"
    assert account.stack_status(STACK) == "UPDATE_ROLLBACK_COMPLETE"
    assert account.inventory() == before
    assert account.scalable_target("my-endpoint") == (0, 1)
    works(account)

    account.plant_fault()
    account.run(update)
    assert account.output("UploadBufferUrl")
    assert account.scalable_target("my-endpoint")[1] == 2


def test_parameters_that_do_not_fit_create_nothing(account):
    """A rule of the template refuses them before anything is created."""
    before = account.inventory()
    code, output = account.attempt(f"{FIRST} ScalerMode=observe")
    assert code != 0 and "ScalerMode=observe needs ScalableTarget=Existing" in output, output
    assert account.inventory() == before
