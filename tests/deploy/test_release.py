"""docs/deploy.md: deployed from the three files of a release in a folder, without this repository."""

import shutil
import zipfile
from pathlib import Path

import guide
from steps import an_update_applies, removal_leaves

COMMANDS = guide.commands("Deploy from a release").rstrip()


def release(account, tmp_path):
    """The folder with the release."""
    folder = tmp_path / "release"
    folder.mkdir()
    packaged = Path(account.env["RELEASE_TEMPLATE"])
    for suffix in (".yaml", ".zip", ".sha256"):
        shutil.copy(packaged.with_suffix(suffix), folder)
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    return folder


def test_release(account, tmp_path):
    folder = release(account, tmp_path)
    before = account.inventory()
    output = account.run(COMMANDS, folder)
    assert output.count(": OK") == 2, output
    account.turn_on_event_bridge()
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")
    removal_leaves(account, before)


def test_a_new_release_while_the_endpoint_is_awake(account, tmp_path):
    """Another zip is another version of the function. Without a change, the SAM CLI needs an option to succeed."""
    folder = release(account, tmp_path)
    deploy = COMMANDS
    account.run(deploy, folder)
    account.turn_on_event_bridge()
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")

    code, output = account.attempt(deploy, folder)
    assert code == 1 and "No changes to deploy" in output, output
    again = account.run(f"{deploy} --no-fail-on-empty-changeset", folder)
    assert "No changes to deploy" in again, again

    old = account.code()
    archive, = folder.glob("*.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("NEWS", "A new release.")
    deploy = deploy.split("\n", 1)[1]  # Without the checksums.
    account.run(deploy, folder)
    assert account.code() != old
    assert len(account.leases("my-endpoint")) == 1
    an_update_applies(account, "my-endpoint", "my-inputs", "2")
