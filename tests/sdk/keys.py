"""The keys that the SageMaker Python SDK makes, with AWS mocked: one JSON object for each flow, with the
endpoint, the models that its configuration names, and the bucket and key of the upload."""

import json
import logging
import os
import warnings

os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

from unittest.mock import MagicMock

import sagemaker
from sagemaker.async_inference import AsyncInferenceConfig
from sagemaker.model import Model
from sagemaker.predictor import Predictor
from sagemaker.predictor_async import AsyncPredictor
from sagemaker.pytorch import PyTorchModel

BUCKET = "sagemaker-eu-west-1-123456789012"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/{}:1"
ROLE = "arn:aws:iam::123456789012:role/models"
DATA = "s3://my-models/model.tar.gz"

# With the SDK's timestamp of 24 characters it is longer than the 51 that it leaves in a key.
LONG = "huggingface-pytorch-inference"


class Flow:
    """A session with AWS mocked, and what it was asked for."""

    def __init__(self, prefix=None):
        self.s3, self.client = MagicMock(), MagicMock()
        boto = MagicMock(region_name="eu-west-1")
        boto.client.return_value = self.s3
        self.session = sagemaker.Session(
            boto_session=boto,
            sagemaker_client=self.client,
            sagemaker_runtime_client=MagicMock(),
            default_bucket=BUCKET,
            default_bucket_prefix=prefix,
        )
        self.session._get_account_id_if_default_bucket = lambda bucket: None

    def deploy(self, model, **more):
        """Deploys a model as an async endpoint; its predictor."""
        return model.deploy(
            initial_instance_count=1,
            instance_type="ml.g5.xlarge",
            async_inference_config=AsyncInferenceConfig(output_path=f"s3://{BUCKET}/out"),
            wait=False,
            **more,
        )

    def model(self, image="my-image", **more):
        """A model of an image."""
        return Model(
            image_uri=IMAGE.format(image),
            model_data=DATA,
            role=ROLE,
            predictor_cls=Predictor,
            sagemaker_session=self.session,
            **more,
        )

    def told(self, what, predictor):
        """What one prediction uploads."""
        predictor.predict_async(data=b"{}")
        upload = self.s3.put_object.call_args.kwargs
        configs = [call.kwargs for call in self.client.create_endpoint_config.call_args_list]
        models = [variant["ModelName"] for config in configs for variant in config["ProductionVariants"]]
        return {
            "flow": what,
            "endpoint": predictor.endpoint_name,
            "models": models,
            "bucket": upload["Bucket"],
            "key": upload["Key"],
        }


def flows():
    """Each way to come by an async predictor."""
    flow = Flow()
    yield flow.told("Model.deploy()", flow.deploy(flow.model(LONG)))
    flow = Flow()
    yield flow.told("Model.deploy(endpoint_name)", flow.deploy(flow.model(LONG), endpoint_name="one"))
    flow = Flow()
    yield flow.told("Model(name).deploy()", flow.deploy(flow.model(name="my-model")))
    flow = Flow()
    model = flow.model(name="another-model")
    yield flow.told("Model(name).deploy(endpoint_name)", flow.deploy(model, endpoint_name="two"))
    flow = Flow()
    model = PyTorchModel(
        model_data=DATA,
        role=ROLE,
        image_uri=IMAGE.format("pytorch-inference"),
        entry_point=None,
        framework_version="2.3",
        py_version="py311",
        sagemaker_session=flow.session,
        name="framework-model",
    )
    model.prepare_container_def = lambda *_, **__: {"Image": IMAGE.format("x"), "ModelDataUrl": DATA, "Environment": {}}
    yield flow.told("PyTorchModel(name).deploy()", flow.deploy(model))
    flow = Flow()
    predictor = Predictor("three", sagemaker_session=flow.session)
    yield flow.told("AsyncPredictor(name)", AsyncPredictor(predictor, name="three"))
    flow = Flow("team-a")
    yield flow.told("Model.deploy(), default_bucket_prefix", flow.deploy(flow.model(f"{LONG}-a")))
    flow = Flow("team-b/models")
    predictor = Predictor("four", sagemaker_session=flow.session)
    yield flow.told("AsyncPredictor(name), default_bucket_prefix", AsyncPredictor(predictor, name="four"))


if __name__ == "__main__":
    print(json.dumps(list(flows()), indent=1))
