"""What runs it and what shows it: schedule, limits, failure paths, scaling, alarms, dashboard, log."""

import json
import re

from checks_settings import contract
from checks_triggers import DEAD_LETTERS_ARN, TICK_ARN, senders_to, topic_admits_alarms

# Metrics that AWS documents, by namespace: the dimension that we ask for, and the names.
AWS_METRICS = {
    "AWS/SageMaker": (
        "EndpointName",
        {
            "ApproximateBacklogSize",
            "ApproximateBacklogSizePerInstance",
            "ApproximateAgeOfOldestRequest",
            "HasBacklogWithoutCapacity",
        },
    ),
    "AWS/Lambda": ("FunctionName", {"Invocations", "Errors", "Throttles", "Duration"}),
    "AWS/SQS": ("QueueName", {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}),
}

# What the dashboard is there to show.
SHOWN = {
    ("AWS/SageMaker", "ApproximateBacklogSize"),
    ("AWS/SageMaker", "ApproximateBacklogSizePerInstance"),
    ("AWS/SageMaker", "ApproximateAgeOfOldestRequest"),
    ("ReactiveScaler", "DesiredInstances"),
    ("ReactiveScaler", "InServiceInstances"),
    ("ReactiveScaler", "WakeLatencyMs"),
    ("ReactiveScaler", "SleepBlocked"),
}

# Where retries and ages are set: type, where in its properties, and the limits that AWS states.
LIMITS = [
    ("AWS::Lambda::EventInvokeConfig", [], (0, 2), (60, 21600)),
    ("AWS::Scheduler::Schedule", ["Target", "RetryPolicy"], (0, 185), (60, 86400)),
    ("AWS::Events::Rule", ["Targets", 0, "RetryPolicy"], (0, 185), (60, 86400)),
]


# A query whose series each have a state of their own in an alarm: it must group and order.
QUERY = re.compile(
    r'SELECT (?P<by>AVG|MAX|MIN|SUM)\((?P<metric>\w+)\) FROM SCHEMA\("(?P<namespace>[\w/]+)", (?P<dimension>\w+)\)'
    r" GROUP BY (?P=dimension) ORDER BY (?P=by)\(\) DESC"
)

# An alarm on a query sees the data of the last three hours.
LONGEST_QUERY = 3 * 3600


def rate_minutes(expression):
    """The minutes of a rate expression; an error for what EventBridge Scheduler would refuse."""
    match = re.fullmatch(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)", expression)
    if not match:
        raise ValueError(f"{expression} is no rate expression")
    value, unit, plural = int(match[1]), match[2], bool(match[3])
    if plural != (value > 1):
        raise ValueError(f"{expression}: the unit is singular for 1, and plural for more")
    return value * {"minute": 1, "hour": 60, "day": 1440}[unit]


def check_schedule(stack):
    """The tick comes every minute: the decisions count on it, and so does the alarm on silence."""
    problems = []
    for name, schedule in stack.of_type("AWS::Scheduler::Schedule").items():
        try:
            minutes = rate_minutes(schedule["ScheduleExpression"])
        except ValueError as error:
            problems.append(str(error))
            continue
        if minutes != 1:
            problems.append(f"{name} comes every {minutes} minutes")
    return problems


def check_limits(stack):
    """Retries and ages are within what AWS takes; the function is done before the next tick."""
    problems = []
    for kind, path, retries, age in LIMITS:
        found = stack.of_type(kind)
        if not found:
            problems.append(f"no {kind}")
        for name, properties in found.items():
            node = properties
            for key in path:
                node = node[key]
            for setting, (low, high) in (("MaximumRetryAttempts", retries), ("MaximumEventAgeInSeconds", age)):
                value = node.get(setting)
                if not isinstance(value, int) or not low <= value <= high:
                    problems.append(f"{name}: {setting} is {value}, not {low} to {high}")
    function = stack.of_type("AWS::Lambda::Function")["ScalerFunction"]
    # The code stops by itself after 50 s and leaves 1 s for its report.
    if not 51 <= function["Timeout"] < 60:
        problems.append(f"Timeout is {function['Timeout']}")
    return problems


