"""docs/deploy.md: the template without the SAM transform creates what the SAM template creates."""

import re
import shutil
from pathlib import Path

import guide
from account import ENDPOINTS, STACK
from steps import an_update_applies, removal_leaves

SAM = guide.commands("Deploy from a release")
PLAIN = guide.commands("Deploy without the SAM CLI")


def kinds(things):
    """Things of an inventory, without what CloudFormation adds to their names."""
    return sorted((kind, re.sub(r"-[0-9A-Za-z]{8,}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", name)) for kind, name in things)


def test_plain_form(account, tmp_path):
    packaged = Path(account.env["RELEASE_TEMPLATE"])
    for suffix in (".yaml", ".zip", ".sha256", ".cloudformation.json"):
        shutil.copy(packaged.with_suffix(suffix), tmp_path)
    account.make_buckets("my-inputs", "my-artifacts")
    account.deregister(*ENDPOINTS)
    before = account.inventory()
    account.run(SAM, tmp_path)
    of_sam, resources = account.inventory() - before, account.resources()
    account.run(f"sam delete --stack-name {STACK}")
    account.deregister("my-endpoint")

    account.run(PLAIN, tmp_path)
    assert kinds(account.inventory() - before) == kinds(of_sam)
    assert account.resources() == resources
    assert account.scalable_target("my-endpoint") == (0, 1)
    account.turn_on_event_bridge()
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    an_update_applies(account, "my-endpoint", "my-inputs", "2")
    removal_leaves(account, before)
