"""reactive-scaler in a CDK app. RELEASE: the path of a release's files without their suffix."""

import os

from aws_cdk import App, Aspects, Stack
from aws_cdk.aws_s3_assets import Asset
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import AwsSolutionsChecks

release = os.environ.get("RELEASE", "./reactive-scaler-0.1.0-arm64")
app = App()
stack = Stack(app, "reactive-scaler")
code = Asset(stack, "Code", path=f"{release}.zip")
parameters = {"CodeBucket": code.s3_bucket_name, "CodeKey": code.s3_object_key}
CfnInclude(stack, "Scaler", template_file=f"{release}.cloudformation.json", parameters=parameters)
Aspects.of(app).add(AwsSolutionsChecks(verbose=True))
app.synth()
