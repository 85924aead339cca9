//! The last look of a sleep.

use reactive_scaler::port::VariantId;

use crate::{
    call::Request,
    event_log::{CallMade, EventTime, Invocation},
};

/// When the last look before this call began. It reads the endpoint, and at the same time the target. The read of an
/// endpoint alone does not show for which variant it is made.
pub fn began(made: &Invocation, sleep: &CallMade, id: &VariantId) -> Option<EventTime> {
    let last = |wanted: &Request, before: EventTime| {
        let mut reads = made.calls.iter().rev();
        reads.find(|read| read.request == *wanted && read.requested < before).map(|it| it.requested)
    };
    let target = last(&Request::Target(id.clone()), sleep.requested)?;
    last(&Request::Endpoint(id.endpoint.clone()), target)
}
