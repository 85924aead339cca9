"""samconfig.toml: `sam deploy --config-env NAME` deploys each environment, and asks nothing."""

import tomllib

import pytest

from servers import ROOT

ENVIRONMENTS = tomllib.loads((ROOT / "samconfig.toml").read_text())
NAMES = [name for name, settings in ENVIRONMENTS.items() if name not in ("version", "default")]
# The wrapper in bin answers the SAM CLI's questions. Here is the SAM CLI itself, and nobody who could answer.
DEPLOY = '"$SAM_CLI" deploy --config-file "$SAM_CONFIG" --template-file "$RELEASE_TEMPLATE" --config-env '


def test_the_documented_environments():
    assert NAMES == ["one-endpoint", "sdk", "fleet", "observe"]


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_nothing(account, name):
    wanted = dict(each.split("=", 1) for each in ENVIRONMENTS[name]["deploy"]["parameters"]["parameter_overrides"])
    account.make_buckets(wanted["InputBucket"])
    if wanted.get("ScalableTarget") != "Existing":
        account.deregister(wanted["EndpointName"])
    output = account.run(DEPLOY + name)
    assert "[y/N]" not in output, output
    stack, = account.client("cloudformation").describe_stacks(StackName="reactive-scaler")["Stacks"]
    deployed = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    assert wanted.items() <= deployed.items()
    assert "No changes to deploy" in account.run(DEPLOY + name)


def test_the_default_environment_asks(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    parameters = "--parameter-overrides EndpointName=my-endpoint MaxCapacity=1 InputBucket=my-inputs"
    code, output = account.attempt(f"{DEPLOY} default {parameters}")
    assert code == 1 and "[y/N]" in output, output
