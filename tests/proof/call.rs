//! A call of the scaler, and the response that the scaler gets.

use jiff::Timestamp;
use reactive_scaler::{
    ledger::Location,
    port::{
        AwsFailure, AwsResult, Datapoint, Endpoint, ItemPage, ScalableTarget, ScheduledAction,
        VariantId,
    },
};
use simulator::{Operation, Service};

/// A call to AWS.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    Endpoint(String),
    /// DescribeEndpointConfig of this endpoint configuration.
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
    /// UpdateItem that adds an upload with this id, at this time of the function's clock.
    AddUpload(String, Location, String, Timestamp),
    /// UpdateItem that adds the result with this id.
    AddResult(String, Location, String),
    /// Query of one page, which begins after this item.
    Items(String, Option<String>),
    DeleteItem(String, Location),
    /// UpdateItem that forgets the uploads of an item.
    ForgetItem(String, Location),
}

impl Request {
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
            Self::AddUpload(..) | Self::AddResult(..) | Self::ForgetItem(..) => {
                Operation::UpdateItem
            }
            Self::Items(..) => Operation::Query,
            Self::DeleteItem(..) => Operation::DeleteItem,
        }
    }

    /// Whether it is a call to the ledger.
    pub fn is_of_ledger(&self) -> bool {
        self.operation().service() == Service::DynamoDb
    }

    /// The variant of the call, if it is about one.
    pub fn variant(&self) -> Option<&VariantId> {
        match self {
            Self::SetCapacity(id, _)
            | Self::Target(id)
            | Self::Actions(id)
            | Self::Put(id, ..)
            | Self::Delete(id, _)
            | Self::SetMin(id, _) => Some(id),
            _ => None,
        }
    }

    /// Whether it is about this variant, its endpoint, or the whole namespace.
    pub fn is_about(&self, id: &VariantId) -> bool {
        match self.variant() {
            Some(variant) => variant == id,
            None => self.endpoint().is_none_or(|name| name == id.endpoint),
        }
    }

    /// The endpoint of the call. `None` for calls about the whole namespace or an endpoint
    /// configuration.
    pub fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Endpoint(name)
            | Self::Backlog(name)
            | Self::AddUpload(name, ..)
            | Self::AddResult(name, ..)
            | Self::Items(name, _)
            | Self::DeleteItem(name, _)
            | Self::ForgetItem(name, _) => Some(name),
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

/// The desired capacity of a variant in a response of DescribeEndpoint.
pub fn shown_desired(shown: &Endpoint, id: &VariantId) -> Option<i32> {
    shown.variants.iter().find(|variant| variant.name == id.variant)?.desired
}

/// The response to a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    Endpoint(Option<Endpoint>),
    Models(Option<Vec<String>>),
    Target(Option<ScalableTarget>),
    Targets(Vec<ScalableTarget>),
    Actions(Vec<ScheduledAction>),
    Backlog(Vec<Datapoint>),
    Items(ItemPage),
    /// Whether an item was unchanged, so that the call took effect.
    Unchanged(bool),
    Done,
    Failed(AwsFailure),
}

/// Converts the result of a port method to a response.
pub trait ToResponse {
    fn to_response(&self) -> Response;
}

impl ToResponse for Option<Endpoint> {
    fn to_response(&self) -> Response {
        Response::Endpoint(self.clone())
    }
}

impl ToResponse for Option<Vec<String>> {
    fn to_response(&self) -> Response {
        Response::Models(self.clone())
    }
}

impl ToResponse for Option<ScalableTarget> {
    fn to_response(&self) -> Response {
        Response::Target(self.clone())
    }
}

impl ToResponse for Vec<ScalableTarget> {
    fn to_response(&self) -> Response {
        Response::Targets(self.clone())
    }
}

impl ToResponse for Vec<ScheduledAction> {
    fn to_response(&self) -> Response {
        Response::Actions(self.clone())
    }
}

impl ToResponse for Vec<Datapoint> {
    fn to_response(&self) -> Response {
        Response::Backlog(self.clone())
    }
}

impl ToResponse for ItemPage {
    fn to_response(&self) -> Response {
        Response::Items(self.clone())
    }
}

impl ToResponse for bool {
    fn to_response(&self) -> Response {
        Response::Unchanged(*self)
    }
}

impl ToResponse for () {
    fn to_response(&self) -> Response {
        Response::Done
    }
}

impl<T: ToResponse> ToResponse for AwsResult<T> {
    fn to_response(&self) -> Response {
        match self {
            Ok(value) => value.to_response(),
            Err(failure) => Response::Failed(failure.clone()),
        }
    }
}
