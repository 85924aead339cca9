"""docs/deploy.md: the stack creates the bucket, which notifies the function."""

import guide
from steps import an_update_applies, removal_leaves

BUCKET = "my-new-inputs"


def test_new_bucket(account):
    account.deregister("my-endpoint")
    before = account.inventory()

    account.run(guide.commands("New bucket"))
    account.upload(BUCKET, "async/out/result")
    account.stays_silent()
    account.upload(BUCKET, "async/in/1")
    account.wait_for_capacity("my-endpoint")

    an_update_applies(account, "my-endpoint", BUCKET, "async/in/2")
    removal_leaves(account, before, ("bucket", BUCKET))
    keys = [each["Key"] for each in account.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys == ["async/in/1", "async/in/2", "async/out/result"]
