"""The template is sound for every set of parameters that the guide describes."""

import json

import pytest

import checks
import stack as stacks
from checks_settings import unexplained_wildcards
from linters import checkov_results
from stack import PARAMETER_SETS, ROOT, Stack


@pytest.fixture(scope="module", params=PARAMETER_SETS)
def named_stack(request):
    """The template with one set of parameters."""
    return request.param, Stack(stacks.read(), PARAMETER_SETS[request.param])


@pytest.mark.parametrize("check", [name for name in checks.ALL if name != "sam_validate"])
def test_passes(named_stack, check):
    _, stack = named_stack
    assert checks.ALL[check](stack) == []


def test_passes_sam_validate():
    """It looks at the template as it is written, whatever the parameters."""
    assert checks.ALL["sam_validate"](Stack(stacks.read(), stacks.EXISTING_BUCKET)) == []


def test_wildcards_are_explained():
    assert unexplained_wildcards(stacks.TEMPLATE.read_text()) == []


def test_suppressions_are_needed_and_explained():
    explained, used = set(), set()
    for name, resource in stacks.read()["Resources"].items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skip["comment"]) > 20, f"{name}: {skip['id']} is not explained"
            explained.add((skip["id"], name))
    for parameters in PARAMETER_SETS.values():
        _, skipped = checkov_results(Stack(stacks.read(), parameters))
        used.update(skipped)
    assert explained == used


def test_routes_are_those_that_the_code_reads(named_stack):
    """tests/template_routes.rs reads the same files with the function's own reader."""
    name, stack = named_stack
    file = ROOT / "tests" / "template" / "routes" / f"{name}.json"
    assert stack.environment["SCALER_ROUTES"] == file.read_text().rstrip("\n")


REFUSED = {
    "registering a variant without its name": {"VariantName": ""},
    "a new bucket without a name": {"UploadTrigger": "Notification"},
    "further routes without permission": {"ExtraRoutes": '[{"endpoint":"b"}]'},
    "further buckets that notify": {
        "UploadTrigger": "Notification",
        "InputBucket": "a-bucket",
        "ExtraBuckets": "b-bucket",
    },
    "further buckets and any bucket": {"ExtraBuckets": "b-bucket"},
}


@pytest.mark.parametrize("parameters", REFUSED.values(), ids=REFUSED)
def test_rules_refuse(parameters):
    stack = Stack(stacks.read(), {"EndpointName": "my-endpoint", **parameters})
    assert len(stack.refused_by()) == 1


WRONG = {
    "endpoint with an underscore": {"EndpointName": "my_endpoint"},
    "endpoint with a hyphen at its end": {"EndpointName": "my-endpoint-"},
    "bucket as an address": {"InputBucket": "s3://my-inputs"},
    "prefix with a wildcard": {"InputPrefix": "in/*"},
    "prefix with a quote": {"InputPrefix": 'in/"'},
    "idle for no time": {"IdleMinutes": "0"},
    "idle for more than a day": {"IdleMinutes": "1441"},
    "wake to nothing": {"WakeCapacity": "0"},
    "at most nothing": {"MaxCapacity": "0"},
    "routes that are no array": {"ExtraRoutes": '{"endpoint":"b"}'},
    "routes in two arrays": {"ExtraRoutes": '[{"endpoint":"b"}],[{"endpoint":"c"}]'},
    "endpoint by its name where an ARN is wanted": {"ExtraEndpointArns": "second"},
    "no concurrency at all": {"ReservedConcurrency": "0"},
    "e-mail without a domain": {"AlarmEmail": "team"},
}


@pytest.mark.parametrize("parameters", WRONG.values(), ids=WRONG)
def test_patterns_refuse(parameters):
    stack = Stack(stacks.read(), {"EndpointName": "my-endpoint", **parameters})
    with pytest.raises(ValueError):
        _ = stack.resolver


def test_parameters_are_grouped_and_explained():
    template = stacks.read()
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"])
    assert sorted(interface["ParameterLabels"]) == sorted(template["Parameters"])
    for name, declaration in template["Parameters"].items():
        bounds = {"AllowedPattern", "AllowedValues", "MinValue"} & set(declaration)
        assert declaration["Description"] and bounds, name
        assert "Default" in declaration or name == "EndpointName", name


def test_version_is_the_crates():
    cargo = (ROOT / "Cargo.toml").read_text()
    application = stacks.read()["Metadata"]["AWS::ServerlessRepo::Application"]
    assert f'\nversion = "{application["SemanticVersion"]}"\n' in cargo
    assert (ROOT / application["LicenseUrl"]).is_file()
