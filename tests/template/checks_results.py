"""Results of requests: with roles that publish them, the table, the two topics, and what connects an endpoint.
Without, nothing of it."""

import ast

from checks_triggers import RESULT_TOPICS

# The table that the code expects: docs/internals/ledger.md, "The table".
KEYS = {"endpoint": "HASH", "location_hash": "RANGE"}
TIME_TO_LIVE = {"AttributeName": "expires_at", "Enabled": True}

OUTPUTS = {"SuccessTopicArn", "ErrorTopicArn", "ConnectResultsLine"}


def check_ledger(stack):
    """One table, paid by request, that goes with the stack, and that the function knows."""
    tables = {name: each for name, each in stack.resources.items() if each["Type"] == "AWS::DynamoDB::Table"}
    if not stack.result_roles:
        return [f"{name} is made, and no results are used" for name in tables]
    if set(tables) != {"Ledger"}:
        return [f"the tables are {sorted(tables)}"]
    table = tables["Ledger"]
    properties = table["Properties"]
    problems = []
    if {key["AttributeName"]: key["KeyType"] for key in properties["KeySchema"]} != KEYS:
        problems.append(f"the keys are {properties['KeySchema']}")
    if {each["AttributeName"]: each["AttributeType"] for each in properties["AttributeDefinitions"]} != dict.fromkeys(KEYS, "S"):
        problems.append(f"the types of the keys are {properties['AttributeDefinitions']}")
    if properties.get("TimeToLiveSpecification") != TIME_TO_LIVE:
        problems.append("items stay for ever")
    if properties.get("BillingMode") != "PAY_PER_REQUEST":
        problems.append("the table is paid by the hour, and limits the writes")
    if properties.get("PointInTimeRecoverySpecification"):
        problems.append("backups of items that say nothing after a day are paid for")
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        if table.get(policy) != "Delete":
            problems.append(f"the {policy} of the table is {table.get(policy)}")
    if stack.environment.get("SCALER_LEDGER") != "<Ledger>":
        problems.append(f"SCALER_LEDGER is {stack.environment.get('SCALER_LEDGER')}")
    return problems


def check_result_topics(stack):
    """The roles that are named can publish to both topics, and nobody else. The topics' names contain SageMaker, for
    the roles with AmazonSageMakerFullAccess. Messages are not encrypted with a key that the roles cannot use."""
    topics = {f"<{name}>": each for name, each in stack.of_type("AWS::SNS::Topic").items()}
    wanted = set(RESULT_TOPICS if stack.result_roles else [])
    made = {topic for topic in topics if topic not in ("<SignalTopic>", "<AlarmTopic>")}
    problems = [f"{topic} is made, and no results are used" for topic in sorted(made - wanted)]
    problems += [f"no topic {topic}" for topic in sorted(wanted - made)]
    for topic in sorted(wanted & made):
        if "SageMaker" not in topic or "TopicName" in topics[topic]:
            problems.append(f"AmazonSageMakerFullAccess does not know the name of {topic}")
        if "KmsMasterKeyId" in topics[topic] and "KmsKeyArn" not in stack.parameters:
            problems.append(f"{topic} is encrypted, and the roles are not admitted to the key")
        if publishers(stack, topic) != [sorted(stack.result_roles)]:
            problems.append(f"{topic} admits {publishers(stack, topic)}, not just {sorted(stack.result_roles)}")
    return problems


def publishers(stack, topic):
    """The roles of each statement on a topic, or the statement if it says something else."""
    return [
        sorted(statement["Principal"]["AWS"])
        if (statement["Effect"], statement["Action"], statement["Resource"]) == ("Allow", "sns:Publish", topic)
        and set(statement) <= {"Sid", "Effect", "Principal", "Action", "Resource"}
        and set(statement["Principal"]) == {"AWS"}
        else statement
        for policy in stack.of_type("AWS::SNS::TopicPolicy").values()
        if topic in policy["Topics"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] != "Deny"
    ]


def check_connect_line(stack):
    """The outputs name both topics, and the line for the SDK is Python that passes them."""
    outputs = {name: value for name, value in stack.outputs.items() if name in OUTPUTS}
    if not stack.result_roles:
        return [f"output {name} without results" for name in sorted(outputs)]
    success, error = RESULT_TOPICS
    wanted = {"SuccessTopicArn": success, "ErrorTopicArn": error}
    problems = [
        f"{name} is {outputs.get(name)}, not {value}" for name, value in wanted.items() if outputs.get(name) != value
    ]
    line = outputs.get("ConnectResultsLine", "")
    try:
        passed = notification_config(line)
    except (SyntaxError, ValueError, AttributeError) as mistake:
        return [*problems, f"the line is not what the SDK takes ({mistake}): {line}"]
    if passed != {"SuccessTopic": success, "ErrorTopic": error}:
        problems.append(f"the line passes {passed}")
    return problems


def notification_config(line):
    """What a call of AsyncInferenceConfig passes as its only argument, notification_config."""
    call = ast.parse(line, mode="eval").body
    keyword, = call.keywords
    if call.func.id != "AsyncInferenceConfig" or call.args or keyword.arg != "notification_config":
        raise ValueError("it is another call")
    return ast.literal_eval(keyword.value)
