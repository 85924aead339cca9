"""docs/deploy.md: one endpoint with its own bucket. The stack registers the endpoint."""

import guide
from steps import an_update_applies, removal_leaves


def test_one_endpoint(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()

    account.run(guide.commands("One endpoint with its own bucket"))
    assert account.scalable_target("my-endpoint") == (0, 1)
    assert account.policies("my-endpoint") == {"reactive-scaler-backlog-per-instance": 5}

    account.upload("my-inputs", "async/out/result.json")
    account.upload("my-inputs", "async/in/no-suffix")
    account.stays_silent()
    account.upload("my-inputs", "async/in/1.json")
    account.wait_for_capacity("my-endpoint")

    an_update_applies(account, "my-endpoint", "my-inputs", "async/in/2.json")
    account.deploy({"MaxCapacity": "3", "BacklogPerInstance": "7"})
    assert account.scalable_target("my-endpoint")[1] == 3
    assert account.policies("my-endpoint") == {"reactive-scaler-backlog-per-instance": 7}

    removal_leaves(account, before)
    assert account.scalable_target("my-endpoint")
    assert list(account.policies("my-endpoint")) == ["reactive-scaler-backlog-per-instance"]
    assert account.scheduled_actions("my-endpoint") == ["reactive-scaler-lease"]
