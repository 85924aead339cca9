//! Uploads and alarms that look relevant but lead to no action, with the reason. They are logged so that the
//! user can find a wrong trigger or route.
//!
//! The texts contain no object keys and no alarm names.

use std::fmt;

use crate::{
    config::{Route, is_bucket_name, is_sagemaker_name},
    signal::{Ignored, Why},
};

/// Something that was ignored, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum IgnoredSignal {
    /// An upload whose key matches no route.
    Key {
        /// The bucket. A route names it, or a route applies to any bucket.
        bucket: String,
    },
    /// A folder that was created in the S3 console.
    FolderMarker {
        /// The bucket, see `Key`.
        bucket: String,
    },
    /// An S3 event for something other than a created object.
    NoCreation {
        /// The bucket, see `Key`.
        bucket: String,
    },
    /// An alarm on a backlog metric of an endpoint that no route covers.
    Endpoint {
        /// The endpoint.
        endpoint: String,
    },
    /// An invocation of an endpoint that no route covers.
    Invocation {
        /// The endpoint. `None` if the text in the event is no endpoint name.
        endpoint: Option<String>,
    },
    /// An alarm on a backlog metric that names no endpoint.
    NamelessAlarm,
    /// An alarm on a metric of async endpoints that does not indicate a backlog.
    OtherAlarm,
    /// A composite alarm whose texts contain no endpoint that a route covers.
    CompositeAlarm,
}

impl IgnoredSignal {
    /// For an upload that matches no route. `None` if no route uses its bucket.
    pub fn key(routes: &[Route], bucket: &str) -> Option<Self> {
        routed(routes, bucket).map(|bucket| Self::Key { bucket })
    }

    /// For an alarm on a backlog metric of this endpoint, which no route covers.
    pub fn endpoint(name: &str) -> Self {
        if is_sagemaker_name(name) {
            Self::Endpoint { endpoint: name.to_owned() }
        } else {
            Self::NamelessAlarm
        }
    }

    /// For an invocation of this endpoint, which no route covers.
    pub fn invocation(name: &str) -> Self {
        Self::Invocation { endpoint: is_sagemaker_name(name).then(|| name.to_owned()) }
    }

    /// For something that the decoder ignored. `None` if that is normal or does not concern a route.
    pub fn ignored(routes: &[Route], ignored: &Ignored) -> Option<Self> {
        match &ignored.why {
            Why::FolderMarker { bucket } => {
                routed(routes, bucket).map(|bucket| Self::FolderMarker { bucket })
            }
            Why::NoCreation { bucket } => {
                let bucket = bucket.as_deref().and_then(|bucket| routed(routes, bucket))?;
                Some(Self::NoCreation { bucket })
            }
            Why::AlarmNamesNoEndpoint => Some(Self::NamelessAlarm),
            Why::AlarmOnOtherAsyncMetric => Some(Self::OtherAlarm),
            Why::S3TestEvent
            | Why::NoRecords
            | Why::AlarmNotInAlarm
            | Why::AlarmOnOtherMetric
            | Why::NoResult
            | Why::ResultOfUnknownForm { .. }
            | Why::FailedInvocation
            | Why::InvocationElsewhere
            | Why::OtherEvent => None,
        }
    }

    /// Its bucket.
    pub fn bucket(&self) -> Option<&str> {
        match self {
            Self::Key { bucket } | Self::FolderMarker { bucket } | Self::NoCreation { bucket } => {
                Some(bucket)
            }
            Self::Endpoint { .. }
            | Self::Invocation { .. }
            | Self::NamelessAlarm
            | Self::OtherAlarm
            | Self::CompositeAlarm => None,
        }
    }

    /// Its endpoint.
    pub fn endpoint_name(&self) -> Option<&str> {
        match self {
            Self::Endpoint { endpoint } => Some(endpoint),
            Self::Invocation { endpoint } => endpoint.as_deref(),
            Self::Key { .. }
            | Self::FolderMarker { .. }
            | Self::NoCreation { .. }
            | Self::NamelessAlarm
            | Self::OtherAlarm
            | Self::CompositeAlarm => None,
        }
    }
}

impl fmt::Display for IgnoredSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key { .. } => {
                "an upload whose key matches no route. Compare the key with the routes' prefix and suffix"
            }
            Self::FolderMarker { .. } => "a folder that was created in the S3 console",
            Self::NoCreation { .. } => {
                "an S3 event that does not report a created object. The function needs only `Object Created` events"
            }
            Self::Endpoint { .. } => {
                "a backlog alarm of an endpoint or variant without a route"
            }
            Self::Invocation { .. } => "an InvokeEndpointAsync call to an endpoint without a route",
            Self::NamelessAlarm => {
                "a backlog alarm without an endpoint name in its metrics, in the conditions of its \
                 query or in its contributor. Each contributor of an alarm sends its own event"
            }
            Self::OtherAlarm => "an alarm on a metric that does not report a backlog",
            Self::CompositeAlarm => {
                "a composite alarm without an endpoint of a route in its name, in its rule or in the \
                 names of its child alarms"
            }
        })
    }
}

/// The bucket, if at least one route uses it.
fn routed(routes: &[Route], bucket: &str) -> Option<String> {
    let takes = |route: &Route| route.bucket.as_deref().is_none_or(|wanted| wanted == bucket);
    (is_bucket_name(bucket) && routes.iter().any(takes)).then(|| bucket.to_owned())
}
