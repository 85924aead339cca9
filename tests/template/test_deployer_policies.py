"""The policies for those who deploy, docs/deployer, against what AWS says that each type of resource needs.

AWS publishes a schema for each type of resource, with the permissions of the handlers that create, read, update and
delete it. cfn-lint brings these schemas along.
"""

import fnmatch
import importlib.resources
import json
import re

import pytest

import iam_policies
from stack import ROOT, TEMPLATE

POLICIES = {path.stem: path.read_text() for path in sorted((ROOT / "docs" / "deployer").glob("*.json"))}

# Longer ones cannot be a managed policy. White space does not count.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST = 6144

VALUES = {
    "ACCOUNT": "123456789012",
    "CODE_BUCKET": "my-code",
    "INPUT_BUCKET": "my-inputs",
    "KEY_ARN": "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    "REGION": "eu-west-1",
    "STACK": "my-stack",
}

# Where resources of each type are, with the name that the template or CloudFormation gives them. A type without an ARN
# of its own is a property of the resource that it names.
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:my-stack-ScalerFunction-AbC123"
ARNS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/1a2b",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/1a2b",
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:my-stack-StuckAlarm-AbC123",
    "AWS::CloudWatch::Dashboard": "arn:aws:cloudwatch::123456789012:dashboard/my-stack-eu-west-1",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:eu-west-1:123456789012:table/my-stack-Ledger-ABC123",
    "AWS::Events::Rule": "arn:aws:events:eu-west-1:123456789012:rule/my-stack-UploadRule-ABC123",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/my-stack-ScalerRole-AbC123",
    "AWS::Lambda::Alias": FUNCTION,
    "AWS::Lambda::EventInvokeConfig": FUNCTION,
    "AWS::Lambda::EventSourceMapping": "arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:1a2b",
    "AWS::Lambda::Function": FUNCTION,
    "AWS::Lambda::Permission": FUNCTION,
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/reactive-scaler/my-stack",
    "AWS::S3::Bucket": "arn:aws:s3:::my-inputs",
    "AWS::S3::BucketPolicy": "arn:aws:s3:::my-inputs",
    "AWS::SNS::Subscription": "arn:aws:sns:eu-west-1:123456789012:my-stack-SignalTopic-AbC123",
    "AWS::SNS::Topic": "arn:aws:sns:eu-west-1:123456789012:my-stack-SignalTopic-AbC123",
    "AWS::SNS::TopicPolicy": "arn:aws:sns:eu-west-1:123456789012:my-stack-SignalTopic-AbC123",
    "AWS::SQS::Queue": "arn:aws:sqs:eu-west-1:123456789012:my-stack-DeadLetters-AbC123",
    "AWS::SQS::QueuePolicy": "arn:aws:sqs:eu-west-1:123456789012:my-stack-DeadLetters-AbC123",
    "AWS::Scheduler::Schedule": "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/my-stack-Tick-AbC123",
}

STEPS = ("create", "read", "update", "delete")

# What the handlers need for properties that the template does not set, by type; `*` stands for anything.
NOT_SET = {
    "AWS::ApplicationAutoScaling::ScalableTarget": [
        # The template has no scheduled actions, no role of its own, and no provisioned concurrency.
        "application-autoscaling:PutScheduledAction", "application-autoscaling:DeleteScheduledAction",
        "iam:PassRole", "lambda:*ProvisionedConcurrencyConfig",
    ],
    "AWS::DynamoDB::Table": [
        # Replicas, imports, streams, contributor insights, and policies of resources.
        "dynamodb:*Item", "dynamodb:*Replica", "dynamodb:*Import*", "dynamodb:Query", "dynamodb:Scan",
        "dynamodb:EnableKinesis*", "dynamodb:DisableKinesis*", "dynamodb:UpdateKinesis*",
        "dynamodb:UpdateContributorInsights", "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy",
        "iam:CreateServiceLinkedRole", "kinesis:*", "logs:*", "s3:*", "kms:ListAliases", "kms:RevokeGrant",
    ],
    # No role for the target of a rule: the function has a policy.
    "AWS::Events::Rule": ["iam:PassRole"],
    # No traffic that moves step by step, no provisioned concurrency.
    "AWS::Lambda::Alias": ["codedeploy:*", "lambda:PutProvisioned*", "lambda:DeleteProvisioned*"],
    "AWS::Lambda::Function": [
        # File systems, layers, code signing, SnapStart, capacity providers.
        "elasticfilesystem:*", "s3files:*", "lambda:GetLayerVersion", "lambda:GetCodeSigningConfig",
        "lambda:PutFunctionCodeSigningConfig", "lambda:AssociateRuntimeAlias", "lambda:PassCapacityProvider",
        "lambda:*FunctionScalingConfig",
    ],
    "AWS::Logs::LogGroup": [
        # Data protection, field indexes, resource policies, delivery, deletion protection.
        "firehose:*", "s3:*", "logs:*LogDelivery", "logs:*ResourcePolicy", "logs:PutDataProtectionPolicy", "logs:DeleteDataProtectionPolicy",
        "logs:*IndexPolicy", "logs:PutBearerTokenAuthentication", "logs:PutLogGroupDeletionProtection",
    ],
    "AWS::S3::Bucket": [
        # What the template's bucket does not have. CloudFormation keeps the bucket, see its DeletionPolicy.
        "iam:PassRole", "s3tables:*", "s3:*Metadata*", "s3:*Abac", "s3:PutAccelerateConfiguration",
        "s3:Put*AnalyticsConfiguration", "s3:PutBucketAcl", "s3:PutBucketCORS", "s3:PutBucketLogging",
        "s3:PutBucketObjectLockConfiguration", "s3:PutObjectLockConfiguration", "s3:PutObjectAcl",
        "s3:Put*Replication*", "s3:PutBucketVersioning", "s3:PutBucketWebsite", "s3:PutIntelligent*",
        "s3:PutInventory*", "s3:PutMetrics*", "s3:DeleteBucket", "s3:DeleteObject",
        # Not the names of actions: the Put actions allow to delete, and tags have actions of their own.
        "s3:DeleteBucket?*", "s3:TagResource", "s3:UntagResource", "s3:ListTagsForResource",
    ],
    # No delivery log and no data protection.
    "AWS::SNS::Topic": ["iam:*", "sns:PutDataProtectionPolicy"],
    "AWS::SNS::Subscription": ["iam:*"],
}

