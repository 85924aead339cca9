#!/usr/bin/env python3
"""Prints the size of a wheel, and fails if it has other files than it must have, or if one names a folder of this machine.

    scripts/wheel_files.py WHEEL ARCHITECTURE...

ARCHITECTURE: one that the function was packaged for: x86_64 or arm64.
"""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The files that .ci/package writes for each architecture.
RELEASE = ("zip", "yaml", "cloudformation.json", "sha256")
METADATA = (
    "METADATA", "RECORD", "WHEEL", "licenses/LICENSE-APACHE", "licenses/LICENSE-MIT", "sboms/scalerctl.cyclonedx.json",
)


def expected(version, architectures):
    """The files of a wheel."""
    data, info = (f"reactive_scaler-{version}.{kind}" for kind in ("data", "dist-info"))
    release = f"{data}/data/share/reactive-scaler/reactive-scaler-{version}"
    return {
        f"{data}/scripts/scalerctl",
        *(f"{info}/{name}" for name in METADATA),
        *(f"{release}-{architecture}.{suffix}" for architecture in architectures for suffix in RELEASE),
    }


def differences(wheel, architectures):
    """What is missing in the wheel, and what should not be there."""
    with zipfile.ZipFile(wheel) as opened:
        found = set(opened.namelist())
        # A program with debug information has the folders of its sources. That of a release has none.
        named = [
            name for name in sorted(found) if not name.endswith("/scalerctl") and str(ROOT).encode() in opened.read(name)
        ]
    wanted = expected(Path(wheel).name.split("-")[1], architectures)
    return [
        *(f"missing: {name}" for name in sorted(wanted - found)),
        *(f"not expected: {name}" for name in sorted(found - wanted)),
        *(f"names the folder {ROOT}: {name}" for name in named),
    ]


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    wrong = differences(sys.argv[1], sys.argv[2:])
    if wrong:
        raise SystemExit("\n".join(wrong))
    print(f"{Path(sys.argv[1]).name}: {Path(sys.argv[1]).stat().st_size:,} bytes, function for {', '.join(sys.argv[2:])}")
