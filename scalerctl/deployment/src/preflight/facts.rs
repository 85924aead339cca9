//! Everything that preflight reads from AWS.

use jiff::Timestamp;
use reactive_scaler::port::{FailureKind, ScalableTarget, ScheduledAction, VariantId};
use scalerctl_console::{Failure, progress::Progress};
use scalerctl_operator::account::{
    call_error::CallResult,
    sagemaker::{Endpoint, EndpointConfig, Variant},
};

use crate::{calls::quotas, clients::Clients};

/// The most endpoints whose instances are counted. Each takes two calls.
const MOST_COUNTED: usize = 100;

/// What was read about an endpoint that exists.
#[derive(Debug)]
pub struct Facts {
    /// The time.
    pub now: Timestamp,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Its configuration.
    pub config: CallResult<EndpointConfig>,
    /// The value of the tag.
    pub tag: CallResult<Option<String>>,
    /// The registration and the scheduled actions of its only variant.
    pub target: CallResult<Option<(ScalableTarget, Vec<ScheduledAction>)>>,
    /// The topics that are set but do not exist.
    pub missing_topics: CallResult<Vec<String>>,
    /// The instances of its type. `None`: the type is not known.
    pub quota: Option<CallResult<Quota>>,
}

/// The quota of instances of a type.
#[derive(Debug)]
pub struct Quota {
    /// The type.
    pub instance_type: String,
    /// The quota. `None`: AWS lists none.
    pub value: Option<i64>,
    /// The instances of all endpoints. `None`: there are too many endpoints to count.
    pub in_use: Option<i64>,
}

impl Facts {
    /// Reads everything. `None`: the endpoint does not exist.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] if the endpoint cannot be read.
    pub async fn read(
        clients: &Clients,
        name: &str,
        progress: &Progress,
    ) -> Result<Option<Self>, Failure> {
        progress.step("SageMaker: the endpoint");
        let endpoint = match clients.sagemaker.endpoint(name).await {
            Ok(endpoint) => endpoint,
            Err(error) if error.kind() == FailureKind::EndpointMissing => return Ok(None),
            Err(error) => return Err(Failure::NoAccess(error.with_advice())),
        };
        let config = clients.sagemaker.config(&endpoint.config).await;
        let tag = clients.tags.value(&endpoint.arn).await;
        progress.step("Application Auto Scaling: the registration");
        let target = target(clients, &endpoint).await;
        progress.step("SNS: the topics");
        let missing_topics = missing_topics(clients, config.as_ref().ok()).await;
        progress.step("Service Quotas: the instances of the account");
        let quota = match instance_type(config.as_ref().ok(), only_variant(&endpoint)) {
            Some(instance_type) => Some(quota(clients, instance_type).await),
            None => None,
        };
        let now = Timestamp::now();
        Ok(Some(Self { now, endpoint, config, tag, target, missing_topics, quota }))
    }

    /// The only variant.
    pub fn variant(&self) -> Option<&Variant> {
        only_variant(&self.endpoint)
    }
}

fn only_variant(endpoint: &Endpoint) -> Option<&Variant> {
    match endpoint.variants.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

fn instance_type(config: Option<&EndpointConfig>, variant: Option<&Variant>) -> Option<String> {
    let (config, variant) = (config?, variant?);
    let of_variant = config.variants.iter().find(|(name, _)| *name == variant.name);
    of_variant.map(|(_, instance_type)| instance_type.clone())
}

async fn target(
    clients: &Clients,
    endpoint: &Endpoint,
) -> CallResult<Option<(ScalableTarget, Vec<ScheduledAction>)>> {
    let Some(variant) = only_variant(endpoint) else { return Ok(None) };
    let id = VariantId::new(&endpoint.name, &variant.name);
    let targets = clients.scaling.targets(std::slice::from_ref(&id)).await?;
    let Some(target) = targets.into_iter().next() else { return Ok(None) };
    Ok(Some((target, clients.scaling.actions(&id).await?)))
}

async fn missing_topics(
    clients: &Clients,
    config: Option<&EndpointConfig>,
) -> CallResult<Vec<String>> {
    let mut missing = Vec::new();
    for topic in config.into_iter().flat_map(|config| &config.topics).flatten() {
        if clients.sns.subscriptions(topic).await?.is_none() {
            missing.push(topic.clone());
        }
    }
    Ok(missing)
}

async fn quota(clients: &Clients, instance_type: String) -> CallResult<Quota> {
    let value = quotas::of_instances(&clients.config, &instance_type).await?;
    let in_use = match value {
        Some(_) => in_use(clients, &instance_type).await?,
        None => None,
    };
    Ok(Quota { instance_type, value, in_use })
}

/// The instances of this type of all endpoints. An endpoint that is deleted meanwhile has none.
async fn in_use(clients: &Clients, instance_type: &str) -> CallResult<Option<i64>> {
    let names = clients.sagemaker.names(None).await?;
    if names.len() > MOST_COUNTED {
        return Ok(None);
    }
    let mut sum = 0;
    for name in names {
        let Ok(endpoint) = clients.sagemaker.endpoint(&name).await else { continue };
        let Ok(config) = clients.sagemaker.config(&endpoint.config).await else { continue };
        let has_type = |variant: &&Variant| {
            config.variants.iter().any(|(of, it)| *of == variant.name && it == instance_type)
        };
        let counts = endpoint.variants.iter().filter(has_type);
        let most =
            |it: &Variant| it.desired.unwrap_or_default().max(it.current.unwrap_or_default());
        sum += counts.map(|it| i64::from(most(it))).sum::<i64>();
    }
    Ok(Some(sum))
}
