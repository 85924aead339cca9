"""The schedule of the stack invokes the function every minute, without an event."""

from servers import wait_for


def test_the_schedule_invokes_the_function(account):
    account.deregister("my-endpoint")
    account.deploy({"EndpointName": "my-endpoint", "MaxCapacity": "1"})
    before = len(account.calls("DescribeScalableTargets"))
    wait_for("a tick", lambda: len(account.calls("DescribeScalableTargets")) > before, 90)
    assert not account.capacity_calls("my-endpoint")
