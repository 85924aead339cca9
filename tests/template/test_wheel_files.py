"""The files of the wheel: for one architecture, as here, and for both, as in a release."""

import sys
import zipfile

import pytest

from stack import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import package_release  # noqa: E402
import wheel_files  # noqa: E402

WHEEL = "reactive_scaler-{}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
RELEASE = "reactive_scaler-{}.data/data/share/reactive-scaler/"


def wheel(folder, architectures):
    """A wheel with what scripts/package_release.py writes for these architectures."""
    version = package_release.version()
    names = [f"reactive_scaler-{version}.data/scripts/scalerctl"]
    names += [f"reactive_scaler-{version}.dist-info/{name}" for name in wheel_files.METADATA]
    for architecture in architectures:
        program = folder / "bootstrap"
        machine = package_release.MACHINES[architecture]
        program.write_bytes(b"\x7fELF" + bytes(14) + bytes([machine]) + bytes(100))
        files = package_release.package(program, architecture, folder / architecture)
        names += [RELEASE.format(version) + path.name for path in files]
    path = folder / WHEEL.format(version)
    with zipfile.ZipFile(path, "w") as opened:
        for name in names:
            opened.writestr(name, "")
    return path


@pytest.mark.parametrize("architectures", [["x86_64"], ["x86_64", "arm64"]], ids=["one", "both"])
def test_a_wheel_with_the_files_of_a_release(architectures, tmp_path):
    assert wheel_files.differences(wheel(tmp_path, architectures), architectures) == []


def test_a_wheel_that_lacks_an_architecture(tmp_path):
    wrong = wheel_files.differences(wheel(tmp_path, ["x86_64"]), ["x86_64", "arm64"])
    assert len(wrong) == 4 and all(line.startswith("missing: ") and "arm64" in line for line in wrong), wrong


def test_a_wheel_with_another_file(tmp_path):
    path = wheel(tmp_path, ["x86_64"])
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("scalerctl/secret.txt", "")
    assert wheel_files.differences(path, ["x86_64"]) == ["not expected: scalerctl/secret.txt"]


def test_a_wheel_that_names_a_folder_of_this_machine(tmp_path):
    path = wheel(tmp_path, ["x86_64"])
    bill = f"reactive_scaler-{package_release.version()}.dist-info/sboms/scalerctl.cyclonedx.json"
    with zipfile.ZipFile(path) as opened:
        others = [name for name in opened.namelist() if name != bill]
    with zipfile.ZipFile(path, "w") as opened:
        for name in others:
            opened.writestr(name, "")
        opened.writestr(bill, f"path+file://{ROOT}/scalerctl#0.1.0")
    assert wheel_files.differences(path, ["x86_64"]) == [f"names the folder {ROOT}: {bill}"]
