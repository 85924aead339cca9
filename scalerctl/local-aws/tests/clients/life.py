"""The life of an async endpoint with boto3 and the AWS CLI: created, scaled to zero, invoked, and deleted."""

import json
import os
import subprocess
import sys
import time

import boto3
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
REGION = "eu-central-1"
BUCKET = "my-bucket"
NAME = "Whisper-Large"
CONFIG = "whisper-config"
VARIANT = "AllTraffic"
OUTPUT = f"s3://{BUCKET}/out"

sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
scaling = boto3.client("application-autoscaling")
s3 = boto3.client("s3")
sns = boto3.client("sns")
sqs = boto3.client("sqs")


def cli(*arguments):
    """The answer of the AWS CLI."""
    command = [sys.executable, "-m", "awscli", *arguments, "--output", "json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{arguments}: {ended.stderr}"
    return json.loads(ended.stdout) if ended.stdout.strip() else None


def refused(call, text, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert text in str(error), error
        return error
    raise AssertionError(f"not refused: {text}")


def until(what, within=60):
    begin = time.monotonic()
    while not (found := what()):
        assert time.monotonic() - begin < within, what
        time.sleep(0.1)
    return found


def instances():
    variant = sagemaker.describe_endpoint(EndpointName=NAME)["ProductionVariants"][0]
    return variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]


def exists(location):
    bucket, key = location.removeprefix("s3://").split("/", 1)
    try:
        return s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return None


s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
queue = sqs.create_queue(QueueName="results")["QueueUrl"]
topic = sns.create_topic(Name="results")["TopicArn"]
sns.subscribe(
    TopicArn=topic,
    Protocol="sqs",
    Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:results",
    Attributes={"RawMessageDelivery": "true"},
)

# A model and a configuration, with the AWS CLI.
model = ["--model-name", "whisper", "--execution-role-arn", f"arn:aws:iam::{ACCOUNT}:role/my-role"]
image = f"Image={ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/whisper:1,Environment={{LEVEL=3}}"
created = cli("sagemaker", "create-model", *model, "--primary-container", image)
assert created["ModelArn"].endswith(":model/whisper"), created
assert cli("sagemaker", "describe-model", "--model-name", "whisper")["PrimaryContainer"]["Environment"] == {"LEVEL": "3"}
variants = f"VariantName={VARIANT},ModelName=whisper,InitialInstanceCount=1,InstanceType=ml.g5.xlarge"
outputs = {
    "OutputConfig": {
        "S3OutputPath": OUTPUT,
        "S3FailurePath": f"s3://{BUCKET}/failed",
        "NotificationConfig": {"SuccessTopic": topic, "ErrorTopic": topic},
    },
    "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 2},
}
config = ["--endpoint-config-name", CONFIG, "--production-variants", variants]
cli("sagemaker", "create-endpoint-config", *config, "--async-inference-config", json.dumps(outputs))
refused(
    sagemaker.create_endpoint_config,
    "Cannot create already existing endpoint configuration",
    EndpointConfigName=CONFIG,
    ProductionVariants=[{"VariantName": VARIANT, "ModelName": "whisper", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}],
)
answer = sagemaker.describe_endpoint_config(EndpointConfigName=CONFIG)
assert answer["AsyncInferenceConfig"] == outputs, answer
assert [it["EndpointConfigName"] for it in sagemaker.list_endpoint_configs(NameContains="whisper")["EndpointConfigs"]] == [CONFIG]
assert "whisper" in [it["ModelName"] for it in sagemaker.list_models()["Models"]]

# The endpoint.
created = cli("sagemaker", "create-endpoint", "--endpoint-name", NAME, "--endpoint-config-name", CONFIG)
arn = created["EndpointArn"]
assert arn.endswith(":endpoint/whisper-large"), arn
assert cli("sagemaker", "describe-endpoint", "--endpoint-name", NAME)["EndpointStatus"] == "Creating"
refused(sagemaker.delete_endpoint, "Cannot update in-progress endpoint", EndpointName=NAME)
refused(runtime.invoke_endpoint_async, "not found", EndpointName=NAME, InputLocation=f"s3://{BUCKET}/a")
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
assert instances() == (1, 1)
assert cli("sagemaker", "list-endpoints", "--status-equals", "InService", "--sort-by", "Name")["Endpoints"]
sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "blue"}])
assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []

