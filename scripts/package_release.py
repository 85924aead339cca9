#!/usr/bin/env python3
"""Packages what `sam build` has built, so that the SAM CLI alone can deploy it: a zip, a variant of
the template that deploys that zip, the same template without the SAM transform, and the checksums of all three. Needs
the SAM CLI's packages.

    scripts/package_release.py BOOTSTRAP ARCHITECTURE FOLDER
"""

import hashlib
import re
import sys
import zipfile
from pathlib import Path

from plain_template import translate

ROOT = Path(__file__).resolve().parents[1]

# e_machine in the header of an ELF file.
MACHINES = {"x86_64": 0x3E, "arm64": 0xB7}

# Fixed, so that the same program gives the same zip. The earliest date that a zip can hold.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def version():
    """The crate's version."""
    match = re.search(r'^\[workspace\.package\]\nversion = "([^"]+)"', (ROOT / "Cargo.toml").read_text(), re.M)
    if not match:
        raise SystemExit("Cargo.toml has no version under [workspace.package]")
    return match[1]


def variant(template, zip_name, architecture):
    """The template with the zip in place of the sources, for the zip's architecture alone."""
    changes = [
        ("      CodeUri: .\n", f"      CodeUri: {zip_name}\n"),
        ("      BuildMethod: rust-cargolambda\n      BuildProperties:\n        Binary: reactive-scaler\n", ""),
        ("    Default: arm64\n", f"    Default: {architecture}\n"),
        ("    AllowedValues: [arm64, x86_64]\n", f"    AllowedValues: [{architecture}]\n"),
        # These two are for publishing from a clone.
        ("    LicenseUrl: LICENSE-MIT\n    ReadmeUrl: README.md\n", ""),
    ]
    for old, new in changes:
        if template.count(old) != 1:
            raise SystemExit(f"template.yaml has {template.count(old)} times, not once:\n{old}")
        template = template.replace(old, new)
    return template


def write_zip(path, program):
    """A zip that holds the program as `bootstrap`, executable for everybody."""
    entry = zipfile.ZipInfo("bootstrap", LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, so that Lambda reads the mode.
    entry.external_attr = 0o100755 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, program, compresslevel=9)


def check_program(program, architecture):
    """Refuses what Lambda could not start."""
    if program[:4] != b"\x7fELF":
        raise SystemExit("the program is no ELF file")
    machine = int.from_bytes(program[18:20], "little")
    if machine != MACHINES[architecture]:
        raise SystemExit(f"the program is not built for {architecture} (e_machine {machine:#x})")


def package(bootstrap, architecture, folder):
    """Writes the release's files and returns their paths."""
    program = Path(bootstrap).read_bytes()
    check_program(program, architecture)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"reactive-scaler-{version()}-{architecture}"
    archive, template, plain = (folder / f"{name}.{suffix}" for suffix in ("zip", "yaml", "cloudformation.json"))
    write_zip(archive, program)
    text = variant((ROOT / "template.yaml").read_text(), archive.name, architecture)
    template.write_text(text)
    plain.write_text(translate(text))
    sums = folder / f"{name}.sha256"
    files = (archive, template, plain)
    digests = ((path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files)
    sums.write_text("".join(f"{digest}  {path.name}\n" for path, digest in digests))
    return *files, sums


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in MACHINES:
        raise SystemExit(__doc__)
    program_size = Path(sys.argv[1]).stat().st_size
    files = package(*sys.argv[1:])
    print(f"program {program_size:,} bytes, zip {files[0].stat().st_size:,} bytes")
    for path in files:
        print(path)


if __name__ == "__main__":
    main()
