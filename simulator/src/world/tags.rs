//! AddTags, ListTags and DeleteTags of endpoints, endpoint configurations and models.

use crate::{CallResult, DefinitionKind, Operation, Page, Paging, Refusal, Tags, tags};

use super::World;

/// The minimum of `MaxResults` of ListTags.
const MIN_RESULTS: usize = 50;

impl World {
    /// AddTags: adds tags to a resource, or replaces the values of its tags. Returns all its tags.
    ///
    /// # Errors
    ///
    /// If no resource has this ARN, or a tag violates a limit of the API reference.
    pub fn add_tags(
        &mut self,
        arn: &str,
        new: &[(String, String)],
    ) -> CallResult<Vec<(String, String)>> {
        let shown = new.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
        self.call(Operation::AddTags, resource(arn), shown.join(" "), |world| {
            let tags = world.tags_of(arn)?;
            *tags = tags::added(tags, new)?;
            Ok(tags.clone().into_iter().collect())
        })
    }

    /// DeleteTags: removes the tags with these keys.
    ///
    /// # Errors
    ///
    /// If no resource has this ARN.
    pub fn delete_tags(&mut self, arn: &str, keys: &[String]) -> CallResult<()> {
        self.call(Operation::DeleteTags, resource(arn), keys.join(" "), |world| {
            world.tags_of(arn)?.retain(|key, _| !keys.contains(key));
            Ok(())
        })
    }

    /// ListTags: the tags of a resource, by key.
    ///
    /// # Errors
    ///
    /// If no resource has this ARN, or the page request is invalid.
    pub fn list_tags(&mut self, arn: &str, paging: &Paging) -> CallResult<Page<(String, String)>> {
        self.call(Operation::ListTags, resource(arn), String::new(), |world| {
            if paging.max_results.is_some_and(|asked| asked < MIN_RESULTS) {
                let message = format!("MaxResults must be at least {MIN_RESULTS}");
                return Err(Refusal::validation(message));
            }
            let tags = world.tags_of(arn)?.clone();
            paging.cut(tags.into_iter(), MIN_RESULTS)
        })
    }

    /// The tags of the resource with this ARN.
    fn tags_of(&mut self, arn: &str) -> Result<&mut Tags, Refusal> {
        let kinds = [DefinitionKind::Model, DefinitionKind::EndpointConfig];
        let named = |kind: &DefinitionKind| arn.contains(&format!(":{}/", kind.arn_type()));
        let Some(kind) = kinds.into_iter().find(named) else {
            let name = self.endpoint_with_arn(arn)?;
            return Ok(&mut self.endpoint_mut(&name).tags);
        };
        self.define_implied();
        let mut names = self.definitions(kind).keys();
        let name = names.find(|name| self.definition_arn(kind, name) == arn).cloned();
        let missing = self.undefined(kind, arn);
        let found = name.and_then(|name| self.definitions_mut(kind).get_mut(&name));
        found.map(|it| &mut it.tags).ok_or(missing)
    }

    /// The name of the endpoint with this ARN.
    fn endpoint_with_arn(&self, arn: &str) -> Result<String, Refusal> {
        let mut names = self.endpoints.iter().map(|(name, _)| name);
        names
            .find(|name| self.endpoint_arn(name) == arn)
            .cloned()
            .ok_or_else(|| Refusal::validation(format!("Could not find endpoint \"{arn}\".")))
    }
}

/// How the call is shown: as the last part of the ARN.
fn resource(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
}
