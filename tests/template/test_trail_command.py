"""The command of docs/deploy.md that adds the endpoint's data events to a trail, with a stand-in for the AWS CLI: it
keeps the trail's selectors, and writes only what it could read and merge."""

import json
import os
import re
import subprocess

import pytest

from stack import ROOT

# Answers get-... with the trail's file, or fails if there is none. Stores what put-... was given.
STAND_IN = """#!/usr/bin/env python3
import pathlib, sys
here = pathlib.Path(__file__).parent
arguments = sys.argv[1:]
assert arguments[0] == "cloudtrail" and arguments[arguments.index("--trail-name") + 1] == "my-trail"
if arguments[1] == "get-event-selectors":
    assert arguments[arguments.index("--query") + 1] == "AdvancedEventSelectors"
    answer = here / "answer"
    if not answer.exists():
        sys.exit("An error occurred (TrailNotFoundException)")
    print(answer.read_text())
elif arguments[1] == "put-event-selectors":
    (here / "put").write_text(arguments[arguments.index("--advanced-event-selectors") + 1])
else:
    sys.exit(f"unexpected: {arguments}")
"""

ENDPOINT = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint"

OWN = {
    "Name": f"reactive-scaler {ENDPOINT}",
    "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::SageMaker::Endpoint"]},
        {"Field": "eventName", "Equals": ["InvokeEndpointAsync"]},
        {"Field": "resources.ARN", "Equals": [ENDPOINT]},
    ],
}

OTHERS = [
    {"Name": "it's \"management\" $HOME", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]},
]


def command_is_run(folder, answer):
    """Exit code and errors of the command on a trail with these selectors, and what it put."""
    section = (ROOT / "docs" / "deploy.md").read_text().split("\n## Invocations in CloudTrail\n")[1]
    command = re.search(r"```bash account\n(.*?)```", section, re.S)[1]
    program = folder / "aws"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    if answer is not None:
        (folder / "answer").write_text(answer)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], env={**os.environ, "PATH": path}, timeout=60, capture_output=True, text=True
    )
    put = folder / "put"
    return done.returncode, done.stderr, json.loads(put.read_text()) if put.exists() else None


def test_other_selectors_are_kept(tmp_path):
    code, _, put = command_is_run(tmp_path, json.dumps(OTHERS))
    assert (code, put) == (0, [*OTHERS, OWN])


def test_a_second_run_changes_nothing(tmp_path):
    stands = [*OTHERS, {**OWN, "FieldSelectors": OWN["FieldSelectors"][::-1]}]
    code, _, put = command_is_run(tmp_path, json.dumps(stands))
    assert (code, put) == (0, [*OTHERS, OWN])


@pytest.mark.parametrize(
    "answer", [None, "null", "[]", "An unexpected answer", '[{"Name": '], ids=["missing", "basic", "none", "text", "cut"]
)
def test_it_refuses(tmp_path, answer):
    code, errors, put = command_is_run(tmp_path, answer)
    assert code != 0 and errors
    assert put is None


def test_it_says_why_it_refuses_a_trail_with_basic_selectors(tmp_path):
    _, errors, _ = command_is_run(tmp_path, "null")
    assert "advanced event selectors" in errors
