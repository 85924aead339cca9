"""docs/deploy.md: endpoints whose names match a pattern."""

import guide
from steps import an_update_applies, removal_leaves


def test_pattern(account):
    account.make_buckets("audio")
    before = account.inventory()

    account.run(guide.commands("Several listed endpoints"))
    account.turn_on_event_bridge()
    account.upload("audio", "a.wav")
    account.wait_for_capacity("whisper-1")
    assert not account.capacity_calls("second")

    an_update_applies(account, "whisper-1", "audio", "b.wav")
    removal_leaves(account, before)
