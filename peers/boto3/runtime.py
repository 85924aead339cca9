"""A minimal Lambda runtime: asks the Runtime API for work, and posts what the handler returns.

The client is the standard library's, on one connection. AWS's own runtime does more, not less.
"""

import http.client
import json
import os

# Lambda sets both; boto3 reads this one.
os.environ.setdefault("AWS_DEFAULT_REGION", os.environ["AWS_REGION"])

from function import handler  # noqa: E402

PATH = "/2018-06-01/runtime/invocation"


def main():
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", f"{PATH}/next")
        work = api.getresponse()
        event = json.loads(work.read())
        request_id = work.headers["lambda-runtime-aws-request-id"]
        try:
            kind, answer = "response", handler(event, None)
        except Exception as error:  # The runtime reports whatever the handler raises.
            kind, answer = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
        api.request("POST", f"{PATH}/{request_id}/{kind}", body=json.dumps(answer))
        api.getresponse().read()


main()
