//! The API operations that the model answers.

/// An AWS service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Amazon SageMaker.
    SageMaker,
    /// Application Auto Scaling.
    AutoScaling,
    /// Amazon CloudWatch.
    CloudWatch,
    /// AWS Systems Manager.
    SystemsManager,
    /// Amazon S3.
    S3,
    /// Amazon CloudWatch Logs.
    Logs,
    /// AWS Lambda.
    Lambda,
    /// Amazon DynamoDB.
    DynamoDb,
    /// Amazon EventBridge.
    EventBridge,
    /// Amazon EventBridge Scheduler.
    Scheduler,
    /// Amazon SNS.
    Sns,
    /// Amazon SQS.
    Sqs,
    /// AWS Security Token Service.
    Sts,
    /// Service Quotas.
    ServiceQuotas,
}

impl Service {
    /// The prefix of its IAM actions.
    pub fn iam_prefix(self) -> &'static str {
        match self {
            Self::SageMaker => "sagemaker",
            Self::AutoScaling => "application-autoscaling",
            Self::CloudWatch => "cloudwatch",
            Self::SystemsManager => "ssm",
            Self::S3 => "s3",
            Self::Logs => "logs",
            Self::Lambda => "lambda",
            Self::DynamoDb => "dynamodb",
            Self::EventBridge => "events",
            Self::Scheduler => "scheduler",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
            Self::Sts => "sts",
            Self::ServiceQuotas => "servicequotas",
        }
    }
}

macro_rules! operations {
    (@api $name:ident) => { stringify!($name) };
    (@api $name:ident $api:literal) => { $api };
    ($($name:ident $(= $api:literal)?: $service:ident, $write:literal;)+) => {
        /// An API operation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $(#[doc = concat!("`", stringify!($name), "`.")] $name,)+
        }

        impl Operation {
            /// Its name in the API reference.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => operations!(@api $name $($api)?),)+ }
            }

            /// The operation of that name. Several services have operations such as TagResource: these have the name
            /// of their variant.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }

            /// The operation of a service with that name in the API reference.
            pub(crate) fn of(service: Service, name: &str) -> Option<Self> {
                let mut all = [$(Self::$name),+].into_iter();
                all.find(|it| it.service() == service && it.as_str() == name)
            }

            /// The service it belongs to.
            pub fn service(self) -> Service {
                match self { $(Self::$name => Service::$service,)+ }
            }

            /// Whether it changes anything.
            pub fn is_write(self) -> bool {
                match self { $(Self::$name => $write,)+ }
            }
        }
    };
}

