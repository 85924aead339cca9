"""SQS, SNS, EventBridge, EventBridge Scheduler, SSM and STS with boto3. What is sent is read from a queue."""

import json
import time

import boto3

sqs, sns, events, scheduler, ssm, sts = (
    boto3.client(name) for name in ("sqs", "sns", "events", "scheduler", "ssm", "sts")
)
ACCOUNT = "123456789012"


def queue(name, **attributes):
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def bodies(url, count, wait=20):
    """The bodies of the next messages, which are deleted."""
    found = []
    began = time.monotonic()
    while len(found) < count and time.monotonic() - began < 20:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
        for message in answer.get("Messages", []):
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert len(found) >= count, found
    return found


def error(exception, call, **arguments):
    try:
        call(**arguments)
    except exception as refused:
        return refused.response["Error"]
    raise AssertionError(f"{call} was not refused")


def queues():
    url, arn = queue("inputs", VisibilityTimeout="120")
    assert arn == f"arn:aws:sqs:eu-central-1:{ACCOUNT}:inputs", arn
    assert url.endswith(f"/{ACCOUNT}/inputs"), url
    assert sqs.get_queue_url(QueueName="inputs")["QueueUrl"] == url
    assert url in sqs.list_queues(QueueNamePrefix="in")["QueueUrls"]
    attributes = {"kind": {"DataType": "String", "StringValue": "a"}}
    sent = sqs.send_message(QueueUrl=url, MessageBody="one", MessageAttributes=attributes)
    got = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], MessageAttributeNames=["All"])["Messages"][0]
    assert got["MessageId"] == sent["MessageId"]
    assert got["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert got["Attributes"]["ApproximateReceiveCount"] == "1"
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(url, 1) == ["one"]
    batch = [{"Id": str(number), "MessageBody": str(number)} for number in range(3)]
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=batch)["Successful"]) == 3
    assert sorted(bodies(url, 3)) == ["0", "1", "2"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    missing = error(sqs.exceptions.QueueDoesNotExist, sqs.get_queue_url, QueueName="absent")
    assert missing["Code"] == "AWS.SimpleQueueService.NonExistentQueue", missing
    error(sqs.exceptions.QueueNameExists, sqs.create_queue, QueueName="inputs", Attributes={"DelaySeconds": "1"})
    wrong = error(
        sqs.exceptions.ReceiptHandleIsInvalid, sqs.delete_message, QueueUrl=url, ReceiptHandle="none"
    )
    assert "not a valid receipt handle" in wrong["Message"]
    sqs.tag_queue(QueueUrl=url, Tags={"team": "a"})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "a"}
    sqs.purge_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=url)


def topics():
    url, arn = queue("from-topic")
    topic = sns.create_topic(Name="results", Tags=[{"Key": "team", "Value": "a"}])["TopicArn"]
    assert topic == f"arn:aws:sns:eu-central-1:{ACCOUNT}:results"
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    attributes = {"kind": {"DataType": "String", "StringValue": "result"}}
    published = sns.publish(TopicArn=topic, Message="done", Subject="A result", MessageAttributes=attributes)
    envelope = json.loads(bodies(url, 1)[0])
    assert envelope["MessageId"] == published["MessageId"]
    assert (envelope["Type"], envelope["Message"], envelope["Subject"]) == ("Notification", "done", "A result")
    assert envelope["MessageAttributes"] == {"kind": {"Type": "String", "Value": "result"}}
    for name, value in [("RawMessageDelivery", "true"), ("FilterPolicy", json.dumps({"kind": ["result"]}))]:
        sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName=name, AttributeValue=value)
    sns.publish(TopicArn=topic, Message="not this")
    entries = [{"Id": "a", "Message": "raw", "MessageAttributes": attributes}]
    assert sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)["Failed"] == []
    assert bodies(url, 1) == ["raw"]
    got = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert got["RawMessageDelivery"] == "true" and got["TopicArn"] == topic
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "1"
    listed = [page["Subscriptions"] for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)]
    assert listed[0][0]["SubscriptionArn"] == subscription
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "team", "Value": "a"}]
    email = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    assert email["SubscriptionArn"] == "pending confirmation"
    sns.unsubscribe(SubscriptionArn=subscription)
    error(sns.exceptions.NotFoundException, sns.get_subscription_attributes, SubscriptionArn=subscription)
    error(sns.exceptions.InvalidParameterException, sns.subscribe, TopicArn=topic, Protocol="fax", Endpoint="1")
    sns.delete_topic(TopicArn=topic)
    assert {"TopicArn": topic} not in sns.list_topics()["Topics"]


