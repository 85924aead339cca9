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
