//! The endpoint and the upload that are tested, and the upload's event.

use jiff::Timestamp;
use reactive_scaler::{
    config::key_pattern::PLACE,
    config::{Route, Selector},
    fleet::sdk_key,
};
use serde_json::{Value, json};

use super::{
    Account, CallError, Function,
    arn::Arn,
    routes::{Routes, several},
};
use crate::smoke::args::SmokeArgs;
use scalerctl_console::Failure;

/// The name of the input in the key.
const NAME: &str = "smoke-test";

/// The endpoint and the upload that are tested. An error states why a value is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedUpload {
    /// The function's routes.
    pub routes: Routes,
    /// The endpoint.
    pub endpoint: Result<String, String>,
    /// The upload.
    pub upload: Result<Upload, String>,
}

/// An upload. smoke uses its event and does not upload anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
}

impl TestedUpload {
    /// From the arguments. Values that they do not contain are from the function's routes.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if an argument is missing and the routes do not contain its value.
    pub async fn of(
        arguments: &SmokeArgs,
        function: &Function,
        account: &Account,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let routes = Routes::of(function);
        let endpoint = endpoint(arguments, &routes).map_err(Failure::Usage)?;
        let upload = match &endpoint {
            Ok(endpoint) => {
                let key = key(arguments, routes.covering(endpoint), endpoint, account, now).await;
                upload(arguments, &routes, endpoint, key)
            }
            Err(why) => Err(why.clone()),
        };
        Ok(Self { routes, endpoint, upload })
    }
}

fn endpoint(arguments: &SmokeArgs, routes: &Routes) -> Result<Result<String, String>, String> {
    if let Some(endpoint) = &arguments.endpoint {
        return Ok(Ok(endpoint.name.clone()));
    }
    match routes {
        Routes::Unusable(_) => Ok(Err(
            "no endpoint is known, because SCALER_ROUTES cannot be used; use --endpoint".into(),
        )),
        Routes::Stored(place) => Err(format!(
            "SCALER_ROUTES is {place}, which scalerctl does not read: add --endpoint NAME, and for \
             the checks of the upload --bucket BUCKET and --key KEY"
        )),
        Routes::Here(_) => match routes.first() {
            Some(route) => match several(route) {
                Some(so) => Err(format!(
                    "the first route of SCALER_ROUTES {so}: add --endpoint NAME, which is part of \
                     the upload's key"
                )),
                None => Ok(Ok(route.endpoint.clone())),
            },
            None => Ok(Err("SCALER_ROUTES has no route".into())),
        },
    }
}

/// `key`: `None` if no route determines it.
fn upload(
    arguments: &SmokeArgs,
    routes: &Routes,
    endpoint: &str,
    key: Option<Result<String, String>>,
) -> Result<Upload, String> {
    let route = routes.covering(endpoint);
    let unknown = |what: &str| match routes {
        Routes::Stored(place) => format!("SCALER_ROUTES is {place}: add --bucket and --key"),
        Routes::Here(_) if route.is_some() => {
            format!("the route of {endpoint} has no {what}: if uploads wake it, add --{what}")
        }
        Routes::Here(_) => {
            format!("no route of SCALER_ROUTES covers {endpoint}: add --bucket and --key")
        }
        Routes::Unusable(_) => "SCALER_ROUTES cannot be used: add --bucket and --key".to_owned(),
    };
    let bucket = arguments.bucket.clone().or_else(|| route?.bucket.clone());
    Ok(Upload {
        bucket: bucket.ok_or_else(|| unknown("bucket"))?,
        key: key.ok_or_else(|| unknown("key"))??,
    })
}

/// The key in the arguments, or a key that the route matches.
async fn key(
    arguments: &SmokeArgs,
    route: Option<&Route>,
    endpoint: &str,
    account: &Account,
    now: Timestamp,
) -> Option<Result<String, String>> {
    if let Some(key) = &arguments.key {
        return Some(Ok(key.clone()));
    }
    let route = route?;
    if route.selector != Selector::SdkKey {
        return Some(Ok(key_of(route, endpoint)));
    }
    let model = model(endpoint, account).await;
    Some(model.map(|model| sdk_key_of(&model, now)).map_err(|why| {
        format!("the keys of the SageMaker Python SDK contain the name of the model, and {why}: add --key")
    }))
}

