//! SNS's ListSubscriptionsByTopic over awsQuery: a form, answered in XML.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::{answer, buckets::escaped, refusals::unknown_operation};
use crate::{CallError, CallResult, Paging, World};

const REQUEST: &str = "00000000-0000-4000-8000-000000000000";

/// Whether a request is a form. All other services at the same path send JSON.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded"))
}

pub(super) fn answer(world: &mut World, body: &[u8]) -> Response {
    let form: BTreeMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
    let (status, body) = match list(world, &form) {
        Ok(body) => (StatusCode::OK, body),
        Err(CallError::NoAnswer) => return answer::hang_up(),
        Err(CallError::Refused(refusal)) => {
            let (status, code) = match refusal.code.as_str() {
                "NotFound" => (StatusCode::NOT_FOUND, "NotFound"),
                // The name of this error code in SNS.
                "AccessDeniedException" => (StatusCode::FORBIDDEN, "AuthorizationError"),
                code if refusal.is_server_error() => (StatusCode::INTERNAL_SERVER_ERROR, code),
                code => (StatusCode::BAD_REQUEST, code),
            };
            let message = escaped(&refusal.message);
            let error = format!("<Code>{code}</Code><Message>{message}</Message>");
            (
                status,
                format!("<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"),
            )
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    headers.insert("x-amzn-requestid", HeaderValue::from_static(REQUEST));
    response
}

fn list(world: &mut World, form: &BTreeMap<String, String>) -> CallResult<String> {
    let value = |name: &str| form.get(name).cloned().unwrap_or_default();
    let operation = value("Action");
    if operation != "ListSubscriptionsByTopic" {
        return Err(CallError::Refused(unknown_operation(&operation)));
    }
    let topic = value("TopicArn");
    let paging = Paging { max_results: None, next_token: form.get("NextToken").cloned() };
    let page = world.list_subscriptions_by_topic(&topic, &paging)?;
    let members = page.items.iter().enumerate().map(|(row, it)| {
        let [topic, protocol, endpoint] = [&topic, &it.protocol, &it.endpoint].map(|it| escaped(it));
        format!(
            "<member><TopicArn>{topic}</TopicArn><Protocol>{protocol}</Protocol><SubscriptionArn>{topic}:{row}\
             </SubscriptionArn><Endpoint>{endpoint}</Endpoint></member>"
        )
    });
    let members: String = members.collect();
    let next = page.next_token.map(|it| format!("<NextToken>{}</NextToken>", escaped(&it)));
    Ok(format!(
        "<ListSubscriptionsByTopicResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
         <ListSubscriptionsByTopicResult><Subscriptions>{members}</Subscriptions>{}\
         </ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>",
        next.unwrap_or_default()
    ))
}
