"""The release's files: a zip that Lambda can start, and a template that differs where it must."""

import copy
import hashlib
import json
import sys
import zipfile

import pytest

import checks
import linters
import stack as stacks
from stack import EXISTING_BUCKET, ROOT, Stack, function_of

sys.path.insert(0, str(ROOT / "scripts"))
import package_release  # noqa: E402

# The header of an ELF file for x86_64, and something to compress.
PROGRAM = b"\x7fELF" + bytes(14) + b"\x3e\x00" + bytes(1000)


@pytest.fixture
def release(tmp_path):
    program = tmp_path / "bootstrap"
    program.write_bytes(PROGRAM)
    return package_release.package(program, "x86_64", tmp_path / "release")


def test_zip_holds_the_program(release):
    with zipfile.ZipFile(release[0]) as archive:
        entry, = archive.infolist()
        assert entry.filename == "bootstrap"
        assert entry.external_attr >> 16 == 0o100755
        assert archive.read(entry) == PROGRAM


def test_zip_is_reproducible(release, tmp_path):
    again = tmp_path / "again.zip"
    package_release.write_zip(again, PROGRAM)
    assert again.read_bytes() == release[0].read_bytes()


def test_checksums_are_right(release):
    for line in release[3].read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((release[3].parent / name).read_bytes()).hexdigest() == digest


def test_variant_differs_where_it_must(release):
    original, variant = stacks.read(), stacks.read(release[1])
    expected = copy.deepcopy(original)
    function = function_of(expected)
    function["Properties"]["CodeUri"] = release[0].name
    del function["Metadata"]["BuildMethod"], function["Metadata"]["BuildProperties"]
    expected["Parameters"]["Architecture"].update(Default="x86_64", AllowedValues=["x86_64"])
    for name in ("LicenseUrl", "ReadmeUrl"):
        del expected["Metadata"]["AWS::ServerlessRepo::Application"][name]
    assert variant == expected


@pytest.mark.parametrize("check", ["sam_validate", "cfn_lint", "references", "event_sources"])
def test_variant_passes(release, check):
    assert checks.ALL[check](Stack(stacks.read(release[1]), EXISTING_BUCKET)) == []


def test_plain_form_has_the_same_resources(release):
    """The transform creates permissions and rules of the function's events. All else is as in the template."""
    sam, plain = stacks.read(release[1]), json.loads(release[2].read_text())
    assert "Transform" not in plain and "Serverless" not in release[2].read_text()
    types = {name: resource["Type"] for name, resource in plain["Resources"].items()}
    made = {
        "ScalerFunctionEventInvokeConfig": "AWS::Lambda::EventInvokeConfig",
        "ScalerFunctionSignals": "AWS::SNS::Subscription",
        "ScalerFunctionSignalsPermission": "AWS::Lambda::Permission",
        "ScalerFunctionEndpointStateChange": "AWS::Events::Rule",
        "ScalerFunctionEndpointStateChangePermission": "AWS::Lambda::Permission",
    }
    of_sam = {name: resource["Type"] for name, resource in sam["Resources"].items()}
    assert types == {**of_sam, "ScalerFunction": "AWS::Lambda::Function", **made}
    unchanged = set(of_sam) - {"ScalerFunction"}
    for name in unchanged:
        assert plain["Resources"][name] == json.loads(json.dumps(sam["Resources"][name])), name
    assert set(plain["Parameters"]) - set(sam["Parameters"]) == {"CodeBucket", "CodeKey"}
    assert plain["Outputs"] == json.loads(json.dumps(sam["Outputs"]))


def test_plain_form_passes_cfn_lint(release):
    code, output = linters.run([linters.BIN / "cfn-lint", release[2]], release[2].parent)
    assert code == 0, output


def test_a_program_for_another_machine_is_refused(tmp_path):
    program = tmp_path / "bootstrap"
    program.write_bytes(PROGRAM)
    with pytest.raises(SystemExit, match="arm64"):
        package_release.package(program, "arm64", tmp_path)


def test_a_template_that_has_changed_its_words_is_refused():
    with pytest.raises(SystemExit, match="0 times"):
        package_release.variant("Resources: {}\n", "a.zip", "arm64")
