"""An AWS account of a test: MiniStack, and `scalerctl aws` for the services that MiniStack lacks."""

import copy
import json
import os
import re
import shlex
import subprocess
import time

import boto3

from inventory import Inventory
from servers import ACCOUNT, HERE, REGION, ROOT, free_port, start_ministack, start_simulated_aws, wait_for

ENDPOINTS = ["my-endpoint", "second", "third", "whisper-1", "team-b-1"]
STACK = "reactive-scaler"


class Account(Inventory):
    """The account, and what a person does in it."""

    number = ACCOUNT

    def __init__(self, folder, endpoints=ENDPOINTS, provisioning="6m"):
        self.folder = folder
        ports = [free_port(), free_port()]
        self.ministack_url, self.simulated_url = (f"http://127.0.0.1:{port}" for port in ports)
        (folder / "aws-config").write_text(f"[default]\nregion = {REGION}\n")
        (folder / "samconfig.toml").write_text((ROOT / "samconfig.toml").read_text())
        self.env = self.environment()
        routes = json.dumps([{"endpoint": name} for name in endpoints])
        self.simulated = start_simulated_aws(folder, ports[1], routes, provisioning)
        try:
            self.ministack = start_ministack(folder, ports[0], self.env)
        except BaseException:
            self.simulated.stop()
            raise

    def environment(self):
        """What a person's shell has set. MiniStack gives it to the function too."""
        template, = sorted((ROOT / "target" / "package").glob("reactive-scaler-*-x86_64.yaml"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        services = ("SAGEMAKER", "APPLICATION_AUTO_SCALING", "CLOUDWATCH")
        return {
            **kept,
            **{f"AWS_ENDPOINT_URL_{service}": self.simulated_url for service in services},
            "AWS_ENDPOINT_URL": self.ministack_url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": str(self.folder / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "HOME": str(self.folder),
            "PATH": f"{HERE / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.3",
            "SAM_CLI": str(ROOT / ".venv-sam" / "bin" / "sam"),
            "AWS_CLI": str(ROOT / ".venv-ministack" / "bin" / "aws"),
            "RELEASE_TEMPLATE": str(template),
            "SAM_CONFIG": str(self.folder / "samconfig.toml"),
        }

    def in_account(self, number):
        """The same servers, as a person of another account uses them."""
        other = copy.copy(self)
        other.number = number
        other.env = {**self.env, "AWS_ACCESS_KEY_ID": number}
        return other

    def close(self):
        """Stops both servers."""
        self.ministack.stop()
        self.simulated.stop()

    def client(self, service, url=None):
        """A client of the SDK. CloudWatch is MiniStack's, where the stack's alarms are."""
        return boto3.client(
            service, endpoint_url=url or self.ministack_url, region_name=REGION,
            aws_access_key_id=self.number, aws_secret_access_key="local",
        )

    def scaling(self):
        """Application Auto Scaling."""
        return self.client("application-autoscaling", self.simulated_url)

    # --- What a person does ---

    def attempt(self, commands, folder=ROOT):
        """Runs commands in a shell. Returns the exit code and the output."""
        done = subprocess.run(
            ["bash", "-e", "-c", commands], cwd=folder, env=self.env, timeout=180, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout

    def run(self, commands, folder=ROOT):
        """Runs commands that must succeed. Returns the output."""
        code, output = self.attempt(commands, folder)
        assert code == 0, f"exit code {code}: {commands}\n{output[-2500:]}"
        return output

    def deploy(self, parameters, stack=STACK):
        """Deploys or updates a stack. Parameters that are not named keep their values."""
        output = self.run(f"sam deploy --stack-name {stack} --parameter-overrides {quoted(parameters)}")
        assert "No changes to deploy" not in output, output
        return output

    def turn_on_event_bridge(self, stack=STACK):
        """The command in the stack's output."""
        return self.run(self.output("TurnOnEventBridgeCommand", stack))

    def make_buckets(self, *names):
        """Existing buckets."""
        for name in names:
            self.client("s3").create_bucket(
                Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
            )

    def deregister(self, *endpoints):
        """`scalerctl aws` starts with registered endpoints: here the stack is to register them."""
        for endpoint in endpoints:
            self.scaling().deregister_scalable_target(
                ServiceNamespace="sagemaker", ScalableDimension="sagemaker:variant:DesiredInstanceCount",
                ResourceId=f"endpoint/{endpoint}/variant/AllTraffic",
            )

    def upload(self, bucket, key):
        """PutObject of one byte."""
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=b"1")

    def plant_fault(self, *types):
        """These types of resources cannot be created from now on."""
        (self.folder / "planted-faults").write_text(" ".join(types))

    # --- What can be seen ---

    def output(self, name, stack=STACK):
        """An output of the stack."""
        outputs = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        return {each["OutputKey"]: each["OutputValue"] for each in outputs}[name]

    def resource(self, logical_id, stack=STACK):
        """The physical ID of a resource."""
        described = self.client("cloudformation").describe_stack_resource(
            StackName=stack, LogicalResourceId=logical_id
        )
        return described["StackResourceDetail"]["PhysicalResourceId"]

    def resources(self, stack=STACK):
        """The logical IDs of the stack's resources."""
        described = self.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        return {each["LogicalResourceId"] for each in described if each["ResourceStatus"] != "DELETE_COMPLETE"}

    def reasons(self, stack=STACK):
        """Why resources failed: the guide's describe-stack-events."""
        events = self.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
        return "\n".join(each.get("ResourceStatusReason", "") for each in failed)

    def variables(self, stack=STACK):
        """The function's environment."""
        name = self.output("FunctionName", stack)
        return self.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def code(self, stack=STACK):
        """The checksum of the function's zip."""
        name = self.output("FunctionName", stack)
        return self.client("lambda").get_function_configuration(FunctionName=name)["CodeSha256"]

    def function_log(self, stack=STACK):
        """The log of the function."""
        group = self.resource("FunctionLog", stack)
        events = self.client("logs").filter_log_events(logGroupName=group)["events"]
        return "\n".join(each["message"] for each in events)

    def calls(self, operation):
        """The calls to the simulated AWS: what they named, and the rest of the line."""
        lines = self.simulated.log.read_text()
        return re.findall(rf"^[\d:]{{8}} {operation} (\S+?)(?: (.*))?: ok$", lines, re.M)

    def writes(self):
        """The calls to the simulated AWS that write. A read of its own is then printed too."""
        before = len(self.calls("DescribeEndpoint"))
        self.client("sagemaker", self.simulated_url).describe_endpoint(EndpointName="my-endpoint")
        self.wait_until_read("my-endpoint", before)
        lines = self.simulated.log.read_text()
        return re.findall(r"^[\d:]{8} ((?!Describe|Get|List)\w+ .*): ok$", lines, re.M)

    def capacity_calls(self, endpoint):
        """The calls that requested capacity for an endpoint."""
        return [rest for name, rest in self.calls("UpdateEndpointWeightsAndCapacities") if name == endpoint]

    def wait_for_capacity(self, endpoint, seconds=30):
        """The function requested an instance for an endpoint."""
        wait_for(f"a request for capacity of {endpoint}", lambda: self.capacity_calls(endpoint), seconds)
        assert self.capacity_calls(endpoint) == ["AllTraffic=1"]

    def wait_until_read(self, endpoint, before):
        """The function read an endpoint since it had made this number of such calls."""
        reads = lambda: [name for name, _ in self.calls("DescribeEndpoint")][before:]
        wait_for(f"a read of {endpoint}", lambda: endpoint in reads())

    def leases(self, endpoint):
        """The times at which the records of an endpoint end, as they were written."""
        resource = f"endpoint/{endpoint}/variant/AllTraffic"
        puts = [rest for name, rest in self.calls("PutScheduledAction") if name == resource]
        return re.findall(r"reactive-scaler-lease at\((\S+)\)", "\n".join(puts))

    def stays_silent(self, seconds=2):
        """No call about a variant comes within these seconds. Ticks read all targets, not one."""
        before = self.capacity_and_reads()
        time.sleep(seconds)
        assert self.capacity_and_reads() == before

    def capacity_and_reads(self):
        """The calls that an input causes."""
        return self.calls("UpdateEndpointWeightsAndCapacities") + self.calls("DescribeEndpoint")


def quoted(parameters):
    """Parameters as arguments of the SAM CLI in a shell, with the quotation marks that the SAM CLI takes off."""
    return " ".join(shlex.quote(f"{name}='{value}'") for name, value in parameters.items())
