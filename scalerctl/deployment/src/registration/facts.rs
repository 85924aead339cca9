//! Everything that `register` and `unregister` read from AWS.

use jiff::Timestamp;
use reactive_scaler::{
    config::Mode,
    port::{FailureKind, ScalableTarget, ScheduledAction, VariantId},
};
use scalerctl_operator::account::{
    auto_scaling::Policy,
    call_error::CallResult,
    sagemaker::{Endpoint, Variant},
};
use serde_json::Value;

use super::signal_topic;
use crate::{calls::backstops::Backstop, clients::Clients, covering::Covering};

/// What was read about an endpoint.
#[derive(Debug)]
pub struct Facts {
    /// The name that the user gave.
    pub name: String,
    /// The time.
    pub now: Timestamp,
    /// The endpoint. `None`: it does not exist.
    pub endpoint: Option<Endpoint>,
    /// The variant that the user named.
    pub wanted_variant: Option<String>,
    /// The value of the tag.
    pub tag: Option<String>,
    /// The topics of the endpoint configuration, with the function's subscription.
    pub topics: Vec<(String, Option<String>)>,
    /// The registration of the variant.
    pub target: Option<ScalableTarget>,
    /// The policies of the variant.
    pub policies: Vec<Policy>,
    /// The scheduled actions of the variant.
    pub actions: Vec<ScheduledAction>,
    /// The function that covers the endpoint.
    pub covering: Covering,
    /// What is known about that function.
    pub function: Option<FunctionFacts>,
    /// Whether the endpoint has the alarm that `register` creates.
    pub has_own_backstop: bool,
}

/// What was read about the function.
#[derive(Debug)]
pub struct FunctionFacts {
    /// Its ARN.
    pub arn: String,
    /// Whether it acts, and not only observes.
    pub acts: bool,
    /// Its resource policy.
    pub policy: Value,
    /// The topic that it listens to.
    pub signal_topic: Option<String>,
    /// The backstops that publish to that topic.
    pub backstops: Vec<Backstop>,
}

impl Facts {
    /// Reads everything.
    ///
    /// # Errors
    ///
    /// The first call that failed.
    pub async fn read(
        clients: &Clients,
        name: &str,
        wanted_variant: Option<&str>,
        covering: Covering,
    ) -> CallResult<Self> {
        let mut facts = Self {
            name: name.to_owned(),
            now: Timestamp::now(),
            endpoint: None,
            wanted_variant: wanted_variant.map(str::to_owned),
            tag: None,
            topics: Vec::new(),
            target: None,
            policies: Vec::new(),
            actions: Vec::new(),
            function: None,
            has_own_backstop: clients.backstops.has_own(name).await?,
            covering,
        };
        if let Covering::One(function) = &facts.covering {
            facts.function = Some(FunctionFacts::read(clients, &function.arn).await?);
        }
        let endpoint = match clients.sagemaker.endpoint(name).await {
            Ok(endpoint) => endpoint,
            Err(error) if error.kind() == FailureKind::EndpointMissing => return Ok(facts),
            Err(error) => return Err(error),
        };
        facts.tag = clients.tags.value(&endpoint.arn).await?;
        if endpoint.asynchronous
            && let Some(function) = &facts.function
        {
            let config = clients.sagemaker.config(&endpoint.config).await?;
            for topic in config.topics.into_iter().flatten() {
                let subscription = clients.subscriptions.of(&topic, &function.arn).await?;
                facts.topics.push((topic, subscription));
            }
        }
        facts.endpoint = Some(endpoint);
        if let Some(id) = facts.variant().map(|variant| VariantId::new(name, &variant.name)) {
            facts.target =
                clients.scaling.targets(std::slice::from_ref(&id)).await?.into_iter().next();
            facts.policies = clients.scaling.policies(&id).await?;
            facts.actions = clients.scaling.actions(&id).await?;
        }
        Ok(facts)
    }

    /// The variant: the one that the user named, else the only one.
    pub fn variant(&self) -> Option<&Variant> {
        let variants = &self.endpoint.as_ref()?.variants;
        match (&self.wanted_variant, variants.as_slice()) {
            (Some(wanted), all) => all.iter().find(|it| it.name == *wanted),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// The variant's id.
    pub fn id(&self) -> Option<VariantId> {
        let variant = self.variant()?;
        Some(VariantId::new(&self.name, &variant.name))
    }
}

impl FunctionFacts {
    async fn read(clients: &Clients, arn: &str) -> CallResult<Self> {
        let function = clients.lambda.function(arn).await?;
        let policy = clients.lambda.policy(arn).await?;
        let signal_topic = signal_topic::of_policy(&policy);
        let backstops = match &signal_topic {
            Some(topic) => clients.backstops.of_topic(topic).await?,
            None => Vec::new(),
        };
        let acts = Mode::read(|_| function.mode.clone()) == Ok(Mode::Act);
        Ok(Self { arn: arn.to_owned(), acts, policy, signal_topic, backstops })
    }
}
