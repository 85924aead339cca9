"""`scalerctl smoke`, and what it answers."""

import json
import re

from servers import SCALERCTL

ALL_PASS = {
    "function": "passed", "bucket-events": "passed", "upload-rule": "passed", "status": "passed",
    "observed-input": "passed",
}
# MiniStack's simulation of policies knows no condition keys, so it is unknown what the role is allowed under a condition.
CONDITIONAL = {
    "application-autoscaling:DeleteScheduledAction",
    "application-autoscaling:PutScheduledAction",
    "application-autoscaling:RegisterScalableTarget",
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


def unknown(account, *arguments):
    """The actions about which the permissions check says nothing. It reports no other one."""
    check = smoke(account, *arguments)["permissions"]
    assert (check["outcome"], check["problems"]) == ("skipped", []), check
    return set(re.findall(r"\"?([\w-]+:\w+) on ", json.dumps(check["notes"])))
