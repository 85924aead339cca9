//! The settings: read at start-up, refused with the field's name and a good example.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::fleet::{
    capture::{KeyForm, PLACE},
    names::Pattern,
};

/// A route that works, shown with every refusal.
const EXAMPLE: &str =
    r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","idle_minutes":10}]"#;

/// An environment variable that the function reads by itself. Those of the AWS SDK and of the
/// Lambda runtime come on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The variable.
    pub variable: &'static str,
    /// What it holds.
    pub meaning: &'static str,
    /// What holds where it is not set; `None`: it must be set.
    pub default: Option<&'static str>,
}

/// Every variable that the function reads by itself.
pub const SETTINGS: &[Setting] = &[
    Setting {
        variable: "SCALER_ROUTES",
        meaning: "JSON array of routes: what wakes which endpoint; or where it lies, \
                  ssm:/NAME or s3://BUCKET/KEY",
        default: None,
    },
    Setting {
        variable: "SCALER_MODE",
        meaning: "act, or observe: read, decide and report, write nothing",
        default: Some("act"),
    },
    Setting {
        variable: "AWS_LAMBDA_LOG_LEVEL",
        meaning: "level of the diagnostic log (Lambda sets it from LoggingConfig); decisions are \
                  always logged",
        default: Some("INFO"),
    },
];

/// The shortest idle window that is honoured: below it, CloudWatch's lag of 2 to 3 minutes hides a
/// job that has just begun.
pub const SHORTEST_IDLE: SignedDuration = SignedDuration::from_mins(5);

/// Whether decisions are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Decide, report, and act.
    Act,
    /// Read, decide and report; write nothing.
    Observe,
}

impl Mode {
    /// Reads `SCALER_MODE` with `variable`, which gives an environment variable's value.
    ///
    /// # Errors
    /// [`ConfigError::Mode`] for anything but its two values.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        match variable("SCALER_MODE").as_deref() {
            None | Some("" | "act") => Ok(Self::Act),
            Some("observe") => Ok(Self::Observe),
            Some(other) => Err(ConfigError::Mode(other.to_owned())),
        }
    }
}

/// One element of `SCALER_ROUTES` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Name of the endpoint: 1 to 63 letters, digits and inner hyphens. With `*`, every registered
    /// endpoint whose name matches. `{endpoint}`: the one that the object's key names where `prefix`
    /// says `{endpoint}` too. Required without a preset.
    #[serde(default)]
    endpoint: String,
    /// A form of keys that is known by name, in place of `endpoint`, `prefix` and `suffix`.
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
    #[serde(default = "ten")]
    idle_minutes: i64,
    /// Which endpoint an input goes to where the name is a pattern. Default: the newest.
    #[serde(default)]
    to: Option<To>,
    #[serde(default)]
    inputs_per_instance: Option<u32>,
}

/// What wakes one endpoint or several, and how they are put back to sleep. One element of
/// `SCALER_ROUTES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// How it tells its endpoints.
    pub whom: Whom,
    /// What is written as `endpoint`: a name, a pattern or `{endpoint}`; empty with a preset.
    pub endpoint: String,
    /// Name of the production variant. Default: the endpoint's only one.
    pub variant: Option<String>,
    /// Bucket whose uploads wake the endpoint. Default: any.
    pub bucket: Option<String>,
    /// What an object's key must begin with. Default: anything.
    pub prefix: String,
    /// What an object's key must end with. Default: anything.
    pub suffix: String,
    /// Instances that a wake asks for, at least 1; `MaxCapacity` bounds it. Default: 1.
    pub wake_to: i32,
    /// Minutes without work before the endpoint goes to sleep, 1 to 1440. Default: 10. Less than 5
    /// works as 5, see [`SHORTEST_IDLE`].
    pub idle_minutes: i64,
    /// Known work that one instance is to have: a wake asks for as many instances as that takes,
    /// at least `wake_to`; `MaxCapacity` bounds it. Default: `wake_to`, whatever the work.
    pub inputs_per_instance: Option<u32>,
}

/// A form of keys that is known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Preset {
    /// What the SageMaker Python SDK's `predict_async(data=...)` uploads to.
    #[serde(rename = "sagemaker-sdk")]
    SagemakerSdk,
}

