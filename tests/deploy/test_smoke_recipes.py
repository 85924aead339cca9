"""`scalerctl smoke` against the other recipes: what it skips, and what it finds when a part of them is broken."""

import pytest

from smoke import ALL_PASS, CONDITIONAL, outcomes, unknown

ONE = {"EndpointName": "my-endpoint", "MaxCapacity": "2"}
BUCKET = {"InputBucket": "my-inputs"}
MANY = {"ScalableTarget": "Existing", **BUCKET}
TAGGED = {**MANY, "EndpointTag": "yes"}
NO_RULE = {**ALL_PASS, "upload-rule": "skipped"}
NO_UPLOADS = {**NO_RULE, "bucket-events": "skipped", "observed-input": "skipped"}
ROUTES = '[{"endpoint":"{endpoint}","bucket":"my-inputs","prefix":"{endpoint}/"}]'


def deploy(account, parameters):
    """Deploys, with EventBridge on if the stack has the output for it."""
    if "MaxCapacity" in parameters:
        account.deregister("my-endpoint")
    by_event_bridge = "InputBucket" in parameters and "UploadTrigger" not in parameters
    if by_event_bridge:
        account.make_buckets("my-inputs")
    account.deploy(parameters)
    if by_event_bridge:
        account.turn_on_event_bridge()


@pytest.mark.parametrize(
    ["parameters", "arguments", "expected"],
    [
        (ONE, [], NO_UPLOADS),
        ({**TAGGED, "Routing": "SageMakerSdk"}, ["--endpoint", "second"], ALL_PASS),
        ({**MANY, "Routing": "Pattern", "EndpointPattern": "sec*"}, ["--endpoint", "second"], ALL_PASS),
        (
            {**TAGGED, "Routing": "Stored", "RoutesParameter": "/routes"},
            ["--endpoint", "second", "--bucket", "my-inputs", "--key", "second/1"],
            ALL_PASS,
        ),
    ],
    ids=["alarm only", "SDK", "pattern", "stored"],
)
def test_what_is_deployed_passes(account, parameters, arguments, expected):
    account.client("ssm").put_parameter(Name="/routes", Type="String", Value=ROUTES)
    deploy(account, parameters)
    assert outcomes(account, *arguments) == expected
    by_tag = {"sagemaker:UpdateEndpointWeightsAndCapacities"} if "EndpointTag" in parameters else set()
    assert unknown(account, *arguments) == CONDITIONAL | by_tag
    assert not account.calls("UpdateEndpointWeightsAndCapacities"), "smoke starts no instance"


def test_a_new_bucket(account):
    deploy(account, {**ONE, **BUCKET, "UploadTrigger": "Notification"})
    assert outcomes(account) == NO_RULE
    s3, configuration = account.client("s3"), {}
    for name, value in s3.get_bucket_notification_configuration(Bucket="my-inputs").items():
        if name != "ResponseMetadata":
            configuration[name] = value
    s3.put_bucket_notification_configuration(Bucket="my-inputs", NotificationConfiguration={})
    assert outcomes(account)["bucket-events"] == "failed"
    s3.put_bucket_notification_configuration(Bucket="my-inputs", NotificationConfiguration=configuration)
    assert outcomes(account) == NO_RULE


@pytest.mark.parametrize("trigger", [{}, {"UploadTrigger": "Notification"}], ids=["rule", "notification"])
def test_buffered(account, trigger):
    deploy(account, {**ONE, **BUCKET, **trigger, "BufferUploads": "Yes"})
    assert outcomes(account) == ALL_PASS
    mapping = account.resource("UploadBufferSource")
    account.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    assert outcomes(account)["upload-rule"] == "failed"
