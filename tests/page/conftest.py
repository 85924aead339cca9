"""The browser of tests/report."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "report"))

from browser import chromium  # noqa: E402, F401