# To zero, and back for a request.
target = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/{VARIANT}",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=2)
desired = [{"VariantName": VARIANT, "DesiredInstanceCount": 0}]
sagemaker.update_endpoint_weights_and_capacities(EndpointName=NAME, DesiredWeightsAndCapacities=desired)
until(lambda: instances() == (0, 0) and sagemaker.describe_endpoint(EndpointName=NAME)["EndpointStatus"] == "InService")
key = "in/red flower+1.json"
s3.put_object(Bucket=BUCKET, Key=key, Body=b'{"text": "echo"}', ContentType="application/json")
sent = runtime.invoke_endpoint_async(
    EndpointName=NAME,
    InputLocation=f"s3://{BUCKET}/{key}",
    ContentType="application/json",
    InferenceId="my-id",
    CustomAttributes="processing=30s",
)
assert sent["ResponseMetadata"]["HTTPStatusCode"] == 202
assert (sent["InferenceId"], sent["OutputLocation"]) == ("my-id", f"{OUTPUT}/my-id.out"), sent
missing = runtime.invoke_endpoint_async(EndpointName=NAME, InputLocation=f"s3://{BUCKET}/none")
failing = runtime.invoke_endpoint_async(
    EndpointName=NAME,
    InputLocation=f"s3://{BUCKET}/{key}",
    CustomAttributes="fail",
    Filename="why.txt",
    S3OutputPathExtension="today",
)
assert failing["FailureLocation"] == f"s3://{BUCKET}/failed/today/why.txt", failing
assert not exists(sent["OutputLocation"])
scaling.register_scalable_target(**target, MinCapacity=1)
result = until(lambda: exists(sent["OutputLocation"]))
assert (result["Body"].read(), result["ContentType"]) == (b'{"text": "echo"}', "application/json")
for request in (missing, failing):
    assert until(lambda: exists(request["FailureLocation"]))["Body"].read().startswith(b"ClientError")

# The notifications.
told = {}


def all_told():
    for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        body = json.loads(message["Body"])
        told[body["inferenceId"]] = body
    return len(told) == 3


until(all_told)
assert {it: body["invocationStatus"] for it, body in told.items()} == {
    sent["InferenceId"]: "Completed",
    missing["InferenceId"]: "Failed",
    failing["InferenceId"]: "Failed",
}
assert told["my-id"]["responseParameters"]["outputLocation"] == sent["OutputLocation"]

# A new configuration, and the end. DeleteEndpoint deregisters the variant.
variant = {"VariantName": VARIANT, "ModelName": "whisper", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 2}
sagemaker.create_endpoint_config(EndpointConfigName="second", ProductionVariants=[variant], AsyncInferenceConfig=outputs)
sagemaker.update_endpoint(EndpointName=NAME, EndpointConfigName="second")
pending = sagemaker.describe_endpoint(EndpointName=NAME)["PendingDeploymentSummary"]
assert pending["EndpointConfigName"] == "second", pending
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
assert instances()[0] == 2
cli("sagemaker", "delete-endpoint", "--endpoint-name", NAME)
assert sagemaker.describe_endpoint(EndpointName=NAME)["EndpointStatus"] == "Deleting"
assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
for name in (CONFIG, "second"):
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
sagemaker.delete_model(ModelName="whisper")
refused(sagemaker.describe_endpoint, "Could not find endpoint", EndpointName=NAME)
print("The endpoint was created, scaled, invoked, updated and deleted.")
