"""Changes of bucket, trigger and queue, there and back. Each upload names an endpoint of its own, which must wake."""

import threading

import pytest

from account import Account

MAX = 24
ENDPOINTS = [f"e-{number}" for number in range(MAX)]
FLEET = {
    "EndpointName": "my-endpoint",
    "ScalableTarget": "Existing",
    "InputBucket": "my-inputs",
    "ExtraRoutes": '[{"endpoint":"{endpoint}","prefix":"in/{endpoint}/"}]',
    "EndpointTag": "yes",
}


class Uploads:
    """Uploads that each wake another endpoint."""

    def __init__(self, account):
        self.account = account
        self.unused = list(ENDPOINTS)
        self.used = []

    def make(self, bucket):
        """One more upload."""
        endpoint = self.unused.pop(0)
        self.account.upload(bucket, f"in/{endpoint}/1")
        self.used.append(endpoint)

    def all_arrive(self):
        """Every upload so far has led to a request for capacity."""
        for endpoint in self.used:
            self.account.wait_for_capacity(endpoint, 60)


@pytest.fixture
def account(tmp_path):
    """An account with an endpoint for each upload, all registered."""
    opened = Account(tmp_path, ["my-endpoint", *ENDPOINTS])
    yield opened
    opened.close()


@pytest.fixture
def uploads(account):
    return Uploads(account)


def deploy_while_uploading(account, uploads, bucket, parameters):
    """Uploads come before, during and after the update."""
    uploads.make(bucket)
    done = threading.Event()

    def keep_uploading():
        while not done.wait(1):
            if len(uploads.unused) > MAX // 3:
                uploads.make(bucket)

    thread = threading.Thread(target=keep_uploading)
    thread.start()
    try:
        account.deploy(parameters)
    finally:
        done.set()
        thread.join()
    uploads.make(bucket)


def test_bucket(account, uploads):
    """The buckets are watched as long as they are parameters. EventBridge stays on for both."""
    account.make_buckets("my-inputs", "other-inputs")
    account.deploy(FLEET)
    account.turn_on_event_bridge()
    uploads.make("my-inputs")
    account.deploy({"InputBucket": "other-inputs"})
    account.turn_on_event_bridge()
    uploads.make("other-inputs")
    account.deploy({"InputBucket": "my-inputs"})
    uploads.make("my-inputs")
    uploads.all_arrive()


def test_both_buckets_during_the_change(account, uploads):
    """With the old bucket in ExtraBuckets, no upload is lost to either while the buckets change."""
    account.make_buckets("my-inputs", "other-inputs")
    account.deploy(FLEET)
    account.turn_on_event_bridge()
    deploy_while_uploading(
        account, uploads, "my-inputs", {"InputBucket": "other-inputs", "ExtraBuckets": "my-inputs"}
    )
    account.turn_on_event_bridge()
    uploads.make("my-inputs")
    uploads.make("other-inputs")
    uploads.all_arrive()


def test_queue(account, uploads):
    """Uploads come while the queue is put in front of the function. Before it is taken away, it is empty."""
    account.make_buckets("my-inputs")
    account.deploy(FLEET)
    account.turn_on_event_bridge()
    deploy_while_uploading(account, uploads, "my-inputs", {"BufferUploads": "Yes"})
    uploads.all_arrive()
    account.deploy({"BufferUploads": "No"})
    uploads.make("my-inputs")
    uploads.all_arrive()


def test_trigger(account, uploads):
    """From EventBridge to a bucket of the stack, and back. The bucket of the stack is kept, with its objects."""
    account.make_buckets("my-inputs")
    account.deploy(FLEET)
    account.turn_on_event_bridge()
    uploads.make("my-inputs")
    account.deploy({"UploadTrigger": "Notification", "InputBucket": "new-inputs"})
    uploads.make("new-inputs")
    account.deploy({"UploadTrigger": "EventBridge"})
    output = account.turn_on_event_bridge()
    assert output == "new-inputs: EventBridge is now on\n"
    uploads.make("new-inputs")
    answer = account.client("s3").get_bucket_notification_configuration(Bucket="new-inputs")
    answer.pop("ResponseMetadata")
    assert answer == {"EventBridgeConfiguration": {}}
    account.deploy({"InputBucket": "my-inputs"})
    uploads.make("my-inputs")
    uploads.all_arrive()
    assert account.client("s3").list_objects_v2(Bucket="new-inputs")["KeyCount"] == 2
