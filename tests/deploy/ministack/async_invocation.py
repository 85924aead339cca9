"""EventBridge invokes functions asynchronously, and Lambda tries a failed invocation twice more. MiniStack does not do so
for EventBridge, so an update of the function that ends its process would lose the event that it works on."""

import json
import logging

from ministack.services import eventbridge, lambda_svc

LOG = logging.getLogger("async_invocation")


def retry():
    """Changes how EventBridge invokes functions."""
    eventbridge._dispatch_to_lambda = invoke


def invoke(arn, payload):
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function:
        LOG.warning("there is no function %s", name)
        return
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))
    LOG.info("EventBridge invoked %s", name)
