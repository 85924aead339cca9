//! The AWS operations that the scaler uses: their traits and data types.
//!
//! `aws` implements the traits with the SDK, the crate `simulator` with a model. The types contain only what
//! a decision needs. A value that AWS did not return is `None`, never a default.

mod clock;
mod data;
mod failure;
mod ledger;
mod no_answer;
mod operations;

pub use clock::{Clock, SystemClock};
pub use data::{
    Datapoint, Endpoint, EndpointStatus, ScalableTarget, ScheduledAction, Suspended, Variant,
    VariantId,
};
pub use failure::{AwsFailure, AwsResult, FailureKind};
pub use ledger::{ItemPage, Ledger, WithLedger};
pub use no_answer::NoAnswer;
pub use operations::{Aws, Endpoints, Metrics, QUERIES_A_CALL, Scaling};
