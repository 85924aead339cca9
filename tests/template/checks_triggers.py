"""What wakes the function: every source reaches it, and only the right events pass."""

import copy
import json
import re

from moto.events.models import EventPattern
from moto.s3.models import Notification

from checks_settings import as_list
from stack import ROOT

FUNCTION = "<ScalerFunction>"
FUNCTION_ARN = "<ScalerFunction.Arn>"
DEAD_LETTERS_ARN = "<DeadLetters.Arn>"

# The operators that the patterns may use: moto lets one that it does not know match everything.
KNOWN_OPERATORS = {"wildcard"}


def event(name):
    """A payload of the events folder."""
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


def check_event_sources(stack):
    """Each source that the parameters ask for is there, points at the function, and may invoke it."""
    problems, found = [], set()
    for name, rule in stack.of_type("AWS::Events::Rule").items():
        for target in rule["Targets"]:
            if target["Arn"] != FUNCTION_ARN:
                problems.append(f"{name} points at {target['Arn']}")
            elif not may_invoke(stack, "events.amazonaws.com", f"<{name}.Arn>"):
                problems.append(f"{name} may not invoke the function")
            else:
                found.update(rule["EventPattern"].get("source", []))
    for name, schedule in stack.of_type("AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        if target["Arn"] != FUNCTION_ARN:
            problems.append(f"{name} points at {target['Arn']}")
        elif not role_allows(stack, target["RoleArn"], "lambda:InvokeFunction", FUNCTION_ARN):
            problems.append(f"{name} may not invoke the function: its role is {target['RoleArn']}")
        elif json.loads(target.get("Input", "{}")) != event("command-tick"):
            problems.append(f"{name} sends {target.get('Input')}, which is no tick")
        elif schedule.get("State", "ENABLED") == "ENABLED":
            found.add("schedule")
    for name, subscription in stack.of_type("AWS::SNS::Subscription").items():
        if subscription["Protocol"] != "lambda":
            continue
        topic = subscription["TopicArn"]
        if subscription["Endpoint"] != FUNCTION_ARN:
            problems.append(f"{name} points at {subscription['Endpoint']}")
        elif not may_invoke(stack, "sns.amazonaws.com", topic):
            problems.append(f"{name} may not invoke the function")
        else:
            found.add(topic)
    for name, bucket in stack.of_type("AWS::S3::Bucket").items():
        problems += bucket_problems(stack, name, bucket)
        found.add("bucket notification")
    missing = wanted_sources(stack.parameters) - found
    return problems + [f"no working source: {source}" for source in sorted(missing)]


def wanted_sources(parameters):
    """The sources that a set of parameters asks for."""
    wanted = {"schedule", "aws.sagemaker", "<SignalTopic>"}
    if parameters.get("UploadTrigger") == "Notification":
        wanted.add("bucket notification")
    elif parameters.get("InputBucket"):
        wanted.add("aws.s3")
    return wanted


def bucket_problems(stack, name, bucket):
    """What keeps a bucket of this stack from notifying the function."""
    notifications = bucket.get("NotificationConfiguration", {}).get("LambdaConfigurations", [])
    problems = [] if notifications else [f"{name} notifies nobody"]
    for notification in notifications:
        if notification["Function"] != FUNCTION_ARN:
            problems.append(f"{name} notifies {notification['Function']}")
    if not may_invoke(stack, "s3.amazonaws.com", f"arn:aws:s3:::{bucket['BucketName']}"):
        problems.append(f"{name} may not invoke the function")
    before = stack.resources[name].get("DependsOn", [])
    if "NewBucketPermission" not in before:
        problems.append(f"{name} does not wait for the permission that S3 asks for")
    return problems


def may_invoke(stack, principal, source_arn):
    """Whether a permission lets just this source of a service invoke the function."""
    return any(
        permission["Action"] == "lambda:InvokeFunction"
        and permission["FunctionName"] in (FUNCTION, FUNCTION_ARN)
        and permission["Principal"] == principal
        and permission.get("SourceArn") == source_arn
        for permission in stack.of_type("AWS::Lambda::Permission").values()
    )


def role_allows(stack, role_arn, action, resource):
    """Whether a role of this stack, by its ARN, allows an action on a resource."""
    role = stack.of_type("AWS::IAM::Role").get(role_arn[1:].removesuffix(".Arn>"), {})
    statements = [s for p in role.get("Policies", []) for s in p["PolicyDocument"]["Statement"]]
    return any(action in as_list(s["Action"]) and resource in as_list(s["Resource"]) for s in statements)


def check_upload_filter(stack):
    """Uploads that a route takes come through; others of the same shape do not."""
    filtered = not stack.parameters.get("ExtraRoutes")
    if "UploadRule" in stack.resources:
        pattern = stack.of_type("AWS::Events::Rule")["UploadRule"]["EventPattern"]
        problems = operator_problems(pattern)
        matches = EventPattern.load(json.dumps(pattern)).matches_event
        for what, upload, wanted in eventbridge_uploads(stack.parameters, filtered):
            if matches(upload) != wanted:
                problems.append(f"the upload rule {'misses' if wanted else 'takes'} {what}")
        return problems
    problems = []
    for bucket in stack.of_type("AWS::S3::Bucket").values():
        for each in bucket["NotificationConfiguration"]["LambdaConfigurations"]:
            rules = each.get("Filter", {}).get("S3Key", {}).get("Rules", [])
            filters = {"S3Key": {"FilterRule": rules}} if rules else {}
            matches = Notification(each["Function"], [each["Event"]], filters).matches
            for what, key, wanted in uploaded_keys(stack.parameters, filtered):
                if matches("s3:ObjectCreated:Put", key) != wanted:
                    problems.append(f"the notification {'misses' if wanted else 'takes'} {what}")
            if matches("s3:ObjectRemoved:Delete", stack.parameters.get("InputPrefix", "") + "x"):
                problems.append("the notification takes a deletion")
    return problems


def eventbridge_uploads(parameters, filtered):
    """Variations of the payload in events/: what it is, the event, whether it is wanted."""
    real = event("s3-eventbridge")
    yield "the payload in events/s3-eventbridge.json", real, True
    for what, key, wanted in uploaded_keys(parameters, filtered):
        yield what, changed(real, ["detail", "object", "key"], key), wanted
    yield "another bucket", changed(real, ["detail", "bucket", "name"], "my-inputs-2"), False
    yield "another detail-type", changed(real, ["detail-type"], "Object Deleted"), False
    yield "another source", changed(real, ["source"], "my.s3"), False
    for bucket in filter(None, re.split(r",\s*", parameters.get("ExtraBuckets", ""))):
        yield f"bucket {bucket}", changed(real, ["detail", "bucket", "name"], bucket), True


def uploaded_keys(parameters, filtered):
    """Keys: what each one is, the key, whether it is wanted."""
    prefix, suffix = parameters.get("InputPrefix", ""), parameters.get("InputSuffix", "")
    yield "a key of the route", f"{prefix}1 + 1=2 100%25 café{suffix}", True
    yield "the shortest key", f"{prefix}{suffix}", True
    if prefix:
        yield "another prefix", f"async/out/1{suffix}", not filtered
        yield "the prefix further inside", f"x/{prefix}1{suffix}", not filtered
    if suffix:
        yield "another suffix", f"{prefix}1.txt", not filtered


def changed(source, path, value):
    """A copy with another value at a path."""
    copied = copy.deepcopy(source)
    node = copied
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return copied


def operator_problems(pattern):
    """Operators in a pattern that the matcher may not know."""
    if isinstance(pattern, dict):
        return [problem for each in pattern.values() for problem in operator_problems(each)]
    operators = {name for each in pattern if isinstance(each, dict) for name in each}
    return [f"unknown operator {name}" for name in sorted(operators - KNOWN_OPERATORS)]


def check_state_change_pattern(stack):
    """Changes of any endpoint come through, other events of SageMaker's do not."""
    pattern, = (
        rule["EventPattern"]
        for rule in stack.of_type("AWS::Events::Rule").values()
        if rule["EventPattern"].get("source") == ["aws.sagemaker"]
    )
    matches = EventPattern.load(json.dumps(pattern)).matches_event
    real = event("endpoint-state-change")
    problems = operator_problems(pattern)
    if not matches(real):
        problems.append("the rule misses events/endpoint-state-change.json")
    if matches(changed(real, ["detail-type"], "SageMaker Training Job State Change")):
        problems.append("the rule takes training jobs")
    return problems


def check_backlog_alarm(stack):
    """The backstop works from zero, tolerates missing data, and reaches the function."""
    alarm = stack.of_type("AWS::CloudWatch::Alarm")["BacklogAlarm"]
    wanted = {
        "Namespace": "AWS/SageMaker",
        # Of the backlog metrics, the one that is there while no instance is.
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": [{"Name": "EndpointName", "Value": stack.parameters["EndpointName"]}],
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "Period": 60,
        "TreatMissingData": "notBreaching",
        "AlarmActions": ["<SignalTopic>"],
    }
    problems = [
        f"{name} is {alarm.get(name)}, not {value}"
        for name, value in wanted.items()
        if alarm.get(name) != value
    ]
    if alarm["EvaluationPeriods"] > 2:
        problems.append("the backstop waits for more than two minutes of datapoints")
    if not topic_admits_alarms(stack, "<SignalTopic>"):
        problems.append("CloudWatch may not publish to the topic")
    return problems


def topic_admits_alarms(stack, topic):
    """Whether alarms of this account, and of no other, may publish to a topic."""
    return any(
        topic in policy["Topics"]
        and statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        and statement["Action"] == "sns:Publish"
        and statement["Resource"] == topic
        and statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
        for policy in stack.of_type("AWS::SNS::TopicPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
    )
