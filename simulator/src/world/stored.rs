//! Parameters of Parameter Store and objects of S3.

use crate::{CallResult, Operation, Refusal};

use super::World;

impl World {
    /// Stores a text at `ssm:/NAME` or `s3://BUCKET/KEY`. Replaces an existing text.
    pub fn store(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.stored.insert(place.into(), text.into());
    }

    /// Deletes a text.
    pub fn unstore(&mut self, place: &str) {
        self.stored.remove(place);
    }

    /// GetParameter of AWS Systems Manager.
    ///
    /// # Errors
    ///
    /// `ParameterNotFound`, and planned faults.
    pub fn get_parameter(&mut self, name: &str) -> CallResult<String> {
        self.call(Operation::GetParameter, name, String::new(), |world| {
            let text = world.stored.get(&format!("ssm:{name}"));
            text.cloned().ok_or_else(|| Refusal::new("ParameterNotFound", ""))
        })
    }

    /// PutParameter of AWS Systems Manager. Returns the version.
    ///
    /// # Errors
    ///
    /// `ParameterAlreadyExists` without `overwrite`.
    pub fn put_parameter(&mut self, name: &str, text: &str, overwrite: bool) -> CallResult<u64> {
        self.call(Operation::PutParameter, name, String::new(), |world| {
            let place = format!("ssm:{name}");
            let exists = world.stored.contains_key(&place);
            if exists && !overwrite {
                let message = "The parameter already exists. To overwrite this value, set the overwrite option in                                the request to true.";
                return Err(Refusal::new("ParameterAlreadyExists", message));
            }
            let version = if exists { world.parameter_version(name) + 1 } else { 1 };
            world.stored.insert(place, text.to_owned());
            world.parameter_versions.insert(name.to_owned(), version);
            Ok(version)
        })
    }

    /// GetParameters of AWS Systems Manager: the names and texts of those that exist.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn get_parameters(&mut self, names: &[String]) -> CallResult<Vec<(String, String)>> {
        self.call(Operation::GetParameters, &names.join(","), String::new(), |world| {
            let found = names.iter().filter_map(|name| {
                let text = world.stored.get(&format!("ssm:{name}"))?;
                Some((name.clone(), text.clone()))
            });
            Ok(found.collect())
        })
    }

    /// DeleteParameter of AWS Systems Manager.
    ///
    /// # Errors
    ///
    /// `ParameterNotFound`.
    pub fn delete_parameter(&mut self, name: &str) -> CallResult<()> {
        self.call(Operation::DeleteParameter, name, String::new(), |world| {
            world.parameter_versions.remove(name);
            let old = world.stored.remove(&format!("ssm:{name}"));
            old.map(|_| ()).ok_or_else(|| Refusal::new("ParameterNotFound", ""))
        })
    }

    /// The version of a parameter. The first one is 1.
    pub(crate) fn parameter_version(&self, name: &str) -> u64 {
        self.parameter_versions.get(name).copied().unwrap_or(1)
    }

    /// GetObject of Amazon S3.
    ///
    /// # Errors
    ///
    /// `NoSuchKey`, and planned faults.
    pub fn get_object(&mut self, bucket: &str, key: &str) -> CallResult<String> {
        let address = format!("{bucket}/{key}");
        self.call(Operation::GetObject, &address, String::new(), |world| {
            let text = world.stored.get(&format!("s3://{address}"));
            text.cloned()
                .ok_or_else(|| Refusal::new("NoSuchKey", "The specified key does not exist."))
        })
    }
}
