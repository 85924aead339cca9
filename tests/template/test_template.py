"""The template is sound for every set of parameters that the guide describes."""

import json

import pytest

import checks
import stack as stacks
from checks_settings import unexplained_wildcards
from iam_policies import run_linters
from linters import checkov_results, run_cfn_lint, run_checkov
from stack import PARAMETER_SETS, ROOT, Stack


@pytest.fixture(scope="module", autouse=True)
def linters_ran():
    """One run of each linter for all sets of parameters."""
    made = [Stack(stacks.read(), parameters) for parameters in PARAMETER_SETS.values()]
    run_checkov(made)
    run_cfn_lint(made)
    run_linters(made)


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


ROUTES = ROOT / "tests" / "template" / "routes"

# The sets that render routes, and not only where they stand.
RENDERED = [name for name, parameters in PARAMETER_SETS.items() if parameters.get("Routing") != "Stored"]


@pytest.mark.parametrize("name", RENDERED)
def test_routes_are_those_that_the_code_reads(name):
    """tests/template_routes.rs reads the same files with the function's own reader."""
    stack = Stack(stacks.read(), PARAMETER_SETS[name])
    assert stack.environment["SCALER_ROUTES"] == (ROUTES / f"{name}.json").read_text().rstrip("\n")


def test_every_file_of_routes_is_rendered():
    assert sorted(file.stem for file in ROUTES.iterdir()) == sorted(RENDERED)


ONE = {"EndpointName": "my-endpoint", "MaxCapacity": "1"}
ROLE = "arn:aws:iam::123456789012:role/inference"

