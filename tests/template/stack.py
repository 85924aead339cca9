"""The template as a stack: translated by SAM's own translator, for one set of parameters."""

import copy
import os
from functools import cache, cached_property
from pathlib import Path

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from intrinsics import Resolver

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"

EXISTING_BUCKET = {
    "EndpointName": "my-endpoint",
    "InputBucket": "my-inputs",
    "InputPrefix": "async/in/",
    "InputSuffix": ".json",
    "MaxCapacity": "2",
    "AlarmEmail": "team@example.com",
    "ReservedConcurrency": "5",
}

NEW_BUCKET_SEVERAL_ENDPOINTS = {
    "EndpointName": "my-endpoint",
    "UploadTrigger": "Notification",
    "InputBucket": "my-inputs",
    "InputPrefix": "async/in/",
    "IdleMinutes": "15",
    "MaxCapacity": "4",
    "WakeCapacity": "2",
    "ExtraRoutes": (
        '[ {"endpoint":"second","bucket":"my-inputs","prefix":"second/in/"},'
        '{"endpoint":"third","variant":"blue","bucket":"my-inputs","suffix":".wav","wake_to":3}]'
    ),
    "ExtraEndpointArns": (
        "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/second,"
        "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/third"
    ),
}

EXISTING_BUCKETS_SEVERAL_ENDPOINTS = {
    **NEW_BUCKET_SEVERAL_ENDPOINTS,
    "UploadTrigger": "EventBridge",
    "ExtraBuckets": "second-inputs, third-inputs",
}

SUFFIX_ONLY = {
    "EndpointName": "my-endpoint",
    "MaxCapacity": "1",
    "InputBucket": "my-inputs",
    "InputSuffix": ".json",
    "InvocationEvents": "Yes",
}

ALARM_ONLY = {
    "EndpointName": "my-endpoint", "VariantName": "", "ScalableTarget": "Existing", "ScalerMode": "observe",
}

SDK_KEYS = {
    "Routing": "SageMakerSdk",
    "ScalableTarget": "Existing",
    "InputBucket": "sagemaker-eu-west-1-123456789012",
    "EndpointTag": "yes",
    "IdleMinutes": "15",
    "JobMinutes": "60",
}

SDK_KEYS_WITH_PREFIX = {**SDK_KEYS, "SdkKeyPrefix": "team-a/models"}

PATTERN = {
    "Routing": "Pattern",
    "EndpointPattern": "whisper-*",
    "InputsGoTo": "all",
    "ScalableTarget": "Existing",
    "InputBucket": "my-inputs",
    "InputPrefix": "async/in/",
    "InputsPerInstance": "20",
    "ExtraRoutes": '[{"endpoint":"{endpoint}","bucket":"team-inputs","prefix":"in/{endpoint}/"}]',
    "ExtraBuckets": "team-inputs",
    "EndpointTag": "team a",
    "InvocationEvents": "Yes",
}

STORED_PARAMETER = {
    "Routing": "Stored",
    "RoutesParameter": "/reactive-scaler/routes",
    "ScalableTarget": "Existing",
    "InputBucket": "my-inputs",
    "ExtraBuckets": "second-inputs,third-inputs",
    "ExtraEndpointArns": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/team-*",
}

STORED_OBJECT = {
    "Routing": "Stored",
    "RoutesObject": "my-settings/reactive-scaler/routes.json",
    "ScalableTarget": "Existing",
    "UploadTrigger": "Notification",
    "InputBucket": "my-inputs",
    "EndpointTag": "yes",
}

TAG_ACCESS = {
    "EndpointName": "my-endpoint",
    "MaxCapacity": "1",
    "ExtraRoutes": '[{"endpoint":"second","inputs_per_instance":5}]',
    "EndpointTag": "yes",
}

BUFFERED_EXISTING_BUCKET = {
    **EXISTING_BUCKET, "BufferUploads": "Yes", "BufferSeconds": "60", "InputsPerInstance": "10", "InvocationEvents": "Yes",
}

BUFFERED_NEW_BUCKET = {
    "Routing": "SageMakerSdk",
    "ScalableTarget": "Existing",
    "UploadTrigger": "Notification",
    "InputBucket": "my-inputs",
    "SdkKeyPrefix": "team-a/",
    "BufferUploads": "Yes",
    "ExtraEndpointArns": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/second",
}

RESULTS = {**EXISTING_BUCKET, "ResultsRoleArns": "arn:aws:iam::123456789012:role/service-role/inference"}

RESULTS_SDK_KEYS = {
    **SDK_KEYS,
    "ResultsRoleArns": "arn:aws:iam::123456789012:role/team-a, arn:aws:iam::123456789012:role/team-b",
    "ResultsIdleMinutes": "5",
}

