"""docs/deploy.md: one function for several listed endpoints, with settings in samconfig.toml."""

import guide
from steps import an_update_applies, removal_leaves


def test_several_endpoints(account):
    account.make_buckets("my-inputs", "third-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()
    config = account.folder / "samconfig.toml"
    table = "[default.deploy.parameters]\n"
    config.write_text(config.read_text().replace(table, table + guide.settings("Several listed endpoints")))

    account.run("sam deploy")
    assert "third-inputs: EventBridge is now on" in account.turn_on_event_bridge()
    for endpoint, bucket, key in [
        ("my-endpoint", "my-inputs", "async/in/1"),
        ("second", "my-inputs", "second/in/1"),
        ("third", "third-inputs", "any/key"),
    ]:
        account.upload(bucket, key)
        account.wait_for_capacity(endpoint)
    account.upload("my-inputs", "third/in/1")
    account.stays_silent()

    an_update_applies(account, "my-endpoint", "my-inputs", "async/in/2")
    removal_leaves(account, before)
    assert account.scalable_target("my-endpoint")