# What is refused: the parameters, and a part of what is said about them.
REFUSED = {
    "one endpoint without its name": ({"MaxCapacity": "1"}, "Routing=Name needs EndpointName"),
    "registering a variant without a maximum": (
        {"EndpointName": "my-endpoint"},
        "needs MaxCapacity. Set it to at least the present number of instances",
    ),
    "observing while the policy scales in to zero": (
        {**ONE, "ScalerMode": "observe"},
        "ScalerMode=observe needs ScalableTarget=Existing",
    ),
    "registering a variant without its name": ({**ONE, "VariantName": ""}, "needs VariantName"),
    "a new bucket without a name": ({**ONE, "UploadTrigger": "Notification"}, "needs InputBucket"),
    "further routes without permission": (
        {**ONE, "ExtraRoutes": '[{"endpoint":"b"}]'},
        "ExtraRoutes needs ExtraEndpointArns or EndpointTag",
    ),
    "further buckets that notify": (
        {**ONE, "UploadTrigger": "Notification", "InputBucket": "a-bucket", "ExtraBuckets": "b-bucket"},
        "needs UploadTrigger=EventBridge",
    ),
    "further buckets and any bucket": ({**ONE, "ExtraBuckets": "b-bucket"}, "ExtraBuckets needs InputBucket"),
    "many endpoints and a name": ({**stacks.SDK_KEYS, **ONE}, "EndpointName is for Routing=Name"),
    "SDK keys and a target to register": (
        {**stacks.SDK_KEYS, "ScalableTarget": "Register", "MaxCapacity": "1"},
        "need ScalableTarget=Existing",
    ),
    "SDK keys of any bucket": ({**stacks.SDK_KEYS, "InputBucket": ""}, "Routing=SageMakerSdk needs InputBucket"),
    "SDK keys and a prefix": ({**stacks.SDK_KEYS, "InputPrefix": "in/"}, "Leave InputPrefix and InputSuffix empty"),
    "SDK keys and a suffix": ({**stacks.SDK_KEYS, "InputSuffix": ".wav"}, "Leave InputPrefix and InputSuffix empty"),
    "SDK keys without permission": ({**stacks.SDK_KEYS, "EndpointTag": ""}, "EndpointTag or ExtraEndpointArns"),
    "a prefix of SDK keys for a pattern": (
        {**stacks.PATTERN, "SdkKeyPrefix": "team-a"},
        "SdkKeyPrefix is for Routing=SageMakerSdk",
    ),
    "a pattern that is not given": ({**stacks.PATTERN, "EndpointPattern": ""}, "needs EndpointPattern"),
    "a pattern and a target to register": (
        {**stacks.PATTERN, "ScalableTarget": "Register", "MaxCapacity": "1"},
        "need ScalableTarget=Existing",
    ),
    "a pattern beside a name": ({**ONE, "EndpointPattern": "my-*"}, "EndpointPattern is for Routing=Pattern"),
    "all endpoints of one name": ({**ONE, "InputsGoTo": "all"}, "InputsGoTo is for Routing=Pattern"),
    "stored routes in no place": ({**stacks.STORED_PARAMETER, "RoutesParameter": ""}, "needs either"),
    "stored routes in two places": (
        {**stacks.STORED_PARAMETER, "RoutesObject": "my-settings/routes.json"},
        "needs either",
    ),
    "stored routes and a target to register": (
        {**stacks.STORED_OBJECT, "ScalableTarget": "Register", "MaxCapacity": "1"},
        "need ScalableTarget=Existing",
    ),
    "stored routes and further ones": (
        {**stacks.STORED_PARAMETER, "ExtraRoutes": '[{"endpoint":"b"}]'},
        "into the stored routes",
    ),
    "stored routes and a prefix": (
        {**stacks.STORED_PARAMETER, "InputPrefix": "in/"},
        "into the stored routes",
    ),
    "stored routes and a suffix": (
        {**stacks.STORED_PARAMETER, "InputSuffix": ".wav"},
        "into the stored routes",
    ),
    "stored routes and inputs per instance": (
        {**stacks.STORED_PARAMETER, "InputsPerInstance": "5"},
        "into the stored routes",
    ),
    "stored routes without permission": (
        {**stacks.STORED_PARAMETER, "ExtraEndpointArns": ""},
        "EndpointTag or ExtraEndpointArns",
    ),
    "a place of stored routes for one endpoint": (
        {**ONE, "RoutesParameter": "/routes"},
        "are for Routing=Stored",
    ),
    "an object of stored routes for SDK keys": (
        {**stacks.SDK_KEYS, "RoutesObject": "my-settings/routes.json"},
        "are for Routing=Stored",
    ),
    "results without uploads": ({**ONE, "ResultsRoleArns": ROLE}, "ResultsRoleArns needs InputBucket"),
    "results of endpoints that no upload names": (
        {**stacks.PATTERN, "ResultsRoleArns": ROLE},
        "ResultsRoleArns is not for Routing=Pattern",
    ),
    "a VPC without security groups": (
        {**ONE, "SubnetIds": "subnet-0a1b"},
        "needs SubnetIds and SecurityGroupIds",
    ),
    "security groups without a VPC": (
        {**ONE, "SecurityGroupIds": "sg-0a1b"},
        "needs SubnetIds and SecurityGroupIds",
    ),
    "a queue before nothing": ({**ONE, "BufferUploads": "Yes"}, "BufferUploads=Yes needs InputBucket"),
    "a queue and too few invocations": (
        {**stacks.BUFFERED_EXISTING_BUCKET, "ReservedConcurrency": "2"},
        "ReservedConcurrency of at least 3",
    ),
}


@pytest.mark.parametrize(("parameters", "words"), REFUSED.values(), ids=REFUSED)
def test_rules_refuse(parameters, words):
    said, = Stack(stacks.read(), parameters).refused_by()
    assert words in said


def test_every_rule_refuses_something():
    """With one assertion taken away, something in the list above passes."""
    refused = [Stack(stacks.read(), given) for given, _ in REFUSED.values()]
    for name, rule in stacks.read()["Rules"].items():
        for number in range(len(rule["Assertions"])):
            passed = [stack for stack in refused if not refused_without(stack, name, number)]
            assert passed, f"{name}, assertion {number}"


def refused_without(stack, name, number):
    """What the rules say against the parameters, without one assertion."""
    assertions = stack.template["Rules"][name]["Assertions"]
    taken = assertions.pop(number)
    try:
        return stack.refused_by()
    finally:
        assertions.insert(number, taken)


