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
TICK_ARN = "<TickAlias>"
DEAD_LETTERS_ARN = "<DeadLetters.Arn>"
RESULT_TOPICS = ["<SageMakerSuccessTopic>", "<SageMakerErrorTopic>"]

# The operators that the patterns may use: moto lets one that it does not know match everything.
# AWS limits the number of rules with a wildcard on a bus, so there is none (EventBridge quotas).
KNOWN_OPERATORS = {"prefix", "suffix"}

# Characters that an event pattern can have (EventBridge quotas, "Event pattern size").
LONGEST_PATTERN = 2048


def event(name):
    """A payload of the events folder."""
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


def check_event_sources(stack):
    """Each source that the parameters ask for is there, points at the function, and may invoke it."""
    problems, found = [], set()
    for name, rule in stack.of_type("AWS::Events::Rule").items():
        for target in rule["Targets"]:
            lost = lost_on_the_way(stack, target["Arn"], "events.amazonaws.com", f"<{name}.Arn>")
            if lost:
                problems.append(f"{name} {lost}")
            else:
                found.update(rule["EventPattern"].get("source", []))
    for name, schedule in stack.of_type("AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        alias = stack.of_type("AWS::Lambda::Alias").get("TickAlias", {})
        if target["Arn"] != TICK_ARN or alias.get("FunctionName") != FUNCTION:
            problems.append(f"{name} points at {target['Arn']}")
        elif alias["FunctionVersion"] != "$LATEST":
            problems.append(f"{name} stays at version {alias['FunctionVersion']}")
        elif not role_allows(stack, target["RoleArn"], "lambda:InvokeFunction", TICK_ARN):
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
    if parameters.get("ResultsRoleArns"):
        wanted |= set(RESULT_TOPICS)
    return wanted


def bucket_problems(stack, name, bucket):
    """What keeps a bucket of this stack from notifying the function."""
    destinations = [destination for _, destination, _ in notifications(bucket)]
    problems = [] if destinations else [f"{name} notifies nobody"]
    for destination in destinations:
        lost = lost_on_the_way(stack, destination, "s3.amazonaws.com", f"arn:aws:s3:::{bucket['BucketName']}")
        if lost:
            problems.append(f"{name} {lost}")
    permission = "UploadBufferPolicy" if stack.is_buffered else "NewBucketPermission"
    if permission not in stack.waits_for(name):
        problems.append(f"{name} does not wait for the permission that S3 asks for")
    return problems


def notifications(bucket):
    """A bucket's notifications: event, destination, and rules for the key."""
    configuration = bucket.get("NotificationConfiguration", {})
    for kind, destination in (("LambdaConfigurations", "Function"), ("QueueConfigurations", "Queue")):
        for each in configuration.get(kind, []):
            rules = each.get("Filter", {}).get("S3Key", {}).get("Rules", [])
            yield each["Event"], each[destination], rules


def lost_on_the_way(stack, destination, principal, source_arn):
    """Where events of a service's source get lost on their way to the function; nothing if they
    arrive, straight or through a queue that Lambda polls."""
    if destination == FUNCTION_ARN:
        return "" if may_invoke(stack, principal, source_arn) else "may not invoke the function"
    polled = {
        source["EventSourceArn"]
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values()
        if source["FunctionName"] in (FUNCTION, FUNCTION_ARN) and source.get("Enabled", True)
    }
    if destination not in polled:
        return f"points at {destination}"
    return "" if (principal, source_arn) in senders_to(stack, destination) else "may not send to the queue"


def senders_to(stack, queue_arn):
    """Services that a queue's policy lets in, each with the source that it is bound to."""
    return {
        (statement["Principal"]["Service"], source)
        for policy in stack.of_type("AWS::SQS::QueuePolicy").values()
        if queue_arn.replace(".Arn", "") in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "sqs:SendMessage" and statement["Resource"] == queue_arn
        for source in as_list(statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn", "any"))
    }


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
    filtered = not stack.parameters.get("ExtraRoutes") and stack.routing != "Stored"
    if "UploadRule" in stack.resources:
        pattern = stack.of_type("AWS::Events::Rule")["UploadRule"]["EventPattern"]
        problems = operator_problems(pattern)
        if len(json.dumps(pattern, separators=(",", ":"))) > LONGEST_PATTERN:
            problems.append("the pattern of the upload rule is too long")
        matches = EventPattern.load(json.dumps(pattern)).matches_event
        for what, upload, wanted in eventbridge_uploads(stack.parameters, filtered):
            if matches(upload) != wanted:
                problems.append(f"the upload rule {'misses' if wanted else 'takes'} {what}")
        return problems
    problems = []
    for bucket in stack.of_type("AWS::S3::Bucket").values():
        for notified, destination, rules in notifications(bucket):
            filters = {"S3Key": {"FilterRule": rules}} if rules else {}
            matches = Notification(destination, [notified], filters).matches
            for what, key, wanted in uploaded_keys(stack.parameters, filtered):
                if matches("s3:ObjectCreated:Put", key) != wanted:
                    problems.append(f"the notification {'misses' if wanted else 'takes'} {what}")
            if matches("s3:ObjectRemoved:Delete", keys_of_the_route(stack.parameters)[0] + "x"):
                problems.append("the notification takes a deletion")
    return problems


def eventbridge_uploads(parameters, filtered):
    """Variations of the payload in events/: what it is, the event, whether it is wanted."""
    real = changed(event("s3-eventbridge"), ["detail", "bucket", "name"], parameters["InputBucket"])
    if parameters.get("Routing") != "SageMakerSdk":
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
    prefix, suffix = keys_of_the_route(parameters)
    yield "a key of the route", f"{prefix}1 + 1=2 100%25 café{suffix}", True
    yield "the shortest key", f"{prefix}{suffix}", True
    if prefix:
        yield "another prefix", f"async/out/1{suffix}", not filtered
        yield "the prefix further inside", f"x/{prefix}1{suffix}", not filtered
    if suffix:
        # The event rule filters by the prefix, or by the suffix. A notification filters by both.
        by_suffix = filtered and (not prefix or parameters.get("UploadTrigger") == "Notification")
        yield "another suffix", f"{prefix}1.txt", not by_suffix


def keys_of_the_route(parameters):
    """What the keys of the first route begin and end with."""
    if parameters.get("Routing") == "SageMakerSdk":
        before = parameters.get("SdkKeyPrefix", "").rstrip("/")
        return f"{before}/async-endpoint-inputs/".removeprefix("/"), ""
    return parameters.get("InputPrefix", ""), parameters.get("InputSuffix", "")


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
    return [f"operator {name}" for name in sorted(operators - KNOWN_OPERATORS)]


def check_invocation_rule(stack):
    """Calls that CloudTrail reports come through only if that is on: those to the endpoint, or to any endpoint of this
    account and Region if the stack serves several."""
    rule = stack.of_type("AWS::Events::Rule").get("InvocationRule")
    if stack.parameters.get("InvocationEvents", "No") != "Yes":
        return [] if rule is None else ["the invocation rule is made although it is off"]
    if rule is None:
        return ["there is no invocation rule"]
    pattern = rule["EventPattern"]
    problems = operator_problems(pattern)
    if len(json.dumps(pattern, separators=(",", ":"))) > LONGEST_PATTERN:
        problems.append("the pattern of the invocation rule is too long")
    matches = EventPattern.load(json.dumps(pattern)).matches_event
    for what, call, wanted in calls(stack.parameters):
        # EventBridge compares a list of objects with each of its objects. moto does not.
        flat = changed(call, ["detail", "resources"], {"ARN": [each["ARN"] for each in call["detail"]["resources"]]})
        if matches(flat) != wanted:
            problems.append(f"the invocation rule {'misses' if wanted else 'takes'} {what}")
    return problems


def calls(parameters):
    """Variations of the payload in events/: what it is, the event, whether it is wanted."""
    several = any(parameters.get(name) for name in ("ExtraEndpointArns", "EndpointTag"))
    several = several or parameters.get("Routing", "Name") != "Name"
    real = event("cloudtrail-invocation")

    def to(arn):
        first = real["detail"]["resources"][0]
        return changed(real, ["detail", "resources"], [{**first, "ARN": "arn:aws:s3:::a"}, {**first, "ARN": arn}])

    arn = "arn:aws:sagemaker:eu-west-1:123456789012"
    yield "the payload in events/cloudtrail-invocation.json", real, True
    yield "one of two resources", to(f"{arn}:endpoint/my-endpoint"), True
    yield "another endpoint", to(f"{arn}:endpoint/my-endpoint-2"), several
    yield "another account", to("arn:aws:sagemaker:eu-west-1:210987654321:endpoint/my-endpoint"), False
    yield "another Region", to("arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"), False
    yield "another resource", to(f"{arn}:endpoint-config/my-endpoint"), False
    yield "another call", changed(real, ["detail", "eventName"], "InvokeEndpoint"), False
    yield "another service", changed(real, ["detail", "eventSource"], "s3.amazonaws.com"), False
    yield "another source", changed(real, ["source"], "my.sagemaker"), False
    yield "a change of status", event("endpoint-state-change") | {"detail": real["detail"]}, False


def check_state_change_pattern(stack):
    """Changes of any endpoint come through, other events of SageMaker's do not."""
    pattern = stack.of_type("AWS::Events::Rule")["ScalerFunctionEndpointStateChange"]["EventPattern"]
    matches = EventPattern.load(json.dumps(pattern)).matches_event
    real = event("endpoint-state-change")
    problems = operator_problems(pattern)
    if not matches(real):
        problems.append("the rule misses events/endpoint-state-change.json")
    if matches(changed(real, ["detail-type"], "SageMaker Training Job State Change")):
        problems.append("the rule takes training jobs")
    if matches(event("cloudtrail-invocation")):
        problems.append("the rule takes invocations")
    return problems


# What every backstop is: of the backlog metrics, it watches the one that is there at zero instances.
BACKSTOP = {
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 1,
    "TreatMissingData": "notBreaching",
    "AlarmActions": ["<SignalTopic>"],
}

EVERY_BACKLOG = (
    'SELECT MAX(HasBacklogWithoutCapacity) FROM SCHEMA("AWS/SageMaker", EndpointName)'
    " GROUP BY EndpointName ORDER BY MAX() DESC"
)


def check_backlog_alarm(stack):
    """The backstops work from zero, tolerate missing data, and reach the function: one where there is
    a name to watch, one over all endpoints where routes may cover others."""
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    wanted = {}
    if stack.routing == "Name":
        wanted["BacklogAlarm"] = {
            "Namespace": "AWS/SageMaker",
            "MetricName": "HasBacklogWithoutCapacity",
            "Dimensions": [{"Name": "EndpointName", "Value": stack.parameters["EndpointName"]}],
            "Period": 60,
        }
    if stack.routing != "Name" or stack.parameters.get("ExtraRoutes"):
        query = {"Id": "waiting", "Expression": EVERY_BACKLOG, "Period": 60, "ReturnData": True}
        wanted["FleetBacklogAlarm"] = {"Metrics": [query]}
    unwanted = {"BacklogAlarm", "FleetBacklogAlarm"} - set(wanted)
    problems = [f"{name} watches no endpoint" for name in sorted(unwanted & set(alarms))]
    for name, properties in wanted.items():
        alarm = alarms.get(name, {})
        problems += [
            f"{name}: {key} is {alarm.get(key)}, not {value}"
            for key, value in {**BACKSTOP, **properties}.items()
            if alarm.get(key) != value
        ]
        if alarm.get("EvaluationPeriods", 9) > 2:
            problems.append(f"{name} waits for more than two minutes of datapoints")
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
