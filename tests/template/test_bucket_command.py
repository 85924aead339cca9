"""The output TurnOnEventBridgeCommand, run as a user runs it, with a stand-in for the AWS CLI: it
keeps what was there, and puts nothing unless it could read and merge."""

import json
import os
import subprocess

import pytest

import stack as stacks
from stack import EXISTING_BUCKET, Stack

# Answers get-... with a file, or fails where there is none; remembers what put-... was given.
STAND_IN = """#!/usr/bin/env python3
import pathlib, sys
here = pathlib.Path(__file__).parent
arguments = sys.argv[1:]
assert arguments[arguments.index("--bucket") + 1] == "my-inputs"
assert arguments[arguments.index("--expected-bucket-owner") + 1] == "123456789012"
if arguments[1] == "get-bucket-notification-configuration":
    answer = here / "answer"
    if not answer.exists():
        sys.exit("An error occurred (AccessDenied)")
    print(answer.read_text(), end="")
elif arguments[1] == "put-bucket-notification-configuration":
    (here / "put").write_text(arguments[arguments.index("--notification-configuration") + 1])
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


def command_is_run(folder, answer):
    """Exit code of the command, and what it put."""
    program = folder / "aws"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    if answer is not None:
        (folder / "answer").write_text(answer)
    command = Stack(stacks.read(), EXISTING_BUCKET).outputs["TurnOnEventBridgeCommand"]
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", command], env={**os.environ, "PATH": path}, timeout=60)
    put = folder / "put"
    return done.returncode, json.loads(put.read_text()) if put.exists() else None


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
        json.dumps({**OTHERS, "EventBridgeConfiguration": {}}),
        "An unexpected answer",
        '{"QueueConfigurations": [',
        "[]",
    ],
    ids=["not readable", "on already", "no JSON", "cut short", "another form"],
)
def test_it_refuses(tmp_path, answer):
    code, put = command_is_run(tmp_path, answer)
    assert code != 0
    assert put is None
