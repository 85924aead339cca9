//! The endpoints and variants that the function does not scale.

use crate::{
    port::{Endpoint, EndpointStatus, Variant},
    reason::Reason,
};

/// Why the function neither wakes nor puts to sleep this variant. `None` if it does.
pub(super) fn leave_alone(endpoint: &Endpoint, variant: &Variant) -> Option<Reason> {
    match endpoint.status {
        EndpointStatus::Failed => return Some(Reason::EndpointFailed),
        EndpointStatus::Deleting => return Some(Reason::EndpointDeleting),
        EndpointStatus::OutOfService
        | EndpointStatus::Creating
        | EndpointStatus::Updating
        | EndpointStatus::SystemUpdating
        | EndpointStatus::RollingBack
        | EndpointStatus::InService
        | EndpointStatus::UpdateRollbackFailed
        | EndpointStatus::Other => {}
    }
    if !endpoint.asynchronous {
        Some(Reason::NotAsync)
    } else if variant.serverless {
        Some(Reason::Serverless)
    } else if variant.managed {
        Some(Reason::ManagedInstanceScaling)
    } else {
        None
    }
}
