//! The HTTP interface: the wire formats of the AWS services, on loopback.
//!
//! | service | protocol |
//! |---|---|
//! | SageMaker, Application Auto Scaling, CloudWatch Logs, Systems Manager, EventBridge | awsJson1.1: `POST /`, the service named by `X-Amz-Target` |
//! | DynamoDB | awsJson1.0: `POST /`, the service named by `X-Amz-Target` |
//! | CloudWatch | rpcv2Cbor: `POST`, the operation named by the path |
//! | AWS Lambda, EventBridge Scheduler | restJson1: `GET` |
//! | Amazon SNS | awsQuery: `POST /` with a form, answered in XML |
//! | SageMaker Runtime | restJson1: `POST` of `InvokeEndpointAsync` |
//! | Amazon S3 | `GET`, `HEAD`, and `PUT` of an object, and `GET` of the notification configuration of a bucket |
//!
//! Signatures are not checked. A fault without an answer closes the connection before the first
//! byte of a response.

mod alarm_history;
mod alarms;
mod answer;
mod autoscaling;
mod buckets;
mod cbor;
mod cloudwatch;
mod dynamodb;
mod dynamodb_attributes;
mod dynamodb_expressions;
mod event_bridge;
mod json;
mod lambda;
mod logs;
mod loopback;
mod policies;
mod refusals;
mod requests;
mod sagemaker;
mod scheduler;
mod server;
mod sns;
mod stored;
mod tags;

pub use loopback::LoopbackAws;
pub use server::{router, serve, serve_after};
