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
        timeout=300,
    )
    return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def as_text(template):
    """A template as JSON."""
    return json.dumps(template, indent=1)


def written(template, folder):
    """The path of a template, written as JSON."""
    path = Path(folder) / "template.json"
    path.write_text(template if isinstance(template, str) else as_text(template))
    return path


def check_sam_validate(stack):
    """`sam validate --lint` on the template as it is written."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(stack.sam_template, folder)
        code, output = run([BIN / "sam", "validate", "--lint", "--template", path], folder)
    return [] if code == 0 else [output]


def check_cfn_lint(stack):
    """cfn-lint on the translated template. It counts warnings as failures too."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(stack.with_defaults, folder)
        code, output = run([BIN / "cfn-lint", "--template", path], folder)
    return [] if code == 0 else [output]


def checkov_results(stack):
    """What checkov says about the translated template: failed and skipped checks."""
    template = as_text(stack.with_defaults)
    if template not in CHECKOV_RESULTS:
        run_checkov([template])
    return CHECKOV_RESULTS[template]


# By the text of the template.
CHECKOV_RESULTS = {}


def run_checkov(templates):
    """Runs checkov once on several templates, because its start takes longer than its checks."""
    templates = list(dict.fromkeys(templates))
    with tempfile.TemporaryDirectory() as folder:
        for number, template in enumerate(templates):
            (Path(folder) / f"{number}.json").write_text(template)
        command = [CHECKOV, "-d", ".", "--framework", "cloudformation", "--skip-download", "-o", "json"]
        code, output = run([*command, "--compact"], folder)
    report = json.loads(output)
    if "results" not in report:
        raise ValueError(f"checkov read nothing (exit code {code}): {output}")
    results = report["results"]
    if results["parsing_errors"]:
        raise ValueError(f"checkov could not read {results['parsing_errors']}")
    for number, template in enumerate(templates):
        found = {
            kind: [
                (check["check_id"], check["resource"].split(".")[-1])
                for check in results[f"{kind}_checks"]
                if check["file_path"] == f"/{number}.json"
            ]
            for kind in ("passed", "failed", "skipped")
        }
        if not found["passed"]:
            raise ValueError(f"checkov checked nothing in template {number}: {output}")
        CHECKOV_RESULTS[template] = found["failed"], found["skipped"]


def check_checkov(stack):
    """checkov: nothing fails but what the template explains."""
    failed, _ = checkov_results(stack)
    return [f"{check} on {resource}" for check, resource in failed]
