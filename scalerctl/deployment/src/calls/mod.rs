//! The calls to AWS that the commands of this crate make beside those of [`scalerctl_operator::account`]: one file for
//! each service.
//!
//! | file | calls |
//! |---|---|
//! | `tags` | SageMaker: the tag `reactive-scaler` of an endpoint |
//! | `targets` | Application Auto Scaling: registration, the policy, scheduled actions |
//! | `backstops` | CloudWatch: the alarm for requests that wait without an instance |
//! | `subscriptions` | SNS: the function's subscriptions |
//! | `functions` | Lambda: who may invoke the function |
//! | `notifications` | S3: the notification configuration of a bucket, complete |
//! | `quotas` | Service Quotas: instances of endpoints |

pub mod backstops;
pub mod functions;
pub mod notifications;
pub mod quotas;
pub mod subscriptions;
pub mod tags;
pub mod targets;
