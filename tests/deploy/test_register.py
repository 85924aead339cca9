"""docs/deploy.md: an endpoint is registered by hand, for a stack that names none."""

import re
import time

import guide
from servers import wait_for

BUCKET = "sagemaker-eu-west-1-123456789012"
KEY = "async-endpoint-inputs/second-261126-0937/2026-11-26-09-37-12-001-0b1c"
REGISTER = guide.commands("Register an endpoint")

# The function remembers for this many seconds that a name is not registered (docs/limits.md).
REMEMBERED = 5


def tags(account, endpoint):
    """The tags of an endpoint."""
    sagemaker = account.client("sagemaker", account.simulated_url)
    arn = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointArn"]
    return {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"]}


def test_register_an_endpoint(account):
    account.make_buckets(BUCKET)
    account.deregister("second")
    account.run(guide.commands("SageMaker SDK defaults"))
    account.upload(BUCKET, KEY)
    wait_for("a look for the endpoint", lambda: account.calls("DescribeScalableTargets"))
    account.stays_silent()

    account.run(REGISTER)
    assert tags(account, "second") == {"reactive-scaler": "yes"}
    assert tags(account, "third") == {}
    assert account.scalable_target("second") == (0, 4)
    assert account.policies("second") == {"reactive-scaler-backlog-per-instance": 5}
    time.sleep(REMEMBERED)
    account.upload(BUCKET, KEY + "2")
    account.wait_for_capacity("second", 60)


def test_registered_by_hand_and_by_the_stack_is_the_same(account):
    """The same bounds, with the same maximum, and the same policy."""
    account.deregister("my-endpoint", "second")
    account.deploy({"EndpointName": "my-endpoint", "MaxCapacity": "4"})
    account.run(REGISTER)
    assert account.scalable_target("second") == account.scalable_target("my-endpoint")
    of_stack, by_hand = (account.policy_settings(endpoint) for endpoint in ("my-endpoint", "second"))
    assert by_hand == of_stack


def test_before_the_endpoint_is_deleted(account):
    account.deregister("second")
    deregister = re.search(
        r'`(aws application-autoscaling deregister-scalable-target [^`]*)`', guide.section("Register an endpoint")
    )[1]
    account.run(REGISTER)
    account.run(f"{REGISTER}\n{deregister}")
    assert account.scalable_target("second") is None
    assert account.policies("second") == {}


def test_an_endpoint_that_a_route_names_needs_no_registration(account):
    """The function wakes it. Without a target, it can keep no record and never scales it to zero."""
    account.make_buckets("my-inputs")
    account.deregister("second")
    arn = account.client("sagemaker", account.simulated_url).describe_endpoint(EndpointName="second")["EndpointArn"]
    account.deploy({
        "EndpointName": "my-endpoint", "ScalableTarget": "Existing", "InputBucket": "my-inputs",
        "ExtraRoutes": '[{"endpoint":"second","prefix":"second/"}]', "ExtraEndpointArns": arn,
    })
    account.turn_on_event_bridge()
    account.upload("my-inputs", "second/1")
    account.wait_for_capacity("second")
    assert account.scalable_target("second") is None
