//! Endpoints and their configurations, as SageMaker lists and describes them.

use crate::{CallResult, EndpointState, Operation, Page, Paging, Refusal, World};

impl World {
    /// ListEndpoints: those whose names contain a text, by name.
    ///
    /// # Errors
    ///
    /// On a bad page.
    pub fn list_endpoints(
        &mut self,
        name_contains: &str,
        paging: &Paging,
    ) -> CallResult<Page<EndpointState>> {
        self.call(Operation::ListEndpoints, "*", name_contains.to_owned(), |world| {
            let all = world.endpoints.iter().map(|(_, endpoint)| endpoint);
            let named = all.filter(|endpoint| endpoint.name.contains(name_contains));
            Ok(paging.cut(named, world.settings.page_size)?.map(Clone::clone))
        })
    }

    /// DescribeEndpointConfig, as the first endpoint that was made from it.
    ///
    /// # Errors
    ///
    /// As AWS refuses: `Could not find endpoint configuration`.
    pub fn describe_endpoint_config(&mut self, config: &str) -> CallResult<EndpointState> {
        self.call(Operation::DescribeEndpointConfig, config, String::new(), |world| {
            let mut all = world.endpoints.iter().map(|(_, endpoint)| endpoint);
            all.find(|endpoint| endpoint.config == config).cloned().ok_or_else(|| {
                let arn = world.arn("sagemaker", &format!("endpoint-config/{config}"));
                Refusal::validation(format!("Could not find endpoint configuration \"{arn}\"."))
            })
        })
    }
}