/// The name of the endpoint's model, which is part of the SDK's keys.
async fn model(endpoint: &str, account: &Account) -> Result<String, String> {
    let text = |error: CallError| error.with_advice();
    let config = account.sagemaker.endpoint(endpoint).await.map_err(text)?.config;
    let found = account.sagemaker.config(&config).await.map_err(text)?;
    found.model.ok_or_else(|| format!("the endpoint configuration {config} has no model"))
}

/// A key that the route matches for this endpoint.
fn key_of(route: &Route, endpoint: &str) -> String {
    format!("{}{NAME}{}", route.prefix.replace(PLACE, endpoint), route.suffix)
}

/// A key in the form of `Model.deploy()` and `predict_async` of the SageMaker Python SDK. It contains the
/// shortened name of the model.
fn sdk_key_of(model: &str, now: Timestamp) -> String {
    let name: String = model.chars().take(sdk_key::LONGEST).collect();
    let folder = now.strftime("%y%m%d-%H%M");
    let object = now.strftime("%Y-%m-%d-%H-%M-%S-%3f");
    let prefix = sdk_key::FOLDER;
    format!("{prefix}{name}-{folder}/{object}-00000000-0000-4000-8000-000000000000")
}

/// The event that EventBridge gets from S3 for an upload (Amazon S3 User Guide, "EventBridge event
/// message structure"), with all fields that TestEventPattern requires.
pub fn object_created(function_arn: &str, upload: &Upload, at: Timestamp) -> Value {
    let arn = Arn::of(function_arn).unwrap_or(Arn::UNKNOWN);
    json!({
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000000",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": arn.account,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": arn.region,
        "resources": [format!("arn:{}:s3:::{}", arn.partition, upload.bucket)],
        "detail": {
            "version": "0",
            "bucket": { "name": upload.bucket },
            "object": {
                "key": upload.key,
                "size": 1,
                "etag": "00000000000000000000000000000000",
                "sequencer": "000000000000000000",
            },
            "request-id": "0000000000000000",
            "requester": arn.account,
            "source-ip-address": "192.0.2.1",
            "reason": "PutObject",
        },
    })
}

/// The same key in a bucket that does not exist.
pub fn elsewhere(upload: &Upload) -> Upload {
    let bucket = "reactive-scaler-smoke-test-no-such-bucket".to_owned();
    Upload { bucket, key: upload.key.clone() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use reactive_scaler::config::routes_from_json;

    use super::*;

    #[test]
    fn the_route_matches_the_key() {
        let key =
            |route: &str, endpoint: &str| key_of(&routes_from_json(route).unwrap()[0], endpoint);
        let plain = r#"[{"endpoint":"a","prefix":"in/","suffix":".json"}]"#;
        assert_eq!(key(plain, "a"), "in/smoke-test.json");
        let placed = r#"[{"endpoint":"{endpoint}","prefix":"in/{endpoint}/"}]"#;
        assert_eq!(key(placed, "b"), "in/b/smoke-test");
    }

    #[test]
    fn keys_of_the_sdk_have_the_form_of_the_sdk() {
        let key = |model: &str| sdk_key_of(model, "2026-03-02T09:15:28.5Z".parse().unwrap());
        let made = key("whisper");
        assert_eq!(
            made,
            "async-endpoint-inputs/whisper-260302-0915/\
             2026-03-02-09-15-28-500-00000000-0000-4000-8000-000000000000"
        );
        assert_eq!(sdk_key::name_in(&made), Some("whisper"));
        let long = "e".repeat(63);
        assert_eq!(sdk_key::name_in(&key(&long)), Some(&long[..51]));
    }
}
