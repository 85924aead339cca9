"""AWS::ApplicationAutoScaling::ScalableTarget and ScalingPolicy, which MiniStack lacks: they call
Application Auto Scaling at AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING."""

import boto3

VARIANT = {"ServiceNamespace": "sagemaker", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}


def scaling():
    """The client."""
    return boto3.client("application-autoscaling")


def register(properties):
    """RegisterScalableTarget. Returns the physical ID."""
    bounds = {name: int(properties[name]) for name in ("MinCapacity", "MaxCapacity")}
    scaling().register_scalable_target(**VARIANT, ResourceId=properties["ResourceId"], **bounds)
    return "|".join([properties["ResourceId"], *reversed(VARIANT.values())]), {}


def create_target(_logical_id, properties, _stack):
    """CloudFormation refuses a target that exists."""
    resource = properties["ResourceId"]
    if scaling().describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])["ScalableTargets"]:
        raise ValueError(f"{resource} already exists")
    return register(properties)


def update_target(_physical_id, old, new, stack):
    """Another resource ID is another target."""
    return register(new) if old["ResourceId"] == new["ResourceId"] else create_target(None, new, stack)


def delete_target(physical_id, _properties):
    """DeregisterScalableTarget, which deletes its policies too."""
    scaling().deregister_scalable_target(**VARIANT, ResourceId=physical_id.split("|")[0])


def create_policy(_logical_id, properties, _stack):
    """PutScalingPolicy. Parameters of the stack arrive as text."""
    name = "TargetTrackingScalingPolicyConfiguration"
    configuration = dict(properties[name])
    configuration["TargetValue"] = float(configuration["TargetValue"])
    for cooldown in ("ScaleOutCooldown", "ScaleInCooldown"):
        configuration[cooldown] = int(configuration[cooldown])
    answer = scaling().put_scaling_policy(
        **VARIANT,
        ResourceId=properties["ScalingTargetId"].split("|")[0],
        PolicyName=properties["PolicyName"],
        PolicyType=properties["PolicyType"],
        **{name: configuration},
    )
    return answer["PolicyARN"], {}


def update_policy(_physical_id, _old, new, stack):
    """PutScalingPolicy replaces a policy of the same name."""
    return create_policy(None, new, stack)


def delete_policy(_physical_id, properties):
    """DeleteScalingPolicy."""
    resource = properties["ScalingTargetId"].split("|")[0]
    scaling().delete_scaling_policy(**VARIANT, ResourceId=resource, PolicyName=properties["PolicyName"])


PREFIX = "AWS::ApplicationAutoScaling::"
HANDLERS = {
    PREFIX + "ScalableTarget": {"create": create_target, "update": update_target, "delete": delete_target},
    PREFIX + "ScalingPolicy": {"create": create_policy, "update": update_policy, "delete": delete_policy},
}
