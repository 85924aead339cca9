"""`scalerctl smoke` against what was deployed: each check passes, and fails when the thing that it names is broken."""

import json

import pytest

from account import Account
from smoke import ALL_PASS, CONDITIONAL, outcomes, unknown

ONE_ENDPOINT = {
    "EndpointName": "my-endpoint", "MaxCapacity": "2", "InputBucket": "my-inputs", "InputPrefix": "async/in/",
}


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    """A deployment for all tests of this file. Each one repairs what it breaks."""
    opened = Account(tmp_path_factory.mktemp("smoke"))
    try:
        opened.make_buckets("my-inputs")
        opened.deregister("my-endpoint")
        opened.deploy(ONE_ENDPOINT)
        opened.turn_on_event_bridge()
        yield opened
    finally:
        opened.close()


def test_what_is_deployed_passes(account):
    assert outcomes(account) == ALL_PASS
    assert not account.capacity_calls("my-endpoint"), "smoke starts no instance"


def test_event_bridge_is_off(account):
    s3 = account.client("s3")
    s3.put_bucket_notification_configuration(Bucket="my-inputs", NotificationConfiguration={})
    assert outcomes(account)["bucket-events"] == "failed"
    account.turn_on_event_bridge()
    assert outcomes(account) == ALL_PASS


def test_the_rule_is_disabled(account):
    events, rule = account.client("events"), account.resource("UploadRule").split("|")[-1]
    events.disable_rule(Name=rule)
    assert outcomes(account)["upload-rule"] == "failed"
    events.enable_rule(Name=rule)
    assert outcomes(account) == ALL_PASS


def test_the_key_does_not_match(account):
    upload = ("--endpoint", "my-endpoint", "--bucket", "my-inputs", "--key", "async/out/x")
    found = outcomes(account, *upload)
    assert (found["upload-rule"], found["observed-input"]) == ("failed", "failed")


def test_event_bridge_may_not_invoke_the_function(account):
    function, client = account.output("FunctionName"), account.client("lambda")
    policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    statement, = [each for each in policy["Statement"] if "-UploadRule-" in json.dumps(each)]
    client.remove_permission(FunctionName=function, StatementId=statement["Sid"])
    assert outcomes(account)["upload-rule"] == "failed"
    client.add_permission(
        FunctionName=function, StatementId="again", Action="lambda:InvokeFunction", Principal="events.amazonaws.com",
        SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
    )
    assert outcomes(account) == ALL_PASS


def test_the_endpoint_is_not_registered(account):
    account.deregister("my-endpoint")
    found = outcomes(account)
    assert found["status"] == "failed"
    account.scaling().register_scalable_target(
        ServiceNamespace="sagemaker", ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ResourceId="endpoint/my-endpoint/variant/AllTraffic", MinCapacity=0, MaxCapacity=2,
    )
    assert outcomes(account) == ALL_PASS


def set_variables(account, variables):
    """Changes the function's environment by hand."""
    function, client = account.output("FunctionName"), account.client("lambda")
    client.update_function_configuration(FunctionName=function, Environment={"Variables": variables})
    client.get_waiter("function_updated_v2").wait(
        FunctionName=function, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def test_the_routes_are_broken(account):
    variables = account.variables()
    set_variables(account, {**variables, "SCALER_ROUTES": "[{]"})
    found = outcomes(account, "--endpoint", "my-endpoint", "--bucket", "my-inputs", "--key", "async/in/x")
    assert (found["function"], found["status"]) == ("failed", "failed")
    set_variables(account, variables)
    assert outcomes(account) == ALL_PASS


def test_the_role_lacks_a_permission(account):
    assert unknown(account) == CONDITIONAL
    iam, role = account.client("iam"), account.resource("ScalerRole")
    policy = iam.get_role_policy(RoleName=role, PolicyName="scale-endpoints")["PolicyDocument"]
    less = [each for each in policy["Statement"] if each["Sid"] != "ReadBacklog"]
    assert len(less) == len(policy["Statement"]) - 1
    put = {"RoleName": role, "PolicyName": "scale-endpoints"}
    iam.put_role_policy(**put, PolicyDocument=json.dumps({**policy, "Statement": less}))
    assert unknown(account) == CONDITIONAL | {"cloudwatch:GetMetricData"}
    iam.put_role_policy(**put, PolicyDocument=json.dumps(policy))
    assert unknown(account) == CONDITIONAL