@pytest.mark.parametrize(
    "parameters",
    [
        {**stacks.BUFFERED_EXISTING_BUCKET, "ReservedConcurrency": "3"},
        {**stacks.BUFFERED_EXISTING_BUCKET, "ReservedConcurrency": ""},
        {**stacks.SDK_KEYS, "EndpointTag": "", "ExtraEndpointArns": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/*"},
        {**stacks.PATTERN, "EndpointTag": "", "ExtraRoutes": ""},
    ],
    ids=["a queue and enough invocations", "a queue and no reservation", "SDK keys by ARN", "a pattern alone"],
)
def test_rules_accept(parameters):
    assert Stack(stacks.read(), parameters).refused_by() == []


WRONG = {
    "endpoint that is a pattern": {"EndpointName": "my-*"},
    "pattern without a wildcard": {"EndpointPattern": "whisper"},
    "pattern that is too long": {"EndpointPattern": 63 * "a" + "*"},
    "parameter without a slash": {"RoutesParameter": "routes"},
    "parameter with a slash at its end": {"RoutesParameter": "/routes/"},
    "parameter as an address": {"RoutesParameter": "ssm:/routes"},
    "object as an address": {"RoutesObject": "s3://my-settings/routes.json"},
    "object without a key": {"RoutesObject": "my-settings/"},
    "object with a wildcard": {"RoutesObject": "my-settings/*"},
    "tag with a wildcard": {"EndpointTag": "team-*"},
    "tag with a variable": {"EndpointTag": "${aws:username}"},
    "no inputs per instance": {"InputsPerInstance": "0"},
    "a queue, perhaps": {"BufferUploads": "true"},
    "endpoint with an underscore": {"EndpointName": "my_endpoint"},
    "endpoint with a hyphen at its end": {"EndpointName": "my-endpoint-"},
    "bucket as an address": {"InputBucket": "s3://my-inputs"},
    "prefix with a wildcard": {"InputPrefix": "in/*"},
    "SDK prefix that begins with a slash": {"SdkKeyPrefix": "/team-a"},
    "SDK prefix with an empty folder": {"SdkKeyPrefix": "team-a//models"},
    "SDK prefix with a wildcard": {"SdkKeyPrefix": "team-*/"},
    "prefix with a quote": {"InputPrefix": 'in/"'},
    "idle for no time": {"IdleMinutes": "0"},
    "idle for more than a day": {"IdleMinutes": "1441"},
    "jobs of no time": {"JobMinutes": "0"},
    "jobs of more than an hour": {"JobMinutes": "61"},
    "wake to nothing": {"WakeCapacity": "0"},
    "at most nothing": {"MaxCapacity": "0"},
    "routes that are no array": {"ExtraRoutes": '{"endpoint":"b"}'},
    "routes in two arrays": {"ExtraRoutes": '[{"endpoint":"b"}],[{"endpoint":"c"}]'},
    "endpoint by its name where an ARN is wanted": {"ExtraEndpointArns": "second"},
    "no concurrency at all": {"ReservedConcurrency": "0"},
    "a role by its name": {"ResultsRoleArns": "inference"},
    "a user in place of a role": {"ResultsRoleArns": "arn:aws:iam::123456789012:user/inference"},
    "every role": {"ResultsRoleArns": "arn:aws:iam::123456789012:role/*"},
    "results that are older than a day": {"ResultsIdleMinutes": "1441"},
    "results that do not exist yet": {"ResultsIdleMinutes": "-1"},
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
    assert grouped == list(template["Parameters"]) == list(interface["ParameterLabels"])
    for name, declaration in template["Parameters"].items():
        bounds = {"AllowedPattern", "AllowedValues", "MinValue"} & set(declaration)
        assert declaration["Description"] and bounds, name
        # Which ones are needed depends on Routing: the Rules say so.
        assert "Default" in declaration, name


def test_version_is_the_crates():
    cargo = (ROOT / "Cargo.toml").read_text()
    application = stacks.read()["Metadata"]["AWS::ServerlessRepo::Application"]
    assert f'\nversion = "{application["SemanticVersion"]}"\n' in cargo
    assert (ROOT / application["LicenseUrl"]).is_file()
