"""docs/deploy.md: several teams, with routes in Parameter Store or in S3."""

import json

import guide
from steps import removal_leaves

ROUTES = "/reactive-scaler/routes"


def test_stored_routes(account):
    account.make_buckets("team-a-inputs", "team-b-inputs")
    before = account.inventory()

    account.run(guide.commands("Several teams"))
    account.turn_on_event_bridge()
    account.upload("team-a-inputs", "in/second/1")
    account.wait_for_capacity("second")
    account.upload("team-b-inputs", "any/key")
    account.wait_for_capacity("team-b-1")

    routes = json.dumps([{"endpoint": "third", "bucket": "team-b-inputs", "prefix": "third/"}])
    account.client("ssm").put_parameter(Name="/other/routes", Value=routes, Type="String")
    account.deploy({"RoutesParameter": "/other/routes"})
    account.upload("team-b-inputs", "third/1")
    account.wait_for_capacity("third")

    removal_leaves(account, before)
    assert account.client("ssm").get_parameter(Name=ROUTES)["Parameter"]["Type"] == "String"


def test_routes_in_an_object(account):
    """Without the object, the function does not start. The next upload finds it."""
    account.make_buckets("my-settings", "my-inputs")
    before = account.inventory()
    account.deploy({
        "Routing": "Stored", "RoutesObject": "my-settings/scaler/routes.json", "ScalableTarget": "Existing",
        "EndpointTag": "yes", "InputBucket": "my-inputs",
    })
    account.turn_on_event_bridge()
    account.upload("my-inputs", "second/1")
    account.stays_silent(4)

    routes = json.dumps([{"endpoint": "{endpoint}", "bucket": "my-inputs", "prefix": "{endpoint}/"}])
    account.client("s3").put_object(Bucket="my-settings", Key="scaler/routes.json", Body=routes.encode())
    account.upload("my-inputs", "third/1")
    account.wait_for_capacity("third", 60)
    removal_leaves(account, before)
