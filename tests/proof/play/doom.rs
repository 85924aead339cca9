//! What becomes of a call: nothing, a fault, or a stale answer.

use std::time::Duration;

use reactive_scaler::port::VariantId;
use simulator::{Fault, Operation, Service};

use super::Player;
use crate::{
    call::Ask,
    desk::Doom,
    plan::{About, At, Bad},
};

impl Player<'_> {
    /// Until when this call does not answer, if it does not.
    pub(super) fn hangs(&self, ask: &Ask) -> Option<At> {
        let mut struck = self.asked.iter().filter(|(about, ..)| self.is_about(*about, ask));
        struck
            .find(|(_, bad, until)| *bad == Bad::Hangs && self.now < *until)
            .map(|(.., until)| *until)
    }

    fn is_about(&self, about: About, ask: &Ask) -> bool {
        let is = |endpoint: usize, id: &VariantId| self.history.ids[endpoint] == *id;
        match (about, ask) {
            (About::Endpoint(of), Ask::Endpoint(name)) => self.history.ids[of].endpoint == *name,
            // Whichever variant it is asked for.
            (About::Target(of), Ask::Target(id)) => self.history.ids[of].endpoint == id.endpoint,
            (About::Capacity(of), Ask::SetCapacity(id, _)) => is(of, id),
            (About::Listing, Ask::Targets) => true,
            _ => false,
        }
    }

    /// What becomes of the next call.
    pub(super) fn doom(&mut self, ask: &Ask) -> (Doom, Option<&'static str>) {
        let operation = ask.operation();
        let now = self.now;
        let struck =
            self.asked.iter().find(|(about, _, until)| now < *until && self.is_about(*about, ask));
        if let Some((_, Bad::Fails(fault), _)) = struck {
            let fault = fault.clone();
            let name = fault_name(&fault);
            self.count(name);
            return (Doom { fault: Some(fault), as_of: None }, Some(name));
        }
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
