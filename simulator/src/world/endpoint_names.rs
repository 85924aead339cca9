//! ListEndpoints and DescribeEndpointConfig.

use crate::{CallResult, EndpointState, Operation, Page, Paging, Refusal};

use super::World;

impl World {
    /// ListEndpoints: the endpoints whose names contain a text, by name.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
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

    /// DescribeEndpointConfig, as the first endpoint that uses the configuration.
    ///
    /// # Errors
    ///
    /// The error of AWS: `Could not find endpoint configuration`.
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
