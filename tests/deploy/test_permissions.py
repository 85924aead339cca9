"""What MiniStack enforces of IAM: without the permission, nothing arrives."""

import json

import guide
from servers import wait_for

ENDPOINT = {"EndpointName": "my-endpoint", "ScalableTarget": "Existing", "InputBucket": "my-inputs"}


def without_statement(account, policy_name, sid):
    """Takes a statement out of the function's role, by hand. Returns what puts it back."""
    iam, role = account.client("iam"), account.resource("ScalerRole")
    policy = iam.get_role_policy(RoleName=role, PolicyName=policy_name)["PolicyDocument"]
    less = [each for each in policy["Statement"] if each["Sid"] != sid]
    assert len(less) == len(policy["Statement"]) - 1

    def put(statements):
        document = json.dumps({**policy, "Statement": statements})
        iam.put_role_policy(RoleName=role, PolicyName=policy_name, PolicyDocument=document)

    put(less)
    return lambda: put(policy["Statement"])


def test_stored_routes_are_read_with_the_role(account):
    account.make_buckets("team-a-inputs", "team-b-inputs")
    account.run(guide.commands("Several teams"))
    account.turn_on_event_bridge()
    put_back = without_statement(account, "run-and-report", "ReadRoutes")
    account.upload("team-a-inputs", "in/second/1")
    wait_for("a denied read", lambda: "not authorized" in account.ministack.log.read_text())
    account.stays_silent()
    put_back()
    account.upload("team-a-inputs", "in/second/2")
    account.wait_for_capacity("second", 60)


def test_the_bucket_sends_to_the_queue_by_its_policy(account):
    account.deploy({**ENDPOINT, "UploadTrigger": "Notification", "BufferUploads": "Yes"})
    sqs, queue = account.client("sqs"), {"QueueUrl": account.output("UploadBufferUrl")}
    policy = sqs.get_queue_attributes(**queue, AttributeNames=["Policy"])["Attributes"]["Policy"]
    sqs.set_queue_attributes(**queue, Attributes={"Policy": ""})
    account.upload("my-inputs", "1")
    account.stays_silent(4)
    sqs.set_queue_attributes(**queue, Attributes={"Policy": policy})
    account.upload("my-inputs", "2")
    account.wait_for_capacity("my-endpoint")


def test_the_table_is_written_with_the_role(account):
    """Without the permission, the endpoint wakes and has a lease, because nothing is recorded."""
    account.make_buckets("my-inputs")
    account.deploy({**ENDPOINT, "ResultsRoleArns": "arn:aws:iam::123456789012:role/inference"})
    account.turn_on_event_bridge()
    recorded = lambda: account.client("dynamodb").scan(TableName=account.resource("Ledger"))["Count"]
    put_back = without_statement(account, "run-and-report", "Ledger")
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    wait_for("a lease", lambda: account.leases("my-endpoint"))
    assert recorded() == 0
    put_back()
    account.upload("my-inputs", "2")
    wait_for("an item", recorded)
