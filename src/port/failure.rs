//! A failed call to AWS: its kind, and what to do about it.

use std::fmt;

use super::NoAnswer;

/// The kinds of failed calls that the scaler distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// "Cannot update in-progress endpoint": try again later.
    Busy,
    /// The endpoint does not exist ("Could not find endpoint").
    EndpointMissing,
    /// The endpoint configuration does not exist ("Could not find endpoint configuration"). It can
    /// be deleted while an endpoint that uses it continues to exist.
    EndpointConfigMissing,
    /// The variant is not a registered scalable target (`ObjectNotFoundException`).
    NotRegistered,
    /// `ConcurrentUpdateException`: another caller changed the same target.
    Concurrent,
    /// The account's instance quota (`ResourceLimitExceeded`).
    Quota,
    /// AWS has no capacity for this instance type now (`InsufficientInstanceCapacity`).
    InsufficientCapacity,
    /// Throttled, after the SDK's own retries.
    Throttled,
    /// The caller lacks the permission.
    AccessDenied,
    /// A policy of any kind denies it explicitly, which overrules every permission.
    ExplicitDeny,
    /// A policy that limits the caller's permissions does not allow it: a permissions boundary, a
    /// session, service control, resource control, VPC endpoint or resource-based policy.
    OtherPolicy,
    /// The caller's credentials have expired.
    CredentialsExpired,
    /// The caller's credentials or signature are not valid.
    CredentialsInvalid,
    /// No credentials were found, so no call was made.
    NoCredentials,
    /// The bucket, the object or the parameter does not exist.
    StoredMissing,
    /// The DynamoDB table does not exist.
    TableMissing,
    /// The bucket is in another region.
    WrongRegion,
    /// No answer: time-out, connection error or 5xx. The change can have been made.
    NoAnswer,
    /// Another error.
    Other,
}

impl FailureKind {
    /// Whether a policy denied the call.
    pub fn is_forbidden(self) -> bool {
        matches!(self, Self::AccessDenied | Self::ExplicitDeny | Self::OtherPolicy)
    }

    /// Whether the same call can succeed a moment later although nobody changes anything.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Throttled | Self::NoAnswer)
    }

    /// What to do if the function's call failed, as a short text.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Busy => "nothing: the next tick or state change tries again",
            Self::EndpointMissing => "check the route's endpoint name and the function's region",
            Self::EndpointConfigMissing => {
                "create the endpoint configuration again, or deploy the endpoint with one that exists"
            }
            Self::NotRegistered => "register the variant as a scalable target with MinCapacity 0",
            Self::Concurrent => {
                "nothing after an event: the next tick tries again; repeat a command"
            }
            Self::Quota => {
                "raise the quota 'for endpoint usage' of this instance type in Service Quotas"
            }
            Self::InsufficientCapacity => "wait, or deploy the endpoint with another instance type",
            Self::Throttled => {
                "nothing if it is rare; otherwise see who else calls this API in the account"
            }
            Self::AccessDenied => "grant the function's role this action on this resource",
            Self::ExplicitDeny => {
                "change the policy that the answer names: its Deny overrules what the role is \
                 granted; a service control policy is changed by the organization's administrators"
            }
            Self::OtherPolicy => {
                "allow the action in the policy that the answer names: it limits what the role is \
                 granted, so granting the role more does not help"
            }
            Self::CredentialsExpired => {
                "nothing if it is rare: Lambda renews the role's credentials; otherwise check that \
                 the role still exists"
            }
            Self::CredentialsInvalid => {
                "check that the function's role exists, and that no variable of the function sets \
                 other credentials"
            }
            Self::NoCredentials => "give the function a role: Lambda provides its credentials",
            Self::StoredMissing => "correct the address, or store the routes at this address",
            Self::TableMissing => {
                "correct SCALER_LEDGER, or create the table in the function's region and account"
            }
            Self::WrongRegion => "keep the bucket in the function's region",
            Self::NoAnswer => {
                "nothing if it is rare: the next tick checks the result; repeat a command"
            }
            Self::Other => "see the answer; the next tick tries again",
        }
    }

    /// What a person can do if their own call failed.
    pub fn advice_to_person(self) -> &'static str {
        match self {
            Self::Busy | Self::Concurrent => "run it again in a moment",
            Self::EndpointMissing => "correct the name, or name its region with --region",
            Self::EndpointConfigMissing => Self::EndpointConfigMissing.advice(),
            Self::NotRegistered => Self::NotRegistered.advice(),
            Self::Quota => Self::Quota.advice(),
            Self::InsufficientCapacity => Self::InsufficientCapacity.advice(),
            Self::Throttled => {
                "wait a minute and run it again: this API is called too often in the account"
            }
            Self::AccessDenied => "allow your own credentials this action on this resource",
            Self::ExplicitDeny => {
                "change the policy that the answer names: its Deny overrules what your own \
                 credentials are granted; a service control policy is changed by the \
                 organization's administrators"
            }
            Self::OtherPolicy => {
                "allow the action in the policy that the answer names: it limits what your own \
                 credentials are granted, so granting them more does not help"
            }
            Self::CredentialsExpired => {
                "your credentials have expired: renew them, or use others with --profile; with \
                 single sign-on, log in again"
            }
            Self::CredentialsInvalid => {
                "set credentials that are valid now, or name others with --profile; check this \
                 machine's clock"
            }
            Self::NoCredentials => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use --profile; with single \
                 sign-on, log in first"
            }
            Self::StoredMissing => "correct the stack's parameter InputBucket, or --bucket",
            Self::TableMissing => {
                "correct the table's name, or name its region with --region and its account with \
                 --profile"
            }
            Self::WrongRegion => {
                "deploy the stack in the bucket's region: a bucket's events stay in it"
            }
            Self::NoAnswer => {
                "check the region, the connection, and the credentials or --profile; a region that \
                 does not exist has no address to connect to"
            }
            Self::Other => "see the answer, and run it again",
        }
    }
}

/// A failed call to AWS: the operation, the resource and the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsFailure {
    /// The API operation, for example `DescribeEndpoint`.
    pub operation: &'static str,
    /// The resource: an endpoint name or a resource id. `*` for all resources of a namespace.
    pub resource: String,
    /// The kind of failure.
    pub kind: FailureKind,
    /// Why there was no answer of AWS, where that is known.
    pub no_answer: Option<NoAnswer>,
    /// The error code and message of AWS, or the connection error.
    pub answer: String,
}

impl AwsFailure {
    /// The answer of AWS does not contain the requested item.
    pub fn unanswered(operation: &'static str, resource: &str) -> Self {
        Self {
            operation,
            resource: resource.to_owned(),
            kind: FailureKind::NoAnswer,
            no_answer: None,
            answer: "the answer of AWS does not contain it".into(),
        }
    }

    /// What to do about it, as a short text.
    pub fn advice(&self) -> &'static str {
        self.kind.advice()
    }
}

impl fmt::Display for AwsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} on {} failed: {} (what to do: {})",
            self.operation,
            self.resource,
            self.answer,
            self.advice()
        )
    }
}

impl std::error::Error for AwsFailure {}

/// The answer of one call.
pub type AwsResult<T> = Result<T, AwsFailure>;
