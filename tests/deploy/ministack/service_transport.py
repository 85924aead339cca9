"""Clients, S3 and SNS send to queues and topics over TLS. MiniStack takes the transport of the client's request, which is
HTTP here, so a policy that requires TLS would deny them."""

from ministack.core import iam_evaluator
from ministack.services import sns, sqs


def use_tls():
    """Changes the checks of the policies of queues and topics."""
    sqs.queue_policy_allows = over_tls(sqs.queue_policy_allows)
    sns.topic_policy_allows = over_tls(sns.topic_policy_allows)
    sqs._enforce_queue_policy = over_tls(sqs._enforce_queue_policy)
    sns._enforce_topic_policy = over_tls(sns._enforce_topic_policy)


def over_tls(allows):
    def allows_over_tls(*arguments):
        address, transport = iam_evaluator._request_origin.get()
        iam_evaluator.pin_request_origin(address, True)
        try:
            return allows(*arguments)
        finally:
            iam_evaluator.pin_request_origin(address, transport)

    return allows_over_tls
