"""docs/deploy.md: the defaults of the SageMaker Python SDK. One stack serves all endpoints."""

import guide
from steps import an_update_applies, removal_leaves

BUCKET = "sagemaker-eu-west-1-123456789012"
KEY = "async-endpoint-inputs/{}-261126-0937/2026-11-26-09-37-12-001-0b1c"


def test_sdk_defaults(account):
    account.make_buckets(BUCKET)
    before = account.inventory()

    account.run(guide.commands("SageMaker SDK defaults"))
    account.upload(BUCKET, "async-endpoint-outputs/result")
    account.stays_silent()
    for endpoint in ("my-endpoint", "second"):
        account.upload(BUCKET, KEY.format(endpoint))
        account.wait_for_capacity(endpoint)

    an_update_applies(account, "second", BUCKET, KEY.format("second") + "2")
    removal_leaves(account, before)
    for endpoint in ("my-endpoint", "second", "third"):
        assert account.scalable_target(endpoint), "the stack did not register it"


def test_a_prefix_of_the_session(account):
    account.make_buckets(BUCKET)
    account.run(guide.commands("SageMaker SDK defaults"))
    account.deploy({"SdkKeyPrefix": "team-a"})
    account.upload(BUCKET, KEY.format("second"))
    account.stays_silent()
    account.upload(BUCKET, "team-a/" + KEY.format("third"))
    account.wait_for_capacity("third")
