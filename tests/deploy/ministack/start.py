"""Starts MiniStack with what it lacks, and with the faults that a test plants."""

import async_invocation
import faults
import other_accounts
import query_alarms
import scaling_types
import service_transport
from ministack.app import main
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as HANDLERS

HANDLERS.update(scaling_types.HANDLERS)
query_alarms.accept(HANDLERS)
other_accounts.deliver()
service_transport.use_tls()
async_invocation.retry()
faults.plant(HANDLERS)
main()
