//! The HTTP client of every call to AWS: TLS by rustls, whom it trusts, and which proxy it uses.
//!
//! Assumed: AWS's endpoints have certificates of Amazon Trust Services, as AWS's Security Blog announced ("How
//! to Prepare for AWS's Move to Its Own Certificate Authority"). Its five roots are part of the program:
//! reading them takes a thirtieth of what reading all of the machine's takes, which was most of a cold
//! start (`docs/internals/performance.md`). The machine's are read when a server shows a certificate that Amazon's
//! roots don't vouch for, and from the first on where `SSL_CERT_FILE` or `SSL_CERT_DIR` names others.
//! `AWS_CA_BUNDLE` counts more than these: the certificates of its file are trusted, and no others (AWS
//! SDKs and Tools Reference Guide, "General configuration settings").
//!
//! Proxies are those of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case, as
//! the SDK's own client reads them.

use std::{
    error::Error,
    ffi::OsString,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
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
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Amazon Root CA 1 to 4, and the Starfield Services Root Certificate Authority - G2, by which older
/// devices come to them (<https://www.amazontrust.com/repository/>). They end from 2037 on.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// Whose certificates are meant where one of these is set, and no others: OpenSSL's variables.
const NAMED_CERTIFICATES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Names a file of PEM certificates (AWS SDKs and Tools Reference Guide, "General configuration
/// settings").
const BUNDLE: &str = "AWS_CA_BUNDLE";

/// The file that `AWS_CA_BUNDLE` names cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "AWS_CA_BUNDLE names {}: {problem} (what to do: name a file of PEM certificates, or unset it)",
    path.display()
)]
pub struct BadBundle {
    path: PathBuf,
    problem: String,
}

/// The HTTP client of every call to AWS.
///
/// # Errors
///
/// [`BadBundle`], where `AWS_CA_BUNDLE` is set.
pub fn https() -> Result<SharedHttpClient, BadBundle> {
    let bundle = std::env::var_os(BUNDLE).filter(|path| !path.is_empty());
    let others_named = NAMED_CERTIFICATES.iter().any(|name| std::env::var_os(name).is_some());
    let not_amazons = Arc::new(AtomicBool::new(bundle.is_some() || others_named));
    Ok(SharedHttpClient::new(Https {
        by_amazons: trusting(TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)),
        by_the_machines: trusting(bundle.map_or(Ok(TrustStore::default()), certificates_of)?),
        not_amazons,
    }))
}

/// What a file of PEM certificates holds. One that cannot be read is passed over, as it is among the
/// machine's: the SDK's client would panic at it.
fn certificates_of(path: OsString) -> Result<TrustStore, BadBundle> {
    const END: &str = "-----END CERTIFICATE-----";
    let path = PathBuf::from(path);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(BadBundle { path, problem: error.to_string() }),
    };
    let mut readable = RootCertStore::empty();
    let mut trusted = TrustStore::empty();
    for pem in String::from_utf8_lossy(&bytes).split_inclusive(END) {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
        if certificate.is_ok_and(|certificate| readable.add(certificate).is_ok()) {
            trusted.add_pem_certificate(pem);
        }
    }
    match readable.is_empty() {
        true => Err(BadBundle { path, problem: "it holds no certificate".into() }),
        false => Ok(trusted),
    }
}

/// The SDK's client with these certificates. Only a connector takes a proxy configuration: the SDK's
/// own default client is built in the same way.
fn trusting(roots: TrustStore) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        let connector = connector.tls_provider(Provider::Rustls(CryptoMode::Ring));
        match TlsContext::builder().with_trust_store(roots.clone()).build() {
            Ok(context) => connector.tls_context(context).build(),
            // Not reached, a context is not looked at before it is used; the machine's are the default.
            Err(_) => connector.build(),
        }
    })
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
