//! What becomes of a call: nothing, a fault, or a stale answer.

use std::time::Duration;

use simulator::{Fault, Operation, Service};

use super::Player;
use crate::desk::Doom;

impl Player<'_> {
    /// What becomes of the next call of this operation.
    pub(super) fn doom(&mut self, operation: Operation) -> (Doom, Option<&'static str>) {
        let now = self.now;
        self.active.retain(|active| active.left > 0 && now < active.until);
        let struck = self.active.iter_mut().find(|active| {
            active.operation.is_none_or(|wanted| wanted == operation)
                && possible(&active.fault, operation)
        });
        if let Some(struck) = struck {
            struck.left -= 1;
            let fault = struck.fault.clone();
            let name = fault_name(&fault);
            self.count(name);
            return (Doom { fault: Some(fault), as_of: None }, Some(name));
        }
        let reads = !operation.is_write() && operation != Operation::GetMetricData;
        let stale = self.stale.filter(|(_, until)| reads && now < *until);
        let as_of = stale.map(|(by, _)| self.sim.now() - Duration::from_millis(by));
        if as_of.is_some() {
            self.count(match operation.service() {
                Service::SageMaker => "stale read: DescribeEndpoint",
                _ => "stale read: Application Auto Scaling",
            });
        }
        (Doom { fault: None, as_of }, None)
    }
}

fn possible(fault: &Fault, operation: Operation) -> bool {
    match fault {
        Fault::Busy => operation == Operation::UpdateEndpointWeightsAndCapacities,
        Fault::Concurrent => operation.service() == Service::AutoScaling,
        _ => true,
    }
}

fn fault_name(fault: &Fault) -> &'static str {
    match fault {
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
