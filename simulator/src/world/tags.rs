//! AddTags and ListTags of endpoints.

use crate::{CallResult, Operation, Page, Paging, Refusal, tags};

use super::World;

/// The minimum of `MaxResults` of ListTags.
const MIN_RESULTS: usize = 50;

impl World {
    /// AddTags: adds tags to an endpoint, or replaces the values of its tags. Returns all its tags.
    ///
    /// # Errors
    ///
    /// If no endpoint has this ARN, or a tag violates a limit of the API reference.
    pub fn add_tags(
        &mut self,
        arn: &str,
        new: &[(String, String)],
    ) -> CallResult<Vec<(String, String)>> {
        let shown = new.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
        self.call(Operation::AddTags, resource(arn), shown.join(" "), |world| {
            let name = world.name_of(arn)?;
            let tags = tags::added(&world.known(&name).tags, new)?;
            world.endpoint_mut(&name).tags.clone_from(&tags);
            Ok(tags.into_iter().collect())
        })
    }

    /// ListTags: the tags of an endpoint, by key.
    ///
    /// # Errors
    ///
    /// If no endpoint has this ARN, or the page request is invalid.
    pub fn list_tags(&mut self, arn: &str, paging: &Paging) -> CallResult<Page<(String, String)>> {
        self.call(Operation::ListTags, resource(arn), String::new(), |world| {
            if paging.max_results.is_some_and(|asked| asked < MIN_RESULTS) {
                let message = format!("MaxResults must be at least {MIN_RESULTS}");
                return Err(Refusal::validation(message));
            }
            let tags = &world.known(&world.name_of(arn)?).tags;
            paging.cut(tags.clone().into_iter(), MIN_RESULTS)
        })
    }

    /// The name of the endpoint with this ARN.
    fn name_of(&self, arn: &str) -> Result<String, Refusal> {
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
