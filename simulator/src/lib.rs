//! A model of SageMaker async endpoints, CloudWatch and Application Auto Scaling in virtual time.
//!
//! The model has two interfaces:
//!
//! * In process, [`Simulator`] implements the traits of [`reactive_scaler::port`].
//! * Over loopback HTTP, [`http`] implements the wire formats of the services. An unmodified AWS SDK
//!   works with `AWS_ENDPOINT_URL`.
//!
//! Both interfaces use the same [`World`] with one journal, one set of counters, faults and hooks.
//!
//! ```
//! use std::time::Duration;
//! use reactive_scaler::port::VariantId;
//! use simulator::Simulator;
//!
//! let sim = Simulator::new("2030-01-01T00:00:00Z".parse()?);
//! let id = VariantId::new("my-endpoint", "AllTraffic");
//! sim.with(|world| {
//!     world.add_async_endpoint("my-endpoint", "AllTraffic", 0);
//!     world.register_target(&id, 0, 1);
//!     world.upload("my-endpoint");
//!     world.scale_by_person(&id, 1).ok();
//!     world.advance(Duration::from_secs(7 * 60));
//!     assert_eq!(world.completed("my-endpoint"), 1);
//! });
//! # Ok::<(), jiff::Error>(())
//! ```
//!
//! A field of [`Settings`] decides each behavior that AWS does not document.
//!
//! | file | content |
//! |---|---|
//! | `world/` | the state, the clock and the order of events at the same time; one file per resource |
//! | `world/api_call` | every API call: hooks, faults, journal |
//! | `settings` | all numbers and assumptions, with sources |
//! | `endpoint`, `endpoints` | endpoints, their status, and the time of the next event of each |
//! | `tags` | tags of endpoints |
//! | `capacity`, `cost` | changes of capacity, instance time |
//! | `definition`, `listing` | models and endpoint configurations, and the listings of SageMaker |
//! | `inference` | requests of InvokeEndpointAsync and their results |
//! | `queue` | jobs: waiting, running, completed, killed, expired |
//! | `metrics`, `custom_metrics`, `world/metric_reading` | datapoints, the time at which they become visible, and how they are read |
//! | `statistic`, `minute` | how the minutes of a period become one datapoint |
//! | `alarm`, `world/alarm_watch` | CloudWatch alarms and their evaluation each minute |
//! | `alarm_evaluation`, `alarm_reason` | M out of N, missing data, and the state reason |
//! | `alarm_history` | what an alarm's history has |
//! | `autoscaling`, `schedule`, `actions`, `activity` | scalable targets, scheduled actions, scaling activities |
//! | `policy`, `target_tracking`, `step_scaling` | scaling policies |
//! | `world/scaling_decision`, `cooldown`, `not_scaled` | the result of all policies of a target |
//! | `policy_answer` | how a policy answers an alarm's datapoints |
//! | `policy_effect`, `metric_values`, `metric_fault` | what a policy and its alarm can do, whatever the workload is |
//! | `policy_finding` | the names of what is found about policies |
//! | `metric_math`, `metric_expression`, `metric_expression_text` | expressions over metrics |
//! | `policy_json`, `alarm_json`, `metrics_json`, `aws_json`, `json_error` | policies and alarms in the JSON of the AWS CLI |
//! | `arn` | stand-ins for random identifiers |
//! | `log_storage` | log groups in the form in which they are stored |
//! | `logs`, `function`, `bucket`, `topic` | log groups, Lambda functions, S3 event notifications, SNS subscriptions |
//! | `event_pattern` | filters of events |
//! | `message_queue` | SQS queues and their messages |
//! | `event_rule`, `event_input` | rules of EventBridge, and what their targets receive |
//! | `scheduler` | schedules of EventBridge Scheduler |
//! | `object_event`, `notification_rules` | what S3 tells of changed objects, and which notifications a bucket can have |
//! | `invocation_schedule` | schedules that invoke functions, in short |
//! | `faults`, `hooks`, `rate_limit` | what a test makes happen at a call |
//! | `simulator`, `in_process`, `http` | the interfaces |

