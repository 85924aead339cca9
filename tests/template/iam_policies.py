"""The policies of a stack's roles, and what the linters of IAM policies say about them."""

import json
import re
import subprocess

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


# Writes on every resource that a comment in the template explains.
EXPLAINED = [
    "['ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', "
    "'ec2:UnassignPrivateIpAddresses']",
]

# What each linter says, by the text of the policy.
SAID = {}


def run_linters(stacks):
    """Runs the linters once on the policies of several stacks, because their start takes longer than their checks."""
    lint(policy for stack in stacks for policy in policies(stack).values())


def lint(found):
    """What each linter says about each policy."""
    every = [json.dumps(policy) for policy in found]
    texts = sorted(set(every) - SAID.keys())
    if texts:
        done = subprocess.run(
            [PYTHON, LINTER], input=f"[{','.join(texts)}]", capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, done.stderr
        SAID.update(zip(texts, json.loads(done.stdout), strict=True))
    return [SAID[text] for text in every]


def said(linter, stack):
    """What a linter says about the policies of a stack."""
    run_linters([stack])
    found = policies(stack)
    assert len(found) >= 3, "two of the function's role, one of the schedule's"
    return [
        f"{name}: {problem}"
        for name, policy in found.items()
        for problem in SAID[json.dumps(policy)][linter]
        if not any(actions in problem for actions in EXPLAINED)
    ]


def check_parliament(stack):
    """parliament: each action exists, and supports its resource and its conditions."""
    return said("parliament", stack)


def check_cloudsplaining(stack):
    """cloudsplaining: no privilege escalation, no data, no credentials, no write without a resource."""
    return said("cloudsplaining", stack)
