//! The event that EventBridge gets from S3 for an upload (Amazon S3 User Guide, "EventBridge event
//! message structure").

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{arn::Arn, upload::Upload};

/// The event of an upload at that time, complete as TestEventPattern wants it.
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

/// The same key in a bucket that is nobody's.
pub fn elsewhere(upload: &Upload) -> Upload {
    let bucket = "reactive-scaler-smoke-test-no-such-bucket".to_owned();
    Upload { bucket, key: upload.key.clone() }
}
