//! The HTTP client of every call to AWS: TLS by rustls, and whom it trusts.
//!
//! Assumed: AWS's endpoints have certificates of Amazon Trust Services, as AWS's Security Blog announced ("How
//! to Prepare for AWS's Move to Its Own Certificate Authority"). Its five roots are part of the program:
//! reading them takes a thirtieth of what reading all of the machine's takes, which was most of a cold
//! start (`docs/performance.md`). The machine's are read when a server shows a certificate that Amazon's
//! roots don't vouch for, and from the first on where `SSL_CERT_FILE` or `SSL_CERT_DIR` names others.

use std::{
    error::Error,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};

/// Amazon Root CA 1 to 4, and the Starfield Services Root Certificate Authority - G2, by which older
/// devices come to them (<https://www.amazontrust.com/repository/>). They end from 2037 on.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// Whose certificates are meant where one of these is set, and no others: OpenSSL's variables.
const NAMED_CERTIFICATES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The HTTP client of every call to AWS.
pub fn https() -> SharedHttpClient {
    let named = NAMED_CERTIFICATES.iter().any(|name| std::env::var_os(name).is_some());
    SharedHttpClient::new(Https {
        by_amazons: trusting(TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)),
        by_the_machines: trusting(TrustStore::default()),
        not_amazons: Arc::new(AtomicBool::new(named)),
    })
}

fn trusting(roots: TrustStore) -> SharedHttpClient {
    let client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => client.tls_context(context).build_https(),
        // Not reached, a context is not looked at before it is used; the machine's are the default.
        Err(_) => client.build_https(),
    }
}

/// An HTTP client for each set of certificates; they are read with its first connection.
///
/// It is not tried out beforehand: the SDK's own reads its certificates for each service's client
/// that is made, only to throw the result away, and once more for the first call. That alone is left
/// here.
#[derive(Debug, Clone)]
struct Https {
    by_amazons: SharedHttpClient,
    by_the_machines: SharedHttpClient,
    /// A server was met whose certificate is none of Amazon's, or others are named.
    not_amazons: Arc<AtomicBool>,
}

impl HttpClient for Https {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        if self.not_amazons.load(Ordering::Relaxed) {
            return self.by_the_machines.http_connector(settings, components);
        }
        SharedHttpConnector::new(ByAmazons {
            https: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.by_amazons.connector_metadata()
    }
}

/// Connects by Amazon's certificates, and by the machine's to whom these don't vouch for.
#[derive(Debug)]
struct ByAmazons {
    https: Https,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for ByAmazons {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let again = request.try_clone();
        let by_amazons = self.https.by_amazons.http_connector(&self.settings, &self.components);
        let first = by_amazons.call(request);
        let Self { https, settings, components } = self;
        let (https, settings, components) = (https.clone(), settings.clone(), components.clone());
        HttpConnectorFuture::new(async move {
            match (first.await, again) {
                // Nothing of the request was sent: the server was refused before.
                (Err(error), Some(again)) if is_unknown_server(&error) => {
                    https.not_amazons.store(true, Ordering::Relaxed);
                    tracing::debug!("no certificate of Amazon's, the machine's are tried: {error}");
                    https.by_the_machines.http_connector(&settings, &components).call(again).await
                }
                (result, _) => result,
            }
        })
    }
}

fn is_unknown_server(error: &ConnectorError) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        // The source of an I/O error leaves out what it holds itself.
        next = match error.downcast_ref::<io::Error>() {
            Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    false
}
