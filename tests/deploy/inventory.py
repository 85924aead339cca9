"""Everything in an account that a stack can create."""

# For each kind: the service, the call, the list in the answer, and the name of an element.
KINDS = {
    "function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "event source mapping": ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "rule": ("events", "list_rules", "Rules", "Name"),
    "schedule": ("scheduler", "list_schedules", "Schedules", "Name"),
    "queue": ("sqs", "list_queues", "QueueUrls", None),
    "table": ("dynamodb", "list_tables", "TableNames", None),
    "topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "subscription": ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "role": ("iam", "list_roles", "Roles", "RoleName"),
    "bucket": ("s3", "list_buckets", "Buckets", "Name"),
}

# The SAM CLI keeps a bucket for artifacts.
SAM_BUCKET = "aws-sam-cli-managed-default"


class Inventory:
    """What an account contains. `client` and `scaling` give clients of the SDK."""

    def inventory(self):
        """Kind and name of everything in the account."""
        found = set()
        for kind, (service, call, members, name) in KINDS.items():
            answer = getattr(self.client(service), call)()
            assert not answer.get("NextToken"), f"{call} has another page"
            for each in answer.get(members, []):
                label = each[name] if name else each
                if not label.startswith(SAM_BUCKET):
                    found.add((kind, label))
        return found

    def scalable_target(self, endpoint):
        """MinCapacity and MaxCapacity of an endpoint, or None."""
        resource = f"endpoint/{endpoint}/variant/AllTraffic"
        answer = self.scaling().describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
        for target in answer["ScalableTargets"]:
            return target["MinCapacity"], target["MaxCapacity"]
        return None

    def policies(self, endpoint):
        """Names and target values of the scaling policies of an endpoint."""
        return {name: settings["TargetValue"] for name, settings in self.policy_settings(endpoint).items()}

    def policy_settings(self, endpoint):
        """Names and settings of the scaling policies of an endpoint, without the dimension that names it."""
        answer = self.scaling().describe_scaling_policies(
            ServiceNamespace="sagemaker", ResourceId=f"endpoint/{endpoint}/variant/AllTraffic",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        )
        found = {}
        for policy in answer["ScalingPolicies"]:
            found[policy["PolicyName"]] = settings = policy["TargetTrackingScalingPolicyConfiguration"]
            for dimension in settings["CustomizedMetricSpecification"]["Dimensions"]:
                assert dimension.pop("Value") == endpoint
        return found

    def scheduled_actions(self, endpoint):
        """Names of the scheduled actions of an endpoint."""
        answer = self.scaling().describe_scheduled_actions(
            ServiceNamespace="sagemaker", ResourceId=f"endpoint/{endpoint}/variant/AllTraffic",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        )
        return [action["ScheduledActionName"] for action in answer["ScheduledActions"]]

    def stack_status(self, stack):
        """The status of a stack."""
        return self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