/// Which of several matching endpoints an input goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum To {
    /// The newest that is in service or on its way.
    #[default]
    Newest,
    /// Each of them.
    All,
}

/// How a route tells its endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// By name.
    Named,
    /// By a pattern of names.
    Matching {
        /// What the names match.
        pattern: Pattern,
        /// Which of them an input goes to.
        to: To,
    },
    /// The object's key has the name where the prefix says so.
    InKey(KeyForm),
    /// The object's key has a name as the SageMaker Python SDK puts it there.
    SdkKey,
}

fn one() -> i32 {
    1
}

fn ten() -> i64 {
    10
}

impl Route {
    /// Whether an upload of `key` to `bucket` is work for this route's endpoint.
    pub fn takes(&self, bucket: &str, key: &str) -> bool {
        self.bucket.as_deref().is_none_or(|wanted| wanted == bucket)
            && key.starts_with(&self.prefix)
            && key.ends_with(&self.suffix)
            && key.len() >= self.prefix.len() + self.suffix.len()
    }

    /// A route that names its endpoint; everything else is as by default.
    pub fn named(endpoint: impl Into<String>) -> Self {
        Self {
            whom: Whom::Named,
            endpoint: endpoint.into(),
            variant: None,
            bucket: None,
            prefix: String::new(),
            suffix: String::new(),
            wake_to: one(),
            idle_minutes: ten(),
            inputs_per_instance: None,
        }
    }

    /// The same for one of its endpoints, by name.
    pub fn of_endpoint(&self, name: &str) -> Self {
        Self { whom: Whom::Named, endpoint: name.to_owned(), ..self.clone() }
    }

    /// Whether an input goes to all endpoints that match, rather than to the newest.
    pub fn goes_to_all(&self) -> bool {
        matches!(self.whom, Whom::Matching { to: To::All, .. })
    }

    /// How this route's endpoint is scaled.
    pub fn policy(&self) -> Policy {
        Policy {
            wake_to: self.wake_to,
            idle: SignedDuration::from_mins(self.idle_minutes).max(SHORTEST_IDLE),
            inputs_per_instance: self.inputs_per_instance,
        }
    }

    fn same_variant_possible(&self, other: &Self) -> bool {
        self.endpoint == other.endpoint
            && match (&self.variant, &other.variant) {
                (Some(a), Some(b)) => a == b,
                // "The only one" may be the one that the other route names.
                _ => true,
            }
    }
}

/// How one variant is scaled: what a decision needs of its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Instances that a wake asks for.
    pub wake_to: i32,
    /// The effective idle window, at least [`SHORTEST_IDLE`].
    pub idle: SignedDuration,
    /// Known work that one instance is to have.
    pub inputs_per_instance: Option<u32>,
}

impl Policy {
    /// The same with as many instances as this much known work takes.
    pub fn for_known_work(self, items: usize) -> Self {
        Self { wake_to: self.wake_to.max(self.instances_for(items)), ..self }
    }

    /// Instances that so many items take, where the route says how many one is to have; else 0.
    pub fn instances_for(&self, items: usize) -> i32 {
        let Some(each) = self.inputs_per_instance else { return 0 };
        let each = usize::try_from(each).unwrap_or(usize::MAX).max(1);
        i32::try_from(items.div_ceil(each)).unwrap_or(i32::MAX)
    }

    /// The latest time at which the input can have come that a lease with this end was written for.
    pub fn last_input(&self, lease_ends: Timestamp) -> Timestamp {
        lease_ends - self.idle
    }

    /// W: what a renewal of the lease must gain before it is written, and for how long a warm
    /// container relies on the one that it wrote. min(60 s, idle / 4).
    pub fn renewal_step(&self) -> SignedDuration {
        SignedDuration::from_secs(60).min(self.idle / 4)
    }
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// At least one route; no two contradict each other.
    pub routes: Vec<Route>,
    /// Whether decisions are carried out.
    pub mode: Mode,
}

/// A setting that cannot be used. The function does not start with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `SCALER_ROUTES` is not there.
    #[error("SCALER_ROUTES is not set; set it to a JSON array, for example {EXAMPLE}")]
    RoutesMissing,
    /// `SCALER_ROUTES` does not have the form of routes.
    #[error("SCALER_ROUTES: at {field}: {problem}; a good value is {EXAMPLE}")]
    Form {
        /// Where in the array, for example `[0].idle_minutes`.
        field: String,
        /// What is wrong there.
        problem: String,
    },
    /// `SCALER_MODE` is neither of its two values.
    #[error("SCALER_MODE is {0:?}; a good value is \"act\" or \"observe\"")]
    Mode(String),
}

