"""README.md: from nothing to a deployed stack with three lines, in an environment without Rust."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from servers import ROOT

UV = ROOT / ".venv-uv" / "bin" / "uv"

# How long each of the three lines took, for docs/get-started.md.
TIMES = ROOT / "target" / "three-lines.txt"


def readme_lines():
    """The three lines of README.md, without their comments."""
    block = re.search(r"```sh account\n(pip install .*?)```", (ROOT / "README.md").read_text(), re.S)[1]
    return [line.split("  #")[0].strip() for line in block.splitlines()]


# What differs in each run: where the environment is, and parts of generated names.
CHANGING = (
    (r"\S*(?=/share/reactive-scaler/)", "ENVIRONMENT"),
    (r"(?<=-)(ScalerFunction|SignalTopic|UploadRule|ScalerRole)-\w+", r"\1-ID"),
)


def comparable(text):
    """A text without what differs in each run."""
    for pattern, word in CHANGING:
        text = re.sub(pattern, word, text)
    return text.rstrip()


def transcript():
    """Each command of the transcript in docs/get-started.md, with what it prints."""
    page = (ROOT / "docs" / "get-started.md").read_text()
    blocks = re.findall(r"```console\n\$ (.*?)\n(.*?)```", page, re.S)
    return {command: comparable(text) for command, text in blocks}


def wheel():
    """The wheel that .ci/wheel has built."""
    built, = (ROOT / "target" / "package").glob("reactive_scaler-*.whl")
    return built


def took(command, began):
    """Prints how long it took, and adds it to the file."""
    line = f"{time.monotonic() - began:6.1f} s  {command}"
    print(line)
    with TIMES.open("a") as times:
        times.write(f"{line}\n")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment with the wheel and the SAM CLI: the first of the three lines, with uv, which caches."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    TIMES.unlink(missing_ok=True)
    began = time.monotonic()
    install = readme_lines()[0]
    assert install.startswith("pip install ")
    uv = f"{UV} pip install --quiet --python {folder / 'bin' / 'python'}"
    subprocess.run(install.replace("pip install", uv, 1), shell=True, cwd=wheel().parent, check=True)
    took(f"uv {install}", began)
    return folder


def test_three_lines(account, installed, tmp_path):
    _, preflight, deploy = readme_lines()
    home = tmp_path / "home"
    home.mkdir()
    account.env.update(
        PATH=f"{installed / 'bin'}:/usr/bin:/bin", HOME=str(home), AWS_ENDPOINT_URL_SERVICE_QUOTAS=account.simulated_url
    )
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    assert account.attempt("command -v cargo")[0] == 1
    printed = {}
    for command in (preflight, f"{deploy} --yes"):
        # What the SAM CLI prints is on the standard error.
        began = time.monotonic()
        code, printed[command] = account.attempt(f"{command} 2> {home / 'errors'}", home)
        took(command, began)
        assert code == 0, f"{command}: {printed[command]}{(home / 'errors').read_text()[-4000:]}"
    assert list(printed) == list(transcript())
    for command, text in transcript().items():
        assert comparable(printed[command]) == text
    found = json.loads(account.run(f"scalerctl doctor my-endpoint -o json 2> {home / 'errors'}", home))
    assert found["complete"] and found["findings"] == [], found
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")


def test_a_tool_of_uv_finds_the_release(account, tmp_path):
    """uv links to the program, as pipx does. The release is found from the program's real path."""
    tools, programs = tmp_path / "tools", tmp_path / "programs"
    env = {**os.environ, "UV_TOOL_DIR": str(tools), "UV_TOOL_BIN_DIR": str(programs)}
    subprocess.run([UV, "tool", "install", "--quiet", "--python", sys.executable, wheel()], check=True, env=env)
    assert (programs / "scalerctl").is_symlink()
    account.make_buckets("my-inputs")
    plan = account.run(f"{programs}/scalerctl deploy my-endpoint --bucket my-inputs --plan", tmp_path)
    assert f"template {tools}/reactive-scaler/share/reactive-scaler/reactive-scaler-" in plan, plan


def test_the_wheel_has_the_release(installed):
    release = installed / "share" / "reactive-scaler"
    checked = subprocess.run(
        "sha256sum --check *.sha256", shell=True, cwd=release, text=True, stdout=subprocess.PIPE, timeout=60
    )
    assert checked.returncode == 0 and checked.stdout.count(": OK") >= 3, checked.stdout
    assert sorted(path.suffix for path in release.iterdir()) == [".json", ".sha256", ".yaml", ".zip"]
    assert not list(Path(installed).rglob("cargo"))
