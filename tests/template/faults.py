"""The planted faults: each breaks one thing in a copy of the template, and names the checks that must
find it."""

from stack import EXISTING_BUCKET, NEW_BUCKET_SEVERAL_ENDPOINTS, function_of

FAULTS = {}


def fault(*caught_by, parameters=None):
    """Registers a fault under its description, with the checks that must catch it."""

    def register(plant):
        FAULTS[plant.__doc__] = (plant, caught_by, parameters or EXISTING_BUCKET)
        return plant

    return register


def event_of(template, name):
    return function_of(template)["Properties"]["Events"][name]["Properties"]


def properties(template, name):
    return template["Resources"][name]["Properties"]


def statement(template, sid):
    """A statement of the function's role."""
    for policy in properties(template, "ScalerRole")["Policies"]:
        for each in policy["PolicyDocument"]["Statement"]:
            if each.get("Sid") == sid:
                return each
    raise KeyError(sid)


def in_dashboard(template, old, new):
    dashboard = properties(template, "Dashboard")
    text = dashboard["DashboardBody"]["Fn::Sub"]
    assert old in text
    dashboard["DashboardBody"]["Fn::Sub"] = text.replace(old, new)


# --- References and wiring ------------------------------------------------------------------------
@fault("references", "cfn_lint")
def _(template):
    """a dangling reference in an event"""
    event_of(template, "Signals")["Topic"] = {"Ref": "SignalsTopic"}


@fault("references", "cfn_lint")
def _(template):
    """a dangling reference in an output"""
    template["Outputs"]["AlarmTopicArn"]["Value"] = {"Ref": "AlarmsTopic"}


@fault("event_sources")
def _(template):
    """an upload rule that may not invoke the function"""
    del template["Resources"]["UploadRulePermission"]


@fault("event_sources")
def _(template):
    """a schedule whose role may not invoke the function"""
    event_of(template, "Tick")["RoleArn"] = {"Fn::GetAtt": ["ScalerRole", "Arn"]}


@fault("event_sources")
def _(template):
    """no schedule at all"""
    del function_of(template)["Properties"]["Events"]["Tick"]


@fault("event_sources")
def _(template):
    """a schedule that sends something else than a tick"""
    event_of(template, "Tick")["Input"] = '{"action":"ticks"}'


@fault("event_sources", parameters=NEW_BUCKET_SEVERAL_ENDPOINTS)
def _(template):
    """a new bucket that does not wait for its permission"""
    del template["Resources"]["NewBucket"]["DependsOn"]


@fault("cfn_lint", parameters=NEW_BUCKET_SEVERAL_ENDPOINTS)
def _(template):
    """a circular dependency of the new bucket and its permission"""
    properties(template, "NewBucketPermission")["SourceArn"] = {"Fn::GetAtt": ["NewBucket", "Arn"]}


@fault("two_stacks")
def _(template):
    """a schedule with the same name in every stack"""
    del event_of(template, "Tick")["OmitName"]


# --- Patterns -------------------------------------------------------------------------------------
@fault("upload_filter")
def _(template):
    """an upload rule for the wrong detail-type"""
    properties(template, "UploadRule")["EventPattern"]["detail-type"] = ["Object Created:Put"]


@fault("upload_filter")
def _(template):
    """an upload rule that takes the prefix or the suffix, not both"""
    keys = [{"prefix": {"Ref": "InputPrefix"}}, {"suffix": {"Ref": "InputSuffix"}}]
    properties(template, "UploadRule")["EventPattern"]["detail"]["object"] = {"key": keys}


@fault("upload_filter")
def _(template):
    """an upload rule for any bucket"""
    del properties(template, "UploadRule")["EventPattern"]["detail"]["bucket"]


@fault("upload_filter", parameters=NEW_BUCKET_SEVERAL_ENDPOINTS)
def _(template):
    """a notification that filters by the first route, with further routes on the bucket"""
    template["Conditions"]["FiltersKeys"] = {"Fn::Equals": ["a", "a"]}
    template["Conditions"]["FiltersByPrefix"] = {"Fn::Equals": ["a", "a"]}


@fault("state_change_pattern")
def _(template):
    """a state change rule for the wrong detail-type"""
    pattern = event_of(template, "EndpointStateChange")["Pattern"]
    pattern["detail-type"] = ["SageMaker Endpoint Status Change"]


@fault("backlog_alarm")
def _(template):
    """a backstop on a metric that is absent at zero instances"""
    properties(template, "BacklogAlarm")["MetricName"] = "ApproximateBacklogSizePerInstance"


@fault("backlog_alarm")
def _(template):
    """a topic that does not admit alarms"""
    statements = properties(template, "SignalTopicPolicy")["PolicyDocument"]["Statement"]
    statements[0]["Principal"] = {"Service": "events.amazonaws.com"}


