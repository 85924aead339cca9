"""The examples for Terraform have the format of `terraform fmt`.

`@cdktf/hcl-tools` is HashiCorp's formatter for HCL, which `terraform fmt` uses, compiled to WebAssembly. Terraform itself comes
from no package registry. The release workflow runs `terraform fmt -check` and `terraform validate`.
"""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".npm-hcl" / "node_modules" / "@cdktf" / "hcl-tools"
FILES = sorted((ROOT / "examples" / "terraform").glob("*.tf"))
FORMAT = f"""
const {{ format }} = require({str(TOOLS)!r});
format(require("fs").readFileSync(0, "utf8")).then((text) => {{ process.stdout.write(text); process.exit(0); }});
"""


def formatted(text):
    return subprocess.run(["node", "-e", FORMAT], input=text, capture_output=True, text=True, check=True).stdout


def test_there_is_an_example():
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_example_has_the_format_of_terraform_fmt(file):
    assert formatted(file.read_text()) == file.read_text()


def test_another_format_is_noticed():
    text = 'resource "a" "b" {\nfirst = 1\n  second_one = 2\n}\n'
    assert formatted(text) == 'resource "a" "b" {\n  first      = 1\n  second_one = 2\n}\n'
