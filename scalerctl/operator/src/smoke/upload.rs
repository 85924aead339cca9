//! The endpoint and the upload that are tested, and the upload's event.

use jiff::Timestamp;
use reactive_scaler::{
    config::key_pattern::PLACE,
    config::{Route, Whom},
    fleet::sdk_key,
};
use serde_json::{Value, json};

use super::{
    Function,
    arn::Arn,
    routes::{Routes, several},
};
use crate::smoke::args::SmokeArgs;

/// The input's name in the key.
const NAME: &str = "smoke-test";

/// What is tested. What is not known says why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedUpload {
    /// The function's routes.
    pub routes: Routes,
    /// The endpoint.
    pub endpoint: Result<String, String>,
    /// The upload.
    pub upload: Result<Upload, String>,
}

/// An upload that is described and never made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
}

impl TestedUpload {
    /// From the arguments, and from the function's routes where those say nothing.
    ///
    /// # Errors
    ///
    /// An argument is missing that the routes cannot stand in for.
    pub fn of(arguments: &SmokeArgs, function: &Function, now: Timestamp) -> Result<Self, String> {
        let routes = Routes::of(function);
        let endpoint = endpoint(arguments, &routes)?;
        let upload = match &endpoint {
            Ok(endpoint) => upload(arguments, &routes, endpoint, now),
            Err(why) => Err(why.clone()),
        };
        Ok(Self { routes, endpoint, upload })
    }
}

fn endpoint(arguments: &SmokeArgs, routes: &Routes) -> Result<Result<String, String>, String> {
    if let Some(endpoint) = &arguments.endpoint {
        return Ok(Ok(endpoint.clone()));
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

fn upload(
    arguments: &SmokeArgs,
    routes: &Routes,
    endpoint: &str,
    now: Timestamp,
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
    let key = arguments.key.clone().or_else(|| Some(key(route?, endpoint, now)));
    Ok(Upload {
        bucket: bucket.ok_or_else(|| unknown("bucket"))?,
        key: key.ok_or_else(|| unknown("key"))?,
    })
}

/// A key that the route takes for this endpoint.
fn key(route: &Route, endpoint: &str, now: Timestamp) -> String {
    match &route.whom {
        Whom::SdkKey => {
            let name: String = endpoint.chars().take(sdk_key::LONGEST).collect();
            let folder = now.strftime("%y%m%d-%H%M");
            let object = now.strftime("%Y-%m-%d-%H-%M-%S-%3f");
            let prefix = sdk_key::FOLDER;
            format!("{prefix}{name}-{folder}/{object}-00000000-0000-4000-8000-000000000000")
        }
        Whom::InKey(_) => {
            format!("{}{NAME}{}", route.prefix.replace(PLACE, endpoint), route.suffix)
        }
        Whom::Named | Whom::Matching { .. } => format!("{}{NAME}{}", route.prefix, route.suffix),
    }
}

/// The event that EventBridge gets from S3 for an upload (Amazon S3 User Guide, "EventBridge event
/// message structure"), with all fields that TestEventPattern requires.
pub fn object_created(function_arn: &str, upload: &Upload, at: Timestamp) -> Value {
    let arn = Arn::of(function_arn).unwrap_or(Arn { partition: "aws", region: "", account: "" });
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

    fn key_of(route: &str, endpoint: &str) -> String {
        let routes = routes_from_json(route).unwrap();
        key(&routes[0], endpoint, "2026-03-02T09:15:28.5Z".parse().unwrap())
    }

    #[test]
    fn a_key_is_one_that_the_route_takes() {
        let plain = r#"[{"endpoint":"a","prefix":"in/","suffix":".json"}]"#;
        assert_eq!(key_of(plain, "a"), "in/smoke-test.json");
        let placed = r#"[{"endpoint":"{endpoint}","prefix":"in/{endpoint}/"}]"#;
        assert_eq!(key_of(placed, "b"), "in/b/smoke-test");
    }

    #[test]
    fn the_sdks_keys_are_made_as_the_sdk_makes_them() {
        let preset = r#"[{"preset":"sagemaker-sdk"}]"#;
        let made = key_of(preset, "whisper");
        assert_eq!(
            made,
            "async-endpoint-inputs/whisper-260302-0915/\
             2026-03-02-09-15-28-500-00000000-0000-4000-8000-000000000000"
        );
        assert_eq!(sdk_key::name_in(&made), Some("whisper"));
        let long = "e".repeat(63);
        assert_eq!(sdk_key::name_in(&key_of(preset, &long)), Some(&long[..51]));
    }
}
