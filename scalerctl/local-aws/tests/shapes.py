"""Calls each operation of `scalerctl aws` through botocore and compares the answers with AWS's service models.

usage: shapes.py URL OPERATIONS

OPERATIONS is the list of operations in JSON. What the model of an operation does not have, a value of another type,
and a required member that is absent are failures; so is an operation that is served and never answered without an
error here. The operations that are served are printed.
"""

import base64
import datetime
import json
import pathlib
import sys
import time
import xml.etree.ElementTree

import botocore.config
import botocore.exceptions
import botocore.session

# restJson1 and restXml: these services have no table of shapes.
OTHERS = {
    "lambda": [
        "AddPermission", "CreateEventSourceMapping", "DeleteEventSourceMapping", "DeleteFunctionEventInvokeConfig",
        "GetEventSourceMapping", "GetFunction", "GetFunctionConfiguration", "GetFunctionEventInvokeConfig", "GetPolicy",
        "Invoke", "ListAliases", "ListEventSourceMappings", "ListFunctionEventInvokeConfigs", "ListFunctions",
        "ListTags", "ListVersionsByFunction", "PutFunctionEventInvokeConfig", "RemovePermission",
        "TagResource", "UpdateEventSourceMapping", "UpdateFunctionConfiguration", "UpdateFunctionEventInvokeConfig",
    ],
    "s3": [
        "CreateBucket", "DeleteBucket", "DeleteObject", "GetBucketNotificationConfiguration", "GetObject",
        "HeadBucket", "HeadObject", "ListBuckets", "ListObjectsV2", "PutBucketNotificationConfiguration", "PutObject",
    ],
    "sagemaker-runtime": ["InvokeEndpointAsync"],
    "scheduler": ["CreateSchedule", "DeleteSchedule", "GetSchedule", "ListSchedules", "UpdateSchedule"],
}
# Nothing that a client can call makes what these operations need: the table of the ledger is there from the start only
# with a function that uses one, and Application Auto Scaling makes no forecasts for this namespace.
ERRORS = {
    "application-autoscaling GetPredictiveScalingForecast",
    "dynamodb DeleteItem",
    "dynamodb Query",
    "dynamodb UpdateItem",
    # The function writes the only log streams.
    "logs GetLogEvents",
}
UNKNOWN = {"UnknownOperationException", "InvalidAction", "UnknownOperation", "NotImplemented"}
SIMPLE = {"string": str, "integer": int, "long": int, "boolean": bool, "float": (int, float), "double": (int, float)}


