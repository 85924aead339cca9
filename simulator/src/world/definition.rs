//! Models and endpoint configurations of SageMaker: created, described, listed and deleted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    CallResult, Definition, DefinitionKind, Listing, Page, Refusal, Tags, listing::Listed, tags,
};

use super::World;

impl World {
    /// Sets a variable in the environment of a model's container.
    pub fn set_model_variable(&mut self, model: &str, name: &str, value: &str) {
        let now = self.now();
        let model =
            self.models.entry(model.into()).or_insert_with(|| Definition::empty(model, now));
        let container = model.members.entry("PrimaryContainer").or_insert_with(|| json!({}));
        container["Environment"][name] = value.into();
    }

    /// CreateModel or CreateEndpointConfig, with these members of the request.
    ///
    /// # Errors
    ///
    /// The errors of AWS: the name is taken, a model does not exist, tags that are not valid.
    pub fn create_definition(
        &mut self,
        kind: DefinitionKind,
        name: &str,
        members: Map<String, Value>,
        tags: &[(String, String)],
    ) -> CallResult<()> {
        let [create, ..] = kind.operations();
        self.call(create, name, String::new(), |world| {
            world.define_implied();
            if world.definitions(kind).contains_key(name) {
                let (noun, arn) = (kind.noun(), world.definition_arn(kind, name));
                let message = format!("Cannot create already existing {noun} \"{arn}\".");
                return Err(Refusal::validation(message));
            }
            let tags = tags::added(&Tags::new(), tags)?;
            let made = Definition { tags, members, ..Definition::empty(name, world.now()) };
            world.check_models(&made)?;
            world.definitions_mut(kind).insert(name.to_owned(), made);
            Ok(())
        })
    }

    /// DescribeModel.
    ///
    /// # Errors
    ///
    /// The error of AWS: `Could not find model`.
    pub fn describe_model(&mut self, name: &str) -> CallResult<Definition> {
        self.describe_definition(DefinitionKind::Model, name)
    }

    /// DescribeEndpointConfig.
    ///
    /// # Errors
    ///
    /// The error of AWS: `Could not find endpoint configuration`.
    pub fn describe_endpoint_config(&mut self, name: &str) -> CallResult<Definition> {
        self.describe_definition(DefinitionKind::EndpointConfig, name)
    }

    fn describe_definition(&mut self, kind: DefinitionKind, name: &str) -> CallResult<Definition> {
        let [_, describe, ..] = kind.operations();
        self.call(describe, name, String::new(), |world| world.definition(kind, name))
    }

    /// ListModels or ListEndpointConfigs.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn list_definitions(
        &mut self,
        kind: DefinitionKind,
        listing: &Listing,
    ) -> CallResult<Page<Definition>> {
        let [_, _, list, _] = kind.operations();
        self.call(list, "*", listing.name_contains.clone(), |world| {
            world.define_implied();
            listing.page(world.definitions(kind).values().map(|it| Listed {
                name: &it.name,
                status: "",
                created_at: it.created_at,
                modified_at: it.created_at,
                item: it,
            }))
        })
    }

    /// DeleteModel or DeleteEndpointConfig. Endpoints that use it keep what they have.
    ///
    /// # Errors
    ///
    /// The error of AWS: `Could not find`.
    pub fn delete_definition(&mut self, kind: DefinitionKind, name: &str) -> CallResult<()> {
        let [.., delete] = kind.operations();
        self.call(delete, name, String::new(), |world| {
            world.define_implied();
            let gone = world.definitions_mut(kind).remove(name);
            gone.map(drop).ok_or_else(|| world.undefined(kind, &world.definition_arn(kind, name)))
        })
    }

    /// The ARN of a model or an endpoint configuration, which does not need to exist.
    pub fn definition_arn(&self, kind: DefinitionKind, name: &str) -> String {
        self.arn("sagemaker", &format!("{}/{}", kind.arn_type(), name.to_lowercase()))
    }

    /// A model or an endpoint configuration, also if an endpoint that was added without one implies it.
    pub(crate) fn definition(
        &self,
        kind: DefinitionKind,
        name: &str,
    ) -> Result<Definition, Refusal> {
        if let Some(found) = self.definitions(kind).get(name) {
            return Ok(found.clone());
        }
        let mut implying =
            self.endpoints.iter().map(|(_, it)| it).filter(|it| it.deployed.is_none());
        let implied = match kind {
            DefinitionKind::EndpointConfig => implying
                .find(|it| it.config == name)
                .map(|it| Definition::implied(it, &self.settings.instance_type)),
            DefinitionKind::Model => implying
                .find(|it| it.models().iter().any(|model| model == name))
                .map(|it| Definition::empty(name, it.created_at)),
        };
        implied.ok_or_else(|| self.undefined(kind, &self.definition_arn(kind, name)))
    }

    pub(crate) fn undefined(&self, kind: DefinitionKind, arn: &str) -> Refusal {
        Refusal::validation(format!("Could not find {} \"{arn}\".", kind.noun()))
    }

    /// Whether the models of an endpoint configuration exist.
    pub(crate) fn check_models(&self, config: &Definition) -> Result<(), Refusal> {
        let models = config.models();
        models.iter().try_for_each(|it| self.definition(DefinitionKind::Model, it).map(drop))
    }

    pub(crate) fn definitions(&self, kind: DefinitionKind) -> &BTreeMap<String, Definition> {
        match kind {
            DefinitionKind::Model => &self.models,
            DefinitionKind::EndpointConfig => &self.configs,
        }
    }

    pub(crate) fn definitions_mut(
        &mut self,
        kind: DefinitionKind,
    ) -> &mut BTreeMap<String, Definition> {
        match kind {
            DefinitionKind::Model => &mut self.models,
            DefinitionKind::EndpointConfig => &mut self.configs,
        }
    }

    /// Defines what endpoints imply that were added without a configuration. From then on, changes of
    /// [`World::endpoint_mut`] do not change their configuration.
    pub(crate) fn define_implied(&mut self) {
        let implying = self.endpoints.iter().filter(|(_, it)| it.deployed.is_none());
        let names = implying.map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
        let now = self.now();
        for name in names {
            let Some(endpoint) = self.endpoints.get_mut(&name, now) else { continue };
            let config = Definition::implied(endpoint, &self.settings.instance_type);
            endpoint.deployed = Some(config.clone().into());
            let created_at = endpoint.created_at;
            for model in endpoint.models() {
                let made = Definition::empty(&model, created_at);
                self.models.entry(model).or_insert(made);
            }
            self.configs.entry(config.name.clone()).or_insert(config);
        }
    }
}
