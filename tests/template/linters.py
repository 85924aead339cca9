"""The linters, each run as a user would run it. A check returns what the tool found."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from stack import ROOT

BIN = Path(sys.executable).parent
CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
QUIET = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "SAM_CLI_TELEMETRY": "0",
}


def run(command, folder):
    """Runs a tool; its exit code and all that it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **QUIET},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def as_text(template):
    """A template as JSON."""
    return json.dumps(template, indent=1)


def written(stacks, folder):
    """The translated templates of stacks as files in a folder: their names by their texts. Equal ones are written
    once."""
    texts = dict.fromkeys(as_text(stack.with_defaults) for stack in stacks)
    names = {text: f"{number}.json" for number, text in enumerate(texts)}
    for text, name in names.items():
        (Path(folder) / name).write_text(text)
    return names


def check_sam_validate(stack):
    """`sam validate --lint` on the template as it is written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.json"
        path.write_text(as_text(stack.sam_template))
        code, output = run([BIN / "sam", "validate", "--lint", "--template", path], folder)
    return [] if code == 0 else [output]


def check_cfn_lint(stack):
    """cfn-lint on the translated template. It counts warnings as failures too."""
    template = as_text(stack.with_defaults)
    if template not in CFN_LINT_RESULTS:
        run_cfn_lint([stack])
    return CFN_LINT_RESULTS[template]


# By the text of the template.
CFN_LINT_RESULTS = {}


def run_cfn_lint(stacks):
    """Runs cfn-lint once on several stacks, because its start takes longer than its checks."""
    with tempfile.TemporaryDirectory() as folder:
        names = written(stacks, folder)
        code, output = run([BIN / "cfn-lint", "--format", "json", "--template", *names.values()], folder)
    try:
        matches = json.loads(output)
    except json.JSONDecodeError as error:
        raise ValueError(f"cfn-lint checked nothing (exit code {code}): {output}") from error
    assert (code == 0) == (matches == []), output
    for template, name in names.items():
        found = [match for match in matches if match["Filename"] == name]
        CFN_LINT_RESULTS[template] = [f"{match['Rule']['Id']}: {match['Message']}" for match in found]


def checkov_results(stack):
    """What checkov says about the translated template: failed and skipped checks."""
    template = as_text(stack.with_defaults)
    if template not in CHECKOV_RESULTS:
        run_checkov([stack])
    return CHECKOV_RESULTS[template]


# By the text of the template.
CHECKOV_RESULTS = {}


def run_checkov(stacks):
    """Runs checkov once on several stacks, because its start takes longer than its checks."""
    with tempfile.TemporaryDirectory() as folder:
        names = written(stacks, folder)
        command = [CHECKOV, "-d", ".", "--framework", "cloudformation", "--skip-download", "-o", "json"]
        code, output = run([*command, "--compact"], folder)
    report = json.loads(output)
    if "results" not in report:
        raise ValueError(f"checkov read nothing (exit code {code}): {output}")
    results = report["results"]
    if results["parsing_errors"]:
        raise ValueError(f"checkov could not read {results['parsing_errors']}")
    for template, name in names.items():
        found = {
            kind: [
                (check["check_id"], check["resource"].split(".")[-1])
                for check in results[f"{kind}_checks"]
                if check["file_path"] == f"/{name}"
            ]
            for kind in ("passed", "failed", "skipped")
        }
        if not found["passed"]:
            raise ValueError(f"checkov checked nothing in {name}: {output}")
        CHECKOV_RESULTS[template] = found["failed"], found["skipped"]


def check_checkov(stack):
    """checkov: nothing fails but what the template explains."""
    failed, _ = checkov_results(stack)
    return [f"{check} on {resource}" for check, resource in failed]