def check_failure_paths(stack):
    """Whatever cannot be delivered or handled ends in the encrypted queue, which lets it in. What the
    next tick repeats does not, see check_tick."""
    queue = stack.of_type("AWS::SQS::Queue")["DeadLetters"]
    problems = []
    if queue.get("SqsManagedSseEnabled") is not True and "KmsMasterKeyId" not in queue:
        problems.append("the dead-letter queue is not encrypted")
    ends = {
        name: config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        for name, config in stack.of_type("AWS::Lambda::EventInvokeConfig").items()
        if config["Qualifier"] == "$LATEST"
    }
    for name, rule in stack.of_type("AWS::Events::Rule").items():
        ends[name] = rule["Targets"][0].get("DeadLetterConfig", {}).get("Arn")
    for name, subscription in stack.of_type("AWS::SNS::Subscription").items():
        if subscription["Protocol"] == "lambda":
            ends[name] = subscription.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    for name, source in stack.of_type("AWS::Lambda::EventSourceMapping").items():
        polled = stack.of_type("AWS::SQS::Queue")[source["EventSourceArn"][1:].removesuffix(".Arn>")]
        ends[name] = polled.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    problems += [f"{name} loses what fails" for name, end in ends.items() if end != DEAD_LETTERS_ARN]
    # The function sends by its role; these two only with the queue's leave.
    senders = {("events.amazonaws.com", f"<{name}.Arn>") for name in stack.of_type("AWS::Events::Rule")}
    subscriptions = stack.of_type("AWS::SNS::Subscription").values()
    senders |= {("sns.amazonaws.com", each["TopicArn"]) for each in subscriptions if each["Protocol"] == "lambda"}
    admitted = senders_to(stack, DEAD_LETTERS_ARN)
    problems += [f"the queue does not let {name} in: {source}" for name, source in senders - admitted]
    problems += [f"the queue lets {name} in: {source}" for name, source in admitted - senders]
    return problems


