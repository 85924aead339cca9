//! Address, Region and HTTP client for the simulated AWS on this machine.

use std::env;

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Default port of `scalerctl aws`.
pub const LOCAL_PORT: u16 = 4599;

/// The Region of the simulated AWS: that of the ARNs in its answers.
pub const LOCAL_REGION: &str = "eu-central-1";

/// The address of `scalerctl aws`: `AWS_ENDPOINT_URL`, or its default port.
pub fn local_url() -> String {
    env::var("AWS_ENDPOINT_URL").unwrap_or_else(|_| format!("http://127.0.0.1:{LOCAL_PORT}"))
}

/// An HTTP client for a simulated AWS on this machine. It trusts no certificates, so it can only
/// use plain HTTP. It ignores proxies that the environment sets.
///
/// # Errors
/// If it cannot be created.
pub fn loopback_http() -> Result<SharedHttpClient, String> {
    let trust_nobody = TlsContext::builder().with_trust_store(TrustStore::empty()).build();
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(trust_nobody.map_err(|error| error.to_string())?)
        .build_https())
}
