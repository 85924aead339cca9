//! Reads `SCALER_ROUTES` and checks it.

use serde::Deserialize;
use serde_json::error::Category;

use super::{
    error::ConfigError,
    key_pattern::{KeyForm, PLACE},
    name_pattern::Pattern,
    names::{is_bucket_name, is_sagemaker_name},
    route::{Route, Selector, To, default_idle, default_job, one},
};

/// One element of `SCALER_ROUTES` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Name of the endpoint: 1 to 63 letters, digits and inner hyphens. With `*`, every registered
    /// endpoint whose name matches. `{endpoint}`: the endpoint that the object's key names at the position of
    /// `{endpoint}` in `prefix`. Required without a preset.
    #[serde(default)]
    endpoint: String,
    /// The name of a known key form. It replaces `endpoint`, `prefix` and `suffix`.
    #[serde(default)]
    preset: Option<Preset>,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    bucket: Option<String>,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    suffix: String,
    #[serde(default = "one")]
    wake_to: i32,
    #[serde(default)]
    idle_minutes: Option<i64>,
    #[serde(default)]
    results: bool,
    #[serde(default = "default_job")]
    job_minutes: i64,
    /// Which matching endpoints an input is for. Default: the newest.
    #[serde(default)]
    to: Option<To>,
    #[serde(default)]
    inputs_per_instance: Option<u32>,
}

/// A key form that is known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Preset {
    /// What the SageMaker Python SDK's `predict_async(data=...)` uploads to.
    #[serde(rename = "sagemaker-sdk")]
    SagemakerSdk,
}

/// Reads and checks the value of `SCALER_ROUTES`.
///
/// # Errors
/// [`ConfigError::Form`] names the field that is not valid.
pub fn routes_from_json(text: &str) -> Result<Vec<Route>, ConfigError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let written: Vec<Written> = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| of_json(&error.path().to_string(), error.inner()))?;
    json.end().map_err(|error| form("the end".into(), error.to_string()))?;
    if written.is_empty() {
        return Err(form("the array".into(), "at least one route is needed".into()));
    }
    let mut routes: Vec<Route> = Vec::with_capacity(written.len());
    for (index, written) in written.into_iter().enumerate() {
        let route = checked(written)
            .map_err(|(field, problem)| form(format!("[{index}].{field}"), problem))?;
        for (earlier_index, earlier) in routes.iter().enumerate() {
            check_pair(&route, earlier).map_err(|(field, problem)| {
                let problem = format!("{problem} [{earlier_index}]");
                form(format!("[{index}].{field}"), problem)
            })?;
        }
        routes.push(route);
    }
    Ok(routes)
}

fn form(field: String, problem: String) -> ConfigError {
    ConfigError::Form { field, problem }
}

/// The error of a text that is not JSON, or of a field. `path`: of the field; `.` for the whole text.
fn of_json(path: &str, error: &serde_json::Error) -> ConfigError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let problem = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    match error.classify() {
        Category::Syntax | Category::Eof => {
            form(format!("line {line}, column {column}"), format!("this is not JSON: {problem}"))
        }
        _ if path == "." => {
            let found = problem.strip_prefix("invalid type: ").unwrap_or(problem);
            let found = found.split(", expected ").next().unwrap_or(found).replace("map", "object");
            form("the start".into(), format!("must be an array of routes, not this: {found}"))
        }
        _ => form(path.to_owned(), text),
    }
}

fn checked(written: Written) -> Result<Route, (&'static str, String)> {
    let route = Route {
        selector: selector(&written)?,
        endpoint: written.endpoint,
        variant: written.variant,
        bucket: written.bucket,
        prefix: written.prefix,
        suffix: written.suffix,
        wake_to: written.wake_to,
        idle_minutes: written.idle_minutes.unwrap_or_else(|| default_idle(written.results)),
        results: written.results,
        job_minutes: written.job_minutes,
        inputs_per_instance: written.inputs_per_instance,
    };
    check_fields(&route)?;
    Ok(route)
}

