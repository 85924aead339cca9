//! Planned failures of calls.

use jiff::Timestamp;

use crate::{
    Refusal, Settings,
    operation::{Operation, Scope, Service},
};

/// A way in which a call can fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// `ThrottlingException`.
    Throttled,
    /// `AccessDeniedException`.
    AccessDenied,
    /// No answer, and no effect.
    NoAnswer,
    /// No answer, although the call took effect.
    NoAnswerAfterEffect,
    /// A 5xx answer, and no effect.
    ServerError,
    /// `ConcurrentUpdateException`.
    Concurrent,
    /// "Cannot update in-progress endpoint".
    Busy,
    /// Any other error answer.
    Refused(Refusal),
}

impl Fault {
    /// The error answer. `None` if there is no answer.
    pub(crate) fn refusal(
        &self,
        settings: &Settings,
        operation: Operation,
        resource: &str,
    ) -> Option<Refusal> {
        let Settings { region, account, .. } = settings;
        let name = operation.as_str();
        Some(match self {
            Self::NoAnswer | Self::NoAnswerAfterEffect => return None,
            Self::Throttled => Refusal::new("ThrottlingException", "Rate exceeded"),
            Self::AccessDenied => Refusal::new(
                "AccessDeniedException",
                format!(
                    "User: arn:aws:sts::{account}:assumed-role/scaler/scaler is not authorized to \
                     perform: {}:{name} on resource: {resource} because no identity-based policy \
                     allows the {}:{name} action",
                    operation.service().iam_prefix(),
                    operation.service().iam_prefix(),
                ),
            ),
            Self::ServerError => {
                let code = match operation.service() {
                    Service::SageMaker => "InternalFailure",
                    Service::AutoScaling => "InternalServiceException",
                    Service::CloudWatch => "InternalServiceFault",
                    Service::SystemsManager => "InternalServerError",
                    Service::S3 => "InternalError",
                    Service::Logs => "ServiceUnavailableException",
                    Service::Lambda => "InternalServerError",
                    Service::DynamoDb => "InternalServerError",
                    Service::EventBridge => "InternalException",
                    Service::Scheduler => "InternalServerException",
                    Service::Sns | Service::Sqs | Service::Sts => "InternalError",
                    Service::ServiceQuotas => "ServiceException",
                };
                Refusal::new(code, "The request processing has failed because of an unknown error")
            }
            Self::Concurrent => Refusal::new(
                "ConcurrentUpdateException",
                "Another request is currently updating the scalable target",
            ),
            Self::Busy => Refusal::validation(format!(
                "Cannot update in-progress endpoint \
                 \"arn:aws:sagemaker:{region}:{account}:endpoint/{resource}\"."
            )),
            Self::Refused(refusal) => refusal.clone(),
        })
    }
}

#[derive(Debug, Clone)]
enum When {
    /// Skips `skip` calls, then fails the next `times` calls.
    Calls { skip: u32, times: u32 },
    /// Fails every call in `from..until`.
    Between { from: Timestamp, until: Timestamp },
}

/// The planned failures. Operations have their names in the API reference; `*` means any.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    planned: Vec<(Scope, When, Fault)>,
}

impl Faults {
    /// The next `times` calls of the operation fail.
    pub fn fail_next(&mut self, operation: &str, fault: Fault, times: u32) {
        self.planned.push((Scope::named(operation), When::Calls { skip: 0, times }, fault));
    }

    /// The `nth` call from now fails. 1 is the next call.
    pub fn fail_nth(&mut self, operation: &str, nth: u32, fault: Fault) {
        let skip = nth.saturating_sub(1);
        self.planned.push((Scope::named(operation), When::Calls { skip, times: 1 }, fault));
    }

    /// All calls of the operation in `from..until` fail.
    pub fn fail_between(
        &mut self,
        operation: &str,
        fault: Fault,
        from: Timestamp,
        until: Timestamp,
    ) {
        self.planned.push((Scope::named(operation), When::Between { from, until }, fault));
    }

    /// Removes the planned failures of one operation.
    pub fn stop(&mut self, operation: &str) {
        let stopped = Scope::named(operation);
        self.planned.retain(|(scope, ..)| *scope != stopped);
    }

    /// Whether calls of the operation fail at this time, because of [`Self::fail_between`].
    pub fn fails_at(&self, operation: &str, at: Timestamp) -> bool {
        let asked = Scope::named(operation);
        self.planned.iter().any(|(scope, when, _)| {
            *scope == asked
                && matches!(when, When::Between { from, until } if *from <= at && at < *until)
        })
    }

    /// Removes all planned failures.
    pub fn clear(&mut self) {
        self.planned.clear();
    }

    /// Whether all planned counts of failures are used up.
    pub fn is_spent(&self) -> bool {
        !self.planned.iter().any(|(_, when, _)| matches!(when, When::Calls { times: 1.., .. }))
    }

    /// The fault for this call: the first one that matches. The other faults stay planned, but
    /// count the call if they skip calls.
    pub(crate) fn strike(&mut self, operation: Operation, now: Timestamp) -> Option<Fault> {
        let mut matching = None;
        for (scope, when, fault) in &mut self.planned {
            if !scope.covers(operation) {
                continue;
            }
            match when {
                When::Calls { skip, .. } if *skip > 0 => *skip -= 1,
                When::Calls { times, .. } if matching.is_none() && *times > 0 => {
                    *times -= 1;
                    matching = Some(fault.clone());
                }
                When::Between { from, until }
                    if matching.is_none() && *from <= now && now < *until =>
                {
                    matching = Some(fault.clone());
                }
                _ => {}
            }
        }
        matching
    }
}
