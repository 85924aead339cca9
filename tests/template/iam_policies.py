"""The policies of a stack's roles, and what the linters of IAM policies say about them."""

import json
import re
import subprocess
from functools import cache

from stack import ROOT

PYTHON = ROOT / ".venv-iam" / "bin" / "python"
LINTER = ROOT / "tests" / "template" / "iam_linter.py"

# What CloudFormation puts in place of a reference, by type of resource.
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:eu-west-1:123456789012:table/{}",
    "AWS::SQS::Queue": "arn:aws:sqs:eu-west-1:123456789012:{}",
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-west-1:123456789012:log-group:{}:*",
    "AWS::Lambda::Alias": "arn:aws:lambda:eu-west-1:123456789012:function:scaler:{}",
}


def policies(stack):
    """Every policy of every role, by its name, with an ARN for each reference."""

    def arn(reference):
        name = reference[1]
        return ARNS[stack.resources[name]["Type"]].format(name)

    found = {}
    for role, properties in stack.of_type("AWS::IAM::Role").items():
        for policy in properties["Policies"]:
            text = re.sub(r"<(\w+)(?:\.Arn)?>", arn, json.dumps(policy["PolicyDocument"]))
            found[f"{role}, {policy['PolicyName']}"] = json.loads(text)
    return found


@cache
def says(linter, text):
    """What a linter says about policies."""
    done = subprocess.run(
        [PYTHON, LINTER, linter], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["policies"] >= 3, "two of the function's role, one of the schedule's"
    return answer["found"]


def check_parliament(stack):
    """parliament: each action exists, and supports its resource and its conditions."""
    return says("parliament", json.dumps(policies(stack)))


def check_cloudsplaining(stack):
    """cloudsplaining: no privilege escalation, no data, no credentials, no write without a resource."""
    return says("cloudsplaining", json.dumps(policies(stack)))