mod actions;
mod activity;
mod alarm;
mod alarm_dimensions;
mod alarm_evaluation;
mod alarm_history;
mod alarm_json;
mod alarm_reason;
mod arn;
mod autoscaling;
mod aws_json;
mod bucket;
mod capacity;
mod compact;
mod cooldown;
mod cost;
mod cron_expression;
mod custom_metrics;
mod definition;
mod delivery;
mod endpoint;
mod endpoint_config;
mod endpoints;
mod event_input;
mod event_pattern;
mod event_rule;
mod faults;
mod function;
mod hooks;
pub mod http;
mod in_process;
mod inference;
mod invocation_schedule;
mod journal;
mod json_error;
mod listing;
mod log_storage;
mod logs;
mod message_queue;
mod metric_expression;
mod metric_expression_text;
mod metric_fault;
mod metric_math;
mod metric_values;
mod metrics;
mod metrics_json;
mod minute;
mod not_scaled;
mod notification_rules;
mod object_event;
mod operation;
mod page;
mod policy;
mod policy_answer;
mod policy_effect;
mod policy_finding;
mod policy_json;
mod queue;
mod rate_limit;
mod refusal;
mod schedule;
mod schedule_expression;
mod scheduler;
mod settings;
mod simulator;
mod statistic;
mod step_scaling;
mod tags;
mod target_tracking;
mod topic;
mod world;

pub use activity::{Activity, ActivityStatus};
pub use alarm::{
    Alarm, AlarmAction, AlarmChange, AlarmFilter, AlarmSpec, AlarmState, Comparison, TreatMissing,
};
pub use alarm_history::{HistoryEvent, HistoryFilter, HistoryItem};
pub use alarm_json::{alarm_from_json, alarms_from_json};
pub use autoscaling::Registration;
pub use aws_json::elements_of;
pub use bucket::{Bucket, BucketNotification, NotificationKind};
pub use custom_metrics::{CustomMetric, DatumValues, MetricDatum};
pub use definition::{Definition, DefinitionKind};
pub use delivery::Delivery;
pub use endpoint::{EndpointState, ResultTopics, VariantState};
pub use faults::{Fault, Faults};
pub use function::{EventInvokeConfig, EventSourceMapping, FunctionReference, LambdaFunction};
pub use hooks::CallSeen;
pub use http::LoopbackAws;
pub use inference::{FinishedRequest, InferenceRequest, RequestInput, RequestStatus};
pub use invocation_schedule::{InvocationSchedule, InvocationScheduleKind};
pub use journal::{Actor, Call, Entry, Event, Journal, Outcome, RefusedRequest};
pub use json_error::JsonError;
pub use listing::{Listing, SortBy};
pub use logs::{LogEvent, LogSearch};
pub use message_queue::QueueBatch;
pub use metric_fault::{MetricFault, MetricFaultKind};
pub use metrics::{
    MathInput, Metric, MetricFilter, MetricMath, MetricName, MetricQuery, MetricStatistics,
    SeriesQuery,
};
pub use not_scaled::{NotScaled, NotScaledReason, ScalingRecord};
pub use object_event::{ObjectChange, ObjectEvent};
pub use operation::{Operation, Service};
pub use page::{Page, Paging};
pub use policy::{Policy, PolicyKind};
pub use policy_effect::{Obstacle, PolicyEffect};
pub use policy_finding::PolicyFindingId;
pub use policy_json::{PolicyPut, policies_from_json, policy_from_json};
pub use queue::{AcceptedRequest, Job, JobId, JobSpec, JobState};
pub use rate_limit::RateLimit;
pub use refusal::{CallError, CallResult, Refusal};
pub use schedule::{ActionPut, ActionSpan, ActionState};
pub use settings::{
    CutJobs, Pace, PastSchedule, PerInstanceAtZero, Publishing, ResultDelivery, Settings,
    TrackedValue,
};
pub use simulator::Simulator;
pub use statistic::Statistic;
pub use step_scaling::{AdjustmentType, StepAdjustment, StepScaling};
pub use tags::Tags;
pub use target_tracking::{TargetTracking, TrackedMetric};
pub use topic::Subscription;
pub use world::{FunctionBatch, Retained, World};
