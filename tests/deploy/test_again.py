"""Deployed twice: the second time says that there is nothing to do, and succeeds."""

from account import STACK, quoted

ONE_ENDPOINT = {"EndpointName": "my-endpoint", "MaxCapacity": "1", "InputBucket": "my-inputs"}
DEPLOY = f"sam deploy --stack-name {STACK} --parameter-overrides {quoted(ONE_ENDPOINT)}"


def test_nothing_to_do(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    account.run(DEPLOY)
    before = account.inventory()
    output = account.run(DEPLOY)
    assert "No changes to deploy" in output, output
    assert account.inventory() == before
    assert account.stack_status(STACK) == "CREATE_COMPLETE"