# --- Permissions and settings ---------------------------------------------------------------------
@fault("permissions", "cfn_lint")
def _(template):
    """a misspelled IAM action"""
    statement(template, "Endpoint")["Action"][0] = "sagemaker:DescribeEndpoints"


@fault("permissions")
def _(template):
    """a missing permission"""
    statement(template, "LeaseAndFloor")["Action"].remove("application-autoscaling:RegisterScalableTarget")


@fault("permissions")
def _(template):
    """a permission that nothing calls"""
    statement(template, "Endpoint")["Action"].append("sagemaker:DeleteEndpoint")


@fault("permissions")
def _(template):
    """a permission on every endpoint"""
    statement(template, "Endpoint")["Resource"] = "*"


@fault("permissions")
def _(template):
    """a permission to scale other services' targets"""
    del statement(template, "LeaseAndFloor")["Condition"]


@fault("permissions")
def _(template):
    """a managed policy"""
    arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    properties(template, "ScalerRole")["ManagedPolicyArns"] = [arn]


@fault("variables")
def _(template):
    """a wrong environment variable name"""
    variables = function_of(template)["Properties"]["Environment"]["Variables"]
    variables["SCALER_ROUTE"] = variables.pop("SCALER_ROUTES")


@fault("routes")
def _(template):
    """routes that are no JSON"""
    routes = function_of(template)["Properties"]["Environment"]["Variables"]["SCALER_ROUTES"]
    routes["Fn::Sub"][0] = routes["Fn::Sub"][0].replace('"wake_to":', '"wake_to":,')


@fault("routes")
def _(template):
    """routes that leave the bucket out"""
    routes = function_of(template)["Properties"]["Environment"]["Variables"]["SCALER_ROUTES"]
    routes["Fn::Sub"][0] = routes["Fn::Sub"][0].replace("${Bucket}", "")


# --- Limits, failure, scaling ---------------------------------------------------------------------
@fault("limits", "cfn_lint")
def _(template):
    """retries out of range"""
    function_of(template)["Properties"]["EventInvokeConfig"]["MaximumRetryAttempts"] = 5


@fault("limits", "cfn_lint")
def _(template):
    """an age out of range"""
    function_of(template)["Properties"]["EventInvokeConfig"]["MaximumEventAgeInSeconds"] = 86400


@fault("limits", "sam_validate")
def _(template):
    """a misspelled key of EventInvokeConfig"""
    config = function_of(template)["Properties"]["EventInvokeConfig"]
    config["MaximumRetryAttempt"] = config.pop("MaximumRetryAttempts")


@fault("schedule")
def _(template):
    """rate(1 minutes)"""
    event_of(template, "Tick")["ScheduleExpression"] = "rate(1 minutes)"


@fault("failure_paths", "checkov")
def _(template):
    """a dead-letter queue that is not encrypted"""
    del properties(template, "DeadLetters")["SqsManagedSseEnabled"]
    del template["Resources"]["DeadLetters"]["Metadata"]


@fault("failure_paths")
def _(template):
    """no on-failure destination"""
    del function_of(template)["Properties"]["EventInvokeConfig"]["DestinationConfig"]


@fault("failure_paths")
def _(template):
    """a dead-letter queue that rules may not send to"""
    del properties(template, "DeadLettersPolicy")["PolicyDocument"]["Statement"][0]


@fault("scaling")
def _(template):
    """a scalable target that goes with the stack"""
    del template["Resources"]["VariantTarget"]["DeletionPolicy"]


@fault("scaling")
def _(template):
    """a policy on a metric that async endpoints do not publish"""
    tracking = properties(template, "BacklogPolicy")["TargetTrackingScalingPolicyConfiguration"]
    tracking["CustomizedMetricSpecification"]["MetricName"] = "InvocationsPerInstance"


# --- Sight ----------------------------------------------------------------------------------------
@fault("dashboard")
def _(template):
    """a dashboard metric that nobody emits"""
    in_dashboard(template, '"SleepBlocked"', '"SleepsBlocked"')


@fault("dashboard")
def _(template):
    """a dashboard metric with the wrong dimension"""
    in_dashboard(template, '"WakeLatencyMs", "EndpointName"', '"WakeLatencyMs", "Endpoint"')


@fault("dashboard")
def _(template):
    """a dashboard that is no JSON"""
    in_dashboard(template, '"periodOverride": "inherit",', '"periodOverride": "inherit"')


@fault("alarms")
def _(template):
    """an alarm on a metric that nobody emits"""
    properties(template, "AwakeAlarm")["MetricName"] = "AwakeInstances"


@fault("alarms")
def _(template):
    """an alarm that nobody hears"""
    properties(template, "ErrorAlarm")["AlarmActions"] = [{"Ref": "SignalTopic"}]


@fault("log")
def _(template):
    """a log level that drops the metrics"""
    function_of(template)["Properties"]["LoggingConfig"]["ApplicationLogLevel"] = "WARN"
