"""`scalerctl preflight`, `deploy` and `undeploy`, with the SAM CLI and the release's template."""

import json

from steps import scalerctl

PARAMETERS = "--bucket my-inputs --max-capacity 4"


def deploy(account, arguments, code=0):
    return scalerctl(account, f"deploy {arguments} --yes --template $RELEASE_TEMPLATE", code)


def stack(account):
    """Status and parameters of the stack. `None`: there is none."""
    cloudformation = account.client("cloudformation")
    stacks = [it for it in cloudformation.describe_stacks()["Stacks"] if it["StackStatus"] != "DELETE_COMPLETE"]
    ours = [it for it in stacks if it["StackName"] == "reactive-scaler"]
    if not ours:
        return None
    parameters = {it["ParameterKey"]: it["ParameterValue"] for it in ours[0]["Parameters"]}
    return ours[0]["StackStatus"], parameters


def test_from_nothing_to_a_wake_and_back(account):
    account.make_buckets("my-inputs")
    account.deregister("my-endpoint")
    before = account.inventory()
    assert "problem" not in scalerctl(account, "preflight my-endpoint")
    plan = scalerctl(account, f"deploy my-endpoint {PARAMETERS} --plan --template $RELEASE_TEMPLATE")
    assert "create the stack reactive-scaler" in plan
    assert account.inventory() == before, "a plan changes nothing"

    output = deploy(account, f"my-endpoint {PARAMETERS}")
    assert "stack reactive-scaler: deployed" in output, output
    # MiniStack's simulation of policies knows no condition keys.
    assert "5 passed, 0 failed, 1 skipped" in output, output
    assert account.scalable_target("my-endpoint") == (0, 4)
    account.upload("my-inputs", "1")
    account.wait_for_capacity("my-endpoint")

    status, parameters = stack(account)
    output = deploy(account, "my-endpoint")
    assert "stack reactive-scaler: nothing to change" in output, output
    assert stack(account) == (status, parameters)
    deploy(account, "my-endpoint --set JobMinutes=30")
    assert stack(account)[1] == {**parameters, "JobMinutes": "30"}

    output = scalerctl(account, "undeploy --endpoint-at zero --yes", code=1)
    assert "scalerctl sleep my-endpoint --force --wait" in output, output
    assert stack(account) is not None
    output = scalerctl(account, "undeploy --endpoint-at minimum-1 --yes")
    assert "stack reactive-scaler: deleted" in output, output
    assert stack(account) is None
    assert account.scalable_target("my-endpoint") == (1, 4)
    assert account.scheduled_actions("my-endpoint") == []
    assert account.inventory() == before
    assert "nothing to change" in scalerctl(account, "undeploy --yes")


def test_the_sdks_bucket_and_an_endpoint_at_zero(account):
    bucket = f"sagemaker-eu-west-1-{account.number}"
    account.make_buckets(bucket)
    account.deregister("second")
    output = deploy(account, "")
    assert stack(account)[1]["Routing"] == "SageMakerSdk", output
    document = json.loads(scalerctl(account, "register second --max-capacity 2 -o json"))
    assert document["ok"], document
    assert account.scalable_target("second") == (0, 2)
    assert "nothing to change" in scalerctl(account, "register second")
    assert "nothing to change" in scalerctl(account, f"connect-bucket {bucket}")
    assert "stack reactive-scaler: deleted" in scalerctl(account, "undeploy --endpoint-at zero --yes")
    assert account.scalable_target("second") is None


def test_a_stack_of_somebody_else(account):
    template = "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}"
    account.client("cloudformation").create_stack(StackName="reactive-scaler", TemplateBody=template)
    account.make_buckets(f"sagemaker-eu-west-1-{account.number}")
    output = deploy(account, "", code=1)
    assert "a stack reactive-scaler exists" in output, output
