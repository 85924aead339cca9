//! Routes that lie in Parameter Store or in S3, because Lambda's environment has room for 4 KB
//! (Lambda Developer Guide, "Lambda quotas"): read at start-up, and again from time to time.

use std::{
    fmt,
    future::Future,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use crate::{
    config::{ConfigError, Route, is_bucket_name, routes_from_json},
    port::{Aws, AwsFailure, AwsResult, Clock},
    scaler::{Failure, Scaler},
};

/// Routes that were read less than that ago are not read again.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// A warm container waits no longer than that for routes before it serves an event by those that
/// it has.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where the routes lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A parameter of Systems Manager's Parameter Store: `ssm:/NAME`.
    Parameter(String),
    /// An object in S3: `s3://BUCKET/KEY`.
    Object {
        /// The bucket's name.
        bucket: String,
        /// The object's key.
        key: String,
    },
}

impl Place {
    /// Reads the value of `SCALER_ROUTES` as far as it names a place; `None` where it holds the
    /// routes themselves.
    ///
    /// # Errors
    /// [`ConfigError::Form`] for a place that cannot be.
    pub fn of(setting: &str) -> Result<Option<Self>, ConfigError> {
        let setting = setting.trim();
        let bad = |problem: &str| {
            Err(ConfigError::Form { field: "the address".into(), problem: problem.into() })
        };
        if let Some(name) = setting.strip_prefix("ssm:") {
            if !is_parameter_name(name) {
                return bad(
                    "a parameter is written ssm:/NAME, with up to 1,011 letters, digits and . - _ /",
                );
            }
            return Ok(Some(Self::Parameter(name.to_owned())));
        }
        let Some(address) = setting.strip_prefix("s3:") else { return Ok(None) };
        match address.strip_prefix("//").and_then(|address| address.split_once('/')) {
            Some((bucket, key))
                if is_bucket_name(bucket) && !key.is_empty() && key.len() <= 1024 =>
            {
                Ok(Some(Self::Object { bucket: bucket.to_owned(), key: key.to_owned() }))
            }
            _ => bad("an object is written s3://BUCKET/KEY"),
        }
    }
}

/// `Name` of PutParameter, with the leading slash that hierarchies have.
fn is_parameter_name(name: &str) -> bool {
    (2..=1011).contains(&name.len())
        && name.starts_with('/')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/".contains(&byte))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "ssm:{name}"),
            Self::Object { bucket, key } => write!(f, "s3://{bucket}/{key}"),
        }
    }
}

/// Reads a text from where it lies.
pub trait Store: Send + Sync {
    /// GetParameter or GetObject.
    fn read(&self, place: &Place) -> impl Future<Output = AwsResult<String>> + Send;
}

/// Why stored routes cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredRoutesError {
    /// They could not be read.
    #[error("{0}")]
    Unreadable(AwsFailure),
    /// What lies there is no good value of `SCALER_ROUTES`.
    #[error("{place} holds no routes: {problem}")]
    Bad {
        /// Where they lie.
        place: String,
        /// What is wrong with them.
        problem: ConfigError,
    },
}

/// The routes of one place, and when they were read.
#[derive(Debug)]
pub struct StoredRoutes<S, C> {
    store: S,
    place: Place,
    clock: C,
    tried_at: Mutex<Timestamp>,
}

impl<S: Store, C: Clock> StoredRoutes<S, C> {
    /// Reads the routes for the first time.
    ///
    /// # Errors
    /// [`StoredRoutesError`]: without any routes, the function cannot start.
    pub async fn start(
        store: S,
        place: Place,
        clock: C,
    ) -> Result<(Self, Vec<Route>), StoredRoutesError> {
        let routes = read(&store, &place).await?;
        let tried_at = Mutex::new(clock.now());
        Ok((Self { store, place, clock, tried_at }, routes))
    }

    /// Reads them again if it is time. What fails is reported, once per attempt: the routes that
    /// were read last stay in use.
    pub async fn refresh<A: Aws>(&self, scaler: &Scaler<A, C>) -> Option<Failure> {
        if !self.is_due() {
            return None;
        }
        let problem = match timeout(PATIENCE, read(&self.store, &self.place)).await {
            Ok(Ok(routes)) => {
                scaler.replace_routes(routes);
                return None;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        };
        Some(Failure::RoutesNotRefreshed { place: self.place.to_string(), problem })
    }

    /// Whether the last attempt is long enough ago; if so, this is the next one.
    fn is_due(&self) -> bool {
        let now = self.clock.now();
        let mut tried_at = self.tried_at.lock().unwrap_or_else(PoisonError::into_inner);
        let age = now.duration_since(*tried_at);
        // A clock that was set back makes them old, not eternal.
        let due = age >= FRESH || age < SignedDuration::ZERO;
        if due {
            *tried_at = now;
        }
        due
    }
}

async fn read(store: &impl Store, place: &Place) -> Result<Vec<Route>, StoredRoutesError> {
    let text = store.read(place).await.map_err(StoredRoutesError::Unreadable)?;
    // What lies at a wrong address may be a secret, and the reader's errors quote what they read.
    let routes = match text.trim_start().starts_with('[') {
        true => routes_from_json(&text),
        false => Err(ConfigError::Form {
            field: "the text".into(),
            problem: "it is not a JSON array".into(),
        }),
    };
    routes.map_err(|problem| StoredRoutesError::Bad { place: place.to_string(), problem })
}
