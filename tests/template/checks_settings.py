"""What the function is given: permissions and variables, held against what its code uses."""

import fnmatch
import json
import re

from stack import ROOT

# Beside what the code calls: action, and why it is granted all the same.
FURTHER_ACTIONS = {
    "sagemaker:DescribeEndpointConfig": "Application Auto Scaling may check it of its caller",
    "cloudwatch:DescribeAlarms": "Application Auto Scaling may check it of its caller",
    "iam:CreateServiceLinkedRole": "RegisterScalableTarget makes the role where there is none",
    "logs:CreateLogStream": "Lambda writes the log as the function",
    "logs:PutLogEvents": "Lambda writes the log as the function",
    "xray:PutTraceSegments": "active tracing",
    "xray:PutTelemetryRecords": "active tracing",
    "sqs:SendMessage": "Lambda sends to the on-failure destination as the function",
}

ENDPOINTS = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/"
SERVICE_LINKED_ROLE = (
    "arn:aws:iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)

# The only resources on which an action may be granted. An action on "*" knows no narrower one.
RESOURCES = {
    "sagemaker:DescribeEndpoint": f"{ENDPOINTS}[!*]*",
    "sagemaker:UpdateEndpointWeightsAndCapacities": f"{ENDPOINTS}[!*]*",
    "sagemaker:DescribeEndpointConfig": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/[*]",
    "application-autoscaling:Describe*": "[*]",
    "application-autoscaling:*": "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/[*]",
    "cloudwatch:GetMetricData": "[*]",
    "cloudwatch:DescribeAlarms": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:[*]",
    "iam:CreateServiceLinkedRole": SERVICE_LINKED_ROLE,
    "logs:*": "<FunctionLog.Arn>",
    "xray:Put*": "[*]",
    "sqs:SendMessage": "<DeadLetters.Arn>",
}

CONDITIONS = {
    "application-autoscaling:[RPD]*Target": {
        "StringEquals": {
            "application-autoscaling:service-namespace": "sagemaker",
            "application-autoscaling:scalable-dimension": "sagemaker:variant:DesiredInstanceCount",
        }
    },
    "iam:CreateServiceLinkedRole": {
        "StringEquals": {"iam:AWSServiceName": "sagemaker.application-autoscaling.amazonaws.com"}
    },
}
CONDITIONS["application-autoscaling:*ScheduledAction"] = CONDITIONS["application-autoscaling:[RPD]*Target"]


def contract():
    """What the code says about itself: docs/contract.json, which a test of the code keeps true."""
    return json.loads((ROOT / "docs" / "contract.json").read_text())


def check_permissions(stack):
    """Each action that the code calls is granted, where it is needed, and nothing else is."""
    role = stack.of_type("AWS::IAM::Role")["ScalerRole"]
    problems = [f"managed policy {arn}" for arn in role.get("ManagedPolicyArns", [])]
    granted = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = as_list(statement["Action"])
            granted.update(actions)
            for action in actions:
                problems += grant_problems(action, statement)
    wanted = set(contract()["iam_actions"]) | set(FURTHER_ACTIONS)
    problems += [f"not granted, and called: {action}" for action in sorted(wanted - granted)]
    problems += [f"granted, and never called: {action}" for action in sorted(granted - wanted)]
    return problems + endpoint_problems(stack, role)


def grant_problems(action, statement):
    """What is too wide about the grant of one action."""
    problems = []
    allowed = next((arn for name, arn in RESOURCES.items() if fnmatch.fnmatchcase(action, name)), None)
    for resource in as_list(statement["Resource"]):
        if allowed is None or not fnmatch.fnmatchcase(resource, allowed):
            problems.append(f"{action} is granted on {resource}")
    for name, condition in CONDITIONS.items():
        describes = ":Describe" in action
        if fnmatch.fnmatchcase(action, name) and not describes and statement.get("Condition") != condition:
            problems.append(f"{action} is granted without its condition")
    return problems


def endpoint_problems(stack, role):
    """Whether just the endpoints that the parameters name can be scaled."""
    named = {ENDPOINTS + stack.parameters["EndpointName"]}
    named |= set(filter(None, stack.parameters.get("ExtraEndpointArns", "").split(",")))
    granted = {
        resource
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "sagemaker:UpdateEndpointWeightsAndCapacities" in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    return [] if granted == named else [f"endpoints granted: {sorted(granted)}, named: {sorted(named)}"]


def as_list(one_or_many):
    """A list, where IAM takes one text or many."""
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]


def unexplained_wildcards(text):
    """Lines of the template that grant on a * with no comment "*: why" above them."""
    lines = text.splitlines()
    return [
        f"line {number + 1}: {line.strip()}"
        for number, line in enumerate(lines)
        if re.search(r"(Resource|SourceArn|Action):.*\*", line)
        and not any("# *:" in above for above in lines[max(0, number - 4) : number])
    ]


def check_variables(stack):
    """The variables that are set are those that the code knows, but for those that Lambda sets."""
    known = {setting["name"] for setting in contract()["variables"]}
    set_by_lambda = {name for name in known if name.startswith("AWS_LAMBDA_")}
    given = set(stack.environment)
    problems = [f"unknown to the code: {name}" for name in sorted(given - known)]
    problems += [f"not set: {name}" for name in sorted(known - set_by_lambda - given)]
    problems += [f"set in place of Lambda: {name}" for name in sorted(given & set_by_lambda)]
    return problems


def wanted_routes(parameters):
    """The routes that a set of parameters means."""
    first = {
        "endpoint": parameters["EndpointName"],
        "prefix": parameters.get("InputPrefix", ""),
        "suffix": parameters.get("InputSuffix", ""),
        "wake_to": int(parameters.get("WakeCapacity", 1)),
        "idle_minutes": int(parameters.get("IdleMinutes", 10)),
    }
    optional = {
        "variant": parameters.get("VariantName", "AllTraffic"),
        "bucket": parameters.get("InputBucket", ""),
    }
    first |= {name: value for name, value in optional.items() if value}
    return [first, *json.loads(parameters.get("ExtraRoutes") or "[]")]


def check_routes(stack):
    """SCALER_ROUTES is JSON, and says what the parameters mean."""
    text = stack.environment.get("SCALER_ROUTES", "")
    try:
        routes = json.loads(text)
    except json.JSONDecodeError as error:
        return [f"SCALER_ROUTES is no JSON ({error}): {text}"]
    wanted = wanted_routes(stack.parameters)
    return [] if routes == wanted else [f"SCALER_ROUTES means {routes}, not {wanted}"]
