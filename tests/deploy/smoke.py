"""`scalerctl smoke`, and what it answers."""

import json

from servers import SCALERCTL

ALL_PASS = {
    "function": "passed", "bucket-events": "passed", "upload-rule": "passed", "status": "passed",
    "observed-input": "passed",
}


def smoke(account, *arguments):
    """Outcome and problems of each check."""
    command = [str(SCALERCTL), "smoke", "--json", "--function", account.output("FunctionName"), *arguments]
    code, output = account.attempt(" ".join(command))
    start = output.index("{")
    report, _ = json.JSONDecoder().raw_decode(output[start:])
    assert code == (0 if report["ok"] else 1), output
    return {check["id"]: check for check in report["checks"]}


def outcomes(account, *arguments):
    """Outcome of each check but the permissions."""
    return {
        name: check["outcome"] for name, check in smoke(account, *arguments).items() if name != "permissions"
    }
