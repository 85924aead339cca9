"""examples/cdk: what the CDK makes of a release is what the release's template says."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CDK = ROOT / "examples" / "cdk"
RELEASE, = sorted((ROOT / "target" / "package").glob("reactive-scaler-*-x86_64.zip"))
PLAIN = json.loads(RELEASE.with_suffix(".cloudformation.json").read_text())

# The example gives these their values: the zip file is an asset.
OF_THE_ASSET = {"CodeBucket", "CodeKey"}


def synthesize(example, release, folder):
    """Runs `cdk synth` as the example's README says. Returns the exit code, the output, and the template."""
    tools = [ROOT / ".venv-cdk" / "bin", CDK / "typescript" / "node_modules" / ".bin"]
    path = os.pathsep.join([*map(str, tools), os.environ["PATH"]])
    done = subprocess.run(
        ["cdk", "synth", "--quiet", "--path-metadata", "false", "--asset-metadata", "false", "--output", folder], cwd=CDK / example, text=True, timeout=300,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "PATH": path, "RELEASE": str(release), "CDK_DISABLE_CLI_TELEMETRY": "true"},
    )
    template = folder / "reactive-scaler.template.json"
    return done.returncode, done.stdout, json.loads(template.read_text()) if template.exists() else None


def with_lists(resources):
    """DependsOn as a sorted list: the template has one name or its own order, and the CDK sorts a list."""
    listed = {}
    for name, resource in resources.items():
        before = resource.get("DependsOn", [])
        listed[name] = {**resource, "DependsOn": [before] if isinstance(before, str) else sorted(before)}
    return listed


@pytest.fixture(scope="module", params=["typescript", "python"])
def synthesized(request, tmp_path_factory):
    code, output, template = synthesize(request.param, RELEASE.with_suffix(""), tmp_path_factory.mktemp("cdk"))
    assert code == 0, output[-4000:]
    return template


def test_the_resources_are_those_of_the_release(synthesized):
    found = with_lists(synthesized["Resources"])
    # The CDK adds it in Regions that know it. It says which versions of the CDK are used.
    found.pop("CDKMetadata", None)
    function = found.pop("ScalerFunction")
    wanted = with_lists(PLAIN["Resources"])
    wanted_function = wanted.pop("ScalerFunction")
    assert found == wanted
    for each in (function, wanted_function):
        each["Properties"] = {**each["Properties"], "Code": None}
    assert function == wanted_function


def test_the_parameters_are_those_of_the_release(synthesized):
    # The CDK checks with it that the account is bootstrapped.
    found = set(synthesized["Parameters"]) - {"BootstrapVersion"}
    assert found == set(PLAIN["Parameters"]) - OF_THE_ASSET
    assert synthesized["Outputs"] == PLAIN["Outputs"]


def test_cdk_nag_fails_the_synthesis(tmp_path):
    """A queue that accepts requests without TLS is a finding, and the exit code says so."""
    broken = json.loads(json.dumps(PLAIN))
    policy = broken["Resources"]["DeadLettersPolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "TlsOnly"]
    release = tmp_path / "release"
    release.with_suffix(".zip").write_bytes(RELEASE.read_bytes())
    release.with_suffix(".cloudformation.json").write_text(json.dumps(broken))
    code, output, _ = synthesize("typescript", release, tmp_path / "out")
    assert code != 0 and "AwsSolutions-SQS4" in output, output[-4000:]