operations! {
    DescribeEndpoint: SageMaker, false;
    UpdateEndpointWeightsAndCapacities: SageMaker, true;
    DescribeScalableTargets: AutoScaling, false;
    RegisterScalableTarget: AutoScaling, true;
    DeregisterScalableTarget: AutoScaling, true;
    DescribeScheduledActions: AutoScaling, false;
    PutScheduledAction: AutoScaling, true;
    DeleteScheduledAction: AutoScaling, true;
    DescribeScalingActivities: AutoScaling, false;
    DescribeScalingPolicies: AutoScaling, false;
    PutScalingPolicy: AutoScaling, true;
    DeleteScalingPolicy: AutoScaling, true;
    GetMetricData: CloudWatch, false;
    DescribeAlarmHistory: CloudWatch, false;
    DescribeAlarmsForMetric: CloudWatch, false;
    FilterLogEvents: Logs, false;
    GetParameter: SystemsManager, false;
    GetObject: S3, false;
    DescribeEndpointConfig: SageMaker, false;
    ListEndpoints: SageMaker, false;
    AddTags: SageMaker, true;
    ListTags: SageMaker, false;
    DescribeAlarms: CloudWatch, false;
    ListFunctions: Lambda, false;
    GetFunctionConfiguration: Lambda, false;
    GetFunctionEventInvokeConfig: Lambda, false;
    GetBucketNotificationConfiguration: S3, false;
    PutBucketNotificationConfiguration: S3, true;
    UpdateItem: DynamoDb, true;
    Query: DynamoDb, false;
    DeleteItem: DynamoDb, true;
    ListRules: EventBridge, false;
    ListTargetsByRule: EventBridge, false;
    ListSchedules: Scheduler, false;
    GetSchedule: Scheduler, false;
    ListSubscriptionsByTopic: Sns, false;
    ListEventSourceMappings: Lambda, false;
    DescribeModel: SageMaker, false;
    InvokeEndpointAsync: SageMaker, true;
    HeadObject: S3, false;
    PutMetricAlarm: CloudWatch, true;
    DeleteAlarms: CloudWatch, true;
    EnableAlarmActions: CloudWatch, true;
    DisableAlarmActions: CloudWatch, true;
    SetAlarmState: CloudWatch, true;
    PutMetricData: CloudWatch, true;
    GetMetricStatistics: CloudWatch, false;
    ListMetrics: CloudWatch, false;
    TagAlarm = "TagResource": CloudWatch, true;
    UntagAlarm = "UntagResource": CloudWatch, true;
    ListTagsOfAlarm = "ListTagsForResource": CloudWatch, false;
    TagScalableTarget = "TagResource": AutoScaling, true;
    UntagScalableTarget = "UntagResource": AutoScaling, true;
    ListTagsOfScalableTarget = "ListTagsForResource": AutoScaling, false;
    GetPredictiveScalingForecast: AutoScaling, false;
    CreateQueue: Sqs, true;
    DeleteQueue: Sqs, true;
    GetQueueUrl: Sqs, false;
    ListQueues: Sqs, false;
    GetQueueAttributes: Sqs, false;
    SetQueueAttributes: Sqs, true;
    SendMessage: Sqs, true;
    SendMessageBatch: Sqs, true;
    ReceiveMessage: Sqs, true;
    DeleteMessage: Sqs, true;
    DeleteMessageBatch: Sqs, true;
    ChangeMessageVisibility: Sqs, true;
    ChangeMessageVisibilityBatch: Sqs, true;
    PurgeQueue: Sqs, true;
    ListDeadLetterSourceQueues: Sqs, false;
    ListQueueTags: Sqs, false;
    TagQueue: Sqs, true;
    UntagQueue: Sqs, true;
    CreateTopic: Sns, true;
    DeleteTopic: Sns, true;
    ListTopics: Sns, false;
    GetTopicAttributes: Sns, false;
    SetTopicAttributes: Sns, true;
    Subscribe: Sns, true;
    Unsubscribe: Sns, true;
    ListSubscriptions: Sns, false;
    GetSubscriptionAttributes: Sns, false;
    SetSubscriptionAttributes: Sns, true;
    Publish: Sns, true;
    PublishBatch: Sns, true;
    TagTopic = "TagResource": Sns, true;
    UntagTopic = "UntagResource": Sns, true;
    ListTagsOfTopic = "ListTagsForResource": Sns, false;
    PutRule: EventBridge, true;
    DeleteRule: EventBridge, true;
    DescribeRule: EventBridge, false;
    EnableRule: EventBridge, true;
    DisableRule: EventBridge, true;
    PutTargets: EventBridge, true;
    RemoveTargets: EventBridge, true;
    ListRuleNamesByTarget: EventBridge, false;
    PutEvents: EventBridge, true;
    TestEventPattern: EventBridge, false;
    DescribeEventBus: EventBridge, false;
    ListEventBuses: EventBridge, false;
    TagRule = "TagResource": EventBridge, true;
    UntagRule = "UntagResource": EventBridge, true;
    ListTagsOfRule = "ListTagsForResource": EventBridge, false;
    CreateSchedule: Scheduler, true;
    UpdateSchedule: Scheduler, true;
    DeleteSchedule: Scheduler, true;
    GetCallerIdentity: Sts, false;
    ListServiceQuotas: ServiceQuotas, false;
    RequestServiceQuotaIncrease: ServiceQuotas, true;
    PutParameter: SystemsManager, true;
    GetParameters: SystemsManager, false;
    DeleteParameter: SystemsManager, true;
    CreateModel: SageMaker, true;
    ListModels: SageMaker, false;
    DeleteModel: SageMaker, true;
    CreateEndpointConfig: SageMaker, true;
    ListEndpointConfigs: SageMaker, false;
    DeleteEndpointConfig: SageMaker, true;
    CreateEndpoint: SageMaker, true;
    UpdateEndpoint: SageMaker, true;
    DeleteEndpoint: SageMaker, true;
    DeleteTags: SageMaker, true;
    Invoke: Lambda, true;
    GetFunction: Lambda, false;
    UpdateFunctionConfiguration: Lambda, true;
    PutFunctionConcurrency: Lambda, true;
    PutFunctionEventInvokeConfig: Lambda, true;
    UpdateFunctionEventInvokeConfig: Lambda, true;
    DeleteFunctionEventInvokeConfig: Lambda, true;
    ListFunctionEventInvokeConfigs: Lambda, false;
    CreateEventSourceMapping: Lambda, true;
    UpdateEventSourceMapping: Lambda, true;
    DeleteEventSourceMapping: Lambda, true;
    GetEventSourceMapping: Lambda, false;
    ListAliases: Lambda, false;
    GetAlias: Lambda, false;
    ListVersionsByFunction: Lambda, false;
    AddFunctionPermission = "AddPermission": Lambda, true;
    RemoveFunctionPermission = "RemovePermission": Lambda, true;
    GetPolicy: Lambda, false;
    ListTagsOfFunction = "ListTags": Lambda, false;
    TagFunction = "TagResource": Lambda, true;
    GetLogEvents: Logs, false;
    DescribeLogGroups: Logs, false;
    DescribeLogStreams: Logs, false;
    CreateLogGroup: Logs, true;
    DeleteLogGroup: Logs, true;
    PutRetentionPolicy: Logs, true;
    DeleteRetentionPolicy: Logs, true;
    ListBuckets: S3, false;
    CreateBucket: S3, true;
    DeleteBucket: S3, true;
    HeadBucket: S3, false;
    GetBucketLocation: S3, false;
    PutObject: S3, true;
    PostObject: S3, true;
    CopyObject: S3, true;
    DeleteObject: S3, true;
    DeleteObjects: S3, true;
    ListObjects: S3, false;
    ListObjectsV2: S3, false;
    CreateMultipartUpload: S3, true;
    UploadPart: S3, true;
    UploadPartCopy: S3, true;
    CompleteMultipartUpload: S3, true;
    AbortMultipartUpload: S3, true;
    ListParts: S3, false;
    ListMultipartUploads: S3, false;
    GetObjectTagging: S3, false;
}

/// The operations that a fault or a hook applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Any,
    One(Operation),
}

impl Scope {
    /// `*` or the name of an operation.
    ///
    /// # Panics
    ///
    /// If the name is neither. A misspelled name would make a test pass without testing anything.
    pub(crate) fn named(name: &str) -> Self {
        match (name, Operation::from_name(name)) {
            ("*", _) => Self::Any,
            (_, Some(operation)) => Self::One(operation),
            _ => panic!("the model knows no operation {name:?}"),
        }
    }

    pub(crate) fn covers(self, operation: Operation) -> bool {
        match self {
            Self::Any => true,
            Self::One(one) => one == operation,
        }
    }
}
