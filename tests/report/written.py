"""The pages and pictures that `scalerctl` writes for the tests."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCALERCTL = Path(os.environ.get("SCALERCTL", ROOT / "target" / "debug" / "scalerctl"))
FOLDER = ROOT / "target" / "report"
# The second is a phone's.
WIDTHS = {"desktop": 1280, "phone": 360}

# Each policy that can be simulated, several of them at the same point.
CROWD = (
    "backlog-per-instance,has-backlog,aws-documented-pair,always-on,reactive-scaler,reactive-scaler-with-results,"
    "reactive-scaler-with-target-tracking,reactive-scaler-per-input,reactive-scaler-batched,results-metric,as-runpod,"
    "as-modal,as-knative,as-keda,as-cloud-run,as-hugging-face"
)


def written(name, *arguments):
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = FOLDER / name
    subprocess.run([SCALERCTL, "simulate", *arguments, "--html", page], check=True, stdout=subprocess.DEVNULL)
    return page


@pytest.fixture(scope="session")
def report():
    return written("report.html", "--workload", "sporadic", "--price-per-hour", "1.41")


@pytest.fixture(scope="session")
def crowded_report():
    return written("crowded.html", "--workload", "slow-jobs", "--inputs-per-instance", "5", "--policy", CROWD)


@pytest.fixture(scope="session")
def plot_files():
    FOLDER.mkdir(parents=True, exist_ok=True)
    page, picture, narrow = FOLDER / "plot.html", FOLDER / "plot.svg", FOLDER / "plot-narrow.svg"
    served = subprocess.Popen(
        [SCALERCTL, "aws", "--history", "1d", "--port", "0"], stdout=subprocess.PIPE, text=True,
    )
    try:
        begin = "export AWS_ENDPOINT_URL="
        url = next(line for line in served.stdout if line.startswith(begin)).removeprefix(begin)
        for files in (["--html", page, "--svg", picture], ["--svg", narrow, "--narrow"]):
            subprocess.run(
                [SCALERCTL, "plot", "my-endpoint", "--local", "--function", "reactive-scaler",
                 "--since", "1d", "--price-per-hour", "1.41", *files],
                check=True, stdout=subprocess.DEVNULL,
                # Half an hour from UTC, so that the axis has two different times.
                env={"AWS_ENDPOINT_URL": url.strip(), "TZ": "IST-5:30"},
            )
    finally:
        served.kill()
        served.wait()
    return page, picture, narrow


@pytest.fixture(scope="session")
def plot_page(plot_files):
    return plot_files[0]


@pytest.fixture(scope="session")
def plot_picture(plot_files):
    return plot_files[1]


@pytest.fixture(scope="session")
def narrow_plot_picture(plot_files):
    return plot_files[2]


def timeline_written(folder, *arguments):
    subprocess.run(
        [SCALERCTL, "simulate", "--workload", "sporadic", "--policy", "reactive-scaler", "--svg", folder, *arguments],
        check=True, stdout=subprocess.DEVNULL,
    )
    return folder / "reactive-scaler.svg"


@pytest.fixture(scope="session")
def timeline_file():
    return timeline_written(FOLDER / "timeline")


@pytest.fixture(scope="session")
def narrow_timeline_file():
    return timeline_written(FOLDER / "timeline-narrow", "--narrow")
