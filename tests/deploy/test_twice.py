"""The commands of `scalerctl` twice: the second time changes nothing. preflight, and each dry run, writes nothing."""

from steps import scalerctl


def settings(account):
    """Everything in the account that the commands could change, and all calls to the simulated AWS that wrote."""
    s3, functions = account.client("s3"), account.client("lambda")
    found = {"in the account": account.inventory(), "simulated AWS": account.writes()}
    for bucket in s3.list_buckets()["Buckets"]:
        answer = s3.get_bucket_notification_configuration(Bucket=bucket["Name"])
        answer.pop("ResponseMetadata")
        found["bucket", bucket["Name"]] = answer
    for function in functions.list_functions()["Functions"]:
        name = function["FunctionName"]
        concurrency = functions.get_function_concurrency(FunctionName=name)
        policy = functions.get_policy(FunctionName=name)["Policy"]
        found["function", name] = concurrency.get("ReservedConcurrentExecutions"), policy
    return found


def writes_nothing(account, arguments, words):
    """It succeeds, says this, and all is as before."""
    before = settings(account)
    output = scalerctl(account, arguments)
    assert words in output, f"{arguments}: no {words!r} in {output}"
    assert settings(account) == before, arguments


def changes_once(account, arguments, words):
    """A dry run writes nothing, the first run changes something, and the second run and another dry run nothing."""
    writes_nothing(account, f"{arguments} --dry-run", "would change")
    before = settings(account)
    output = scalerctl(account, arguments)
    assert words in output, f"{arguments}: no {words!r} in {output}"
    assert settings(account) != before, arguments
    writes_nothing(account, arguments, "nothing to change")
    writes_nothing(account, f"{arguments} --dry-run", "dry run: nothing to change")


def test_twice(account):
    bucket = f"sagemaker-eu-west-1-{account.number}"
    account.make_buckets(bucket, "my-inputs")
    account.deregister("second", "third")
    scalerctl(account, "deploy --yes --template $RELEASE_TEMPLATE")

    for _ in range(2):
        writes_nothing(account, "preflight second", "ok       registered  no")
    changes_once(account, "connect-bucket my-inputs", "1 change\n")
    changes_once(account, "register second third --max-capacity 2", "register third")
    changes_once(account, "unregister 'thir*' --delete-policies", "unregister third")
    assert account.scalable_target("second") == (0, 2)
    assert account.scalable_target("third") is None

    undeploy = "undeploy --endpoint-at zero"
    writes_nothing(account, f"{undeploy} --dry-run", "stack reactive-scaler: would be deleted")
    assert "stack reactive-scaler: deleted" in scalerctl(account, f"{undeploy} --yes")
    assert account.scalable_target("second") is None
    writes_nothing(account, f"{undeploy} --yes", "nothing to change")
    writes_nothing(account, f"{undeploy} --dry-run", "nothing to change")
