//! Why a call to AWS got no answer of AWS.

use std::fmt;

/// Why a call to AWS got no answer of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The server's name cannot be resolved.
    NameUnknown,
    /// The connection was refused.
    Refused,
    /// The operating system has no route to the server.
    Unreachable,
    /// No connection in time.
    NoConnection,
    /// A connection, but no answer in time.
    TooLate,
    /// The connection was closed before the answer was complete.
    Closed,
    /// The server does not use TLS, but the URL begins with `https://`.
    NotTls,
    /// What the server answered is not HTTP.
    NotHttp,
    /// The server's certificate is expired or not valid yet.
    CertificateExpired,
    /// The server's certificate is for another name.
    CertificateName,
    /// The server's certificate is not signed by a trusted authority, or is not valid.
    Certificate,
    /// The server ended the TLS handshake.
    Handshake,
    /// The proxy requires a user name and a password.
    ProxyLogin,
    /// The proxy does not connect to the server.
    Proxy,
    /// The request could not be made from the settings: no valid URL, or a scheme that is not supported.
    Settings,
    /// An HTTP answer that is not in AWS's format, with this status: a proxy, a gateway or another server.
    NotAws(u16),
}

impl std::error::Error for NoAnswer {}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameUnknown => "the server's name cannot be resolved",
            Self::Refused => "the connection was refused",
            Self::Unreachable => "there is no route to the server",
            Self::NoConnection => "no connection in time",
            Self::TooLate => "connected, but no answer in time",
            Self::Closed => "the connection was closed before the answer was complete",
            Self::NotTls => "the server does not use TLS, but the URL is https://",
            Self::NotHttp => "what the server answered is not HTTP",
            Self::CertificateExpired => "the server's TLS certificate is expired or not valid yet",
            Self::CertificateName => "the server's TLS certificate is for another name",
            Self::Certificate => "the server's TLS certificate is not trusted",
            Self::Handshake => "the server ended the TLS handshake",
            Self::ProxyLogin => "the proxy requires a user name and a password",
            Self::Proxy => "the proxy did not connect to the server",
            Self::Settings => "the request cannot be made from the settings",
            Self::NotAws(status) => {
                return write!(f, "HTTP status {status}, and not in the format of AWS");
            }
        })
    }
}