def check_tick(stack):
    """A tick that fails is repeated by the next one, and by nothing else: neither EventBridge Scheduler
    nor Lambda tries it again or keeps it. Other events are tried again."""
    problems = []
    alias = stack.of_type("AWS::Lambda::Alias").get("TickAlias", {})
    for name, schedule in stack.of_type("AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        if target["Arn"] != TICK_ARN:
            problems.append(f"{name} shares the settings of {target['Arn']}")
        if target["RetryPolicy"]["MaximumRetryAttempts"] != 0 or "DeadLetterConfig" in target:
            problems.append(f"{name} keeps ticks that could not be delivered")
    configs = {
        config["Qualifier"]: (name, config)
        for name, config in stack.of_type("AWS::Lambda::EventInvokeConfig").items()
    }
    if alias.get("Name") not in configs:
        return problems + ["ticks are tried again as Lambda does by default"]
    name, config = configs[alias["Name"]]
    if config["MaximumRetryAttempts"] != 0 or config["MaximumEventAgeInSeconds"] > 60:
        problems.append(f"{name} tries ticks again")
    if "DestinationConfig" in config:
        problems.append(f"{name} keeps ticks that failed")
    if "TickAlias" not in stack.waits_for(name):
        problems.append(f"{name} does not wait for the alias")
    if configs["$LATEST"][1]["MaximumRetryAttempts"] == 0:
        problems.append("events that are not ticks are lost when they fail once")
    return problems


def check_scaling(stack):
    """Target and policy are what the lease needs, and both outlive the stack."""
    if stack.parameters.get("ScalableTarget") == "Existing":
        made = [n for n, r in stack.resources.items() if r["Type"].startswith("AWS::ApplicationAutoScaling")]
        return [f"{name} is made all the same" for name in made]
    problems = []
    target = stack.resources["VariantTarget"]
    variant = stack.parameters.get("VariantName", "AllTraffic")
    wanted = {
        "ServiceNamespace": "sagemaker",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "ResourceId": f"endpoint/{stack.parameters['EndpointName']}/variant/{variant}",
        "MinCapacity": 0,
        "MaxCapacity": stack.parameters["MaxCapacity"],
    }
    if target["Properties"] != wanted:
        problems.append(f"the target is {target['Properties']}, not {wanted}")
    policy = stack.resources["BacklogPolicy"]
    tracking = policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    metric = tracking["CustomizedMetricSpecification"]
    if (metric["Namespace"], metric["MetricName"]) != ("AWS/SageMaker", "ApproximateBacklogSizePerInstance"):
        problems.append(f"the policy tracks {metric['Namespace']} {metric['MetricName']}")
    if metric["Dimensions"] != [{"Name": "EndpointName", "Value": stack.parameters["EndpointName"]}]:
        problems.append(f"the policy's dimensions are {metric['Dimensions']}")
    if tracking.get("DisableScaleIn"):
        problems.append("the policy does not scale in, should the function be gone")
    for name, resource in (("VariantTarget", target), ("BacklogPolicy", policy)):
        # CloudFormation User Guide, "DeletionPolicy attribute": deleted only if its creation is rolled back.
        if resource.get("DeletionPolicy") != "RetainExceptOnCreate":
            problems.append(f"{name} is deleted with the stack, or is left by a deployment that fails")
        if resource.get("UpdateReplacePolicy") != "Retain":
            problems.append(f"{name} is deleted when it is replaced")
    missing = what_wakes(stack) - stack.waits_for("VariantTarget")
    problems += [f"the target can exist although {name} failed" for name in sorted(missing)]
    return problems


def what_wakes(stack):
    """The resources without which an endpoint that is scaled in to zero is not woken."""
    named = {
        "Tick", "TickInvokeConfig", "ScalerFunctionSignals", "ScalerFunctionSignalsPermission", "BacklogAlarm",
        "UploadRule", "UploadRulePermission", "NewBucket", "UploadBufferSource",
    }
    return named & set(stack.resources)


def check_alarms(stack):
    """Alarms watch metrics that exist, and people hear of them."""
    problems, watched = [], set()
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        namespace, metric, dimension, period = what_it_watches(alarm)
        watched.add((namespace, metric))
        problems += metric_problems(name, namespace, metric, dimension)
        if name not in ("BacklogAlarm", "FleetBacklogAlarm") and alarm["AlarmActions"] != ["<AlarmTopic>"]:
            problems.append(f"{name} tells {alarm['AlarmActions']}")
        if name != "SilenceAlarm" and alarm["TreatMissingData"] != "notBreaching":
            problems.append(f"{name} takes missing data for a problem")
        longest = LONGEST_QUERY if "Metrics" in alarm else 7 * 86400
        if int(period) * int(alarm["EvaluationPeriods"]) > longest:
            problems.append(f"{name} looks back for longer than CloudWatch can")
    wanted = {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    }
    problems += [f"no alarm on {' '.join(missing)}" for missing in sorted(wanted - watched)]
    if not topic_admits_alarms(stack, "<AlarmTopic>"):
        problems.append("CloudWatch may not publish to the alarm topic")
    return problems


def what_it_watches(alarm):
    """Namespace, metric, dimension and period of an alarm on a metric or on a query."""
    if "Metrics" not in alarm:
        dimension, = alarm["Dimensions"]
        return alarm["Namespace"], alarm["MetricName"], dimension["Name"], alarm["Period"]
    query, = alarm["Metrics"]
    match = QUERY.fullmatch(query["Expression"])
    if not match:
        return f"(query {query['Expression']})", None, None, query["Period"]
    return match["namespace"], match["metric"], match["dimension"], query["Period"]


def metric_problems(where, namespace, name, dimension):
    """Whether somebody publishes a metric under this name and dimension."""
    ours = contract()["metrics"]
    known = {**AWS_METRICS, ours["namespace"]: (ours["dimension"], {m["name"] for m in ours["names"]})}
    if namespace not in known:
        return [f"{where}: nobody publishes to {namespace}"]
    wanted_dimension, names = known[namespace]
    problems = [] if name in names else [f"{where}: nobody publishes {namespace} {name}"]
    if dimension != wanted_dimension:
        problems.append(f"{where}: {namespace} {name} has no dimension {dimension}")
    return problems


def check_dashboard(stack):
    """The dashboard is JSON, shows what it should, and only what somebody publishes."""
    dashboard, = stack.of_type("AWS::CloudWatch::Dashboard").values()
    try:
        body = json.loads(dashboard["DashboardBody"])
    except json.JSONDecodeError as error:
        return [f"the dashboard is no JSON: {error}"]
    problems, shown = [], set()
    # With many endpoints this stands for the one that the list is set to.
    endpoint = stack.parameters.get("EndpointName", "an-endpoint")
    for widget in body["widgets"]:
        properties = widget["properties"]
        title = properties["title"]
        for metric in properties.get("metrics", []):
            if isinstance(metric[0], dict):
                continue
            namespace, name, dimension, value = metric[:4]
            problems += metric_problems(title, namespace, name, dimension)
            if dimension == "EndpointName" and value != endpoint:
                problems.append(f"{title}: shows endpoint {value}")
            shown.add((namespace, name))
        if widget["type"] == "alarm":
            listed = set(properties["alarms"])
            missing = {f"<{name}.Arn>" for name in stack.of_type("AWS::CloudWatch::Alarm")} - listed
            problems += [f"{title}: {arn} is not there" for arn in sorted(missing)]
        if widget["type"] == "log" and "SOURCE '<FunctionLog>'" not in properties["query"]:
            problems.append(f"{title}: reads another log")
    for variable in body["variables"]:
        if variable["defaultValue"] != stack.parameters.get("EndpointName", "__FIRST__"):
            problems.append(f"the list of endpoints is set to {variable['defaultValue']}")
        for name in re.findall(r'MetricName="(\w+)"', variable["search"]):
            problems += metric_problems("list of endpoints", "ReactiveScaler", name, variable["property"])
    if not any(w["type"] == "log" and "reason" in w["properties"]["query"] for w in body["widgets"]):
        problems.append("no decisions by reason")
    return problems + [f"not shown: {' '.join(missing)}" for missing in sorted(SHOWN - shown)]


def check_log(stack):
    """The function writes to its own log group, and no decision is filtered out of it."""
    function = stack.of_type("AWS::Lambda::Function")["ScalerFunction"]
    logging = function.get("LoggingConfig", {})
    problems = []
    if logging.get("LogGroup") != "<FunctionLog>":
        problems.append(f"the function logs to {logging.get('LogGroup')}")
    if logging.get("LogFormat") != "JSON" or logging.get("ApplicationLogLevel") not in ("INFO", "DEBUG", "TRACE"):
        problems.append("Lambda would drop the decision lines, and with them the metrics")
    if "RetentionInDays" not in stack.of_type("AWS::Logs::LogGroup")["FunctionLog"]:
        problems.append("the log is kept for ever")
    if function.get("TracingConfig") != {"Mode": "Active"}:
        problems.append("tracing is not active")
    return problems


def check_two_stacks(stack):
    """Two stacks in one account and region do not take each other's names."""
    problems = []
    for name, resource in stack.resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Alias":
            # Its name is the function's affair.
            continue
        for setting in ("Name", "FunctionName", "RoleName", "QueueName", "TopicName", "AlarmName",
                        "LogGroupName", "DashboardName"):
            value = properties.get(setting)
            # Either the stack's name is part of it, or it is another resource's.
            own = isinstance(value, str) and ("some-stack" in value or value.startswith("<"))
            if value is not None and not own:
                problems.append(f"{name}: {setting} is {value} in every stack")
    return problems
