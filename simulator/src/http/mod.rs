//! The HTTP interface: the wire formats of the AWS services, on loopback.
//!
//! | service | protocol |
//! |---|---|
//! | SageMaker, Application Auto Scaling, CloudWatch Logs, Systems Manager, EventBridge, Service Quotas | awsJson1.1: `POST /`, the service named by `X-Amz-Target` |
//! | DynamoDB, Amazon SQS, CloudWatch | awsJson1.0, the same with another content type |
//! | CloudWatch | rpcv2Cbor: `POST`, the operation named by the path |
//! | CloudWatch, Amazon SNS, Amazon SQS, AWS STS | awsQuery: `POST /` with a form, answered in XML |
//! | AWS Lambda, EventBridge Scheduler, SageMaker Runtime | restJson1: the operation named by the method and the path |
//! | Amazon S3 | `GET`, `HEAD`, and `PUT` of an object, and `GET` of the notification configuration of a bucket |
//!
//! The module `wire` knows the first four: a service receives and returns JSON values only.
//!
//! Signatures are not checked. A fault without an answer closes the connection before the first
//! byte of a response.

mod alarm_history;
mod alarms;
mod answer;
mod autoscaling;
mod batch;
mod buckets;
mod cloudwatch;
mod dispatch;
mod dynamodb;
mod dynamodb_attributes;
mod dynamodb_expressions;
mod event_bridge;
mod invoke;
mod json;
mod lambda;
mod logs;
mod loopback;
mod metrics;
mod policies;
mod refusals;
mod requests;
mod sagemaker;
mod sagemaker_answers;
mod scheduler;
mod server;
mod service_quotas;
mod sns;
mod sqs;
mod stored;
mod sts;
mod tags;
mod wire;

pub use dispatch::answer as service_answer;
pub use invoke::{Invocation, Invoked, invocations};
pub use loopback::LoopbackAws;
pub use server::{router, serve, serve_after, unserved};
