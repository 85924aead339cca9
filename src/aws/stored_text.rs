//! Parameter Store and S3, as far as routes lie there: one call each.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::primitives::ByteStream;
use tokio::time::timeout;

use super::failure::{failure, unanswered};
use crate::{
    port::{AwsFailure, AwsResult, FailureKind},
    stored_routes::{Place, Store},
};

/// Larger texts are refused: some thousand routes are less.
const LARGEST: usize = 256 * 1024;

/// An object's content arrives after the answer that the SDK's own time-outs are about.
const CONTENT: Duration = Duration::from_secs(10);

/// The variable that gives S3 an endpoint of one's own (AWS SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
const OWN_S3: &str = "AWS_ENDPOINT_URL_S3";

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

    async fn object(&self, bucket: &str, key: &str, place: &Place) -> AwsResult<String> {
        const OPERATION: &str = "GetObject";
        // A bucket's name in front of the host resolves at AWS, and hardly at an endpoint of one's own.
        let own = self.config.endpoint_url().is_some() || std::env::var_os(OWN_S3).is_some();
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(own).build();
        // One byte more than is taken: enough to tell that it is too large.
        let request = aws_sdk_s3::Client::from_conf(config)
            .get_object()
            .bucket(bucket)
            .key(key)
            .range(format!("bytes=0-{LARGEST}"));
        let answer = request.send().await;
        let answer = answer.map_err(|error| failure(OPERATION, place.to_string(), error))?;
        let content = timeout(CONTENT, content(answer.body))
            .await
            .unwrap_or_else(|_| Err(format!("the object did not arrive within {CONTENT:?}")))
            .map_err(|problem| unanswered(OPERATION, place.to_string(), &problem))?;
        String::from_utf8(content).map_err(|_| refused(OPERATION, place, "it is no text".into()))
    }
}

impl Store for SdkStore {
    async fn read(&self, place: &Place) -> AwsResult<String> {
        let (operation, text) = match place {
            Place::Parameter(name) => ("GetParameter", self.parameter(name, place).await?),
            Place::Object { bucket, key } => ("GetObject", self.object(bucket, key, place).await?),
        };
        match text.len() <= LARGEST {
            true => Ok(text),
            false => Err(refused(operation, place, format!("more than {LARGEST} bytes lie there"))),
        }
    }
}

/// What arrives, and no more of it than tells that it is too large.
async fn content(mut body: ByteStream) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    while content.len() <= LARGEST {
        match body.try_next().await.map_err(|error| error.to_string())? {
            Some(part) => content.extend_from_slice(&part),
            None => break,
        }
    }
    Ok(content)
}

fn refused(operation: &'static str, place: &Place, answer: String) -> AwsFailure {
    AwsFailure { operation, resource: place.to_string(), kind: FailureKind::Other, answer }
}
