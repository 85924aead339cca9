//! The simulated AWS on this machine: its port, and a client that reaches nothing else.

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Port of `scalerctl aws`, unless it is given another.
pub const LOCAL_PORT: u16 = 4599;

/// An HTTP client for an AWS on this machine. It trusts no certificate at all, so that nothing but
/// plain HTTP can be reached, and uses no proxy, whatever the environment names.
///
/// # Errors
///
/// When it cannot be made.
pub fn loopback_http() -> Result<SharedHttpClient, String> {
    let trust_nobody = TlsContext::builder().with_trust_store(TrustStore::empty()).build();
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(trust_nobody.map_err(|error| error.to_string())?)
        .build_https())
}
