"""The queue before the function: what it keeps, how it is emptied, who may send to it."""

from checks_triggers import DEAD_LETTERS_ARN, notifications, senders_to

QUEUE = "UploadBuffer"
QUEUE_ARN = "<UploadBuffer.Arn>"

# How long a request of an async endpoint lives at most.
LONGEST_REQUEST = 6 * 3600


def check_buffer_queue(stack):
    """The queue is encrypted, waits for the function, and keeps and redrives what Lambda advises."""
    queues = set(stack.of_type("AWS::SQS::Queue")) - {"DeadLetters"}
    if queues != ({QUEUE} if stack.is_buffered else set()):
        return [f"queues beside the dead letters: {sorted(queues)}"]
    if not stack.is_buffered:
        return []
    queue = stack.of_type("AWS::SQS::Queue")[QUEUE]
    timeout = stack.of_type("AWS::Lambda::Function")["ScalerFunction"]["Timeout"]
    problems = []
    if queue.get("SqsManagedSseEnabled") is not True and "KmsMasterKeyId" not in queue:
        problems.append("the queue is not encrypted")
    longest_window = stack.sam_template["Parameters"]["BufferSeconds"]["MaxValue"]
    if not 6 * timeout + longest_window <= queue.get("VisibilityTimeout", 30) <= 12 * 3600:
        problems.append(f"a message is visible again after {queue.get('VisibilityTimeout', 30)} s")
    if not LONGEST_REQUEST <= queue.get("MessageRetentionPeriod", 345600) <= 1209600:
        problems.append(f"a message is kept for {queue['MessageRetentionPeriod']} s")
    redrive = queue.get("RedrivePolicy", {})
    if redrive.get("deadLetterTargetArn") != DEAD_LETTERS_ARN or redrive.get("maxReceiveCount", 0) < 5:
        problems.append(f"the redrive policy is {redrive}")
    return problems


def check_buffer_source(stack):
    """Lambda takes batches from the queue, twice at once, and puts back what failed alone."""
    sources = stack.of_type("AWS::Lambda::EventSourceMapping")
    if not stack.is_buffered:
        return [f"{name} polls for nothing" for name in sources]
    if len(sources) != 1:
        return [f"the queue is polled by {sorted(sources)}"]
    source, = sources.values()
    problems = []
    if source["EventSourceArn"] != "<UploadBuffer.Arn>":
        problems.append(f"Lambda polls {source['EventSourceArn']}")
    if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
        problems.append("one failed message brings its whole batch back")
    # 2 is the least that Lambda takes.
    if source.get("ScalingConfig") != {"MaximumConcurrency": 2}:
        problems.append(f"the scaling is {source.get('ScalingConfig')}")
    size, window = source.get("BatchSize", 10), int(source.get("MaximumBatchingWindowInSeconds", 0))
    if not 1 <= size <= 10000 or not 0 <= window <= 300 or (size > 10 and window < 1):
        problems.append(f"Lambda takes no batch of {size} with a window of {window} s")
    return problems


def check_buffer_access(stack):
    """With a queue, uploads reach the function through it alone, and nobody else may send to it."""
    if not stack.is_buffered:
        return []
    bucket = stack.parameters["InputBucket"]
    if stack.parameters.get("UploadTrigger") == "Notification":
        sender = ("s3.amazonaws.com", f"arn:aws:s3:::{bucket}")
        goes_to = [to for b in stack.of_type("AWS::S3::Bucket").values() for _, to, _ in notifications(b)]
    else:
        sender = ("events.amazonaws.com", "<UploadRule.Arn>")
        goes_to = [target["Arn"] for target in stack.resources["UploadRule"]["Properties"]["Targets"]]
    problems = []
    if goes_to != [QUEUE_ARN]:
        problems.append(f"uploads go to {goes_to}")
    senders = {sender}
    for target in stack.of_type("AWS::Events::Rule").get("InvocationRule", {}).get("Targets", []):
        senders.add(("events.amazonaws.com", "<InvocationRule.Arn>"))
        if target["Arn"] != QUEUE_ARN:
            problems.append(f"invocations go to {target['Arn']}")
    if senders_to(stack, QUEUE_ARN) != senders:
        problems.append(f"the queue lets in {sorted(senders_to(stack, QUEUE_ARN))}")
    for policy in stack.of_type("AWS::SQS::QueuePolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            account = statement["Condition"].get("StringEquals", {}).get("aws:SourceAccount")
            # A bucket's ARN has no account in it.
            if statement["Principal"] == {"Service": "s3.amazonaws.com"} and account != "123456789012":
                problems.append("the queue lets in a bucket of that name in any account")
    for name, permission in stack.of_type("AWS::Lambda::Permission").items():
        if (permission["Principal"], permission.get("SourceArn")) in senders:
            problems.append(f"{name} lets events past the queue")
    return problems


def check_buffer_alarm(stack):
    """Its alarm goes off when an attempt was made again in vain, and not at the first one."""
    if not stack.is_buffered:
        return []
    alarm = stack.of_type("AWS::CloudWatch::Alarm").get("BufferAgeAlarm", {})
    if (alarm.get("Namespace"), alarm.get("MetricName")) != ("AWS/SQS", "ApproximateAgeOfOldestMessage"):
        return ["nobody hears that messages grow old"]
    if alarm["Dimensions"] != [{"Name": "QueueName", "Value": "<UploadBuffer.QueueName>"}]:
        return [f"the alarm watches {alarm['Dimensions']}"]
    # After the third attempt, SQS leaves a message out of this metric.
    again = stack.of_type("AWS::SQS::Queue")[QUEUE]["VisibilityTimeout"]
    if not again < alarm["Threshold"] < 2 * again:
        return [f"the alarm goes off at {alarm['Threshold']} s, and attempts are {again} s apart"]
    return []
