"""docs/troubleshooting.md, Dead letters: an event that the function failed to process is kept, with the error."""

import json

import guide
from servers import wait_for

EVENT = {"action": "wake", "endpoint": "not-mine"}


def test_an_event_that_fails_three_times_is_kept(account):
    account.deploy({"EndpointName": "my-endpoint", "ScalableTarget": "Existing"})
    account.client("lambda").invoke(
        FunctionName=account.output("FunctionName"), InvocationType="Event", Payload=json.dumps(EVENT),
    )
    read = guide.commands("Dead letters", "troubleshooting.md")
    read = read.replace("DEAD_LETTER_QUEUE_URL", account.output("DeadLetterQueueUrl"))

    def letter():
        body = account.run(read).strip()
        return body != "None" and json.loads(body)

    body = wait_for("a dead letter", letter)
    assert body["requestPayload"] == EVENT
    assert "not-mine" in body["responsePayload"]["errorMessage"]
    wait_for("three tries in the log", lambda: account.function_log().count("not-mine") >= 3)
