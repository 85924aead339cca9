//! TLS in front of the loopback AWS. Programs trust a private certificate authority by a file that
//! also contains the machine's certificates, because reading them is part of a start.

use std::{
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// The files with trusted certificates on Linux distributions. The second one is that of Amazon
/// Linux.
const OF_THE_MACHINE: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// Much longer than a handshake takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The authority and the configuration of servers. Dropping it deletes its folder.
pub struct Authority {
    /// A folder of its own.
    pub folder: PathBuf,
    /// The file with all trusted certificates.
    pub certificates: PathBuf,
    acceptor: TlsAcceptor,
}

impl Authority {
    /// A new authority. The certificates of the machine are trusted as well.
    pub fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // OpenSSL treats a server certificate with the issuer's name as self-signed, so the names
        // differ.
        params.distinguished_name.push(DnType::CommonName, "an authority of the tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &ca).unwrap();
        let of_machine = OF_THE_MACHINE.iter().find_map(|file| std::fs::read_to_string(file).ok());
        let trusted = format!("{}\n{}", of_machine.unwrap_or_default(), ca.pem());
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("authority-{}-{made}", process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let certificates = folder.join("trusted.pem");
        std::fs::write(&certificates, trusted).unwrap();
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { folder, certificates, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }

    /// A server that forwards all connections to the `http://` address.
    pub async fn front(&self, plain: &str) -> Front {
        let behind = plain.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let acceptor = self.acceptor.clone();
        let refusals = Arc::new(Semaphore::new(0));
        let counted = refusals.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                let counted = counted.clone();
                tokio::spawn(async move {
                    stream.set_nodelay(true).unwrap();
                    // Ignores errors: the program can end during a connection.
                    let Ok(mut secured) = acceptor.accept(stream).await else {
                        counted.add_permits(1);
                        return;
                    };
                    let Ok(mut plain) = TcpStream::connect(behind).await else { return };
                    plain.set_nodelay(true).unwrap();
                    let _ = copy_bidirectional(&mut secured, &mut plain).await;
                });
            }
        });
        Front { url, refusals, server }
    }
}

/// A running server. Dropping it stops it.
pub struct Front {
    pub url: String,
    refusals: Arc<Semaphore>,
    server: JoinHandle<()>,
}

impl Front {
    /// Waits for this many more handshakes that the client aborted.
    pub async fn refused(&self, times: u32) {
        let refusals = timeout(PATIENCE, self.refusals.acquire_many(times)).await;
        refusals.expect("so many handshakes are broken off").unwrap().forget();
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.abort();
    }
}
