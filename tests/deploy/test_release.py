"""docs/deploy.md: deployed from the three files of a release in a folder, without this repository."""

import shutil
from pathlib import Path

import guide
from steps import removal_leaves

PARAMETERS = "--parameter-overrides EndpointName=my-endpoint MaxCapacity=1 InputBucket=my-inputs"


def test_release(account, tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    packaged = Path(account.env["RELEASE_TEMPLATE"])
    for suffix in (".yaml", ".zip", ".sha256"):
        shutil.copy(packaged.with_suffix(suffix), folder)
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()

    commands = guide.commands("Deploy from a release").rstrip()
    output = account.run(f"{commands} {PARAMETERS}", folder)
    assert f"{packaged.stem}.zip: OK" in output
    account.turn_on_event_bridge()
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    removal_leaves(account, before)
