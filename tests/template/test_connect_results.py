"""docs/results.md: what connects an endpoint is accepted by the SDKs that it names."""

import ast
import json
import re
import subprocess

import botocore.session
import pytest
from botocore.exceptions import ParamValidationError
from botocore.validate import validate_parameters

import stack as stacks
from stack import ROOT, Stack

PAGE = (ROOT / "docs" / "results.md").read_text()
SDK_PYTHON = ROOT / ".venv-sagemaker" / "bin" / "python"

SUCCESS, ERROR = (f"arn:aws:sns:eu-west-1:123456789012:{kind}" for kind in ("success", "error"))


def line():
    """The line in the output of the stack, with ARNs in place of references."""
    text = Stack(stacks.read(), stacks.RESULTS).outputs["ConnectResultsLine"]
    return text.replace("<SageMakerSuccessTopic>", SUCCESS).replace("<SageMakerErrorTopic>", ERROR)


def request(notification_config):
    """Whether CreateEndpointConfig takes it."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    variant = {"VariantName": "AllTraffic", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    output = {"S3OutputPath": "s3://b/out/", **notification_config}
    parameters = {
        "EndpointConfigName": "c", "ProductionVariants": [variant], "AsyncInferenceConfig": {"OutputConfig": output},
    }
    validate_parameters(parameters, model.operation_model("CreateEndpointConfig").input_shape)


def test_the_line_is_what_the_sagemaker_sdk_takes():
    if not (SDK_PYTHON.parents[1] / "complete").exists():
        pytest.skip("the SageMaker Python SDK is not installed; .ci/run installs it")
    program = (
        "import json; from sagemaker.async_inference import AsyncInferenceConfig;"
        f"print(json.dumps(({line()})._to_request_dict()))"
    )
    done = subprocess.run([SDK_PYTHON, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    sent = json.loads(done.stdout.splitlines()[-1])
    # deploy() fills in the paths that are not given.
    sent = {name: value for name, value in sent["OutputConfig"].items() if value is not None}
    assert sent == {"NotificationConfig": {"SuccessTopic": SUCCESS, "ErrorTopic": ERROR}}
    request(sent)


def test_the_argument_of_boto3_is_what_the_api_takes():
    text = re.search(r"`create_endpoint_config\(AsyncInferenceConfig=(\{.*?\})\)`", PAGE)[1]
    config = ast.literal_eval(text)
    request(config["OutputConfig"])
    with pytest.raises(ParamValidationError):
        request({"NotificationConfig": {"SuccessTopics": "..."}})


def test_the_costs_are_calculated():
    """The calculation of each row gives its price, and the prices give the total."""
    rows = re.findall(r"\| ([\d,]+) × \$([\d.]+) / million \| \$([\d.]+) \|", PAGE)
    assert len(rows) == 8
    for count, price, written in rows:
        calculated = int(count.replace(",", "")) * float(price) / 1e6
        assert abs(calculated - float(written)) < 0.0051, (count, price, written)
    total = float(re.search(r"\| \*\*total\*\* \| \| \*\*\$([\d.]+)\*\* \|", PAGE)[1])
    assert abs(sum(float(written) for _, _, written in rows) - total) < 0.005
