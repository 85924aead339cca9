"""Steps of several recipes."""

from datetime import datetime

from account import STACK
from servers import SCALERCTL, wait_for


def an_update_applies(account, endpoint, bucket, key):
    """With 23 more idle minutes, the next input of an awake endpoint writes a lease that ends later."""
    wait_for("a lease", lambda: account.leases(endpoint))
    first = account.leases(endpoint)
    account.deploy({"IdleMinutes": "40"})
    account.upload(bucket, key)
    wait_for("another lease", lambda: len(account.leases(endpoint)) > len(first))
    times = [datetime.fromisoformat(each) for each in (first[-1], account.leases(endpoint)[-1])]
    assert (times[1] - times[0]).total_seconds() > 22 * 60, times


def removal_leaves(account, before, *more):
    """After the stack is deleted, the account contains what it did before, and these."""
    account.run(f"sam delete --stack-name {STACK}")
    assert account.inventory() == before | set(more)


def scalerctl(account, arguments, code=0):
    """Runs it. Returns the output."""
    # MiniStack has no Service Quotas.
    quotas = f"AWS_ENDPOINT_URL_SERVICE_QUOTAS={account.simulated_url}"
    found, output = account.attempt(f"{quotas} {SCALERCTL} {arguments}")
    assert found == code, f"exit code {found}: {output[-4000:]}"
    return output
