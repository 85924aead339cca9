"""A rule whose target is an event bus of another account, which MiniStack drops: the event arrives if the policy of
that bus names the account. The role of the target is not checked."""

from ministack.core.responses import get_account_id, set_request_account_id
from ministack.services import eventbridge

ALLOWED = {"events:PutEvents", "events:*", "*"}


def deliver():
    """Changes the delivery to event buses."""
    deliver_here = eventbridge._dispatch_to_event_bus

    def deliver_anywhere(bus, event, *rest):
        sender = get_account_id()
        if bus.account_id == sender:
            return deliver_here(bus, event, *rest)
        # What MiniStack stores is kept by account. The event keeps the account of its sender.
        set_request_account_id(bus.account_id)
        try:
            if is_allowed(bus, sender):
                deliver_here(bus, event, *rest)
        finally:
            set_request_account_id(sender)

    eventbridge._dispatch_to_event_bus = deliver_anywhere


def is_allowed(bus, sender):
    """A statement of the policy names the account, as PutPermission wrote it."""
    policy = eventbridge._event_bus_policies.get(bus.resource.split("/", 1)[1]) or {"Statement": []}
    return any(each["Principal"] == sender and each["Action"] in ALLOWED for each in policy["Statement"])
