//! Requests of other sites in the user's browser are refused. A browser lets any site send requests to 127.0.0.1, and a
//! site can give its own name the address 127.0.0.1 (DNS rebinding).

use axum::http::{HeaderMap, HeaderName, Method, header};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// `Host` is not this server: the name of another site leads here.
    Host,
    /// Another site sends the request.
    Site,
    /// Nothing says that this page sends the request.
    Unknown,
}

impl Refused {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Host => {
                "The page is available at 127.0.0.1 and localhost only, at the port of scalerctl aws."
            }
            Self::Site => "The request comes from another site.",
            Self::Unknown => {
                "The request has neither Origin nor Sec-Fetch-Site, so it is not known to come from the page."
            }
        }
    }
}

/// Whether the request is for the document. Other sites can link to it, but cannot read it or frame it.
pub(super) fn refusal_of_document(headers: &HeaderMap, port: u16) -> Option<Refused> {
    own_host(headers, port).is_none().then_some(Refused::Host)
}

/// Whether a request below `/_page/` is refused.
pub(super) fn refusal(method: &Method, headers: &HeaderMap, port: u16) -> Option<Refused> {
    let Some(host) = own_host(headers, port) else { return Some(Refused::Host) };
    let origin = headers.get(header::ORIGIN).map(|it| it.as_bytes());
    let site = headers.get(FETCH_SITE).map(|it| it.as_bytes());
    if origin.is_some_and(|origin| origin != format!("http://{host}").as_bytes()) {
        return Some(Refused::Site);
    }
    let reads = *method == Method::GET || *method == Method::HEAD;
    match site {
        Some(b"same-origin") => None,
        // The user entered the address.
        Some(b"none") if reads => None,
        Some(_) => Some(Refused::Site),
        None if reads || origin.is_some() => None,
        None => Some(Refused::Unknown),
    }
}

/// The `Host` of the request, if it is this server.
fn own_host(headers: &HeaderMap, port: u16) -> Option<&str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    let own = ["127.0.0.1", "localhost"].into_iter().any(|name| {
        let rest = host.strip_prefix(name);
        rest.is_some_and(|rest| rest == format!(":{port}") || (rest.is_empty() && port == 80))
    });
    (own && hosts.next().is_none()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 4599;

    fn headers(all: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), value.parse())
            {
                headers.append(name, value);
            }
        }
        headers
    }

    #[test]
    fn only_the_page_itself_may_change_something() {
        let host = ("host", "127.0.0.1:4599");
        let own = ("origin", "http://127.0.0.1:4599");
        for (case, expected, sent) in [
            ("the page", None, &[host, own, ("sec-fetch-site", "same-origin")][..]),
            ("an old browser", None, &[host, own]),
            ("without Origin", None, &[host, ("sec-fetch-site", "same-origin")]),
            ("localhost", None, &[("host", "localhost:4599"), ("origin", "http://localhost:4599")]),
            ("no browser", Some(Refused::Unknown), &[host]),
            ("another site", Some(Refused::Site), &[host, ("origin", "https://example.com")]),
            ("a sandboxed frame", Some(Refused::Site), &[host, ("origin", "null")]),
            ("another port", Some(Refused::Site), &[host, ("origin", "http://127.0.0.1:80")]),
            ("https", Some(Refused::Site), &[host, ("origin", "https://127.0.0.1:4599")]),
            ("the other name", Some(Refused::Site), &[host, ("origin", "http://localhost:4599")]),
            ("a subdomain", Some(Refused::Site), &[host, ("sec-fetch-site", "same-site")]),
            ("cross-site", Some(Refused::Site), &[host, own, ("sec-fetch-site", "cross-site")]),
            ("an address bar", Some(Refused::Site), &[host, ("sec-fetch-site", "none")]),
            (
                "DNS rebinding",
                Some(Refused::Host),
                &[
                    ("host", "example.com:4599"),
                    ("origin", "http://example.com:4599"),
                    ("sec-fetch-site", "same-origin"),
                ],
            ),
            ("two hosts", Some(Refused::Host), &[host, ("host", "example.com"), own]),
            ("another port of ours", Some(Refused::Host), &[("host", "127.0.0.1:45990"), own]),
            ("no port", Some(Refused::Host), &[("host", "127.0.0.1"), own]),
            ("no host", Some(Refused::Host), &[own]),
        ] {
            assert_eq!(refusal(&Method::POST, &headers(sent), PORT), expected, "{case}");
        }
    }

    #[test]
    fn another_site_cannot_read_but_a_program_can() {
        let host = ("host", "127.0.0.1:4599");
        for (case, expected, sent) in [
            ("a program", None, &[host][..]),
            ("the page", None, &[host, ("sec-fetch-site", "same-origin")]),
            ("an address bar", None, &[host, ("sec-fetch-site", "none")]),
            ("another site", Some(Refused::Site), &[host, ("sec-fetch-site", "cross-site")]),
            ("an old browser", Some(Refused::Site), &[host, ("origin", "https://example.com")]),
            ("DNS rebinding", Some(Refused::Host), &[("host", "example.com:4599")]),
        ] {
            assert_eq!(refusal(&Method::GET, &headers(sent), PORT), expected, "{case}");
        }
        let link = headers(&[host, ("sec-fetch-site", "cross-site")]);
        assert_eq!(refusal_of_document(&link, PORT), None);
        let rebound = headers(&[("host", "example.com:4599")]);
        assert_eq!(refusal_of_document(&rebound, PORT), Some(Refused::Host));
    }
}
