"""docs/deploy.md: an existing bucket that notifies a queue keeps its notification."""

import json

import guide
from servers import wait_for
from steps import an_update_applies, removal_leaves

TURNED_ON = "my-inputs: EventBridge is now on"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:another"
ALLOW_S3 = {
    "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": QUEUE_ARN,
}
ON_ALREADY = "my-inputs: EventBridge is already on"


def notifications(account):
    """What the bucket notifies."""
    answer = account.client("s3").get_bucket_notification_configuration(Bucket="my-inputs")
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def receive(account, queue):
    """The bodies of messages. The first one is the test event of S3."""
    answer = account.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return " ".join(each["Body"] for each in answer.get("Messages", []))


def test_existing_bucket(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    attributes = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [ALLOW_S3]})}
    queue = account.client("sqs").create_queue(QueueName="another", Attributes=attributes)["QueueUrl"]
    own = {"QueueArn": QUEUE_ARN, "Events": ["s3:ObjectCreated:*"], "Id": "own"}
    account.client("s3").put_bucket_notification_configuration(
        Bucket="my-inputs", NotificationConfiguration={"QueueConfigurations": [own]}
    )
    before = account.inventory()

    account.run(guide.commands("Existing bucket"))
    assert TURNED_ON in account.turn_on_event_bridge()
    assert ON_ALREADY in account.turn_on_event_bridge()
    assert notifications(account) == {"QueueConfigurations": [own], "EventBridgeConfiguration": {}}
    account.upload("my-inputs", "async/in/1")
    account.wait_for_capacity("my-endpoint")
    wait_for("the message to the other queue", lambda: "async/in/1" in receive(account, queue))

    an_update_applies(account, "my-endpoint", "my-inputs", "async/in/2")
    removal_leaves(account, before)
    assert notifications(account) == {"QueueConfigurations": [own], "EventBridgeConfiguration": {}}
