"""The two servers of a test: started on free ports, waited for, and stopped."""

import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
ACCOUNT, REGION = "123456789012", "eu-west-1"

# In <linux/prctl.h>.
PR_SET_PDEATHSIG = 1

MINISTACK_PYTHON = ROOT / ".venv-ministack" / "bin" / "python"
SCALERCTL = Path(os.environ.get("SCALERCTL", ROOT / "target" / "debug" / "scalerctl"))


def wait_for(what, condition, seconds=30):
    """The first true value of the condition. Fails after these seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def free_port():
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def end_with_the_tests():
    """In a new process: it gets SIGTERM if the process that started it ends without stopping it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """A process whose output goes to a file."""

    def __init__(self, command, log, env):
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=end_with_the_tests,
            )

    def wait_until_it_answers(self, url):
        """Fails if the process ends, or does not answer in time."""

        def answers():
            assert self.process.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return True
            except urllib.error.HTTPError:
                return True
            except OSError:
                return False

        wait_for(f"{url} answers", answers, 60)

    def stop(self):
        """Ends the process and what it started, such as containers of the function."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(10)


def start_simulated_aws(folder, port, routes, provisioning):
    """`scalerctl aws`: SageMaker, Application Auto Scaling and CloudWatch of the function."""
    command = [
        SCALERCTL, "aws", "--no-function", "--port", str(port), "--routes", routes, "--provisioning", provisioning,
    ]
    server = Server(command, folder / "simulated-aws.log", dict(os.environ))
    server.wait_until_it_answers(f"http://127.0.0.1:{port}/")
    return server


def start_ministack(folder, port, env):
    """Everything else. Its environment is also that of the function."""
    (folder / "tmp").mkdir()
    (folder / "planted-faults").write_text("")
    env = {
        **env,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "TMPDIR": str(folder / "tmp"),
        "STATE_DIR": str(folder / "state"),
        # IAM is enforced where MiniStack can.
        "AUTH": "true",
        "PLANTED_FAULTS": str(folder / "planted-faults"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    server = Server([MINISTACK_PYTHON, HERE / "ministack" / "start.py"], folder / "ministack.log", env)
    server.wait_until_it_answers(f"http://127.0.0.1:{port}/_ministack/ready")
    return server
