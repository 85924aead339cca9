"""An async endpoint with the SageMaker Python SDK: deployed, asked, and deleted."""

import logging
import os
import time
import warnings

os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

import boto3
import sagemaker
from sagemaker.async_inference import AsyncInferenceConfig, WaiterConfig
from sagemaker.deserializers import JSONDeserializer
from sagemaker.exceptions import AsyncInferenceModelError
from sagemaker.model import Model
from sagemaker.predictor import Predictor
from sagemaker.predictor_async import AsyncPredictor
from sagemaker.serializers import JSONSerializer

BUCKET = "my-bucket"
NAME = "whisper"

begin = time.monotonic()
s3 = boto3.client("s3")
s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
# A Session without a bucket calls STS at an address that cannot be changed.
session = sagemaker.Session(default_bucket=BUCKET)
model = Model(
    image_uri="123456789012.dkr.ecr.eu-central-1.amazonaws.com/whisper:1",
    role="arn:aws:iam::123456789012:role/my-role",
    predictor_cls=Predictor,
    sagemaker_session=session,
)
model.deploy(
    initial_instance_count=1,
    instance_type="ml.g5.xlarge",
    endpoint_name=NAME,
    async_inference_config=AsyncInferenceConfig(),
)
assert session.sagemaker_client.describe_endpoint(EndpointName=NAME)["EndpointStatus"] == "InService"
print(f"deployed after {time.monotonic() - begin:.0f} s")

predictor = Predictor(NAME, session, serializer=JSONSerializer(), deserializer=JSONDeserializer())
predictor = AsyncPredictor(predictor, name=NAME)
response = predictor.predict_async(data={"text": "echo"})
assert response.output_path.startswith(f"s3://{BUCKET}/async-endpoint-outputs/"), response.output_path
assert response.get_result(WaiterConfig(max_attempts=30, delay=1)) == {"text": "echo"}
print(f"answered after {time.monotonic() - begin:.0f} s")

# An input that does not exist. A failure is a text, which the deserializer for JSON does not read.
plain = AsyncPredictor(Predictor(NAME, session), name=NAME)
response = plain.predict_async(input_path=f"s3://{BUCKET}/none")
try:
    response.get_result(WaiterConfig(max_attempts=30, delay=1))
except AsyncInferenceModelError as error:
    assert "there is no such object" in str(error), error
else:
    raise AssertionError("the failure object is not read")

predictor.delete_endpoint()
session.delete_model(model.name)
assert session.sagemaker_client.describe_endpoint(EndpointName=NAME)["EndpointStatus"] == "Deleting"
print(f"deleted after {time.monotonic() - begin:.0f} s")
