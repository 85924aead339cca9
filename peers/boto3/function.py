"""What people write today: on an upload, ask for an instance where there is none."""

import boto3

ENDPOINT = "my-endpoint"
VARIANT = "AllTraffic"
PREFIX = "async/in/"

# Clients are made once per container, as AWS advises.
sagemaker = boto3.client("sagemaker")
scaling = boto3.client("application-autoscaling")


def handler(event, context):
    keys = [record["s3"]["object"]["key"] for record in event.get("Records", [])]
    if not any(key.startswith(PREFIX) for key in keys):
        return {"woken": False}
    endpoint = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    targets = scaling.describe_scalable_targets(
        ServiceNamespace="sagemaker",
        ResourceIds=[f"endpoint/{ENDPOINT}/variant/{VARIANT}"],
    )["ScalableTargets"]
    desired = endpoint["ProductionVariants"][0]["DesiredInstanceCount"]
    if desired > 0 or not targets or targets[0]["MaxCapacity"] < 1:
        return {"woken": False}
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINT,
        DesiredWeightsAndCapacities=[{"VariantName": VARIANT, "DesiredInstanceCount": 1}],
    )
    return {"woken": True}