def rules():
    url, arn = queue("from-rule")
    pattern = {"source": ["my.app"], "detail": {"size": [{"numeric": [">", 5]}]}}
    rule = events.put_rule(Name="mine", EventPattern=json.dumps(pattern), Tags=[{"Key": "a", "Value": "b"}])["RuleArn"]
    transformer = {"InputPathsMap": {"size": "$.detail.size"}, "InputTemplate": '{"bytes": <size>}'}
    put = events.put_targets(Rule="mine", Targets=[{"Id": "q", "Arn": arn, "InputTransformer": transformer}])
    assert put["FailedEntryCount"] == 0
    entry = {"Source": "my.app", "DetailType": "Done"}
    put = events.put_events(Entries=[{**entry, "Detail": json.dumps({"size": size})} for size in (4, 6)])
    assert put["FailedEntryCount"] == 0
    assert bodies(url, 1) == ['{"bytes":6}']
    assert events.list_rule_names_by_target(TargetArn=arn)["RuleNames"] == ["mine"]
    assert events.list_targets_by_rule(Rule="mine")["Targets"][0]["InputTransformer"] == transformer
    assert json.loads(events.describe_rule(Name="mine")["EventPattern"]) == pattern
    assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert events.describe_event_bus()["Name"] == "default"
    events.put_rule(Name="ticks", ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule="ticks", Targets=[{"Id": "q", "Arn": arn}])
    tick = json.loads(bodies(url, 1)[0])
    assert (tick["source"], tick["detail-type"], tick["detail"]) == ("aws.events", "Scheduled Event", {})
    events.disable_rule(Name="ticks")
    assert [it["State"] for it in events.list_rules(NamePrefix="ti")["Rules"]] == ["DISABLED"]
    events.remove_targets(Rule="ticks", Ids=["q"])
    events.delete_rule(Name="ticks")
    error(events.exceptions.ResourceNotFoundException, events.describe_rule, Name="ticks")
    wrong = error(events.exceptions.InvalidEventPatternException, events.put_rule, Name="w", EventPattern="{")
    assert wrong["Message"].startswith("Event pattern is not valid."), wrong


def schedules():
    url, arn = queue("from-schedule")
    role = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
    put = {
        "Name": "ticks",
        "ScheduleExpression": "rate(1 minute)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": arn, "RoleArn": role, "Input": '{"action":"tick"}'},
    }
    assert scheduler.create_schedule(**put)["ScheduleArn"].endswith(":schedule/default/ticks")
    assert bodies(url, 2)[0] == '{"action":"tick"}'
    got = scheduler.get_schedule(Name="ticks")
    assert got["Target"] == put["Target"] and got["State"] == "ENABLED"
    error(scheduler.exceptions.ConflictException, scheduler.create_schedule, **put)
    scheduler.update_schedule(**{**put, "State": "DISABLED"})
    assert [it["State"] for it in scheduler.list_schedules(NamePrefix="ti")["Schedules"]] == ["DISABLED"]
    scheduler.delete_schedule(Name="ticks")
    error(scheduler.exceptions.ResourceNotFoundException, scheduler.get_schedule, Name="ticks")
    error(scheduler.exceptions.ValidationException, scheduler.create_schedule, **{**put, "ScheduleExpression": "rate(x)"})


def parameters_and_identity():
    assert ssm.put_parameter(Name="/my/routes", Value="[]", Type="String")["Version"] == 1
    assert ssm.get_parameter(Name="/my/routes")["Parameter"]["Value"] == "[]"
    assert ssm.get_parameters(Names=["/my/routes", "/no"])["InvalidParameters"] == ["/no"]
    ssm.delete_parameter(Name="/my/routes")
    error(ssm.exceptions.ParameterNotFound, ssm.get_parameter, Name="/my/routes")
    assert sts.get_caller_identity()["Account"] == ACCOUNT


for test in (queues, topics, rules, schedules, parameters_and_identity):
    test()
    print(test.__name__, "ok")