fn check_fields(route: &Route) -> Result<(), (&'static str, String)> {
    if route.variant.as_deref().is_some_and(|variant| !is_sagemaker_name(variant)) {
        return Err((
            "variant",
            "must be 1 to 63 letters, digits and hyphens, with no hyphen at either end".into(),
        ));
    }
    if route.bucket.as_deref().is_some_and(|bucket| !is_bucket_name(bucket)) {
        return Err((
            "bucket",
            "must be 3 to 63 lowercase letters, digits, dots, hyphens and underscores (a name, \
             not an s3:// address)"
                .into(),
        ));
    }
    for (field, text) in [("prefix", &route.prefix), ("suffix", &route.suffix)] {
        if text.len() > 1024 {
            return Err((field, "must have at most 1,024 bytes, as an object's key has".into()));
        }
    }
    if route.wake_to < 1 {
        return Err(("wake_to", format!("is {}, must be at least 1", route.wake_to)));
    }
    if route.inputs_per_instance == Some(0) {
        return Err(("inputs_per_instance", "is 0, must be at least 1".into()));
    }
    let idle_from = if route.results { 0 } else { 1 };
    if !(idle_from..=1440).contains(&route.idle_minutes) {
        let hint = if route.idle_minutes == 0 { ", or 0 with \"results\": true" } else { "" };
        let problem = format!("is {}, must be {idle_from} to 1440{hint}", route.idle_minutes);
        return Err(("idle_minutes", problem));
    }
    if !(1..=60).contains(&route.job_minutes) {
        let problem = format!(
            "is {}, must be 1 to 60, because InvocationTimeoutSeconds is at most 3600",
            route.job_minutes
        );
        return Err(("job_minutes", problem));
    }
    if route.results && matches!(route.selector, Selector::Matching { .. }) {
        let problem =
            "is not possible for a pattern of names, because an upload must name one endpoint";
        return Err(("results", problem.into()));
    }
    Ok(())
}

/// How the route identifies its endpoints, according to several fields.
fn selector(route: &Written) -> Result<Selector, (&'static str, String)> {
    let in_prefix = route.prefix.matches(PLACE).count();
    let is_pattern = route.preset.is_none() && route.endpoint.contains('*');
    if route.suffix.contains(PLACE) {
        return Err(("suffix", format!("must not contain {PLACE}, which belongs in the prefix")));
    }
    if route.to.is_some() && !is_pattern {
        return Err(("to", "is only for an endpoint with a * in its name".into()));
    }
    if let Some(Preset::SagemakerSdk) = route.preset {
        let said_by_the_preset =
            [("endpoint", &route.endpoint), ("prefix", &route.prefix), ("suffix", &route.suffix)];
        return match said_by_the_preset.into_iter().find(|(_, text)| !text.is_empty()) {
            Some((field, _)) => Err((field, "must be omitted, because the preset sets it".into())),
            None => Ok(Selector::SdkKey),
        };
    }
    if route.endpoint == PLACE {
        let form = KeyForm::new(&route.prefix, &route.suffix);
        return match form.filter(|_| in_prefix == 1) {
            Some(form) => Ok(Selector::InKey(form)),
            None => Err((
                "prefix",
                format!("must contain {PLACE} once, because the endpoint is {PLACE}"),
            )),
        };
    }
    if in_prefix > 0 {
        return Err(("prefix", format!("contains {PLACE}, so the endpoint must be {PLACE}")));
    }
    if route.endpoint.is_empty() {
        return Err(("endpoint", "missing field `endpoint`".into()));
    }
    if is_pattern && is_name_pattern(&route.endpoint) {
        let pattern = Pattern::new(&route.endpoint);
        return Ok(Selector::Matching { pattern, to: route.to.unwrap_or_default() });
    }
    if is_sagemaker_name(&route.endpoint) {
        return Ok(Selector::Named);
    }
    Err((
        "endpoint",
        format!(
            "must be 1 to 63 letters, digits and hyphens, with no hyphen at either end; or a \
             pattern of them with *; or {PLACE}"
        ),
    ))
}

fn is_name_pattern(pattern: &str) -> bool {
    pattern.len() <= 63
        && pattern.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-*".contains(&byte))
}

fn check_pair(route: &Route, earlier: &Route) -> Result<(), (&'static str, String)> {
    if !route.same_variant_possible(earlier) {
        return Ok(());
    }
    if route.wake_to != earlier.wake_to {
        return Err(("wake_to", "must agree with the route of the same variant at".into()));
    }
    if route.idle_minutes != earlier.idle_minutes {
        return Err(("idle_minutes", "must agree with the route of the same variant at".into()));
    }
    let agree = "must agree with the route of the same variant at";
    if route.inputs_per_instance != earlier.inputs_per_instance {
        return Err(("inputs_per_instance", agree.into()));
    }
    if route.results != earlier.results {
        return Err(("results", agree.into()));
    }
    if route.job_minutes != earlier.job_minutes {
        return Err(("job_minutes", agree.into()));
    }
    let filter = |r: &Route| (r.bucket.clone(), r.prefix.clone(), r.suffix.clone());
    if filter(route) == filter(earlier) {
        return Err(("endpoint", "this route is the same as the route at".into()));
    }
    Ok(())
}
