//! Reads stored routes from Parameter Store or S3, with one call.

use aws_config::SdkConfig;

use super::{failure::failure, s3_object};
use crate::{
    port::{AwsFailure, AwsResult, FailureKind},
    stored_routes::{Place, Store},
};

/// Maximum size of the text. It is enough for several thousand routes.
const LARGEST: usize = 256 * 1024;

/// Reads from Parameter Store and S3. A client is created for each read, because there is at most one read in
/// five minutes and none if the routes are in the environment.
#[derive(Debug, Clone)]
pub struct SdkStore {
    config: SdkConfig,
}

impl SdkStore {
    /// With the SDK's shared configuration, see [`super::connect`].
    pub fn new(config: &SdkConfig) -> Self {
        Self { config: config.clone() }
    }

    async fn parameter(&self, name: &str, place: &Place) -> AwsResult<String> {
        const OPERATION: &str = "GetParameter";
        // A SecureString is decrypted if the role has the permission.
        let request = aws_sdk_ssm::Client::new(&self.config).get_parameter().with_decryption(true);
        let answer = request.name(name).send().await;
        let answer = answer.map_err(|error| failure(OPERATION, place.to_string(), error))?;
        let value = answer.parameter.and_then(|parameter| parameter.value);
        value.ok_or_else(|| refused(OPERATION, place, "the parameter has no value".into()))
    }
}

impl Store for SdkStore {
    async fn read(&self, place: &Place) -> AwsResult<String> {
        let (operation, text) = match place {
            Place::Parameter(name) => ("GetParameter", self.parameter(name, place).await?),
            // Reads one byte more than the maximum, to detect a text that is too large.
            Place::Object { bucket, key } => {
                ("GetObject", s3_object::read(&self.config, bucket, key, LARGEST + 1).await?)
            }
        };
        match text.len() <= LARGEST {
            true => Ok(text),
            false => {
                Err(refused(operation, place, format!("the object is larger than {LARGEST} bytes")))
            }
        }
    }
}

fn refused(operation: &'static str, place: &Place, answer: String) -> AwsFailure {
    AwsFailure {
        operation,
        resource: place.to_string(),
        kind: FailureKind::Other,
        no_answer: None,
        answer,
    }
}
