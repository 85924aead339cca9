//! Finds out from an error of the SDK why there was no answer of AWS.

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter,
};

use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{ConnectorError, SdkError},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use rustls::{CertificateError, InvalidMessage};

use crate::port::NoAnswer;

/// The HTTP status with which a proxy requires a login.
const PROXY_LOGIN: u16 = 407;

/// The headers of AWS with the ID of a request: those of S3 and of the other services. Each answer has one.
pub const REQUEST_ID: [&str; 2] = ["x-amz-request-id", "x-amzn-requestid"];

/// Why there was no answer of AWS. `None` if AWS answered, or if the reason is not known.
pub fn no_answer<E>(error: &SdkError<E, HttpResponse>) -> Option<NoAnswer>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let (answer, raw) = (service.err(), service.raw());
            // Other servers also answer a `message`.
            let has_id = REQUEST_ID.iter().any(|name| raw.headers().get(*name).is_some());
            // S3 answers some errors without a body.
            let is_empty = raw.body().bytes().is_some_and(<[u8]>::is_empty);
            let is_error = answer.message().is_some() || (is_empty && !raw.status().is_success());
            let is_aws = answer.code().is_some() || (has_id && is_error);
            (!is_aws).then(|| of_status(raw.status().as_u16()))
        }
        SdkError::ResponseError(response) => {
            // An answer that ends too early has a cause of its own.
            of_causes(error).or(Some(of_status(response.raw().status().as_u16())))
        }
        SdkError::TimeoutError(_) => Some(NoAnswer::TooLate),
        SdkError::ConstructionFailure(_) => Some(NoAnswer::Settings),
        other => of_causes(other),
    }
}

/// Why there was no answer, from an error and its causes.
pub fn of_causes(error: &(dyn Error + 'static)) -> Option<NoAnswer> {
    all_causes(error).filter_map(of_cause).last()
}

/// Whether a server's certificate was not accepted.
pub(super) fn is_certificate(error: &(dyn Error + 'static)) -> bool {
    all_causes(error)
        .any(|cause| matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
}

fn of_status(status: u16) -> NoAnswer {
    match status {
        PROXY_LOGIN => NoAnswer::ProxyLogin,
        status => NoAnswer::NotAws(status),
    }
}

/// The error and its causes. The source of an I/O error does not include the error that it contains itself.
fn all_causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

fn of_cause(cause: &(dyn Error + 'static)) -> Option<NoAnswer> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return of_tls(tls);
    }
    if let Some(known) = cause.downcast_ref::<NoAnswer>() {
        return Some(*known);
    }
    if let Some(io) = cause.downcast_ref::<io::Error>() {
        return of_io(io.kind());
    }
    match cause.downcast_ref::<ConnectorError>() {
        // The only time limit of the connector is the one for connecting.
        Some(error) if error.is_timeout() => Some(NoAnswer::NoConnection),
        Some(_) => None,
        None => of_text(&cause.to_string()),
    }
}

fn of_tls(error: &rustls::Error) -> Option<NoAnswer> {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext,
    };
    Some(match error {
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => NoAnswer::NotTls,
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. } => {
                NoAnswer::CertificateExpired
            }
            NotValidForName | NotValidForNameContext { .. } => NoAnswer::CertificateName,
            _ => NoAnswer::Certificate,
        },
        _ => NoAnswer::Handshake,
    })
}

fn of_io(kind: ErrorKind) -> Option<NoAnswer> {
    match kind {
        ErrorKind::ConnectionRefused => Some(NoAnswer::Refused),
        ErrorKind::TimedOut => Some(NoAnswer::NoConnection),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => Some(NoAnswer::Unreachable),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Some(NoAnswer::Closed),
        _ => None,
    }
}

/// The errors of the HTTP client below the SDK have no types that can be used here.
fn of_text(text: &str) -> Option<NoAnswer> {
    [
        ("failed to lookup address information", NoAnswer::NameUnknown),
        ("dns error", NoAnswer::NameUnknown),
        ("connection closed before message completed", NoAnswer::Closed),
        ("end of file before message length reached", NoAnswer::Closed),
        ("invalid HTTP", NoAnswer::NotHttp),
        ("tunnel error: proxy authorization required", NoAnswer::ProxyLogin),
        ("tunnel error: unsuccessful", NoAnswer::Proxy),
        ("tunnel error: unexpected end of file", NoAnswer::Proxy),
        ("unsupported scheme", NoAnswer::Settings),
        ("endpoint is not a valid URI", NoAnswer::Settings),
        ("endpoint must contain scheme", NoAnswer::Settings),
        ("must be a valid host label", NoAnswer::Settings),
    ]
    .into_iter()
    .find_map(|(part, why)| text.contains(part).then_some(why))
}
