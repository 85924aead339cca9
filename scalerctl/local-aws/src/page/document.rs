//! The document: one file with its style and script, which loads nothing else.

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use s3s::crypto::{Checksum as _, Sha256};
use scalerctl_console::page::STYLE;

const FRAME: &str = include_str!("page.html");
const OWN_STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The document, and what its browser may do.
struct Document {
    html: String,
    policy: String,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let style = format!("{STYLE}{OWN_STYLE}");
    // Only these texts are used: none that arrives in data or in a response.
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(&style)
    );
    let html = FRAME.replace("{{style}}", &style).replace("{{script}}", SCRIPT);
    Document { html, policy }
});

fn hash(text: &str) -> String {
    let digest = Sha256::checksum(text.as_bytes());
    format!("sha256-{}", base64_simd::STANDARD.encode_to_string(digest))
}

/// The document as a response.
pub(super) fn response() -> Response {
    let document = &*DOCUMENT;
    let mut response = Response::new(Body::from(document.html.as_str()));
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&document.policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
