"""Two stacks in one account do not disturb each other."""

STACKS = {"first": ("my-endpoint", "first-inputs"), "other": ("second", "other-inputs")}


def test_two_stacks(account):
    account.deregister("my-endpoint", "second")
    account.make_buckets("first-inputs", "other-inputs")
    found = {}
    for stack, (endpoint, bucket) in STACKS.items():
        account.deploy({"EndpointName": endpoint, "MaxCapacity": "2", "InputBucket": bucket}, stack)
        account.turn_on_event_bridge(stack)
        found[stack] = account.inventory()
    account.upload("first-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    assert not account.capacity_calls("second")

    account.run("sam delete --stack-name other")
    assert account.inventory() == found["first"]
    assert account.scalable_target("second") == (0, 2)
    account.upload("other-inputs", "1")
    account.stays_silent()


def test_the_same_bucket(account):
    """Each stack takes the keys of its prefix, and the one that is left keeps its uploads."""
    account.deregister("my-endpoint", "second")
    account.make_buckets("my-inputs")
    for stack, (endpoint, _) in STACKS.items():
        parameters = {"EndpointName": endpoint, "MaxCapacity": "2", "InputBucket": "my-inputs"}
        account.deploy({**parameters, "InputPrefix": f"{stack}/"}, stack)
        account.turn_on_event_bridge(stack)
    account.upload("my-inputs", "other/1")
    account.wait_for_capacity("second")
    assert not account.capacity_calls("my-endpoint")
    account.run("sam delete --stack-name other")
    account.upload("my-inputs", "first/1")
    account.wait_for_capacity("my-endpoint")
