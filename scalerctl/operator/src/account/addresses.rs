//! The addresses in the environment that calls go to: endpoint URLs and proxies.

use std::{env, sync::OnceLock};

use scalerctl_console::Failure;
use url::Url;

/// A variable and its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The variable, or another setting that has the address.
    pub variable: String,
    /// The address, without a user name and a password.
    pub url: String,
}

/// The endpoint URL for all services if no variable has one.
static DEFAULT: OnceLock<Address> = OnceLock::new();

/// The region of all calls. A program has one configuration.
static REGION: OnceLock<String> = OnceLock::new();

/// The variables for proxies. The first of each pair that is set is used.
const PROXIES: [[&str; 2]; 3] =
    [["HTTPS_PROXY", "https_proxy"], ["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];

/// Checks endpoint URLs and proxies. The SDK accepts any text as an endpoint URL and fails at the first call. It
/// ignores a proxy that it cannot use.
///
/// # Errors
///
/// [`Failure::Usage`] with the variable.
pub fn check() -> Result<(), Failure> {
    let is_endpoint =
        |name: &str| name == "AWS_ENDPOINT_URL" || name.starts_with("AWS_ENDPOINT_URL_");
    if let Some((name, value)) =
        env::vars().find(|(name, value)| is_endpoint(name) && !is_http_url(value))
    {
        return Err(Failure::Usage(format!(
            "{name} is {:?}, which is not a URL that begins with http:// or https:// (what to do: set it to \
             http://HOST:PORT, or unset it: `unset {name}`)",
            without_login(&value)
        )));
    }
    let mut proxies = PROXIES.iter().filter_map(|names| variable(names));
    match proxies.find(|(_, value)| proxy_url(value).is_none()) {
        None => Ok(()),
        Some((name, value)) => Err(Failure::Usage(format!(
            "{name} is {:?}, which is not the address of an HTTP proxy (what to do: set it to http://HOST:PORT, or \
             unset it: `unset {name}`)",
            without_login(&value)
        ))),
    }
}

/// Whether it is a URL with this prefix and a host. A URL library also accepts `http:/host`; the SDK does not.
pub fn is_http_url(value: &str) -> bool {
    ["http://", "https://"].iter().any(|prefix| value.starts_with(prefix))
        && Url::parse(value).is_ok_and(|url| url.has_host())
}

/// The endpoint URL for this service, named as in an IAM action.
pub fn endpoint(service: &str) -> Option<Address> {
    let service = match service {
        "application-autoscaling" => "APPLICATION_AUTO_SCALING".to_owned(),
        "logs" => "CLOUDWATCH_LOGS".to_owned(),
        "events" => "EVENTBRIDGE".to_owned(),
        other => other.to_uppercase(),
    };
    let names = [&format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL"];
    address(variable(&names)).or_else(|| DEFAULT.get().cloned())
}

/// Remembers the endpoint URL for all services that is not in a variable. `origin`: where the user can change it.
pub fn set_default(origin: &str, url: &str) {
    // A program has one configuration, so a second value is the same.
    let _ = DEFAULT.set(Address { variable: origin.to_owned(), url: without_login(url) });
}

/// Remembers the region of all calls.
pub fn set_region(region: &str) {
    let _ = REGION.set(region.to_owned());
}

/// The public host of this service, named as in an IAM action, in the region of all calls. `None`: the region is not
/// known.
pub fn public_host(service: &str) -> Option<String> {
    host_in(REGION.get()?, service)
}

/// AWS General Reference, "Service endpoints and quotas".
fn host_in(region: &str, service: &str) -> Option<String> {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let prefix = match service {
        // It has a region of its own.
        "sso" => return None,
        "iam" => return Some(format!("iam.{suffix}")),
        "sagemaker" => "api.sagemaker",
        "cloudwatch" => "monitoring",
        other => other,
    };
    Some(format!("{prefix}.{region}.{suffix}"))
}

/// The proxy for URLs of the endpoint's scheme. `NO_PROXY` is not considered.
pub fn proxy(endpoint: Option<&Address>) -> Option<Address> {
    let is_plain = endpoint.is_some_and(|endpoint| endpoint.url.starts_with("http://"));
    let [https, http, all] = PROXIES;
    address(variable(if is_plain { &http } else { &https }).or_else(|| variable(&all)))
}

fn address(variable: Option<(String, String)>) -> Option<Address> {
    variable.map(|(variable, value)| Address { variable, url: without_login(&value) })
}

/// The first of these variables that is set and not empty.
fn variable(names: &[&str]) -> Option<(String, String)> {
    names.iter().find_map(|name| {
        env::var(name)
            .ok()
            .filter(|value| !value.is_empty())
            .map(|value| ((*name).to_owned(), value))
    })
}

/// A proxy is a URL, or only host and port.
fn proxy_url(value: &str) -> Option<Url> {
    let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    is_http_url(&url).then(|| Url::parse(&url).ok()).flatten()
}

/// The value without a user name and a password, which are not to be shown.
pub fn without_login(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
        }
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::host_in;

    #[test]
    fn a_service_has_a_public_host_in_its_region() {
        for (region, service, host) in [
            ("eu-west-1", "sagemaker", Some("api.sagemaker.eu-west-1.amazonaws.com")),
            ("eu-west-1", "cloudwatch", Some("monitoring.eu-west-1.amazonaws.com")),
            ("cn-north-1", "lambda", Some("lambda.cn-north-1.amazonaws.com.cn")),
            ("eu-west-1", "iam", Some("iam.amazonaws.com")),
            ("eu-west-1", "sso", None),
        ] {
            assert_eq!(host_in(region, service).as_deref(), host);
        }
    }
}
