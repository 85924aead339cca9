// reactive-scaler in a CDK app. RELEASE: the path of a release's files without their suffix.
import { App, Aspects, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { AwsSolutionsChecks } from "cdk-nag";

const release = process.env.RELEASE ?? "./reactive-scaler-0.1.0-arm64";
const app = new App();
const stack = new Stack(app, "reactive-scaler");
const code = new Asset(stack, "Code", { path: `${release}.zip` });
new CfnInclude(stack, "Scaler", {
  templateFile: `${release}.cloudformation.json`,
  preserveLogicalIds: true,
  parameters: { CodeBucket: code.s3BucketName, CodeKey: code.s3ObjectKey },
});
Aspects.of(app).add(new AwsSolutionsChecks({ verbose: true }));
