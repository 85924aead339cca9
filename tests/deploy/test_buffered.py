"""docs/deploy.md: uploads go through a queue."""

from servers import wait_for
from steps import an_update_applies, removal_leaves

ONE_ENDPOINT = {"EndpointName": "my-endpoint", "MaxCapacity": "4", "BufferUploads": "Yes", "InputBucket": "my-inputs"}


def test_buffered(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()
    account.deploy({**ONE_ENDPOINT, "InputPrefix": "async/in/"})
    account.turn_on_event_bridge()

    account.upload("my-inputs", "async/in/1")
    account.wait_for_capacity("my-endpoint")
    an_update_applies(account, "my-endpoint", "my-inputs", "async/in/2")
    removal_leaves(account, before)


def test_a_batch_wakes_as_many_instances_as_it_needs(account):
    """The uploads wait in the queue, so the wake knows their number."""
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    account.deploy({**ONE_ENDPOINT, "InputsPerInstance": "2"})
    account.turn_on_event_bridge()
    mapping = {"UUID": account.resource("UploadBufferSource")}
    account.client("lambda").update_event_source_mapping(**mapping, Enabled=False)
    for number in range(6):
        account.upload("my-inputs", f"{number}")
    account.stays_silent()
    account.client("lambda").update_event_source_mapping(**mapping, Enabled=True)
    wait_for("a request for capacity", lambda: account.capacity_calls("my-endpoint"))
    assert account.capacity_calls("my-endpoint") == ["AllTraffic=3"]


def test_a_new_bucket_with_a_queue(account):
    account.deregister("my-endpoint")
    before = account.inventory()
    account.deploy({**ONE_ENDPOINT, "UploadTrigger": "Notification"})
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    removal_leaves(account, before, ("bucket", "my-inputs"))
