"""What platform teams ask for: TLS only, a permissions boundary, a VPC, a KMS key of their own."""

# Where the ARN of a key stands in a resource of each type.
KEYS = {
    "AWS::Lambda::Function": ("KmsKeyArn",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::S3::Bucket": (
        "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault", "KMSMasterKeyID",
    ),
}

# For each type of policy: the property that names what it protects, and the actions that it must deny.
POLICIES = {
    "AWS::SNS::TopicPolicy": ("AWS::SNS::Topic", "Topics", "sns:Publish"),
    "AWS::SQS::QueuePolicy": ("AWS::SQS::Queue", "Queues", "sqs:*"),
    "AWS::S3::BucketPolicy": ("AWS::S3::Bucket", "Bucket", "s3:*"),
}


def check_tls_only(stack):
    """Each topic, queue and bucket of the stack refuses requests without TLS."""
    problems = []
    for policy_type, (kind, names, action) in POLICIES.items():
        protected = set()
        for policy in stack.of_type(policy_type).values():
            targets = policy[names] if isinstance(policy[names], list) else [policy[names]]
            for statement in policy["PolicyDocument"]["Statement"]:
                if (
                    (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", action)
                    and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
                    and resources_match(targets, statement["Resource"])
                ):
                    protected.update(target.strip("<>") for target in targets)
        problems += [f"{name} accepts requests without TLS" for name in sorted(set(stack.of_type(kind)) - protected)]
    return problems


def resources_match(targets, resource):
    """Whether a statement is on all that the policy protects: the ARN of a queue or bucket, or the topic itself."""
    resources = resource if isinstance(resource, list) else [resource]
    arns = {arn for target in targets for arn in (target, f"<{target.strip('<>')}.Arn>")}
    return any(each in arns for each in resources)


def check_boundary(stack):
    """Each role has the permissions boundary that is asked for, and none otherwise."""
    wanted = stack.parameters.get("PermissionsBoundary")
    roles = stack.of_type("AWS::IAM::Role").items()
    return [
        f"{name}: permissions boundary {role.get('PermissionsBoundary')}, not {wanted}"
        for name, role in roles
        if role.get("PermissionsBoundary") != wanted
    ]


def check_vpc(stack):
    """The function is in the subnets and security groups that are asked for, and in no VPC otherwise."""
    lists = {"SubnetIds": "SubnetIds", "SecurityGroupIds": "SecurityGroupIds"}
    wanted = {name: stack.parameters[of].split(",") for name, of in lists.items() if of in stack.parameters}
    function, = stack.of_type("AWS::Lambda::Function").values()
    found = function.get("VpcConfig")
    return [] if found == (wanted or None) else [f"VpcConfig is {found}, not {wanted}"]


def check_key(stack):
    """Everything that a key can encrypt is encrypted with the key that is asked for."""
    wanted = stack.parameters.get("KmsKeyArn")
    problems = []
    for kind, path in KEYS.items():
        for name, properties in stack.of_type(kind).items():
            found = at(properties, path)
            if found != wanted:
                problems.append(f"{name} is encrypted with {found}, not {wanted}")
    return problems


def at(node, path):
    """What stands at a path, or None."""
    for step in path:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and len(node) > step:
            node = node[step]
        else:
            return None
    return node
