"""docs/deploy.md: the endpoint is already registered and keeps its policy."""

import guide
from steps import an_update_applies, removal_leaves


def test_existing_target(account):
    account.make_buckets("my-inputs")
    before = account.inventory()

    account.run(guide.commands("Terraform-managed endpoint with your own policy"))
    account.turn_on_event_bridge()
    account.upload("my-inputs", "async/in/1")
    account.wait_for_capacity("my-endpoint")
    assert account.scalable_target("my-endpoint") == (1, 4), "the maximum is the owner's"
    assert account.policies("my-endpoint") == {}

    an_update_applies(account, "my-endpoint", "my-inputs", "async/in/2")
    removal_leaves(account, before)
