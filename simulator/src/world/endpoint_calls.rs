//! CreateEndpoint, UpdateEndpoint, DeleteEndpoint, and ListEndpoints.

use std::sync::Arc;

use reactive_scaler::port::{EndpointStatus, VariantId};

use crate::{
    CallResult, Definition, DefinitionKind, EndpointState, Listing, Operation, Page, Refusal, Tags,
    VariantState,
    endpoint::{AfterForced, Deployment},
    listing::Listed,
    tags,
};

use super::{World, capacity::no_capacity};

/// What UpdateEndpoint keeps of the variants that the endpoint has already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retained {
    /// The number of instances.
    pub counts: bool,
    /// The weights.
    pub weights: bool,
}

impl World {
    /// CreateEndpoint. The endpoint is `InService` after the time of a scale-out.
    ///
    /// # Errors
    ///
    /// The errors of AWS: the name is taken, the configuration or a model does not exist, tags that are not valid.
    pub fn create_endpoint(
        &mut self,
        name: &str,
        config: &str,
        tags: &[(String, String)],
    ) -> CallResult<()> {
        self.call(Operation::CreateEndpoint, name, config.to_owned(), |world| {
            if world.endpoints.contains(name) {
                let arn = world.endpoint_arn(name);
                let message = format!("Cannot create already existing endpoint \"{arn}\".");
                return Err(Refusal::validation(message));
            }
            let config = world.deployable(config)?;
            let tags = tags::added(&Tags::new(), tags)?;
            let endpoint = world.add_endpoint(name, Vec::new(), false);
            endpoint.tags = tags;
            let variants = config.variants();
            endpoint.deploy(config, variants);
            world.deploy_as(name, EndpointStatus::Creating);
            Ok(())
        })
    }

    /// UpdateEndpoint. The endpoint serves with the old instances until the new ones are there, after the time of a
    /// scale-out.
    ///
    /// # Errors
    ///
    /// The errors of AWS: the endpoint is busy or missing, the configuration or a model does not exist, a variant that
    /// is a scalable target would be removed.
    pub fn update_endpoint(
        &mut self,
        name: &str,
        config: &str,
        retained: Retained,
    ) -> CallResult<()> {
        self.call(Operation::UpdateEndpoint, name, config.to_owned(), |world| {
            world.check_updatable(name)?;
            // The old configuration stays as it is now.
            world.define_implied();
            let config = world.deployable(config)?;
            let now = world.now();
            let old = world.known(name).variants.clone();
            let variants = config.variants().into_iter().map(|new| retain(new, &old, retained));
            let variants = variants.collect::<Vec<_>>();
            let removed = old.iter().filter(|it| variants.iter().all(|new| new.name != it.name));
            let removed = removed.map(|it| VariantId::new(name, &it.name));
            if let Some(id) = removed.into_iter().find(|id| world.targets.contains_key(id)) {
                // The wording is an assumption.
                return Err(Refusal::validation(format!(
                    "The variant(s) \"{}\" must be deregistered as scalable targets with AWS Auto Scaling before they \
                     can be removed or have their instance type updated.",
                    id.resource_id()
                )));
            }
            let endpoint = world.endpoint_mut(name);
            endpoint.failure_reason = None;
            endpoint.pending = Some(Deployment { config, variants, since: now });
            world.deploy_as(name, EndpointStatus::Updating);
            Ok(())
        })
    }

    /// DeleteEndpoint. The endpoint is `Deleting`, and is gone after the time of a scale-in: an assumption.
    ///
    /// # Errors
    ///
    /// The errors of AWS: the endpoint is missing, or is being created, updated or deleted.
    pub fn begin_deletion(&mut self, name: &str) -> CallResult<()> {
        self.call(Operation::DeleteEndpoint, name, String::new(), |world| {
            let endpoint = world.endpoints.get(name).ok_or_else(|| world.missing(name))?;
            let busy = matches!(
                endpoint.status,
                EndpointStatus::Creating
                    | EndpointStatus::Updating
                    | EndpointStatus::SystemUpdating
                    | EndpointStatus::RollingBack
                    | EndpointStatus::Deleting
            );
            if busy {
                let arn = world.endpoint_arn(name);
                let message = format!("Cannot update in-progress endpoint \"{arn}\".");
                return Err(Refusal::validation(message));
            }
            let lasting = endpoint.pace.scale_in;
            world.deregister_deleted(name);
            world.begin_status(name, EndpointStatus::Deleting, lasting);
            Ok(())
        })
    }

    /// Sets the weights of an endpoint's variants, as UpdateEndpointWeightsAndCapacities does. This is no call.
    pub fn set_weights(&mut self, name: &str, weights: &[(String, f64)]) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        for (variant, weight) in weights {
            if let Some(variant) = endpoint.variant_mut(variant) {
                variant.weight = *weight;
            }
        }
    }

    /// ListEndpoints.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn list_endpoints(&mut self, listing: &Listing) -> CallResult<Page<EndpointState>> {
        self.call(Operation::ListEndpoints, "*", listing.name_contains.clone(), |world| {
            listing.page(world.endpoints.iter().map(|(_, it)| Listed {
                name: &it.name,
                status: it.status.as_str(),
                created_at: it.created_at,
                modified_at: it.modified_at,
                item: it,
            }))
        })
    }

    /// Ends CreateEndpoint or UpdateEndpoint. Without available instances, a new endpoint fails, and another one keeps
    /// its configuration.
    pub(crate) fn end_deployment(&mut self, name: &str) {
        let now = self.now();
        let Some(endpoint) = self.endpoints.get_mut(name, now) else { return };
        let pending = endpoint.pending.take();
        if endpoint.capacity_shortage {
            let variant = endpoint.variants.first().map_or("", |it| &it.name);
            endpoint.failure_reason = Some(no_capacity(variant));
            if pending.is_none() {
                endpoint.forced = None;
                return self.show_status(name, EndpointStatus::Failed);
            }
        } else if let Some(Deployment { config, variants, .. }) = pending {
            endpoint.deploy(config, variants);
        }
        for variant in &mut endpoint.variants {
            variant.current = variant.desired;
        }
        self.end_forced(name);
    }

    /// A configuration whose models exist.
    fn deployable(&self, config: &str) -> Result<Arc<Definition>, Refusal> {
        let config = self.definition(DefinitionKind::EndpointConfig, config)?;
        self.check_models(&config)?;
        Ok(Arc::new(config))
    }

    fn deploy_as(&mut self, name: &str, status: EndpointStatus) {
        let lasting = self.known(name).pace.provisioning;
        self.begin_status_then(name, status, lasting, AfterForced::Deployed);
    }
}

/// A variant of the new configuration, with what it keeps of the old variant of the same name.
fn retain(mut new: VariantState, old: &[VariantState], retained: Retained) -> VariantState {
    if let Some(old) = old.iter().find(|it| it.name == new.name) {
        if retained.counts {
            new.desired = old.desired;
        }
        if retained.weights {
            new.weight = old.weight;
        }
    }
    new
}
