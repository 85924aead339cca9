//! Parameter Store and S3, as far as routes lie there: one call each.

use aws_config::SdkConfig;

use super::{failure::failure, s3_object};
use crate::{
    port::{AwsFailure, AwsResult, FailureKind},
    stored_routes::{Place, Store},
};

/// Larger texts are refused: some thousand routes are less.
const LARGEST: usize = 256 * 1024;

/// The two stores, reached with the SDK's shared configuration. A client is made for the read alone:
/// one read in five minutes at most, and none where the routes stand in the environment.
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
        // A SecureString is read too, where the role may decrypt it.
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
            // One byte more than is taken: enough to tell that it is too large.
            Place::Object { bucket, key } => {
                ("GetObject", s3_object::read(&self.config, bucket, key, LARGEST + 1).await?)
            }
        };
        match text.len() <= LARGEST {
            true => Ok(text),
            false => Err(refused(operation, place, format!("more than {LARGEST} bytes lie there"))),
        }
    }
}

fn refused(operation: &'static str, place: &Place, answer: String) -> AwsFailure {
    AwsFailure { operation, resource: place.to_string(), kind: FailureKind::Other, answer }
}