def wrong(shape, value, path):
    """What differs between a value in JSON and its shape."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return [f"{path}: not an object: {value!r}"]
        names = {it.serialization.get("name", name): (name, it) for name, it in shape.members.items()}
        outside = {name for name, it in shape.members.items() if "location" in it.serialization}
        found = [f"{path}.{name}: the model has no such member" for name in value if name not in names]
        for name in shape.required_members:
            wire = shape.members[name].serialization.get("name", name)
            if wire not in value and name not in outside:
                found.append(f"{path}.{name}: required {shape.members[name].type_name}, and not there")
        for name, it in value.items():
            if name in names:
                found += wrong(names[name][1], it, f"{path}.{name}")
        return found
    if kind == "list":
        if not isinstance(value, list):
            return [f"{path}: not an array: {value!r}"]
        return [it for item in value for it in wrong(shape.member, item, f"{path}[]")]
    if kind == "map":
        if not isinstance(value, dict):
            return [f"{path}: not an object: {value!r}"]
        return [it for item in value.values() for it in wrong(shape.value, item, f"{path}{{}}")]
    if kind == "timestamp":
        is_text = shape.serialization.get("timestampFormat") == "iso8601"
        matches = isinstance(value, str) if is_text else isinstance(value, (int, float))
    elif kind == "blob":
        matches = isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    else:
        matches = isinstance(value, SIMPLE[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if not matches:
        return [f"{path}: not a {kind}: {value!r}"]
    if kind == "string" and shape.enum and value not in shape.enum:
        return [f"{path}: not one of {shape.enum}: {value!r}"]
    return []


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def wrong_xml(shape, element, path):
    """What differs between an element and its shape."""
    kind = shape.type_name
    if kind == "structure":
        names = {}
        for name, it in shape.members.items():
            flat = it.type_name == "list" and it.serialization.get("flattened")
            item = it.member.serialization.get("name") if flat else None
            names[item or it.serialization.get("name", name)] = (name, it, flat)
        found, there = [], set()
        for child in element:
            if local(child) not in names:
                found.append(f"{path}.{local(child)}: the model has no such member")
                continue
            name, it, flat = names[local(child)]
            there.add(name)
            found += wrong_xml(it.member if flat else it, child, f"{path}.{name}")
        missing = [
            name
            for name in shape.required_members
            if name not in there and "location" not in shape.members[name].serialization
        ]
        return found + [f"{path}.{name}: required, and not there" for name in missing]
    if kind == "list":
        wanted = shape.member.serialization.get("name", "member")
        found = [f"{path}.{local(it)}: not {wanted}" for it in element if local(it) != wanted]
        return found + [it for item in element for it in wrong_xml(shape.member, item, f"{path}[]")]
    if kind == "map":
        entries = [it for item in element for it in item if local(it) == shape.value.serialization.get("name", "value")]
        return [it for item in entries for it in wrong_xml(shape.value, item, f"{path}{{}}")]
    text = element.text or ""
    try:
        if kind in ("integer", "long"):
            int(text)
        elif kind in ("float", "double"):
            float(text)
        elif kind == "timestamp":
            datetime.datetime.fromisoformat(text)
        elif kind == "boolean" and text not in ("true", "false"):
            raise ValueError
    except ValueError:
        return [f"{path}: not a {kind}: {text!r}"]
    return []


class Clients:
    """Clients of the services, which record what each operation answered."""

    def __init__(self, url):
        self.url = url
        self.session = botocore.session.Session()
        self.session.set_credentials("local", "local")
        self.clients = {}
        self.served, self.unknown, self.failures, self.errors = set(), set(), [], {}

    def client(self, service):
        if service not in self.clients:
            config = botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
            client = self.session.create_client(
                service, region_name="eu-central-1", endpoint_url=self.url, config=config
            )
            client.meta.events.register("before-parse", self.raw)
            self.clients[service] = client
        return self.clients[service]

    def raw(self, response_dict, operation_model, **_):
        self.last = (response_dict, operation_model)

    def call(self, service, operation, **arguments):
        """The answer, or an empty one after an error."""
        client = self.client(service)
        name = f"{service} {operation}"
        try:
            answer = client._make_api_call(operation, arguments)
        except botocore.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in UNKNOWN or (code == "404" and service != "s3"):
                self.unknown.add(name)
            else:
                self.errors.setdefault(name, str(error))
            return {}
        except (botocore.exceptions.ParamValidationError, botocore.exceptions.BotoCoreError) as error:
            self.failures.append(f"{name}: {error}")
            return {}
        self.served.add(name)
        response, model = self.last
        self.failures += [f"{name}: {it}" for it in self.compared(response, model)]
        return answer

    @staticmethod
    def compared(response, model):
        body, output = response["body"], model.output_shape
        if output is None or not isinstance(body, bytes):
            return []
        payload = output.serialization.get("payload")
        if payload and output.members[payload].type_name != "structure":
            return []
        if "x-amz-json" in response["headers"].get("content-type", "") or body[:1] in b"{":
            found = wrong(output, json.loads(body or b"{}"), "")
            # SQS leaves out empty lists. The model says that they are required.
            is_left_out = "required list" if model.service_model.service_name == "sqs" else "\0"
            return [it for it in found if is_left_out not in it]
        if not body:
            return []
        root = xml.etree.ElementTree.fromstring(body)
        wrapper = output.serialization.get("resultWrapper")
        if wrapper is None:
            return wrong_xml(output, root, "")
        results = [it for it in root if local(it) == wrapper]
        return wrong_xml(output, results[0], "") if results else [f"no {wrapper}"]


ACCOUNT = "123456789012"


def arn(service, resource):
    return f"arn:aws:{service}:eu-central-1:{ACCOUNT}:{resource}"


def sagemaker(call):
    role = f"arn:aws:iam::{ACCOUNT}:role/service-role/shapes"
    variant = {"VariantName": "AllTraffic", "ModelName": "shapes", "InitialInstanceCount": 1}
    variant["InstanceType"] = "ml.g5.xlarge"
    output = {"S3OutputPath": "s3://my-outputs/shapes"}
    image = f"{ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/shapes:1"
    call("sagemaker", "CreateModel", ModelName="shapes", ExecutionRoleArn=role, PrimaryContainer={"Image": image})
    for config in ("shapes", "shapes-2"):
        call(
            "sagemaker",
            "CreateEndpointConfig",
            EndpointConfigName=config,
            ProductionVariants=[variant],
            AsyncInferenceConfig={"OutputConfig": output},
        )
    call("sagemaker", "CreateEndpoint", EndpointName="shapes", EndpointConfigName="shapes")
    of = {"DescribeModel": "ModelName", "DescribeEndpointConfig": "EndpointConfigName"}
    for operation, member in (of | {"DescribeEndpoint": "EndpointName"}).items():
        call("sagemaker", operation, **{member: "shapes"})
    # The endpoint of the routes is there from the start.
    there = call("sagemaker", "DescribeEndpoint", EndpointName="my-endpoint")
    config = there.get("EndpointConfigName", "my-endpoint-config")
    there = call("sagemaker", "DescribeEndpointConfig", EndpointConfigName=config)
    variants = there.get("ProductionVariants", [{}])
    call("sagemaker", "DescribeModel", ModelName=variants[0].get("ModelName", "shapes"))
    for operation in ("ListModels", "ListEndpointConfigs", "ListEndpoints"):
        call("sagemaker", operation, MaxResults=5)
    endpoint = arn("sagemaker", "endpoint/my-endpoint")
    call("sagemaker", "AddTags", ResourceArn=endpoint, Tags=[{"Key": "a", "Value": "b"}])
    call("sagemaker", "ListTags", ResourceArn=endpoint)
    call("sagemaker", "DeleteTags", ResourceArn=endpoint, TagKeys=["a"])
    weights = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 1}]
    call(
        "sagemaker",
        "UpdateEndpointWeightsAndCapacities",
        EndpointName="my-endpoint",
        DesiredWeightsAndCapacities=weights,
    )
    call("sagemaker-runtime", "InvokeEndpointAsync", EndpointName="my-endpoint", InputLocation="s3://my-inputs/a.json")


def sagemaker_at_the_end(call, wait):
    wait("shapes")
    call("sagemaker", "UpdateEndpoint", EndpointName="shapes", EndpointConfigName="shapes-2")
    wait("shapes")
    call("sagemaker", "DeleteEndpoint", EndpointName="shapes")
    call("sagemaker", "DeleteEndpointConfig", EndpointConfigName="shapes")
    call("sagemaker", "DeleteModel", ModelName="shapes")


def autoscaling(call):
    service = "application-autoscaling"
    variant = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/my-endpoint/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    target = call(service, "RegisterScalableTarget", **variant, MinCapacity=0, MaxCapacity=3)
    metric = {
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": "my-endpoint"}],
        "Statistic": "Average",
    }
    tracking = {"TargetValue": 5.0, "CustomizedMetricSpecification": metric, "ScaleInCooldown": 60}
    steps = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        "Cooldown": 60,
        "MetricAggregationType": "Average",
    }
    configured = {"TargetTrackingScalingPolicyConfiguration": tracking}
    call(service, "PutScalingPolicy", **variant, PolicyName="a", PolicyType="TargetTrackingScaling", **configured)
    configured = {"StepScalingPolicyConfiguration": steps}
    call(service, "PutScalingPolicy", **variant, PolicyName="b", PolicyType="StepScaling", **configured)
    action = {"MinCapacity": 1, "MaxCapacity": 2}
    named = {"ScheduledActionName": "c"}
    call(service, "PutScheduledAction", **variant, **named, Schedule="rate(5 minutes)", ScalableTargetAction=action)
    for operation in (
        "DescribeScalableTargets",
        "DescribeScalingPolicies",
        "DescribeScheduledActions",
        "DescribeScalingActivities",
    ):
        call(service, operation, ServiceNamespace="sagemaker")
    if resource := target.get("ScalableTargetARN"):
        call(service, "TagResource", ResourceARN=resource, Tags={"a": "b"})
        call(service, "ListTagsForResource", ResourceARN=resource)
        call(service, "UntagResource", ResourceARN=resource, TagKeys=["a"])
    between = {"StartTime": datetime.datetime(2030, 1, 1), "EndTime": datetime.datetime(2030, 1, 2)}
    call(service, "GetPredictiveScalingForecast", **variant, PolicyName="a", **between)


def autoscaling_at_the_end(call):
    service = "application-autoscaling"
    variant = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/my-endpoint/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    call(service, "DeleteScheduledAction", **variant, ScheduledActionName="c")
    call(service, "DeleteScalingPolicy", **variant, PolicyName="b")
    call(service, "DeregisterScalableTarget", **variant)


def cloudwatch(call):
    metric = {"Namespace": "Shapes", "MetricName": "m", "Dimensions": [{"Name": "d", "Value": "v"}]}
    now = datetime.datetime.now(datetime.timezone.utc)
    between = {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now + datetime.timedelta(minutes=1)}
    put = {"MetricName": "m", "Dimensions": metric["Dimensions"], "Value": 1.5, "Unit": "Count"}
    call("cloudwatch", "PutMetricData", Namespace="Shapes", MetricData=[put])
    alarm = {"AlarmName": "shapes", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.5, "Statistic": "Sum"}
    tags = [{"Key": "a", "Value": "b"}]
    more = {"ComparisonOperator": "GreaterThanThreshold", "AlarmDescription": "<&>", "Tags": tags}
    more["AlarmActions"] = [arn("sns", "shapes")]
    call("cloudwatch", "PutMetricAlarm", **alarm, **metric, **more)
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    for operation, arguments in (
        ("DescribeAlarms", {}),
        ("DescribeAlarmsForMetric", metric),
        ("SetAlarmState", {"AlarmName": "shapes", "StateValue": "ALARM", "StateReason": "test"}),
        ("DescribeAlarms", {"AlarmNames": ["shapes"]}),
        ("DescribeAlarmHistory", {"AlarmName": "shapes"}),
        ("DisableAlarmActions", {"AlarmNames": ["shapes"]}),
        ("EnableAlarmActions", {"AlarmNames": ["shapes"]}),
        ("ListMetrics", {}),
        ("GetMetricStatistics", metric | between | {"Period": 60, "Statistics": ["Sum", "Maximum"]}),
        ("GetMetricData", between | {"MetricDataQueries": [{"Id": "q", "MetricStat": stat}]}),
        ("TagResource", {"ResourceARN": arn("cloudwatch", "alarm:shapes"), "Tags": [{"Key": "c", "Value": "d"}]}),
        ("ListTagsForResource", {"ResourceARN": arn("cloudwatch", "alarm:shapes")}),
        ("UntagResource", {"ResourceARN": arn("cloudwatch", "alarm:shapes"), "TagKeys": ["c"]}),
        ("DeleteAlarms", {"AlarmNames": ["shapes"]}),
    ):
        call("cloudwatch", operation, **arguments)


def sns(call):
    topic = call("sns", "CreateTopic", Name="shapes").get("TopicArn", arn("sns", "shapes"))
    queue = arn("sqs", "shapes")
    entry = {"Id": "1", "Message": "hello"}
    subscribed = call("sns", "Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True)
    subscription = subscribed.get("SubscriptionArn", f"{topic}:00000000-0000-4000-8000-000000000001")
    attribute = {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}
    text = {"a": {"DataType": "String", "StringValue": "b"}}
    for operation, arguments in (
        ("ListTopics", {}),
        ("SetTopicAttributes", {"TopicArn": topic, "AttributeName": "DisplayName", "AttributeValue": "x"}),
        ("GetTopicAttributes", {"TopicArn": topic}),
        ("ListSubscriptions", {}),
        ("ListSubscriptionsByTopic", {"TopicArn": topic}),
        ("SetSubscriptionAttributes", {"SubscriptionArn": subscription} | attribute),
        ("GetSubscriptionAttributes", {"SubscriptionArn": subscription}),
        ("ConfirmSubscription", {"TopicArn": topic, "Token": "0" * 64}),
        ("Publish", {"TopicArn": topic, "Message": "hello", "Subject": "s", "MessageAttributes": text}),
        ("PublishBatch", {"TopicArn": topic, "PublishBatchRequestEntries": [entry]}),
        ("AddPermission", {"TopicArn": topic, "Label": "l", "AWSAccountId": [ACCOUNT], "ActionName": ["Publish"]}),
        ("RemovePermission", {"TopicArn": topic, "Label": "l"}),
        ("TagResource", {"ResourceArn": topic, "Tags": [{"Key": "a", "Value": "b"}]}),
        ("ListTagsForResource", {"ResourceArn": topic}),
        ("UntagResource", {"ResourceArn": topic, "TagKeys": ["a"]}),
        ("Unsubscribe", {"SubscriptionArn": subscription}),
        ("DeleteTopic", {"TopicArn": topic}),
    ):
        call("sns", operation, **arguments)


def sqs(call):
    created = call("sqs", "CreateQueue", QueueName="shapes", Attributes={"VisibilityTimeout": "30"})
    url = created.get("QueueUrl", f"https://sqs.eu-central-1.amazonaws.com/{ACCOUNT}/shapes")
    queue = {"QueueUrl": url}
    call("sqs", "ListQueues")
    call("sqs", "GetQueueUrl", QueueName="shapes")
    call("sqs", "SetQueueAttributes", **queue, Attributes={"DelaySeconds": "0"})
    call("sqs", "GetQueueAttributes", **queue, AttributeNames=["All"])
    text = {"a": {"DataType": "String", "StringValue": "b"}}
    for body in ("one", "two", "three"):
        call("sqs", "SendMessage", **queue, MessageBody=body, MessageAttributes=text)
    call("sqs", "SendMessageBatch", **queue, Entries=[{"Id": "1", "MessageBody": "four"}])
    asked = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "AttributeNames": ["All"]}
    received = call("sqs", "ReceiveMessage", **queue, **asked).get("Messages", [])
    receipts = [it["ReceiptHandle"] for it in received] + ["none", "none", "none"]
    call("sqs", "ChangeMessageVisibility", **queue, ReceiptHandle=receipts[0], VisibilityTimeout=60)
    changed = {"Id": "1", "ReceiptHandle": receipts[0], "VisibilityTimeout": 60}
    call("sqs", "ChangeMessageVisibilityBatch", **queue, Entries=[changed])
    call("sqs", "DeleteMessage", **queue, ReceiptHandle=receipts[0])
    call("sqs", "DeleteMessageBatch", **queue, Entries=[{"Id": "1", "ReceiptHandle": receipts[1]}])
    call("sqs", "ListDeadLetterSourceQueues", **queue)
    call("sqs", "AddPermission", **queue, Label="l", AWSAccountIds=[ACCOUNT], Actions=["SendMessage"])
    call("sqs", "RemovePermission", **queue, Label="l")
    call("sqs", "TagQueue", **queue, Tags={"a": "b"})
    call("sqs", "ListQueueTags", **queue)
    call("sqs", "UntagQueue", **queue, TagKeys=["a"])
    call("sqs", "PurgeQueue", **queue)
    call("sqs", "DeleteQueue", **queue)


def events(call):
    pattern = {"source": ["aws.s3"]}
    event = {"id": "1", "account": ACCOUNT, "source": "aws.s3", "time": "2030-01-01T00:00:00Z"}
    event |= {"region": "eu-central-1", "resources": [], "detail-type": "x", "detail": {}}
    rule = arn("events", "rule/shapes")
    entry = {"Source": "shapes", "DetailType": "x", "Detail": "{}"}
    target = {"Id": "1", "Arn": arn("sqs", "shapes")}
    permission = {"Action": "events:PutEvents", "Principal": ACCOUNT, "StatementId": "s"}
    for operation, arguments in (
        ("CreateEventBus", {"Name": "shapes"}),
        ("ListEventBuses", {}),
        ("DescribeEventBus", {}),
        ("PutPermission", permission),
        ("RemovePermission", {"StatementId": "s"}),
        ("PutRule", {"Name": "shapes", "EventPattern": json.dumps(pattern), "Description": "d"}),
        ("PutRule", {"Name": "shapes-2", "ScheduleExpression": "rate(5 minutes)"}),
        ("DescribeRule", {"Name": "shapes"}),
        ("ListRules", {}),
        ("PutTargets", {"Rule": "shapes", "Targets": [target]}),
        ("ListTargetsByRule", {"Rule": "shapes"}),
        ("ListRuleNamesByTarget", {"TargetArn": target["Arn"]}),
        ("DisableRule", {"Name": "shapes"}),
        ("EnableRule", {"Name": "shapes"}),
        ("TestEventPattern", {"EventPattern": json.dumps(pattern), "Event": json.dumps(event)}),
        ("PutEvents", {"Entries": [entry]}),
        ("TagResource", {"ResourceARN": rule, "Tags": [{"Key": "a", "Value": "b"}]}),
        ("ListTagsForResource", {"ResourceARN": rule}),
        ("UntagResource", {"ResourceARN": rule, "TagKeys": ["a"]}),
        ("RemoveTargets", {"Rule": "shapes", "Ids": ["1"]}),
        ("DeleteRule", {"Name": "shapes"}),
        ("DeleteEventBus", {"Name": "shapes"}),
    ):
        call("events", operation, **arguments)
    window = {"Mode": "OFF"}
    target = {"Arn": arn("lambda", "function:shapes"), "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/shapes"}
    schedule = {"Name": "shapes", "ScheduleExpression": "rate(5 minutes)", "FlexibleTimeWindow": window}
    call("scheduler", "CreateSchedule", **schedule, Target=target)
    call("scheduler", "UpdateSchedule", **schedule, Target=target)
    call("scheduler", "GetSchedule", Name="shapes")
    call("scheduler", "ListSchedules")
    call("scheduler", "DeleteSchedule", Name="shapes")


def ssm(call):
    value = {"Name": "/shapes/a", "Value": "1", "Type": "String"}
    named = {"ResourceType": "Parameter", "ResourceId": "/shapes/a"}
    for operation, arguments in (
        ("PutParameter", value),
        ("GetParameter", {"Name": "/shapes/a"}),
        ("GetParameters", {"Names": ["/shapes/a", "none"]}),
        ("GetParametersByPath", {"Path": "/shapes"}),
        ("GetParameterHistory", {"Name": "/shapes/a"}),
        ("DescribeParameters", {}),
        ("AddTagsToResource", named | {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("ListTagsForResource", named),
        ("RemoveTagsFromResource", named | {"TagKeys": ["a"]}),
        ("DeleteParameter", {"Name": "/shapes/a"}),
        ("DeleteParameters", {"Names": ["/shapes/a"]}),
    ):
        call("ssm", operation, **arguments)


def logs(call):
    group, stream = {"logGroupName": "/shapes"}, {"logStreamName": "a"}
    now = int(datetime.datetime.now().timestamp() * 1000)
    resource = {"resourceArn": arn("logs", "log-group:/shapes")}
    for operation, arguments in (
        ("CreateLogGroup", group),
        ("CreateLogStream", group | stream),
        ("PutLogEvents", group | stream | {"logEvents": [{"timestamp": now, "message": "hello"}]}),
        ("DescribeLogGroups", {}),
        ("DescribeLogStreams", group),
        ("GetLogEvents", group | stream),
        ("FilterLogEvents", group),
        ("PutRetentionPolicy", group | {"retentionInDays": 7}),
        ("DeleteRetentionPolicy", group),
        ("TagResource", resource | {"tags": {"a": "b"}}),
        ("ListTagsForResource", resource),
        ("UntagResource", resource | {"tagKeys": ["a"]}),
        ("DeleteLogStream", group | stream),
        ("DeleteLogGroup", group),
    ):
        call("logs", operation, **arguments)
    # The log of the function, if it is there.
    groups = call("logs", "DescribeLogGroups", logGroupNamePrefix="/aws/lambda/").get("logGroups", [])
    for name in [it["logGroupName"] for it in groups[:1]]:
        call("logs", "FilterLogEvents", logGroupName=name)
        for it in call("logs", "DescribeLogStreams", logGroupName=name).get("logStreams", [])[:1]:
            call("logs", "GetLogEvents", logGroupName=name, logStreamName=it["logStreamName"])


def dynamodb(call):
    table, key = {"TableName": "shapes"}, {"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}
    values = {":n": {"N": "1"}}
    call("dynamodb", "UpdateItem", **table, **key, UpdateExpression="SET n = :n", ExpressionAttributeValues=values)
    values = {":p": {"S": "a"}}
    call("dynamodb", "Query", **table, KeyConditionExpression="pk = :p", ExpressionAttributeValues=values)
    call("dynamodb", "DeleteItem", **table, **key)


def s3(call):
    bucket, key = {"Bucket": "shapes"}, {"Key": "a b+c.json"}
    call("s3", "CreateBucket", **bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    call("s3", "HeadBucket", **bucket)
    call("s3", "ListBuckets")
    configuration = {"EventBridgeConfiguration": {}}
    call("s3", "PutBucketNotificationConfiguration", **bucket, NotificationConfiguration=configuration)
    call("s3", "GetBucketNotificationConfiguration", **bucket)
    call("s3", "PutObject", **bucket, **key, Body=b"{}")
    call("s3", "HeadObject", **bucket, **key)
    call("s3", "GetObject", **bucket, **key)
    call("s3", "ListObjectsV2", **bucket)
    call("s3", "DeleteObject", **bucket, **key)
    call("s3", "DeleteBucket", **bucket)


def functions(call):
    """Whether there is a function."""
    listed = call("lambda", "ListFunctions").get("Functions", [])
    if not listed:
        return False
    name = {"FunctionName": listed[0]["FunctionName"]}
    call("lambda", "GetFunction", **name)
    call("lambda", "GetFunctionConfiguration", **name)
    call("lambda", "ListVersionsByFunction", **name)
    call("lambda", "ListAliases", **name)
    call("lambda", "UpdateFunctionConfiguration", **name, Timeout=55)
    call("lambda", "PutFunctionEventInvokeConfig", **name, MaximumRetryAttempts=1)
    call("lambda", "UpdateFunctionEventInvokeConfig", **name, MaximumEventAgeInSeconds=3600)
    call("lambda", "GetFunctionEventInvokeConfig", **name)
    call("lambda", "ListFunctionEventInvokeConfigs", **name)
    call("lambda", "DeleteFunctionEventInvokeConfig", **name)
    permission = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    call("lambda", "AddPermission", **name, **permission)
    call("lambda", "GetPolicy", **name)
    call("lambda", "RemovePermission", **name, StatementId="s")
    call("lambda", "TagResource", Resource=listed[0]["FunctionArn"], Tags={"a": "b"})
    call("lambda", "ListTags", Resource=listed[0]["FunctionArn"])
    call("lambda", "Invoke", **name, Payload=b"{}")
    call("sqs", "CreateQueue", QueueName="inputs-of-shapes")
    queue = {"EventSourceArn": arn("sqs", "inputs-of-shapes")}
    made = call("lambda", "CreateEventSourceMapping", **name, **queue, BatchSize=10)
    made = made.get("UUID", "00000000-0000-4000-8000-000000000000")
    call("lambda", "GetEventSourceMapping", UUID=made)
    call("lambda", "ListEventSourceMappings", **name)
    call("lambda", "UpdateEventSourceMapping", UUID=made, BatchSize=5)
    call("lambda", "DeleteEventSourceMapping", UUID=made)
    return True


def main(url, operations):
    clients = Clients(url)
    call = clients.call

    def wait(endpoint):
        """Until the endpoint is not changing, at most a minute."""
        for _ in range(120):
            described = call("sagemaker", "DescribeEndpoint", EndpointName=endpoint)
            if not described.get("EndpointStatus", "").endswith("ing"):
                return
            time.sleep(0.5)

    for part in (sagemaker, autoscaling, cloudwatch, sns, sqs, events, ssm, dynamodb, s3):
        part(call)
    has_function = functions(call)
    logs(call)
    call("sts", "GetCallerIdentity")
    for quota in call("service-quotas", "ListServiceQuotas", ServiceCode="sagemaker").get("Quotas", []):
        more = {"DesiredValue": quota["Value"] + 1, "QuotaCode": quota["QuotaCode"]}
        call("service-quotas", "RequestServiceQuotaIncrease", ServiceCode="sagemaker", **more)
    autoscaling_at_the_end(call)
    sagemaker_at_the_end(call, wait)

    listed = json.loads(pathlib.Path(operations).read_text()) | OTHERS
    names = {f"{service} {operation}" for service, all in listed.items() for operation in all}
    if not has_function:
        print("there is no function: the operations of lambda are not called")
        names = {it for it in names if not it.startswith("lambda ")}
    never = {name: error for name, error in clients.errors.items() if name not in clients.served}
    print("served and compared with the model:")
    for service, all in listed.items():
        served = [it for it in all if f"{service} {it}" in clients.served]
        print(f"  {service}: {', '.join(served) or 'none'}")
    print("not served:", ", ".join(sorted(clients.unknown - clients.served)) or "none")
    called = clients.served | clients.unknown | set(clients.errors)
    failures = clients.failures
    failures += [f"{name}: this test has no call of it" for name in sorted(names - called)]
    failures += [f"{name}: only errors: {error}" for name, error in sorted(never.items()) if name not in ERRORS]
    for failure in failures:
        print(f"FAILED {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