# What no handler needs: the SAM CLI's, CloudFormation's, and Application Auto Scaling's for the caller.
# https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
OTHERS = [
    "cloudformation:*", "s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:PutObject",
    "lambda:ListVersionsByFunction", "sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
]

# The transform belongs to AWS and not to an account. Who creates the bucket writes its policy and its lifecycle.
EXPLAINED = [
    "arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31",
    "RESOURCE_POLICY_PRIVILEGE_ESCALATION: Possible resource policy privilege escalation on arn:aws:s3:::my-inputs",
]


def filled(text):
    """A policy with values in place of the words that a reader replaces."""
    return json.loads(re.sub("|".join(VALUES), lambda word: VALUES[word[0]], text))


def listed(value):
    return value if isinstance(value, list) else [value]


def allowed():
    """Each action with the resource that it is allowed on."""
    return [
        (action, resource)
        for text in POLICIES.values()
        for statement in filled(text)["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


def types():
    """The types of the template's resources."""
    found = set(re.findall(r"^    Type: (AWS::\S+)$", TEMPLATE.read_text(), re.M))
    return (found - {"AWS::Serverless::Function"}) | {"AWS::Lambda::Function"}


def handlers():
    """What creates, reads, updates, deletes and tags a resource needs, by type."""
    found = {}
    wanted = types()
    for file in importlib.resources.files("cfnlint.data.schemas.resources").iterdir():
        if file.name.endswith(".json") and (schema := json.loads(file.read_text())).get("typeName") in wanted:
            # A stack does not list what exists, so it does not use the handler `list`.
            steps = [*(schema["handlers"][each] for each in STEPS if each in schema["handlers"]), schema.get("tagging") or {}]
            found[schema["typeName"]] = {each for step in steps for each in step.get("permissions") or []}
    return found


HANDLERS = handlers()


def matches(action, patterns):
    return any(fnmatch.fnmatchcase(action, pattern) for pattern in patterns)


def needed(kind):
    return {action for action in HANDLERS[kind] if not matches(action, NOT_SET.get(kind, []))}


def test_each_type_is_known():
    assert types() == set(HANDLERS) == set(ARNS)


@pytest.mark.parametrize("kind", sorted(ARNS))
def test_the_policies_allow_what_the_handlers_need(kind):
    arn = ARNS[kind]
    service = arn.split(":")[2]
    missing = [
        action
        for action in sorted(needed(kind))
        if not any(
            action == each and (not action.startswith(f"{service}:") or fnmatch.fnmatchcase(arn, resource))
            for each, resource in allowed()
        )
    ]
    assert missing == []


def test_the_policies_allow_nothing_else():
    wanted = set().union(*map(needed, ARNS))
    assert [each for each, _ in allowed() if each not in wanted and not matches(each, OTHERS)] == []


@pytest.mark.parametrize("name", POLICIES)
def test_it_fits_a_managed_policy(name):
    assert len(re.sub(r"\s", "", json.dumps(filled(POLICIES[name])))) <= LONGEST


def test_linters_find_nothing():
    found = [each for said in iam_policies.lint(map(filled, POLICIES.values())) for each in said["parliament"]]
    assert [each for each in found if not any(part in each for part in EXPLAINED)] == []
