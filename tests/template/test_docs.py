"""The guides name what the template has, and their examples work."""

import json
import re
import tomllib

import pytest
from samcli.cli.types import CfnParameterOverridesType

import checks
import stack as stacks
from checks_settings import contract
from stack import ROOT, Stack

DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
TROUBLESHOOTING = (ROOT / "docs" / "troubleshooting.md").read_text()


def overrides(text):
    """What the SAM CLI makes of a --parameter-overrides text."""
    return CfnParameterOverridesType().convert((text.replace("\n", " ").strip(),), None, None)


def examples():
    """Every example of parameters in the guide."""
    yield from re.findall(r'--parameter-overrides \\\n\s+"([^"]+)"', DEPLOY)
    for block in re.findall(r"```toml\n(.*?)```", DEPLOY, re.S):
        yield tomllib.loads(block)["default"]["deploy"]["parameters"]["parameter_overrides"]


def test_there_are_examples():
    assert len(list(examples())) == 3


@pytest.mark.parametrize("text", list(examples()), ids=["existing bucket", "new bucket", "several endpoints"])
@pytest.mark.parametrize("check", checks.OWN)
def test_examples_pass(text, check):
    assert checks.OWN[check](Stack(stacks.read(), overrides(text))) == []


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
def test_tables_are_complete(section):
    table = DEPLOY.split(f"\n## {section}\n")[1].split("\n## ")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(stacks.read()[section])


def test_defaults_are_those_of_the_template():
    for name, default in re.findall(r"^\| `(\w+)` \| `?([\w.]+)`? \|", DEPLOY, re.M):
        value = stacks.read()["Parameters"].get(name, {}).get("Default", "")
        assert default == str(value) or (default == "none" and value == ""), name


def test_reasons_exist():
    known = {reason["name"] for reason in contract()["reasons"]}
    tables = re.findall(r"^\s*\| (`[a-z_`, ]+`) \|", TROUBLESHOOTING, re.M)
    named = {name for row in tables for name in re.findall(r"`([a-z_]+)`", row)}
    assert len(named) > 10
    assert named <= known


def test_links_lead_somewhere():
    anchors = {
        "deploy.md": headings(DEPLOY),
        "troubleshooting.md": headings(TROUBLESHOOTING),
    }
    for page, text in (("deploy.md", DEPLOY), ("troubleshooting.md", TROUBLESHOOTING)):
        for target, anchor in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", text):
            assert anchor in anchors[target or page], f"{page}: {target}#{anchor}"


def headings(text):
    """The anchors of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_commands_are_json():
    payloads = re.findall(r"'(\{[^']*\})'", DEPLOY + TROUBLESHOOTING)
    assert payloads
    for payload in payloads:
        json.loads(payload)


def test_number_of_our_metrics_is_the_codes():
    assert f"| {len(contract()['metrics']['names'])} names × 1 endpoint" in DEPLOY
