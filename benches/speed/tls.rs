//! TLS in front of the loopback AWS, with a private certificate authority that the programs trust by
//! a file: the machine's own certificates and this one, since reading them is part of a start.

use std::{path::PathBuf, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// Where Linux distributions keep the certificates that they trust; Amazon Linux the second.
const OF_THE_MACHINE: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// The authority, and what servers need.
pub struct Authority {
    /// The file of trusted certificates.
    pub certificates: PathBuf,
    acceptor: TlsAcceptor,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // A name of its own: OpenSSL takes a server by the name of its issuer for self-signed.
        params.distinguished_name.push(DnType::CommonName, "an authority of the benches");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &ca).unwrap();
        let of_machine = OF_THE_MACHINE.iter().find_map(|file| std::fs::read_to_string(file).ok());
        let trusted = format!("{}\n{}", of_machine.unwrap_or_default(), ca.pem());
        let certificates = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trusted.pem");
        std::fs::write(&certificates, trusted).unwrap();
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { certificates, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }

    /// A server that hands everything on to the address behind `http://`.
    pub async fn front(&self, plain: &str) -> Front {
        let behind = plain.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let acceptor = self.acceptor.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    stream.set_nodelay(true).unwrap();
                    // A program that ends in the middle is none of the server's business.
                    let Ok(mut secured) = acceptor.accept(stream).await else { return };
                    let Ok(mut plain) = TcpStream::connect(behind).await else { return };
                    plain.set_nodelay(true).unwrap();
                    let _ = copy_bidirectional(&mut secured, &mut plain).await;
                });
            }
        });
        Front { url, server }
    }
}

/// A running one. Dropping it shuts it down.
pub struct Front {
    pub url: String,
    server: JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.abort();
    }
}
