//! The HTTP client for all calls to AWS: TLS with rustls, the trusted certificates, and the proxy.
//!
//! Assumption: the endpoints of AWS have certificates of Amazon Trust Services, as the AWS Security Blog
//! announced ("How to Prepare for AWS's Move to Its Own Certificate Authority"). The program contains its
//! five root certificates. Reading them takes 1/30 of the time for the machine's certificates, which was most
//! of a cold start (`docs/internals/performance.md`). The machine's certificates are read only if a server's
//! certificate is not signed by Amazon's roots, or from the start if `SSL_CERT_FILE` or `SSL_CERT_DIR` is
//! set. `AWS_CA_BUNDLE` has precedence: only the certificates in its file are trusted (AWS SDKs and Tools
//! Reference Guide, "General configuration settings").
//!
//! The proxy is read from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case, as
//! in the SDK's own client.

use std::{
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
    runtime_components::RuntimeComponents,
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::no_answer::is_certificate;

/// Amazon Root CA 1 to 4, and the Starfield Services Root Certificate Authority - G2, which cross-signs them for
/// older devices (<https://www.amazontrust.com/repository/>). They expire from 2037 on.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// OpenSSL's variables. If one is set, only the certificates that it names are trusted.
const NAMED_CERTIFICATES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Names a file of PEM certificates (AWS SDKs and Tools Reference Guide, "General configuration
/// settings").
const BUNDLE: &str = "AWS_CA_BUNDLE";

/// What a variable for trusted certificates names cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "{variable} names {}: {problem} (what to do: name PEM certificates, or unset it: `unset {variable}`)",
    path.display()
)]
pub struct BadBundle {
    variable: &'static str,
    path: PathBuf,
    problem: String,
}

/// The HTTP client of every call to AWS.
///
/// # Errors
///
/// [`BadBundle`] if what a variable names holds no certificate: the SDK's client would panic.
pub fn https() -> Result<SharedHttpClient, BadBundle> {
    let bundle = std::env::var_os(BUNDLE).filter(|path| !path.is_empty());
    let others_named = NAMED_CERTIFICATES.iter().any(|name| std::env::var_os(name).is_some());
    if bundle.is_none() {
        check_named_certificates()?;
    }
    let not_amazons = Arc::new(AtomicBool::new(bundle.is_some() || others_named));
    Ok(SharedHttpClient::new(Https {
        by_amazons: trusting(TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)),
        by_the_machines: trusting(
            bundle
                .map_or(Ok(TrustStore::default()), |path| certificates_of(BUNDLE, path.into()))?,
        ),
        not_amazons,
    }))
}

/// Reads the certificates of a PEM file.
fn certificates_of(variable: &'static str, path: PathBuf) -> Result<TrustStore, BadBundle> {
    let mut trusted = TrustStore::empty();
    let text = text_with_certificate(variable, path)?;
    for pem in certificates_in(&text) {
        trusted.add_pem_certificate(pem);
    }
    Ok(trusted)
}

/// A file's text, if it holds a certificate.
fn text_with_certificate(variable: &'static str, path: PathBuf) -> Result<String, BadBundle> {
    let text = match std::fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return Err(BadBundle { variable, path, problem: error.to_string() }),
    };
    if certificates_in(&text).next().is_none() {
        return Err(BadBundle { variable, path, problem: "it holds no certificate".into() });
    }
    Ok(text)
}

/// The certificates of a PEM text. A certificate that cannot be parsed is ignored, because the SDK's client would
/// panic.
fn certificates_in(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive("-----END CERTIFICATE-----").filter(|pem| {
        CertificateDer::from_pem_slice(pem.as_bytes())
            .is_ok_and(|certificate| RootCertStore::empty().add(certificate).is_ok())
    })
}

/// At least one of `SSL_CERT_FILE` and `SSL_CERT_DIR` must name a certificate, where they are set.
fn check_named_certificates() -> Result<(), BadBundle> {
    let mut result = Ok(());
    for variable in NAMED_CERTIFICATES {
        let Some(value) = std::env::var_os(variable) else { continue };
        // SSL_CERT_DIR can name several folders.
        let mut files = std::env::split_paths(&value).flat_map(|path| match path.read_dir() {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
            Err(_) => vec![path],
        });
        if files.any(|file| text_with_certificate(variable, file).is_ok()) {
            return Ok(());
        }
        let problem = "no certificate can be read there".to_owned();
        result = result.and(Err(BadBundle { variable, path: value.into(), problem }));
    }
    result
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
            // Not reached, because a context is not validated before it is used. The default is the machine's
            // certificates.
            Err(_) => connector.build(),
        }
    })
}

/// An HTTP client for each set of certificates. They are read at its first connection.
///
/// It is not validated before its first use. The SDK's own client reads its certificates once to validate each
/// service's client, and again for the first call. Here they are read only for the first call.
#[derive(Debug, Clone)]
struct Https {
    by_amazons: SharedHttpClient,
    by_the_machines: SharedHttpClient,
    /// The other certificates, for servers that Amazon's roots do not cover or if variables name others.
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

/// Connects with Amazon's certificates, and with the machine's if those do not cover the server.
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
                // No part of the request was sent, because the TLS handshake failed.
                (Err(error), Some(again)) if is_certificate(&error) => {
                    https.not_amazons.store(true, Ordering::Relaxed);
                    tracing::debug!("no certificate of Amazon's, the machine's are tried: {error}");
                    https.by_the_machines.http_connector(&settings, &components).call(again).await
                }
                (result, _) => result,
            }
        })
    }
}
