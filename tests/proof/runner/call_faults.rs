//! The fault of a call: none, an error, or a stale read.

use std::time::Duration;

use reactive_scaler::port::VariantId;
use simulator::{Fault, Operation, Service};

use super::state::Runner;
use crate::{
    call::Request,
    call_gate::CallFault,
    plan::{At, CallTarget, FailureMode},
};

impl Runner<'_> {
    /// The time until which the call is not answered, if it is disrupted.
    pub(super) fn unanswered_until(&self, request: &Request) -> Option<At> {
        let mut matching =
            self.disrupted_calls.iter().filter(|(about, ..)| self.is_about(*about, request));
        matching
            .find(|(_, mode, until)| *mode == FailureMode::Hangs && self.now < *until)
            .map(|(.., until)| *until)
    }

    fn is_about(&self, about: CallTarget, request: &Request) -> bool {
        let is = |endpoint: usize, id: &VariantId| self.log.ids[endpoint] == *id;
        match (about, request) {
            (CallTarget::Endpoint(of), Request::Endpoint(name)) => {
                self.log.ids[of].endpoint == *name
            }
            // Independent of the variant.
            (CallTarget::Target(of), Request::Target(id)) => {
                self.log.ids[of].endpoint == id.endpoint
            }
            (CallTarget::Capacity(of), Request::SetCapacity(id, _)) => is(of, id),
            (CallTarget::Listing, Request::Targets) => true,
            (CallTarget::Ledger, request) => request.is_of_ledger(),
            _ => false,
        }
    }

    /// The fault of the next call, and its name.
    pub(super) fn call_fault(&mut self, request: &Request) -> (CallFault, Option<&'static str>) {
        let operation = request.operation();
        let now = self.now;
        let matching = self
            .disrupted_calls
            .iter()
            .find(|(about, _, until)| now < *until && self.is_about(*about, request));
        if let Some((_, FailureMode::Fails(fault), _)) = matching {
            let fault = fault.clone();
            let name = fault_name(&fault, request.is_of_ledger());
            self.count(name);
            return (CallFault { fault: Some(fault), as_of: None }, Some(name));
        }
        self.active_faults.retain(|active| active.left > 0 && now < active.until);
        let matching = self.active_faults.iter_mut().find(|active| {
            active.operation.is_none_or(|wanted| wanted == operation)
                && possible(&active.fault, operation)
        });
        if let Some(matching) = matching {
            matching.left -= 1;
            let fault = matching.fault.clone();
            let name = fault_name(&fault, request.is_of_ledger());
            self.count(name);
            return (CallFault { fault: Some(fault), as_of: None }, Some(name));
        }
        let reads = !operation.is_write()
            && operation != Operation::GetMetricData
            && !request.is_of_ledger();
        let stale = self.stale.filter(|(_, until)| reads && now < *until);
        let as_of = stale.map(|(by, _)| self.sim.now() - Duration::from_millis(by));
        if as_of.is_some() {
            self.count(match operation.service() {
                Service::SageMaker => "stale read: DescribeEndpoint",
                _ => "stale read: Application Auto Scaling",
            });
        }
        (CallFault { fault: None, as_of }, None)
    }
}

fn possible(fault: &Fault, operation: Operation) -> bool {
    match fault {
        Fault::Busy => operation == Operation::UpdateEndpointWeightsAndCapacities,
        Fault::Concurrent => operation.service() == Service::AutoScaling,
        _ => true,
    }
}

fn fault_name(fault: &Fault, is_of_ledger: bool) -> &'static str {
    match fault {
        Fault::Throttled if is_of_ledger => "ledger: throttled",
        Fault::AccessDenied if is_of_ledger => "ledger: access denied",
        Fault::NoAnswer if is_of_ledger => "ledger: no answer, no effect",
        Fault::NoAnswerAfterEffect if is_of_ledger => "ledger: no answer, yet it happened",
        Fault::ServerError if is_of_ledger => "ledger: server error",
        Fault::Throttled => "throttled",
        Fault::AccessDenied => "access denied",
        Fault::NoAnswer => "no answer, no effect",
        Fault::NoAnswerAfterEffect => "no answer, yet it happened",
        Fault::ServerError => "server error",
        Fault::Concurrent => "ConcurrentUpdateException",
        Fault::Busy => "busy",
        Fault::Refused(_) => "refused",
    }
}
