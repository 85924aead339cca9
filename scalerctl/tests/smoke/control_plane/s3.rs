//! Amazon S3: restXml, the bucket in the path.

use axum::{http::Method, response::Response};
use serde_json::Value;

use super::{Bucket, Incoming, Shared, xml_answer};

pub(super) fn answer(shared: &Shared, incoming: &Incoming) -> Option<Response> {
    if !incoming.query.contains_key("notification") {
        return None;
    }
    assert_eq!(incoming.method, Method::GET);
    let error = |status: u16, code: &str, message: &str| {
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        Some(xml_answer(status, body))
    };
    if !shared.admits("GetBucketNotificationConfiguration", Value::Null) {
        return error(403, "AccessDenied", "Access Denied");
    }
    match shared.deployment.buckets.get(incoming.path.trim_matches('/')) {
        Some(bucket) => Some(xml_answer(200, xml(bucket))),
        None => error(404, "NoSuchBucket", "The specified bucket does not exist"),
    }
}

fn xml(bucket: &Bucket) -> String {
    let mut out =
        r#"<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#.to_owned();
    for (number, one) in bucket.notifications.iter().enumerate() {
        let element = match one.kind {
            "CloudFunction" => "CloudFunctionConfiguration",
            "Queue" => "QueueConfiguration",
            "Topic" => "TopicConfiguration",
            other => panic!("no such kind: {other}"),
        };
        let rules: String = [("Prefix", one.prefix), ("Suffix", one.suffix)]
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| {
                format!("<FilterRule><Name>{name}</Name><Value>{value}</Value></FilterRule>")
            })
            .collect();
        let filter = match rules.as_str() {
            "" => String::new(),
            rules => format!("<Filter><S3Key>{rules}</S3Key></Filter>"),
        };
        out.push_str(&format!(
            "<{element}><Id>n{number}</Id><{kind}>{target}</{kind}><Event>{event}</Event>{filter}</{element}>",
            kind = one.kind,
            target = one.target,
            event = one.event,
        ));
    }
    if bucket.event_bridge {
        out.push_str("<EventBridgeConfiguration/>");
    }
    out + "</NotificationConfiguration>"
}
