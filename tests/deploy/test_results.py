"""docs/results.md: from a stack without results to one with them, by one parameter and the line in the output."""

import ast
import json
from datetime import datetime, timezone

import guide
from account import STACK, Account
from servers import wait_for
from steps import removal_leaves

import pytest

ROLE = "arn:aws:iam::123456789012:role/inference"
BEFORE = {
    "EndpointName": "my-endpoint", "MaxCapacity": "1", "InputBucket": "my-inputs", "InputPrefix": "async/in/",
}
LONGEST = 120


@pytest.fixture
def account(tmp_path):
    """A new account whose instances are in service after 10 s, so that a test need not wait for 6 minutes."""
    opened = Account(tmp_path, provisioning="10s")
    yield opened
    opened.close()


def now():
    """The time in the form of SageMaker's messages."""
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def publish_result(account, config, key, status="Completed"):
    """What SageMaker publishes when a request ends. It reads the topics from the endpoint's configuration."""
    topic = config["SuccessTopic" if status == "Completed" else "ErrorTopic"]
    message = {
        "awsRegion": "eu-west-1", "eventTime": now(), "receivedTime": now(), "invocationStatus": status,
        "requestParameters": {"endpointName": "my-endpoint", "inputLocation": f"s3://my-inputs/{key}"},
        "inferenceId": f"id-of-{key}", "eventVersion": "1.0", "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    account.client("sns").publish(TopicArn=topic, Message=json.dumps(message))


def notification_config(line):
    """The argument of AsyncInferenceConfig in the output of the stack."""
    call = ast.parse(line, mode="eval").body
    assert call.func.id == "AsyncInferenceConfig"
    keyword, = call.keywords
    assert keyword.arg == "notification_config"
    return ast.literal_eval(keyword.value)


def is_in_service(account):
    """Whether the endpoint has its instance."""
    described = account.client("sagemaker", account.simulated_url).describe_endpoint(EndpointName="my-endpoint")
    return described["EndpointStatus"] == "InService" and described["ProductionVariants"][0]["CurrentInstanceCount"] == 1


@pytest.mark.parametrize("status", ["Completed", "Failed"])
def test_from_a_stack_without_results(account, status):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()
    account.deploy(BEFORE)
    account.turn_on_event_bridge()
    assert "SCALER_LEDGER" not in account.variables()
    assert not {"Ledger", "SageMakerSuccessTopic", "SageMakerErrorTopic"} & account.resources()

    account.deploy({"ResultsRoleArns": ROLE})
    assert account.variables()["SCALER_LEDGER"] == account.resource("Ledger")
    config = notification_config(account.output("ConnectResultsLine"))
    assert config == {"SuccessTopic": account.output("SuccessTopicArn"), "ErrorTopic": account.output("ErrorTopicArn")}
    assert all("SageMaker" in topic for topic in config.values())

    key = "async/in/1"
    account.upload("my-inputs", key)
    account.wait_for_capacity("my-endpoint")
    wait_for("an instance", lambda: is_in_service(account), 60)
    assert not account.leases("my-endpoint"), "the ledger has the upload, so the work record stands for it"

    publish_result(account, config, key, status)
    wait_for("the result in the log", lambda: "result_recorded" in account.function_log())
    scaled_in = lambda: account.capacity_calls("my-endpoint") == ["AllTraffic=1", "AllTraffic=0"]
    wait_for("the request for zero", scaled_in, LONGEST)
    assert "work_done" in account.function_log()

    removal_leaves(account, before)
