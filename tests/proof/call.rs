//! A call as the scaler makes it, and what it was shown.

use jiff::Timestamp;
use reactive_scaler::port::{
    AwsFailure, AwsResult, Datapoint, Endpoint, ScalableTarget, ScheduledAction, VariantId,
};
use simulator::Operation;

/// What is asked of AWS.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    Endpoint(String),
    /// Of this endpoint configuration.
    Models(String),
    SetCapacity(VariantId, i32),
    Target(VariantId),
    Targets,
    Actions(VariantId),
    AllActions,
    Put(VariantId, String, Timestamp),
    Delete(VariantId, String),
    SetMin(VariantId, i32),
    Backlog(String),
}

impl Ask {
    pub fn operation(&self) -> Operation {
        match self {
            Self::Endpoint(_) => Operation::DescribeEndpoint,
            Self::Models(_) => Operation::DescribeEndpointConfig,
            Self::SetCapacity(..) => Operation::UpdateEndpointWeightsAndCapacities,
            Self::Target(_) | Self::Targets => Operation::DescribeScalableTargets,
            Self::Actions(_) | Self::AllActions => Operation::DescribeScheduledActions,
            Self::Put(..) => Operation::PutScheduledAction,
            Self::Delete(..) => Operation::DeleteScheduledAction,
            Self::SetMin(..) => Operation::RegisterScalableTarget,
            Self::Backlog(_) => Operation::GetMetricData,
        }
    }

    /// The endpoint that it is about; `None` for a whole namespace and for a configuration.
    pub fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Endpoint(name) | Self::Backlog(name) => Some(name),
            Self::SetCapacity(id, _)
            | Self::Target(id)
            | Self::Actions(id)
            | Self::Put(id, ..)
            | Self::Delete(id, _)
            | Self::SetMin(id, _) => Some(&id.endpoint),
            Self::Models(_) | Self::Targets | Self::AllActions => None,
        }
    }
}

/// What the scaler was answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    Endpoint(Option<Endpoint>),
    Models(Option<Vec<String>>),
    Target(Option<ScalableTarget>),
    Targets(Vec<ScalableTarget>),
    Actions(Vec<ScheduledAction>),
    Backlog(Vec<Datapoint>),
    Done,
    Failed(AwsFailure),
}

/// How an answer is remembered.
pub trait Show {
    fn show(&self) -> Shown;
}

impl Show for Option<Endpoint> {
    fn show(&self) -> Shown {
        Shown::Endpoint(self.clone())
    }
}

impl Show for Option<Vec<String>> {
    fn show(&self) -> Shown {
        Shown::Models(self.clone())
    }
}

impl Show for Option<ScalableTarget> {
    fn show(&self) -> Shown {
        Shown::Target(self.clone())
    }
}

impl Show for Vec<ScalableTarget> {
    fn show(&self) -> Shown {
        Shown::Targets(self.clone())
    }
}

impl Show for Vec<ScheduledAction> {
    fn show(&self) -> Shown {
        Shown::Actions(self.clone())
    }
}

impl Show for Vec<Datapoint> {
    fn show(&self) -> Shown {
        Shown::Backlog(self.clone())
    }
}

impl Show for () {
    fn show(&self) -> Shown {
        Shown::Done
    }
}

impl<T: Show> Show for AwsResult<T> {
    fn show(&self) -> Shown {
        match self {
            Ok(value) => value.show(),
            Err(failure) => Shown::Failed(failure.clone()),
        }
    }
}
