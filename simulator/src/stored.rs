//! Texts that lie in Parameter Store and in S3.

use crate::{CallResult, Operation, Refusal, World};

impl World {
    /// Puts a text where `place` says: `ssm:/NAME` or `s3://BUCKET/KEY`. It replaces what was there.
    pub fn store(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.stored.insert(place.into(), text.into());
    }

    /// Takes it away.
    pub fn unstore(&mut self, place: &str) {
        self.stored.remove(place);
    }

    /// SSM's GetParameter.
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

    /// S3's GetObject.
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
