//! S3's GetBucketNotificationConfiguration, in path style and in XML.

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::Response,
};

use super::{answer, refusals::not_found};
use crate::{
    Bucket, BucketNotification, CallError, NotificationKind, Simulator, http::answer::Encoding,
};

/// `GET /BUCKET?notification`. Other requests for a bucket are refused.
pub(super) async fn notification(
    State(sim): State<Simulator>,
    Path(bucket): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    if !form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "notification") {
        return not_found(Encoding::Json, "of a bucket but GetBucketNotificationConfiguration");
    }
    let answer = sim.with(|world| world.get_bucket_notification_configuration(&bucket));
    let (status, body) = match answer {
        Ok(bucket) => (StatusCode::OK, xml(&bucket)),
        Err(CallError::NoAnswer) => return answer::hang_up(),
        Err(CallError::Refused(refusal)) => {
            let (status, code) = match refusal.code.as_str() {
                "NoSuchBucket" => (StatusCode::NOT_FOUND, "NoSuchBucket"),
                // The name of this error code in S3.
                "AccessDeniedException" => (StatusCode::FORBIDDEN, "AccessDenied"),
                code if refusal.is_server_error() => (StatusCode::INTERNAL_SERVER_ERROR, code),
                code => (StatusCode::BAD_REQUEST, code),
            };
            let message = escaped(&refusal.message);
            (status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
        }
    };
    let mut response =
        Response::new(Body::from(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}")));
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static("application/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    let id = header::HeaderValue::from_static("0000000000000000");
    response.headers_mut().insert("x-amz-request-id", id);
    response
}

fn xml(bucket: &Bucket) -> String {
    let notifications: String = bucket.notifications.iter().map(element).collect();
    let event_bridge = if bucket.event_bridge { "<EventBridgeConfiguration/>" } else { "" };
    format!(
        "<NotificationConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         {notifications}{event_bridge}</NotificationConfiguration>"
    )
}

fn element(notification: &BucketNotification) -> String {
    let (element, target) = match notification.kind {
        NotificationKind::Function => ("CloudFunctionConfiguration", "CloudFunction"),
        NotificationKind::Queue => ("QueueConfiguration", "Queue"),
        NotificationKind::Topic => ("TopicConfiguration", "Topic"),
    };
    let events = notification.events.iter().map(|event| format!("<Event>{event}</Event>"));
    let rules = [("Prefix", &notification.prefix), ("Suffix", &notification.suffix)];
    let rules = rules.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| {
        format!("<FilterRule><Name>{name}</Name><Value>{}</Value></FilterRule>", escaped(value))
    });
    let rules: String = rules.collect();
    let filter = match rules.as_str() {
        "" => String::new(),
        rules => format!("<Filter><S3Key>{rules}</S3Key></Filter>"),
    };
    format!(
        "<{element}><Id>{}</Id><{target}>{}</{target}>{}{filter}</{element}>",
        escaped(&notification.id),
        escaped(&notification.target),
        events.collect::<String>()
    )
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
