"""docs/deploy.md: a bucket in another account, whose events a rule sends to the bus of the stack's account."""

import json
import re

import guide
from account import STACK
from servers import ACCOUNT, REGION

OTHER = "210987654321"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
PATTERN = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": ["my-inputs"]}}}


def allow_events(account):
    """The command of the guide's first step."""
    text = guide.section("Bucket in another account")
    command = re.search(r"`(aws events put-permission [^`]*)`", text)[1]
    assert command.endswith("--principal B"), command
    account.run(" ".join(command.split()).replace("--principal B", f"--principal {OTHER}"))


def send_to_the_bus(owner):
    """The third step: a role, a rule, and its target."""
    def document(**statement):
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})

    iam, events = owner.client("iam"), owner.client("events")
    trust = document(Principal={"Service": "events.amazonaws.com"}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName="to-the-stack", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    put_events = document(Action="events:PutEvents", Resource=BUS)
    iam.put_role_policy(RoleName="to-the-stack", PolicyName="put-events", PolicyDocument=put_events)
    events.put_rule(Name="to-the-stack", EventPattern=json.dumps(PATTERN))
    target = {"Id": "bus", "Arn": BUS, "RoleArn": role}
    assert events.put_targets(Rule="to-the-stack", Targets=[target])["FailedEntryCount"] == 0


def test_a_bucket_in_another_account(account):
    owner = account.in_account(OTHER)
    owner.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before, of_owner = account.inventory(), owner.inventory()

    account.deploy({
        "EndpointName": "my-endpoint", "MaxCapacity": "1", "UploadTrigger": "EventBridge", "InputBucket": "my-inputs",
    })
    turn_on = account.output("TurnOnEventBridgeCommand").replace(ACCOUNT, OTHER)
    assert owner.run(turn_on) == "my-inputs: EventBridge is now on\n"
    send_to_the_bus(owner)
    owner.upload("my-inputs", "1")
    account.stays_silent()

    allow_events(account)
    owner.upload("my-inputs", "2")
    account.wait_for_capacity("my-endpoint")

    account.run(f"sam delete --stack-name {STACK}")
    assert account.inventory() == before
    assert owner.inventory() == of_owner | {("rule", "to-the-stack"), ("role", "to-the-stack")}