impl Config {
    /// Reads the settings with `variable`, which gives an environment variable's value.
    ///
    /// # Errors
    /// [`ConfigError`] names the variable and the field, and shows a good example.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let routes = variable("SCALER_ROUTES").ok_or(ConfigError::RoutesMissing)?;
        let mode = Mode::read(variable)?;
        Ok(Self { routes: routes_from_json(&routes)?, mode })
    }
}

/// Reads and checks the value of `SCALER_ROUTES`.
///
/// # Errors
/// [`ConfigError::Form`] names the field that is wrong.
pub fn routes_from_json(text: &str) -> Result<Vec<Route>, ConfigError> {
    let form = |field: String, problem: String| ConfigError::Form { field, problem };
    let mut json = serde_json::Deserializer::from_str(text);
    let written: Vec<Written> = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| form(error.path().to_string(), error.inner().to_string()))?;
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

fn checked(written: Written) -> Result<Route, (&'static str, String)> {
    let route = Route {
        whom: whom(&written)?,
        endpoint: written.endpoint,
        variant: written.variant,
        bucket: written.bucket,
        prefix: written.prefix,
        suffix: written.suffix,
        wake_to: written.wake_to,
        idle_minutes: written.idle_minutes,
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
            "must be 3 to 63 lower-case letters, digits, dots, hyphens and underscores (a name, \
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
    if !(1..=1440).contains(&route.idle_minutes) {
        return Err(("idle_minutes", format!("is {}, must be 1 to 1440", route.idle_minutes)));
    }
    Ok(())
}

/// How the route tells its endpoints, from the fields that say so together.
fn whom(route: &Written) -> Result<Whom, (&'static str, String)> {
    let in_prefix = route.prefix.matches(PLACE).count();
    let is_pattern = route.preset.is_none() && route.endpoint.contains('*');
    if route.suffix.contains(PLACE) {
        return Err(("suffix", format!("must not hold {PLACE}: it belongs into the prefix")));
    }
    if route.to.is_some() && !is_pattern {
        return Err(("to", "is for an endpoint with a * in its name only".into()));
    }
    if let Some(Preset::SagemakerSdk) = route.preset {
        let said_by_the_preset =
            [("endpoint", &route.endpoint), ("prefix", &route.prefix), ("suffix", &route.suffix)];
        return match said_by_the_preset.into_iter().find(|(_, text)| !text.is_empty()) {
            Some((field, _)) => Err((field, "must be left out: the preset says it".into())),
            None => Ok(Whom::SdkKey),
        };
    }
    if route.endpoint == PLACE {
        let form = KeyForm::new(&route.prefix, &route.suffix);
        return match form.filter(|_| in_prefix == 1) {
            Some(form) => Ok(Whom::InKey(form)),
            None => Err(("prefix", format!("must hold {PLACE} once, as the endpoint does"))),
        };
    }
    if in_prefix > 0 {
        return Err(("prefix", format!("holds {PLACE}, so the endpoint must be {PLACE} as well")));
    }
    if route.endpoint.is_empty() {
        return Err(("endpoint", "missing field `endpoint`".into()));
    }
    if is_pattern && is_name_pattern(&route.endpoint) {
        let pattern = Pattern::new(&route.endpoint);
        return Ok(Whom::Matching { pattern, to: route.to.unwrap_or_default() });
    }
    if is_sagemaker_name(&route.endpoint) {
        return Ok(Whom::Named);
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
    if route.inputs_per_instance != earlier.inputs_per_instance {
        let problem = "must agree with the route of the same variant at";
        return Err(("inputs_per_instance", problem.into()));
    }
    let filter = |r: &Route| (r.bucket.clone(), r.prefix.clone(), r.suffix.clone());
    if filter(route) == filter(earlier) {
        return Err(("endpoint", "this route says the same as the one at".into()));
    }
    Ok(())
}

/// `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`: `EndpointName` and `VariantName` in SageMaker's API.
pub fn is_sagemaker_name(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// S3's bucket naming rules, with the underscores of buckets from before 2018.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte)
        })
}
