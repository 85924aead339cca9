//! A laboratory for the scaler: SageMaker async endpoints, their queue, CloudWatch with its lag
//! and Application Auto Scaling, modelled in virtual time.
//!
//! One model, two faces:
//!
//! * in process, [`Simulator`] implements the traits of [`reactive_scaler::port`];
//! * over loopback HTTP, [`http`] speaks the services' wire formats, so that an unmodified AWS SDK works with `AWS_ENDPOINT_URL`.
//!
//! Both call the same [`World`], so the journal, the counters, the faults and the hooks are one.
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
//! What AWS documents nowhere is decided by a named field of [`Settings`].
//!
//! | file | idea |
//! |---|---|
//! | `world` | the clock and the order of events within one instant |
//! | `settings` | every number and every assumption, with its source |
//! | `endpoint`, `endpoints` | endpoints and their status, and when each is to be looked at next |
//! | `capacity` | changes of capacity |
//! | `queue` | jobs: waiting, running, completed, killed, expired |
//! | `metrics` | datapoints, and when a reader can see them |
//! | `statistic` | how the minutes of a period become one datapoint |
//! | `alarm` | CloudWatch alarms and their states |
//! | `alarm_watch` | each minute: what alarms see, and what they do |
//! | `alarm_evaluation`, `alarm_reason` | M out of N, missing data, and CloudWatch's words for it |
//! | `autoscaling`, `schedule`, `actions`, `activity` | targets, scheduled actions, scaling activities |
//! | `policy` | scaling policies of a target |
//! | `target_tracking`, `step_scaling` | what one policy asks for |
//! | `scaling_decision`, `cooldown`, `not_scaled` | what all policies of a target come to, and when |
//! | `policy_json` | policies and alarms in the JSON of the AWS CLI |
//! | `arn` | ARNs, and stand-ins for random identifiers |
//! | `endpoint_names` | endpoints and their configurations, listed and described |
//! | `stored` | texts in Parameter Store and S3 |
//! | `alarm_history` | how alarms changed, and which watch a metric |
//! | `custom_metrics` | metrics of other namespaces, such as the function's own |
//! | `logs` | log groups, and a search through them |
//! | `function`, `bucket` | Lambda functions, and whom buckets tell of uploads |
//! | `alarm_low` | a policy whose alarm-low is stuck in ALARM |
//! | `call` | the gate that every API call passes: hooks, faults, journal |
//! | `handle`, `port`, `http` | the two faces |

mod actions;
mod activity;
mod alarm;
mod alarm_evaluation;
mod alarm_history;
mod alarm_low;
mod alarm_reason;
mod alarm_watch;
mod arn;
mod autoscaling;
mod bill;
mod bucket;
mod call;
mod capacity;
mod cooldown;
mod custom_metrics;
mod endpoint;
mod endpoint_names;
mod endpoints;
mod faults;
mod function;
mod handle;
mod hooks;
pub mod http;
mod journal;
mod logs;
mod metrics;
mod not_scaled;
mod operation;
mod page;
mod policy;
mod policy_json;
mod port;
mod queue;
mod rate_limit;
mod refusal;
mod scaling_decision;
mod schedule;
mod schedule_expression;
mod settings;
mod statistic;
mod step_scaling;
mod stored;
mod target_tracking;
mod world;

pub use activity::{Activity, ActivityStatus};
pub use alarm::{Alarm, AlarmAction, AlarmChange, AlarmSpec, AlarmState, Comparison, TreatMissing};
pub use autoscaling::Registration;
pub use bucket::{Bucket, BucketNotification, NotificationKind};
pub use custom_metrics::CustomMetric;
pub use endpoint::{EndpointState, VariantState};
pub use faults::{Fault, Faults};
pub use function::LambdaFunction;
pub use handle::Simulator;
pub use hooks::CallSeen;
pub use http::LoopbackAws;
pub use journal::{Actor, Call, Entry, Event, Journal, Outcome};
pub use logs::{LogEvent, LogSearch};
pub use metrics::{Metric, MetricName, MetricQuery};
pub use not_scaled::{NotScaled, NotScaledReason, ScalingRecord};
pub use operation::{Operation, Service};
pub use page::{Page, Paging};
pub use policy::{Policy, PolicyKind};
pub use policy_json::{JsonError, PolicyPut, alarms_from_json, policies_from_json};
pub use queue::{Job, JobId, JobSpec, JobState};
pub use rate_limit::RateLimit;
pub use refusal::{CallError, CallResult, Refusal};
pub use schedule::{ActionPut, ActionState};
pub use settings::{Pace, PastSchedule, PerInstanceAtZero, Publishing, Settings, TrackedValue};
pub use statistic::Statistic;
pub use step_scaling::{AdjustmentType, StepAdjustment, StepScaling};
pub use target_tracking::{TargetTracking, TrackedMetric};
pub use world::World;
