"""docs/results.md: from a stack without results to one with them, by one parameter and the line in the output."""

import ast
import json
import re
import time
from datetime import datetime, timezone

import pytest

import guide
from account import Account
from servers import wait_for
from steps import removal_leaves

BEFORE = {
    "EndpointName": "my-endpoint", "MaxCapacity": "1", "InputBucket": "my-inputs", "InputPrefix": "async/in/",
}

ROLE = "arn:aws:iam::123456789012:role/inference"

# The time from the result to the request for zero.
MOST_SECONDS = 120


@pytest.fixture
def account(tmp_path):
    """A new account whose instances are in service after 10 s, so that a test need not wait for 6 minutes."""
    opened = Account(tmp_path, provisioning="10s")
    yield opened
    opened.close()


def now():
    """The time in the form of SageMaker's messages."""
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def publish_result(account, topic, key, status):
    """What SageMaker publishes when a request ends."""
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


def commands_of_the_guide():
    """The commands of docs/results.md that change the stack, and those that show the line."""
    section = guide.section("Connect an endpoint", "results.md")
    update, show = re.findall(r"```bash account\n(.*?)```", section, re.S)[:2]
    # describe-model names a model, which the simulated AWS does not have.
    return update[update.index("sam deploy"):], show


def test_from_a_stack_without_results(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()
    account.deploy(BEFORE)
    account.turn_on_event_bridge()
    assert "SCALER_LEDGER" not in account.variables()
    assert not {"Ledger", "SageMakerSuccessTopic", "SageMakerErrorTopic"} & account.resources()

    update, show = commands_of_the_guide()
    account.run(update)
    assert account.variables()["SCALER_LEDGER"] == account.resource("Ledger")
    config = notification_config(account.run(show).strip())
    assert config == {"SuccessTopic": account.output("SuccessTopicArn"), "ErrorTopic": account.output("ErrorTopicArn")}
    assert all("SageMaker" in topic for topic in config.values())

    account.upload("my-inputs", "async/in/1")
    account.upload("my-inputs", "async/in/2")
    wait_for("a request for capacity", lambda: account.capacity_calls("my-endpoint"))
    wait_for("an instance", lambda: is_in_service(account), 60)
    assert not account.leases("my-endpoint"), "the ledger has the uploads, so the work record stands for them"

    publish_result(account, config["SuccessTopic"], "async/in/1", "Completed")
    publish_result(account, config["ErrorTopic"], "async/in/2", "Failed")
    begin = time.monotonic()
    wait_for("the results in the log", lambda: account.function_log().count("result_recorded") == 2)
    wait_for("the request for zero", lambda: "AllTraffic=0" in account.capacity_calls("my-endpoint"), MOST_SECONDS)
    assert time.monotonic() - begin <= MOST_SECONDS
    wait_for("the reason in the log", lambda: "work_done" in account.function_log())

    account.deploy({"ResultsRoleArns": ""})
    assert "SCALER_LEDGER" not in account.variables()
    assert not {"Ledger", "SageMakerSuccessTopic", "SageMakerErrorTopic"} & account.resources()
    removal_leaves(account, before)


def test_topics_of_your_own(account):
    """The endpoint keeps its topics, and the function is subscribed to them."""
    account.make_buckets("my-inputs")
    account.deploy({**BEFORE, "ScalableTarget": "Existing", "MaxCapacity": "", "ResultsRoleArns": ROLE})
    account.turn_on_event_bridge()
    topic = account.client("sns").create_topic(Name="own")["TopicArn"]
    section = guide.section("Connect an endpoint", "results.md")
    subscribe = next(block for block in re.findall(r"```bash account\n(.*?)```", section, re.S) if "sns subscribe" in block)
    account.run(subscribe.replace("TOPIC_ARN", topic).replace("FUNCTION_ARN", account.output("FunctionArn")))

    account.upload("my-inputs", "async/in/1")
    wait_for("a request for capacity", lambda: account.capacity_calls("my-endpoint"))
    publish_result(account, topic, "async/in/1", "Completed")
    wait_for("the result in the log", lambda: "result_recorded" in account.function_log())
