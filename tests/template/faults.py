"""The planted faults: each breaks one thing in a copy of the template, and names the checks that must
find it."""

from stack import (
    BUFFERED_EXISTING_BUCKET,
    BUFFERED_NEW_BUCKET,
    EXISTING_BUCKET,
    NEW_BUCKET_SEVERAL_ENDPOINTS,
    ORGANIZATION,
    PATTERN,
    RESULTS,
    RESULTS_SDK_KEYS,
    SDK_KEYS,
    SDK_KEYS_WITH_PREFIX,
    STORED_OBJECT,
    STORED_PARAMETER,
    SUFFIX_ONLY,
    TAG_ACCESS,
    function_of,
)

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


def statements(node):
    """Every statement in a part of a policy, those too that depend on a condition."""
    if isinstance(node, list):
        for each in node:
            yield from statements(each)
    elif isinstance(node, dict):
        if "Sid" in node:
            yield node
        yield from statements(list(node.values()))


def statement(template, sid):
    """The first statement of this name in the function's role."""
    return next(each for each in statements(properties(template, "ScalerRole")) if each["Sid"] == sid)


def variables(template):
    return function_of(template)["Properties"]["Environment"]["Variables"]


def in_routes(template, old, new):
    """Changes the text of the routes that are rendered."""
    _, _, rendered = variables(template)["SCALER_ROUTES"]["Fn::If"]
    assert old in rendered["Fn::Sub"][0]
    rendered["Fn::Sub"][0] = rendered["Fn::Sub"][0].replace(old, new)


def in_dashboard(template, old, new):
    body = properties(template, "Dashboard")["DashboardBody"]["Fn::Sub"]
    assert old in body[0]
    body[0] = body[0].replace(old, new)


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
    properties(template, "UploadRulePermission")["Principal"] = "s3.amazonaws.com"


@fault("event_sources")
def _(template):
    """a schedule whose role may not invoke the function"""
    properties(template, "Tick")["Target"]["RoleArn"] = {"Fn::GetAtt": ["ScalerRole", "Arn"]}


@fault("event_sources")
def _(template):
    """no schedule at all"""
    del template["Resources"]["Tick"]


@fault("event_sources")
def _(template):
    """a schedule that sends something else than a tick"""
    properties(template, "Tick")["Target"]["Input"] = '{"action":"ticks"}'


@fault("event_sources")
def _(template):
    """a schedule that stays at an old version of the code"""
    properties(template, "TickAlias")["FunctionVersion"] = "1"


@fault("event_sources", parameters=NEW_BUCKET_SEVERAL_ENDPOINTS)
def _(template):
    """a new bucket that does not wait for its permission"""
    _, _, notifies = properties(template, "NewBucket")["NotificationConfiguration"]["Fn::If"]
    notifies["LambdaConfigurations"][0]["Function"] = {"Fn::GetAtt": ["ScalerFunction", "Arn"]}


@fault("cfn_lint", parameters=NEW_BUCKET_SEVERAL_ENDPOINTS)
def _(template):
    """a circular dependency of the new bucket and its permission"""
    properties(template, "NewBucketPermission")["SourceArn"] = {"Fn::GetAtt": ["NewBucket", "Arn"]}


@fault("two_stacks")
def _(template):
    """a schedule with the same name in every stack"""
    properties(template, "Tick")["Name"] = "tick"


