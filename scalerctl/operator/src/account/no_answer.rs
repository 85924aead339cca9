//! What a person can do if there was no answer of AWS.

use std::env;

use reactive_scaler::port::NoAnswer;

use scalerctl_console::{advice::Advice, shell_quoting::quoted, suggested::Suggested};

use super::addresses::{self, Address};

/// An address of AWS that answers without credentials.
const STS: &str = "https://sts.amazonaws.com";

/// What to do. `service`: as in an IAM action.
pub fn advice(why: Option<NoAnswer>, service: &str) -> Advice {
    let endpoint = addresses::endpoint(service);
    let proxy = addresses::proxy(endpoint.as_ref());
    // Of AWS's own address, and not of a server that the user named.
    if matches!(why, Some(NoAnswer::NoConnection | NoAnswer::Unreachable))
        && (&endpoint, &proxy) == (&None, &None)
        && let Some(host) = addresses::public_host(service)
    {
        return without_route(service, &host);
    }
    let url = endpoint.as_ref().map_or(STS, |endpoint| &endpoint.url);
    let curl = Suggested::shell(format!("curl -v {}", quoted(url)));
    let check = check(endpoint.as_ref(), proxy.as_ref());
    match why {
        Some(NoAnswer::NotTls) => match with_scheme(endpoint.as_ref(), "http://") {
            Some(export) => Advice::with("use http:// for a server without TLS:", export),
            None => Advice::with(format!("{check}; see what answers with"), curl),
        },
        Some(NoAnswer::NotHttp | NoAnswer::Closed)
            if let Some(export) = with_scheme(endpoint.as_ref(), "https://") =>
        {
            Advice::with(
                format!(
                    "run the command again; if it fails again, {check}; if the server uses TLS, set"
                ),
                export,
            )
        }
        Some(NoAnswer::NameUnknown) if endpoint.is_none() => Advice::with(
            format!(
                "correct the region, because one that does not exist has no address, or {check}; see whether there \
                 is a connection with"
            ),
            curl,
        ),
        Some(NoAnswer::CertificateExpired) => {
            Advice::with("check this machine's clock, and the certificate, with", curl)
        }
        Some(NoAnswer::CertificateName) => Advice::with(
            format!("{check}: use the name that the certificate has; see it with"),
            curl,
        ),
        Some(NoAnswer::Certificate) => match env::var("AWS_CA_BUNDLE") {
            Ok(bundle) if !bundle.is_empty() => Advice::with(
                format!(
                    "add the certificate of the authority that signed it to {bundle} (AWS_CA_BUNDLE); see who signed \
                     it with"
                ),
                curl,
            ),
            _ => Advice::with(
                "if a proxy or a server of your organization signed it, name a file with the certificate of its \
                 authority:",
                Suggested::shell("export AWS_CA_BUNDLE=/path/to/certificates.pem"),
            ),
        },
        Some(NoAnswer::ProxyLogin) => match proxy {
            Some(Address { variable, url }) => {
                let (scheme, host) = url.split_once("://").unwrap_or(("http", &url));
                let export = format!("export {variable}={scheme}://USER:PASSWORD@{host}");
                Advice::with("set both:", Suggested::shell(export))
            }
            None => Advice::with(format!("{check}; see what answers with"), curl),
        },
        Some(NoAnswer::Proxy) => Advice::with(
            format!("{check}; if AWS can be reached without the proxy,"),
            Suggested::shell("export NO_PROXY=.amazonaws.com"),
        ),
        Some(NoAnswer::Settings) => Advice::with(
            "correct the region, the endpoint URL or the proxy, in the environment or in the AWS configuration:",
            Suggested::aws_settings(None, "configure list"),
        ),
        Some(NoAnswer::NotAws(status)) if status < 500 => {
            let what = format!("a proxy or another server answered: {check}; see its answer with");
            Advice::with(what, curl)
        }
        Some(NoAnswer::NameUnknown | NoAnswer::Refused | NoAnswer::Unreachable) => {
            Advice::with(format!("{check}; see whether there is a connection with"), curl)
        }
        _ => Advice::with(
            format!(
                "run the command again; if it fails again, {check}; see whether there is a connection with"
            ),
            curl,
        ),
    }
}

/// In a VPC, the usual reason.
fn without_route(service: &str, host: &str) -> Advice {
    Advice::with(
        format!(
            "give this network a route to {host}: in a VPC, a NAT gateway or a VPC endpoint for {service} that the \
             security groups allow; elsewhere, a connection to the internet, or HTTPS_PROXY; see whether there is one with"
        ),
        Suggested::shell(format!("curl -v --connect-timeout 5 https://{host}")),
    )
}

/// What to check first: the addresses in the environment, else the connection.
fn check(endpoint: Option<&Address>, proxy: Option<&Address>) -> String {
    let used: Vec<String> = [endpoint, proxy]
        .into_iter()
        .flatten()
        .map(|Address { variable, url }| format!("{variable} ({url})"))
        .collect();
    match used.as_slice() {
        [] => "check this machine's connection, and whether it needs HTTPS_PROXY".to_owned(),
        used => format!("check {}", used.join(" and ")),
    }
}

/// Sets the endpoint URL to another scheme. `None` if it has this scheme.
fn with_scheme(endpoint: Option<&Address>, scheme: &str) -> Option<Suggested> {
    let Address { variable, url } = endpoint.filter(|it| it.variable.starts_with("AWS_"))?;
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let changed = format!("{scheme}{rest}");
    (changed != *url).then(|| Suggested::shell(format!("export {variable}={}", quoted(&changed))))
}

#[cfg(test)]
mod tests {
    use super::without_route;

    #[test]
    fn a_network_without_a_route_is_told_which_host_it_must_reach() {
        let text = without_route("lambda", "lambda.eu-west-1.amazonaws.com").to_string();
        for part in [
            "give this network a route to lambda.eu-west-1.amazonaws.com: in a VPC, a NAT gateway or a VPC endpoint for lambda",
            " `curl -v --connect-timeout 5 https://lambda.eu-west-1.amazonaws.com`",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
