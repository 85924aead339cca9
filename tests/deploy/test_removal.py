"""docs/deploy.md: the commands that remove a stack, and those that keep an endpoint up without it."""

import guide

STACK = {"EndpointName": "my-endpoint", "MaxCapacity": "4", "InputBucket": "my-inputs"}


def deploy(account):
    """A stack that registered the endpoint. Returns what was there before."""
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()
    account.deploy(STACK)
    account.turn_on_event_bridge()
    return before


def test_everything_in_order(account):
    before = deploy(account)
    output = account.run(guide.commands("Remove the stack"))
    assert '"desired":0' in output.replace(" ", ""), output
    assert account.inventory() == before
    assert account.scalable_target("my-endpoint") is None
    assert account.scheduled_actions("my-endpoint") == []
    answer = account.client("s3").get_bucket_notification_configuration(Bucket="my-inputs")
    assert "EventBridgeConfiguration" in answer, "EventBridge stays on"


def test_while_the_endpoint_is_awake(account):
    """The lease stays, and lowers the floor without the function."""
    before = deploy(account)
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    account.run("sam delete --stack-name reactive-scaler")
    assert account.inventory() == before
    assert account.scheduled_actions("my-endpoint") == ["reactive-scaler-lease"]
    assert account.scalable_target("my-endpoint") == (1, 4)
    assert list(account.policies("my-endpoint")) == ["reactive-scaler-backlog-per-instance"]


def test_an_endpoint_is_kept_up(account):
    deploy(account)
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    account.run(guide.commands("Keep an endpoint up without the function"))
    account.run("sam delete --stack-name reactive-scaler")
    assert account.scalable_target("my-endpoint") == (1, 4)
    assert account.scheduled_actions("my-endpoint") == []