# --- Patterns -------------------------------------------------------------------------------------
@fault("invocation_rule", parameters=SUFFIX_ONLY)
def _(template):
    """an invocation rule that takes every endpoint"""
    detail = properties(template, "InvocationRule")["EventPattern"]["detail"]
    detail["resources"]["ARN"] = [{"prefix": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/"}]


@fault("invocation_rule", parameters=PATTERN)
def _(template):
    """an invocation rule that takes one of several endpoints only"""
    template["Conditions"]["ServesOne"] = {"Fn::Equals": ["a", "a"]}


@fault("invocation_rule", parameters=EXISTING_BUCKET)
def _(template):
    """an invocation rule that nobody asked for"""
    template["Conditions"]["WatchesInvocations"] = {"Fn::Equals": ["a", "a"]}


@fault("event_sources", parameters=SUFFIX_ONLY)
def _(template):
    """an invocation rule that may not invoke the function"""
    properties(template, "InvocationRulePermission")["Principal"] = "s3.amazonaws.com"


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
    """an upload rule with a wildcard, of which a bus takes a few only"""
    keys = [{"wildcard": {"Fn::Sub": "${InputPrefix}*${InputSuffix}"}}]
    properties(template, "UploadRule")["EventPattern"]["detail"]["object"] = {"key": keys}


@fault("upload_filter", parameters=SUFFIX_ONLY)
def _(template):
    """an upload rule that does not filter by the suffix"""
    template["Conditions"]["FiltersKeys"] = {"Condition": "FiltersByPrefix"}


@fault("upload_filter")
def _(template):
    """an upload rule for any bucket"""
    del properties(template, "UploadRule")["EventPattern"]["detail"]["bucket"]


@fault("upload_filter", parameters=NEW_BUCKET_SEVERAL_ENDPOINTS)
def _(template):
    """a notification that filters by the first route, with further routes on the bucket"""
    template["Conditions"]["FiltersKeys"] = {"Fn::Equals": ["a", "a"]}
    template["Conditions"]["FiltersByPrefix"] = {"Fn::Equals": ["a", "a"]}


@fault("upload_filter", parameters=SDK_KEYS)
def _(template):
    """SDK keys that are not filtered"""
    template["Conditions"]["FiltersKeys"] = {"Fn::Equals": ["a", "b"]}


@fault("upload_filter", parameters=BUFFERED_NEW_BUCKET)
def _(template):
    """SDK keys that are not filtered, in a new bucket"""
    template["Conditions"]["FiltersByPrefix"] = {"Fn::Equals": ["a", "b"]}


@fault("upload_filter", parameters=STORED_PARAMETER)
def _(template):
    """stored routes whose further buckets are left out"""
    template["Conditions"]["HasExtraBuckets"] = {"Fn::Equals": ["a", "b"]}


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


@fault("backlog_alarm", parameters=SDK_KEYS)
def _(template):
    """a backstop over all endpoints that does not reach the function"""
    properties(template, "FleetBacklogAlarm")["AlarmActions"] = [{"Ref": "AlarmTopic"}]


@fault("backlog_alarm", parameters=PATTERN)
def _(template):
    """a backstop over all endpoints that waits for half an hour"""
    properties(template, "FleetBacklogAlarm")["EvaluationPeriods"] = 30


@fault("backlog_alarm", "alarms", parameters=STORED_PARAMETER)
def _(template):
    """a backstop over all endpoints that names none of them"""
    query = properties(template, "FleetBacklogAlarm")["Metrics"][0]
    query["Expression"] = query["Expression"].split(" GROUP BY")[0]


@fault("backlog_alarm", "one_or_many", parameters=SDK_KEYS)
def _(template):
    """many endpoints without a backstop"""
    template["Conditions"]["ServesSeveral"] = {"Fn::Equals": ["a", "b"]}


@fault("backlog_alarm", parameters=TAG_ACCESS)
def _(template):
    """further routes without a backstop"""
    template["Conditions"]["ServesSeveral"] = {"Condition": "RoutesByOthers"}


@fault("upload_filter", parameters=SDK_KEYS_WITH_PREFIX)
def _(template):
    """SDK keys below a prefix that the rule does not know"""
    template["Conditions"]["SdkKeysHaveAPrefix"] = {"Fn::Equals": ["a", "b"]}


@fault("upload_filter", parameters=BUFFERED_NEW_BUCKET)
def _(template):
    """SDK keys below a prefix that the notification does not know"""
    template["Conditions"]["SdkKeysHaveAPrefix"] = {"Fn::Equals": ["a", "b"]}


@fault("backlog_alarm", "one_or_many", parameters=SDK_KEYS)
def _(template):
    """a backstop on no endpoint"""
    del template["Resources"]["BacklogAlarm"]["Condition"]


# --- A queue before the function ------------------------------------------------------------------
@fault("buffer_queue", "checkov", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a queue of uploads that is not encrypted"""
    del properties(template, "UploadBuffer")["SqsManagedSseEnabled"], properties(template, "UploadBuffer")["KmsMasterKeyId"]
    del template["Resources"]["UploadBuffer"]["Metadata"]


@fault("buffer_queue", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """messages that are visible again while the function may be throttled"""
    properties(template, "UploadBuffer")["VisibilityTimeout"] = 629


@fault("buffer_queue", "cfn_lint", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """messages that are visible again while the function works on them"""
    properties(template, "UploadBuffer")["VisibilityTimeout"] = 54


@fault("buffer_queue", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """messages that go before the requests do"""
    properties(template, "UploadBuffer")["MessageRetentionPeriod"] = 3600


@fault("buffer_queue", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """messages that are given up too soon"""
    properties(template, "UploadBuffer")["RedrivePolicy"]["maxReceiveCount"] = 4


@fault("buffer_queue", "failure_paths", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a queue of uploads that gives nothing up"""
    del properties(template, "UploadBuffer")["RedrivePolicy"]


@fault("buffer_queue", "buffer_source")
def _(template):
    """a queue that nobody asked for"""
    template["Conditions"]["BuffersUploads"] = {"Fn::Equals": ["a", "a"]}


@fault("buffer_source", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a batch that comes back whole"""
    del properties(template, "UploadBufferSource")["FunctionResponseTypes"]


@fault("buffer_source", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a queue that may take the whole concurrency"""
    del properties(template, "UploadBufferSource")["ScalingConfig"]


@fault("buffer_source", "cfn_lint", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a concurrency that Lambda refuses"""
    properties(template, "UploadBufferSource")["ScalingConfig"]["MaximumConcurrency"] = 1


@fault("buffer_source", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a large batch without a window"""
    del properties(template, "UploadBufferSource")["MaximumBatchingWindowInSeconds"]


@fault("buffer_source", "event_sources", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a queue that nobody polls"""
    properties(template, "UploadBufferSource")["EventSourceArn"] = {"Fn::GetAtt": ["DeadLetters", "Arn"]}


@fault("event_sources", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a queue that is polled, when somebody switches that on"""
    properties(template, "UploadBufferSource")["Enabled"] = False


@fault("buffer_access", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a permission to invoke that is left over"""
    template["Conditions"]["RuleInvokes"] = {"Condition": "WatchesExistingBucket"}


@fault("buffer_access", parameters=BUFFERED_NEW_BUCKET)
def _(template):
    """a new bucket's permission to invoke that is left over"""
    template["Conditions"]["BucketInvokes"] = {"Condition": "CreatesBucket"}


@fault("buffer_access", "event_sources", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """uploads that go past the queue"""
    properties(template, "UploadRule")["Targets"][0]["Arn"] = {"Fn::GetAtt": ["ScalerFunction", "Arn"]}


@fault("buffer_access", "event_sources", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a queue that lets any rule in"""
    policy = properties(template, "UploadBufferPolicy")["PolicyDocument"]["Statement"]
    del policy[0]["Fn::If"][2]["Condition"]["ArnEquals"]


@fault("buffer_access", parameters=BUFFERED_NEW_BUCKET)
def _(template):
    """a queue that lets the bucket in, whoever owns it"""
    policy = properties(template, "UploadBufferPolicy")["PolicyDocument"]["Statement"]
    del policy[0]["Fn::If"][1]["Condition"]["StringEquals"]


@fault("event_sources", parameters=BUFFERED_NEW_BUCKET)
def _(template):
    """a new bucket that does not wait for the queue's policy"""
    _, notifies, _ = properties(template, "NewBucket")["NotificationConfiguration"]["Fn::If"]
    notifies["QueueConfigurations"][0]["Queue"] = {"Fn::GetAtt": ["UploadBuffer", "Arn"]}


@fault("cfn_lint", parameters=BUFFERED_NEW_BUCKET)
def _(template):
    """a circular dependency of the new bucket and the queue's policy"""
    statement = properties(template, "UploadBufferPolicy")["PolicyDocument"]["Statement"][0]["Fn::If"][1]
    statement["Condition"]["ArnEquals"]["aws:SourceArn"] = {"Fn::GetAtt": ["NewBucket", "Arn"]}


@fault("buffer_alarm", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """an alarm on the queue that one retry sets off"""
    properties(template, "BufferAgeAlarm")["Threshold"] = 300


@fault("buffer_alarm", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """an alarm on the queue that failing messages never reach"""
    properties(template, "BufferAgeAlarm")["Threshold"] = 1300


@fault("buffer_alarm", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """an alarm on the wrong queue"""
    properties(template, "BufferAgeAlarm")["Dimensions"][0]["Value"] = {"Fn::GetAtt": ["DeadLetters", "QueueName"]}


# --- Permissions and settings ---------------------------------------------------------------------
@fault("parliament", "permissions")
def _(template):
    """a permission on a resource that the action does not support"""
    statement(template, "OnFailure")["Resource"] = {"Fn::GetAtt": ["FunctionLog", "Arn"]}


@fault("parliament")
def _(template):
    """a condition that the action does not support"""
    conditions = statement(template, "ReadBacklog").setdefault("Condition", {})
    conditions["StringEquals"] = {"cloudwatch:requestalarmactions": "x"}


@fault("cloudsplaining", "permissions")
def _(template):
    """a permission with which the function can give itself every other"""
    escalating = statement(template, "ServiceLinkedRole")
    escalating.update({"Action": ["iam:PutRolePolicy", "iam:PassRole"], "Resource": "*"})
    del escalating["Condition"]


@fault("permissions", "cfn_lint", "parliament")
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
    variables(template)["SCALER_ROUTE"] = variables(template).pop("SCALER_ROUTES")


@fault("routes")
def _(template):
    """routes that are no JSON"""
    in_routes(template, '"wake_to":', '"wake_to":,')


@fault("routes")
def _(template):
    """routes that leave the bucket out"""
    in_routes(template, "${Bucket}", "")


@fault("routes", parameters=SDK_KEYS)
def _(template):
    """a preset beside a prefix"""
    in_routes(template, "${Keys}", ',"prefix":""')


@fault("routes", parameters=PATTERN)
def _(template):
    """routes that leave the inputs per instance out"""
    in_routes(template, "${Each}", "")


@fault("routes", parameters=STORED_PARAMETER)
def _(template):
    """a stored parameter by its name alone"""
    _, stored, _ = variables(template)["SCALER_ROUTES"]["Fn::If"]
    stored["Fn::If"][1] = {"Ref": "RoutesParameter"}


@fault("permissions", parameters=STORED_PARAMETER)
def _(template):
    """a permission to read every parameter"""
    read, = (s for s in statements(properties(template, "ScalerRole")) if s["Action"] == "ssm:GetParameter")
    read["Resource"] = {"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/*"}


@fault("permissions", parameters=STORED_OBJECT)
def _(template):
    """a permission to read the whole bucket of the stored routes"""
    read, = (s for s in statements(properties(template, "ScalerRole")) if s["Action"] == "s3:GetObject")
    read["Resource"]["Fn::Sub"] = "arn:${AWS::Partition}:s3:::my-settings/*"


@fault("permissions", parameters=STORED_OBJECT)
def _(template):
    """both ways to stored routes allowed"""
    policy = properties(template, "ScalerRole")["Policies"][1]["PolicyDocument"]
    read, = (s for s in statements(policy) if s["Action"] == "ssm:GetParameter")
    policy["Statement"].append(read)


@fault("permissions")
def _(template):
    """a permission to read routes that are not stored"""
    policy = properties(template, "ScalerRole")["Policies"][1]["PolicyDocument"]
    read, = (s for s in statements(policy) if s["Action"] == "s3:GetObject")
    policy["Statement"].append(read)


@fault("permissions", parameters=SDK_KEYS)
def _(template):
    """a permission on every endpoint, whatever its tag"""
    del statement(template, "TaggedEndpoints")["Condition"]


@fault("permissions", parameters=SDK_KEYS)
def _(template):
    """a tag whose value does not matter"""
    condition = statement(template, "TaggedEndpoints")["Condition"]
    condition["StringLike"] = {"aws:ResourceTag/reactive-scaler": "*"}
    del condition["StringEquals"]


@fault("permissions", parameters=SDK_KEYS)
def _(template):
    """a tag of another name"""
    equals = statement(template, "TaggedEndpoints")["Condition"]["StringEquals"]
    equals["aws:ResourceTag/scaler"] = equals.pop("aws:ResourceTag/reactive-scaler")


@fault("permissions", parameters=SDK_KEYS)
def _(template):
    """tagged endpoints that may be scaled, and others not even read"""
    statement(template, "ReadEndpoints")["Condition"] = statement(template, "TaggedEndpoints")["Condition"]


@fault("permissions")
def _(template):
    """one endpoint, and all may be read"""
    template["Conditions"]["ReadsEveryEndpoint"] = {"Fn::Equals": ["a", "a"]}


@fault("permissions", parameters=PATTERN)
def _(template):
    """a pattern that is wider for IAM than for the function"""
    statement(template, "Endpoint")["Resource"]["Fn::Sub"][1]["Names"] = "*"


@fault("permissions", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a queue that Lambda may not empty"""
    statement(template, "Poll")["Action"].remove("sqs:DeleteMessage")


@fault("permissions", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a permission to poll every queue"""
    statement(template, "Poll")["Resource"] = "*"


@fault("permissions", parameters=BUFFERED_EXISTING_BUCKET)
def _(template):
    """a permission on the queue that nothing needs"""
    statement(template, "Poll")["Action"].append("sqs:PurgeQueue")


# --- Results of requests --------------------------------------------------------------------------
@fault("ledger", "permissions")
def _(template):
    """a table that nobody asked for"""
    template["Conditions"]["ConnectsResults"] = {"Fn::Equals": ["a", "a"]}


@fault("ledger", parameters=RESULTS)
def _(template):
    """a table with its keys in another order"""
    properties(template, "Ledger")["KeySchema"].reverse()
    for key, kind in zip(properties(template, "Ledger")["KeySchema"], ("HASH", "RANGE")):
        key["KeyType"] = kind


@fault("ledger", parameters=RESULTS)
def _(template):
    """items that stay for ever"""
    properties(template, "Ledger")["TimeToLiveSpecification"]["AttributeName"] = "expires"


@fault("ledger", parameters=RESULTS)
def _(template):
    """a table that stays when the stack is deleted"""
    template["Resources"]["Ledger"]["DeletionPolicy"] = "Retain"


@fault("ledger", "cfn_lint", parameters=RESULTS)
def _(template):
    """a table that is paid by the hour"""
    del properties(template, "Ledger")["BillingMode"]


@fault("ledger", "variables", parameters=RESULTS)
def _(template):
    """a table that the function does not know"""
    variables(template)["SCALER_LEDGER"]["Fn::If"][1] = {"Ref": "AWS::NoValue"}


@fault("variables")
def _(template):
    """a table that is named, and not made"""
    variables(template)["SCALER_LEDGER"] = "a-table"


@fault("permissions", parameters=RESULTS)
def _(template):
    """uploads that cannot be recorded"""
    statement(template, "Ledger")["Action"].remove("dynamodb:UpdateItem")


@fault("permissions", parameters=RESULTS)
def _(template):
    """a permission on the table that nothing needs"""
    statement(template, "Ledger")["Action"].append("dynamodb:Scan")


@fault("permissions", parameters=RESULTS)
def _(template):
    """a permission on every table"""
    tables = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"}
    statement(template, "Ledger")["Resource"] = tables


@fault("routes", parameters=RESULTS)
def _(template):
    """results that the route does not use"""
    in_routes(template, "${Results}", "")


@fault("routes", parameters=RESULTS)
def _(template):
    """results, and the wait that the metric needs"""
    in_routes(template, "${Idle}", "${IdleMinutes}")


@fault("routes")
def _(template):
    """results that a route uses without being asked to"""
    in_routes(template, "${Results}", ',"results":true')


@fault("result_topics", parameters=RESULTS)
def _(template):
    """a topic to which every role of the account can publish"""
    every = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    properties(template, "SageMakerErrorTopicPolicy")["PolicyDocument"]["Statement"][0]["Principal"] = every


@fault("result_topics", parameters=RESULTS_SDK_KEYS)
def _(template):
    """a topic to which only the first of two roles can publish"""
    first = {"AWS": [{"Fn::Select": [0, {"Ref": "ResultsRoleArns"}]}]}
    properties(template, "SageMakerSuccessTopicPolicy")["PolicyDocument"]["Statement"][0]["Principal"] = first


@fault("result_topics", parameters=RESULTS)
def _(template):
    """a topic that its roles can also read"""
    granted = properties(template, "SageMakerSuccessTopicPolicy")["PolicyDocument"]["Statement"][0]
    granted["Action"] = ["sns:Publish", "sns:Subscribe"]


@fault("result_topics", parameters=RESULTS)
def _(template):
    """a topic without a policy"""
    del template["Resources"]["SageMakerErrorTopicPolicy"]


@fault("result_topics", parameters=RESULTS)
def _(template):
    """a topic that is encrypted with a key that admits no role"""
    properties(template, "SageMakerErrorTopic")["KmsMasterKeyId"] = "alias/aws/sns"


@fault("result_topics", "event_sources")
def _(template):
    """a topic that nobody asked for"""
    for name in ("SageMakerSuccessTopic", "SuccessSubscription"):
        del template["Resources"][name]["Condition"]


@fault("event_sources", parameters=RESULTS)
def _(template):
    """a topic that may not invoke the function"""
    properties(template, "ErrorPermission")["SourceArn"] = {"Ref": "SageMakerSuccessTopic"}


@fault("failure_paths", parameters=RESULTS)
def _(template):
    """results that are lost when they cannot be delivered"""
    del properties(template, "SuccessSubscription")["RedrivePolicy"]


@fault("failure_paths", parameters=RESULTS)
def _(template):
    """a dead-letter queue that the topics of results may not send to"""
    policy = properties(template, "DeadLettersPolicy")["PolicyDocument"]["Statement"]
    policy[1]["Condition"]["ArnEquals"]["aws:SourceArn"] = {"Ref": "SignalTopic"}


@fault("connect_line", parameters=RESULTS)
def _(template):
    """a line that passes one topic twice"""
    line = template["Outputs"]["ConnectResultsLine"]["Value"]
    line["Fn::Sub"] = line["Fn::Sub"].replace("${SageMakerErrorTopic}", "${SageMakerSuccessTopic}")


@fault("connect_line", parameters=RESULTS)
def _(template):
    """a line that is no Python"""
    line = template["Outputs"]["ConnectResultsLine"]["Value"]
    line["Fn::Sub"] = line["Fn::Sub"].replace('"SuccessTopic": ', "SuccessTopic=")


@fault("connect_line", parameters=RESULTS)
def _(template):
    """an output that names the other topic"""
    template["Outputs"]["ErrorTopicArn"]["Value"] = {"Ref": "SageMakerSuccessTopic"}


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
    properties(template, "Tick")["ScheduleExpression"] = "rate(1 minutes)"


@fault("tick", "event_sources")
def _(template):
    """a schedule that shares the function's retries"""
    properties(template, "Tick")["Target"]["Arn"] = {"Fn::GetAtt": ["ScalerFunction", "Arn"]}


@fault("tick")
def _(template):
    """a failing tick that runs three times"""
    properties(template, "TickInvokeConfig")["MaximumRetryAttempts"] = 2


@fault("tick")
def _(template):
    """a failing tick that runs three times by default"""
    del template["Resources"]["TickInvokeConfig"]


@fault("tick")
def _(template):
    """a dead letter for each tick that fails"""
    config = function_of(template)["Properties"]["EventInvokeConfig"]["DestinationConfig"]
    destination = {"OnFailure": {"Destination": config["OnFailure"]["Destination"]}}
    properties(template, "TickInvokeConfig")["DestinationConfig"] = destination


@fault("tick")
def _(template):
    """a dead letter for each tick that cannot be delivered"""
    letters = {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    properties(template, "Tick")["Target"]["DeadLetterConfig"] = letters


@fault("tick")
def _(template):
    """settings for an alias that is not there yet"""
    del template["Resources"]["TickInvokeConfig"]["DependsOn"]


@fault("tick")
def _(template):
    """inputs that are lost when they fail once"""
    function_of(template)["Properties"]["EventInvokeConfig"]["MaximumRetryAttempts"] = 0


@fault("failure_paths", "checkov")
def _(template):
    """a dead-letter queue that is not encrypted"""
    del properties(template, "DeadLetters")["SqsManagedSseEnabled"], properties(template, "DeadLetters")["KmsMasterKeyId"]
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
    """a scalable target that stays if its deployment fails"""
    template["Resources"]["VariantTarget"]["DeletionPolicy"] = "Retain"


@fault("scaling")
def _(template):
    """a scalable target that is registered before the tick exists"""
    template["Resources"]["VariantTarget"]["DependsOn"].remove("Tick")


@fault("scaling", parameters=NEW_BUCKET_SEVERAL_ENDPOINTS)
def _(template):
    """a scalable target that is registered before the bucket notifies the function"""
    properties(template, "VariantTarget")["ResourceId"] = {"Fn::Sub": "endpoint/${EndpointName}/variant/${VariantName}"}


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


@fault("dashboard", parameters=SDK_KEYS)
def _(template):
    """a list of endpoints that is set to none"""
    in_dashboard(template, "${First}", "${Endpoint}")


@fault("fleet_dashboard", parameters=SDK_KEYS)
def _(template):
    """a dashboard of one endpoint for many"""
    in_dashboard(template, "${OfAllEndpoints}", "")


@fault("one_or_many", parameters=PATTERN)
def _(template):
    """an alarm on an endpoint without a name"""
    del template["Resources"]["AwakeAlarm"]["Condition"]


@fault("one_or_many", parameters=STORED_OBJECT)
def _(template):
    """many endpoints that nobody watches"""
    del template["Resources"]["FleetStuckAlarm"]
    properties(template, "Dashboard")["DashboardBody"]["Fn::Sub"][1]["AlarmsOnEndpoints"] = '""'


@fault("one_or_many", parameters=STORED_OBJECT)
def _(template):
    """a command for an endpoint without a name"""
    template["Outputs"]["StatusCommand"]["Value"]["Fn::Sub"][1]["Endpoint"] = {"Ref": "EndpointName"}


@fault("alarms", parameters=SDK_KEYS)
def _(template):
    """an alarm on a query that says nothing of single endpoints"""
    query = properties(template, "FleetStuckAlarm")["Metrics"][0]
    query["Expression"] = query["Expression"].split(" GROUP BY")[0]


@fault("alarms", parameters=SDK_KEYS)
def _(template):
    """an alarm on a query that looks back for too long"""
    properties(template, "FleetStuckAlarm")["EvaluationPeriods"] = 37


@fault("alarms", parameters=SDK_KEYS)
def _(template):
    """an alarm on a query for a metric that nobody emits"""
    query = properties(template, "FleetStuckAlarm")["Metrics"][0]
    query["Expression"] = query["Expression"].replace("HasBacklogWithoutCapacity", "HasBacklog")


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


def without_tls_statement(template, name):
    document = properties(template, name)["PolicyDocument"]
    document["Statement"] = [each for each in document["Statement"] if each.get("Sid") != "TlsOnly"]


@fault("tls_only")
def a_topic_without_tls(template):
    """a topic that accepts requests without TLS"""
    without_tls_statement(template, "AlarmTopicPolicy")


@fault("tls_only")
def a_queue_without_tls(template):
    """a queue that accepts requests without TLS"""
    without_tls_statement(template, "DeadLettersPolicy")


@fault("tls_only", parameters=ORGANIZATION)
def a_bucket_without_tls(template):
    """a bucket that accepts requests without TLS"""
    del template["Resources"]["NewBucketPolicy"]


@fault("boundary", parameters=ORGANIZATION)
def a_role_without_the_boundary(template):
    """a role without the permissions boundary"""
    del properties(template, "TickRole")["PermissionsBoundary"]


@fault("vpc", parameters=ORGANIZATION)
def a_function_outside_the_vpc(template):
    """a function that is not in the VPC"""
    del function_of(template)["Properties"]["VpcConfig"]


@fault("permissions", parameters=ORGANIZATION)
def no_permission_for_the_vpc(template):
    """a function in a VPC without the permission for network interfaces"""
    statement(template, "NetworkInterfaces")["Action"].remove("ec2:CreateNetworkInterface")


@fault("permissions", parameters=ORGANIZATION)
def no_permission_for_the_key(template):
    """a function without permission for the key"""
    statement(template, "Key")["Action"].remove("kms:Decrypt")


@fault("key", parameters=ORGANIZATION)
def a_log_without_the_key(template):
    """a log group that the key does not encrypt"""
    del properties(template, "FunctionLog")["KmsKeyId"]


@fault("key", parameters=ORGANIZATION)
def a_table_without_the_key(template):
    """a table that the key does not encrypt"""
    del properties(template, "Ledger")["SSESpecification"]
