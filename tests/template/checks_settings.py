"""What the function is given: permissions and variables, held against what its code uses."""

import fnmatch
import glob
import json
import re

from stack import ROOT

# Beside what the code calls: action, and why it is granted all the same.
FURTHER_ACTIONS = {
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
    # Which ones, endpoint_problems says.
    "sagemaker:DescribeEndpoint": f"{ENDPOINTS}*",
    "sagemaker:UpdateEndpointWeightsAndCapacities": f"{ENDPOINTS}*",
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

# What reads stored routes, and from where: the routes' address, the action, the resource.
STORED_IN_PARAMETER = ("ssm:{}", "ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter{}")
STORED_IN_OBJECT = ("s3://{}", "s3:GetObject", "arn:aws:s3:::{}")

# What Lambda does with a queue that it polls, as the function.
POLL_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

# What Lambda does to connect a function to a VPC, as the function.
VPC_ACTIONS = [
    f"ec2:{action}"
    for action in (
        "CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface",
        "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses",
    )
]

# What the services do with a key of the account, as the function.
KEY_ACTIONS = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey")


def contract():
    """What the code says about itself: docs/contract.json, which a test of the code keeps true."""
    return json.loads((ROOT / "docs" / "contract.json").read_text())


def stored_routes(parameters):
    """Address of the stored routes, the action that reads them, and its resource."""
    name, key = parameters.get("RoutesParameter"), parameters.get("RoutesObject")
    return [text.format(name or key) for text in (STORED_IN_PARAMETER if name else STORED_IN_OBJECT)]


def optional_actions(stack):
    """Actions that these parameters ask for, beside those of every stack, and their resource."""
    actions = dict.fromkeys(POLL_ACTIONS, "<UploadBuffer.Arn>") if stack.is_buffered else {}
    if stack.result_roles:
        actions |= dict.fromkeys(contract()["iam_actions_of_the_ledger"], "<Ledger.Arn>")
    if "SubnetIds" in stack.parameters:
        actions |= dict.fromkeys(VPC_ACTIONS, "*")
    if "KmsKeyArn" in stack.parameters:
        actions |= dict.fromkeys(KEY_ACTIONS, stack.parameters["KmsKeyArn"])
    if stack.routing == "Stored":
        _, action, resource = stored_routes(stack.parameters)
        actions[action] = resource
    return actions


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
                problems += grant_problems(action, statement, optional_actions(stack))
    always = set(contract()["iam_actions"]) - {STORED_IN_PARAMETER[1], STORED_IN_OBJECT[1]}
    wanted = always | set(FURTHER_ACTIONS) | set(optional_actions(stack))
    problems += [f"not granted, and called: {action}" for action in sorted(wanted - granted)]
    problems += [f"granted, and never called: {action}" for action in sorted(granted - wanted)]
    return problems + endpoint_problems(stack, role)


def grant_problems(action, statement, optional):
    """What is too wide about the grant of one action."""
    problems = []
    allowed = next((arn for name, arn in RESOURCES.items() if fnmatch.fnmatchcase(action, name)), None)
    if action in optional:
        allowed = glob.escape(optional[action])
    for resource in as_list(statement["Resource"]):
        if allowed is None or not fnmatch.fnmatchcase(resource, allowed):
            problems.append(f"{action} is granted on {resource}")
    for name, condition in CONDITIONS.items():
        describes = ":Describe" in action
        if fnmatch.fnmatchcase(action, name) and not describes and statement.get("Condition") != condition:
            problems.append(f"{action} is granted without its condition")
    return problems


def endpoint_problems(stack, role):
    """Whether just the endpoints can be scaled that the parameters name, or that carry the tag. With
    a tag, and with routes that name no endpoint, all may be read: an untagged one is there to tell."""
    own = {"Name": "EndpointName", "Pattern": "EndpointPattern"}.get(stack.routing)
    arns = {ENDPOINTS + stack.parameters[own]} if own else set()
    arns |= set(filter(None, stack.parameters.get("ExtraEndpointArns", "").split(",")))
    read, scaled = {(arn, None) for arn in arns}, {(arn, None) for arn in arns}
    tag = stack.parameters.get("EndpointTag")
    if tag or not own:
        read.add((f"{ENDPOINTS}*", None))
    if tag:
        condition = {"StringEquals": {"aws:ResourceTag/reactive-scaler": tag}}
        scaled.add((f"{ENDPOINTS}*", json.dumps(condition)))
    return [
        f"{action}: {what} on {arn}, condition {condition}"
        for action, wanted in (
            ("sagemaker:DescribeEndpoint", read),
            ("sagemaker:UpdateEndpointWeightsAndCapacities", scaled),
        )
        for granted in [grants_of(role, action)]
        for what, difference in (("granted", granted - wanted), ("not granted", wanted - granted))
        for arn, condition in sorted(difference, key=str)
    ]


def grants_of(role, action):
    """Resources that an action is granted on, each with its condition."""
    return {
        (resource, json.dumps(statement["Condition"]) if "Condition" in statement else None)
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


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
    """The variables that are set are those that the code knows, but for those that Lambda sets. The table is named
    only if there is one."""
    known = {setting["name"] for setting in contract()["variables"]}
    set_by_lambda = {name for name in known if name.startswith("AWS_LAMBDA_")}
    wanted = known - set_by_lambda - (set() if stack.result_roles else {"SCALER_LEDGER"})
    given = set(stack.environment)
    problems = [f"unknown to the code: {name}" for name in sorted(given - known)]
    problems += [f"not set: {name}" for name in sorted(wanted - given)]
    problems += [f"set without its resource: {name}" for name in sorted(given & known - set_by_lambda - wanted)]
    problems += [f"set in place of Lambda: {name}" for name in sorted(given & set_by_lambda)]
    return problems


def wanted_routes(parameters):
    """The routes that a set of parameters means."""
    routing = parameters.get("Routing", "Name")
    first = {
        "wake_to": int(parameters.get("WakeCapacity", 1)),
        "idle_minutes": int(parameters.get("IdleMinutes", 10)),
        "job_minutes": int(parameters.get("JobMinutes", 15)),
    }
    if parameters.get("ResultsRoleArns"):
        first |= {"results": True, "idle_minutes": int(parameters.get("ResultsIdleMinutes", 1))}
    if routing == "Name":
        first["endpoint"] = parameters["EndpointName"]
    if routing == "Pattern":
        first |= {"endpoint": parameters["EndpointPattern"], "to": parameters.get("InputsGoTo", "newest")}
    if routing == "SageMakerSdk":
        first["preset"] = "sagemaker-sdk"
    else:
        first |= {"prefix": parameters.get("InputPrefix", ""), "suffix": parameters.get("InputSuffix", "")}
    optional = {
        "variant": parameters.get("VariantName", "AllTraffic") if routing == "Name" else "",
        "bucket": parameters.get("InputBucket", ""),
        "inputs_per_instance": int(parameters.get("InputsPerInstance") or 0),
    }
    first |= {name: value for name, value in optional.items() if value}
    return [first, *json.loads(parameters.get("ExtraRoutes") or "[]")]


def check_routes(stack):
    """SCALER_ROUTES is JSON and says what the parameters mean, or it is where the routes stand."""
    text = stack.environment.get("SCALER_ROUTES", "")
    if stack.routing == "Stored":
        address, _, _ = stored_routes(stack.parameters)
        return [] if text == address else [f"SCALER_ROUTES is {text}, not {address}"]
    try:
        routes = json.loads(text)
    except json.JSONDecodeError as error:
        return [f"SCALER_ROUTES is no JSON ({error}): {text}"]
    wanted = wanted_routes(stack.parameters)
    return [] if routes == wanted else [f"SCALER_ROUTES means {routes}, not {wanted}"]
