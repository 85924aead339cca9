"""The output TurnOnEventBridgeCommand, run as a user runs it, with a stand-in for the AWS CLI: it
keeps the other notifications, and writes only what it could read and merge."""

import json
import os
import subprocess

import pytest

import stack as stacks
from stack import EXISTING_BUCKET, EXISTING_BUCKETS_SEVERAL_ENDPOINTS, Stack

# Answers get-... with the bucket's file, or fails if there is none. Stores what put-... was given.
STAND_IN = """#!/usr/bin/env python3
import pathlib, sys
here = pathlib.Path(__file__).parent
arguments = sys.argv[1:]
bucket = arguments[arguments.index("--bucket") + 1]
assert arguments[arguments.index("--expected-bucket-owner") + 1] == "123456789012"
if arguments[1] == "get-bucket-notification-configuration":
    answer = here / f"{bucket}.answer"
    if not answer.exists():
        sys.exit("An error occurred (AccessDenied)")
    print(answer.read_text(), end="")
elif arguments[1] == "put-bucket-notification-configuration":
    (here / f"{bucket}.put").write_text(arguments[arguments.index("--notification-configuration") + 1])
else:
    sys.exit(f"unexpected: {arguments}")
"""

OTHERS = {
    "LambdaFunctionConfigurations": [
        {
            "Id": "it's \"another\" $HOME `one`",
            "LambdaFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:another",
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "ünï/code "}]}},
        }
    ],
    "QueueConfigurations": [{"QueueArn": "arn:aws:sqs:eu-west-1:123456789012:q", "Events": ["s3:*"]}],
}


FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:some-stack-ScalerFunction-1"


def run_command(folder, answers, parameters=EXISTING_BUCKET):
    """Runs the command on buckets with these configurations. Returns its exit code, its output, and what it put."""
    program = folder / "aws"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    for bucket, answer in answers.items():
        (folder / f"{bucket}.answer").write_text(answer)
    command = Stack(stacks.read(), parameters).outputs["TurnOnEventBridgeCommand"]
    command = command.replace("<ScalerFunction.Arn>", FUNCTION)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], env={**os.environ, "PATH": path}, timeout=60, stdout=subprocess.PIPE, text=True
    )
    return done.returncode, done.stdout, {file.stem: json.loads(file.read_text()) for file in folder.glob("*.put")}


def command_is_run(folder, answer):
    """Exit code of the command on one bucket, and what it put."""
    code, _, put = run_command(folder, {} if answer is None else {"my-inputs": answer})
    return code, put.get("my-inputs")


def test_other_notifications_are_kept(tmp_path):
    code, put = command_is_run(tmp_path, json.dumps(OTHERS, indent=4, ensure_ascii=False))
    assert (code, put) == (0, {**OTHERS, "EventBridgeConfiguration": {}})


@pytest.mark.parametrize("answer", ["", "\n", "{}"])
def test_a_bucket_without_notifications(tmp_path, answer):
    assert command_is_run(tmp_path, answer) == (0, {"EventBridgeConfiguration": {}})


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "An unexpected answer",
        '{"QueueConfigurations": [',
        "[]",
    ],
    ids=["not readable", "no JSON", "cut short", "another form"],
)
def test_it_refuses(tmp_path, answer):
    code, put = command_is_run(tmp_path, answer)
    assert code != 0
    assert put is None


def test_a_bucket_that_is_on_already_succeeds(tmp_path):
    answers = {"my-inputs": json.dumps({**OTHERS, "EventBridgeConfiguration": {}})}
    assert run_command(tmp_path, answers) == (0, "my-inputs: EventBridge is already on\n", {})


def test_further_buckets_are_included(tmp_path):
    on = json.dumps({"EventBridgeConfiguration": {}})
    answers = {"my-inputs": "", "second-inputs": on, "third-inputs": json.dumps(OTHERS)}
    code, output, put = run_command(tmp_path, answers, EXISTING_BUCKETS_SEVERAL_ENDPOINTS)
    assert code == 0
    assert output.splitlines() == [
        "my-inputs: EventBridge is now on",
        "second-inputs: EventBridge is already on",
        "third-inputs: EventBridge is now on",
    ]
    assert put == {
        "my-inputs": {"EventBridgeConfiguration": {}},
        "third-inputs": {**OTHERS, "EventBridgeConfiguration": {}},
    }


def test_a_failure_at_one_bucket_fails(tmp_path):
    code, _, put = run_command(tmp_path, {"my-inputs": ""}, EXISTING_BUCKETS_SEVERAL_ENDPOINTS)
    assert (code, list(put)) == (1, ["my-inputs"])


def test_notifications_of_this_stack_are_removed(tmp_path):
    """After UploadTrigger=Notification. S3 refuses a configuration with a destination that it may not use."""
    queue = "arn:aws:sqs:eu-west-1:123456789012:some-stack-UploadBuffer-1"
    own = {
        "LambdaFunctionConfigurations": [{"Id": "1", "LambdaFunctionArn": FUNCTION, "Events": ["s3:ObjectCreated:*"]}],
        "QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}],
    }
    both = {name: OTHERS[name] + configurations for name, configurations in own.items()}
    assert command_is_run(tmp_path, json.dumps(both)) == (0, {**OTHERS, "EventBridgeConfiguration": {}})
    assert command_is_run(tmp_path, json.dumps(own)) == (0, {"EventBridgeConfiguration": {}})