RESULTS_STORED = {**STORED_PARAMETER, "ResultsRoleArns": "arn:aws:iam::123456789012:role/inference"}

ORGANIZATION = {
    **BUFFERED_NEW_BUCKET,
    "ResultsRoleArns": "arn:aws:iam::123456789012:role/inference",
    "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    "SubnetIds": "subnet-0a1b,subnet-2c3d",
    "SecurityGroupIds": "sg-0a1b",
    "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
}

PARAMETER_SETS = {
    "existing-bucket": EXISTING_BUCKET,
    "new-bucket-several-endpoints": NEW_BUCKET_SEVERAL_ENDPOINTS,
    "existing-buckets-several-endpoints": EXISTING_BUCKETS_SEVERAL_ENDPOINTS,
    "suffix-only": SUFFIX_ONLY,
    "alarm-only": ALARM_ONLY,
    "sdk-keys": SDK_KEYS,
    "sdk-keys-with-prefix": SDK_KEYS_WITH_PREFIX,
    "pattern": PATTERN,
    "stored-parameter": STORED_PARAMETER,
    "stored-object": STORED_OBJECT,
    "tag-access": TAG_ACCESS,
    "buffered-existing-bucket": BUFFERED_EXISTING_BUCKET,
    "buffered-new-bucket": BUFFERED_NEW_BUCKET,
    "results": RESULTS,
    "results-sdk-keys": RESULTS_SDK_KEYS,
    "results-stored": RESULTS_STORED,
    "organization": ORGANIZATION,
}

# Stands for the artifact that `sam package` would upload.
UPLOADED = {"Bucket": "uploaded-artifacts", "Key": "reactive-scaler.zip"}


@cache
def parsed(path):
    """A template, read once: to parse it takes longer than most checks."""
    return yaml_parse(Path(path).read_text())


def read(path=TEMPLATE):
    """The template as it is written, with its short forms made long. The caller may change it."""
    return copy.deepcopy(parsed(path))


def function_of(sam_template):
    """The function's resource in a SAM template."""
    return sam_template["Resources"]["ScalerFunction"]


class Stack:
    """What the template makes of one set of parameters."""

    def __init__(self, sam_template, parameters):
        self.sam_template = sam_template
        self.parameters = parameters

    @cached_property
    def template(self):
        """Plain CloudFormation. The map of managed policies is empty: no network is needed, and a
        managed policy that slips in is an error."""
        os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
        source = copy.deepcopy(self.sam_template)
        function_of(source)["Properties"]["CodeUri"] = UPLOADED
        return Translator({}, Parser()).translate(source, dict(self.parameters))

    @cached_property
    def with_defaults(self):
        """The translated template with these parameters as its defaults: linters go by defaults."""
        template = copy.deepcopy(self.template)
        for name, value in self.parameters.items():
            template["Parameters"][name]["Default"] = value
        return template

    @cached_property
    def resolver(self):
        """Works out this stack's functions."""
        return Resolver(self.template, self.parameters)

    @cached_property
    def resources(self):
        """Every resource that is made, worked out."""
        made = {
            name: resource
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.resolver.holds(resource["Condition"])
        }
        return {name: self.resolver.value(resource) for name, resource in made.items()}

    def waits_for(self, name):
        """The resources that CloudFormation makes before this one."""
        resolver = Resolver(self.template, self.parameters)
        resource = self.template["Resources"][name]
        resolver.value(resource.get("Properties", {}))
        before = resource.get("DependsOn", [])
        return resolver.referred | set([before] if isinstance(before, str) else before)

    @property
    def routing(self):
        """How an input tells its endpoint."""
        return self.parameters.get("Routing", "Name")

    @property
    def is_buffered(self):
        """Whether uploads go through a queue."""
        return self.parameters.get("BufferUploads") == "Yes"

    @property
    def result_roles(self):
        """The roles whose endpoints publish results; none if results are not used."""
        return [each.strip() for each in self.parameters.get("ResultsRoleArns", "").split(",") if each]

    @cached_property
    def outputs(self):
        """Every output that is given, worked out."""
        return {
            name: self.resolver.value(output["Value"])
            for name, output in self.template["Outputs"].items()
            if "Condition" not in output or self.resolver.holds(output["Condition"])
        }

    def of_type(self, kind):
        """Names and properties of the resources of a type."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def refused_by(self):
        """What the Rules section says against these parameters."""
        refusals = []
        for rule in self.template.get("Rules", {}).values():
            if "RuleCondition" in rule and not self.resolver.truth(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self.resolver.truth(assertion["Assert"]):
                    refusals.append(assertion["AssertDescription"])
        return refusals

    @property
    def environment(self):
        """The function's environment variables."""
        function, = self.of_type("AWS::Lambda::Function").values()
        return function["Environment"]["Variables"]
