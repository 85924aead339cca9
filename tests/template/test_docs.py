"""The guides name what the template has, and their examples work."""

import json
import re
import tomllib
from functools import cache

import pytest
from samcli.cli.types import CfnParameterOverridesType

import checks
import stack as stacks
from checks_settings import contract
from stack import ROOT, Stack

DOCS = {page.name: page.read_text() for page in (ROOT / "docs").glob("*.md")}
DEPLOY, TROUBLESHOOTING = DOCS["deploy.md"], DOCS["troubleshooting.md"]


def overrides(text):
    """What the SAM CLI makes of a --parameter-overrides text."""
    return CfnParameterOverridesType().convert((text,), None, None)


# What the shell puts into the examples.
SHELL = {"$region": "eu-west-1", "$account": "123456789012"}


def examples():
    """Every example of parameters in the guide."""
    for text in re.findall(r'--parameter-overrides \\\n\s+"([^"]+)"', DEPLOY):
        text = text.replace("\\\n", "")
        for variable, value in SHELL.items():
            text = text.replace(variable, value)
        yield text
    for block in re.findall(r"```toml\n(.*?)```", DEPLOY, re.S):
        yield tomllib.loads(block)["default"]["deploy"]["parameters"]["parameter_overrides"]


# In the order of the guide, but for the one in samconfig.toml, which is the last.
EXAMPLES = [
    "SDK keys",
    "own bucket",
    "existing target",
    "stored routes",
    "pattern",
    "existing bucket",
    "new bucket",
    "several endpoints",
]


@pytest.mark.parametrize("text", list(examples()), ids=EXAMPLES)
@pytest.mark.parametrize("check", checks.OWN)
def test_examples_pass(text, check):
    assert checks.OWN[check](example(text)) == []


@cache
def example(text):
    """The template with the parameters of an example."""
    return Stack(stacks.read(), overrides(text))


def reference(section):
    """A section of the reference, without its heading."""
    return DOCS["reference.md"].split(f"\n## {section}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
def test_tables_are_complete(section):
    table = reference(section)
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(stacks.read()[section])
    if section == "Parameters":
        assert named == list(stacks.read()[section]), "the order of the template: the most needed first"


def test_defaults_are_those_of_the_template():
    for name, default in re.findall(r"^\| `(\w+)` \| `?([\w.]+)`? \|", reference("Parameters"), re.M):
        value = stacks.read()["Parameters"].get(name, {}).get("Default", "")
        assert default == str(value) or (default == "none" and value == ""), name


def test_reasons_exist():
    known = {reason["name"] for reason in contract()["reasons"]}
    tables = re.findall(r"^ *\| reason \|.*\n((?: *\|.*\n)+)", TROUBLESHOOTING, re.M)
    rows = re.findall(r"^ *\| (`[^|]*`) \|", "".join(tables), re.M)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert len(named) > 10
    assert named <= known


def test_commands_are_json():
    payloads = re.findall(r"'(\{[^']*\})'", DEPLOY + TROUBLESHOOTING)
    assert payloads
    for payload in payloads:
        json.loads(payload)


def test_routes_are_json():
    routes = re.findall(r"'(\[[^']*\])'", DEPLOY + (ROOT / "CONTRIBUTING.md").read_text())
    assert len(routes) > 2
    for each in routes:
        assert all(isinstance(route, dict) for route in json.loads(each))


def test_wait_and_attempts_are_those_of_the_queue():
    queue = stacks.read()["Resources"]["UploadBuffer"]["Properties"]
    section = " ".join(DEPLOY.split("\n## Buffered uploads\n")[1].split("\n## ")[0].split())
    assert f"after {queue['VisibilityTimeout']} s" in section
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 10 and "ten times at most" in section
    assert queue["MessageRetentionPeriod"] == 4 * 86400 and "for four days" in section
    alarm = stacks.read()["Resources"]["BufferAgeAlarm"]["Properties"]
    assert f"older than {alarm['Threshold']} s" in section


def test_number_of_our_metrics_is_the_codes():
    assert f"| {len(contract()['metrics']['names'])} names × 1 endpoint" in DOCS["cost.md"]


def test_number_of_buckets_is_that_of_the_longest_pattern():
    documented = int(re.search(r"enough for (\d+) buckets with names of 63 characters", " ".join(DEPLOY.split()))[1])
    problems = {}
    for count in (documented, documented + 1):
        further = ",".join(f"{number:02}".rjust(63, "b") for number in range(count - 1))
        stack = Stack(stacks.read(), {**stacks.STORED_PARAMETER, "InputBucket": "a" * 63, "ExtraBuckets": further})
        problems[count] = checks.OWN["upload_filter"](stack)
    assert problems[documented] == []
    assert problems[documented + 1] == ["the pattern of the upload rule is too long"]
