//! Routes that are stored in Parameter Store or S3, because the environment of a Lambda function is limited
//! to 4 KB (Lambda Developer Guide, "Lambda quotas"). They are read at start-up and then from time to time.

use std::{
    fmt,
    future::Future,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use crate::{
    config::{ConfigError, Route, check_table, is_bucket_name, routes_from_json},
    port::{Aws, AwsFailure, AwsResult, Clock},
    scaler::{Failure, Scaler},
};

/// Time in which routes are not read again.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// Time that a warm container waits for routes. After it, the container uses the routes that it has.
const PATIENCE: Duration = Duration::from_secs(3);

/// The location of the routes.
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
    /// Parses `SCALER_ROUTES` as a location. `None` if it contains the routes themselves.
    ///
    /// # Errors
    /// [`ConfigError::Form`] if the location is not valid.
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

/// `Name` of PutParameter, with the leading slash of a hierarchy.
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

/// Reads a text from a location.
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
    /// The text is not a valid value of `SCALER_ROUTES`.
    #[error("{place} holds no routes: {problem}")]
    Bad {
        /// The location.
        place: String,
        /// The problem.
        problem: ConfigError,
    },
}

/// The routes at one location, and the time at which they were read.
#[derive(Debug)]
pub struct StoredRoutes<S, C> {
    store: S,
    place: Place,
    /// The table of the ledger, if there is one.
    table: Option<String>,
    clock: C,
    tried_at: Mutex<Timestamp>,
}

impl<S: Store, C: Clock> StoredRoutes<S, C> {
    /// Reads the routes for the first time.
    ///
    /// # Errors
    /// [`StoredRoutesError`]: the function cannot start without routes.
    pub async fn start(
        store: S,
        place: Place,
        table: Option<String>,
        clock: C,
    ) -> Result<(Self, Vec<Route>), StoredRoutesError> {
        let routes = read(&store, &place, table.as_deref()).await?;
        let tried_at = Mutex::new(clock.now());
        Ok((Self { store, place, table, clock, tried_at }, routes))
    }

    /// Reads the routes again if it is time. A failure is reported once for each attempt, and the last routes
    /// stay in use.
    pub async fn refresh<A: Aws>(&self, scaler: &Scaler<A, C>) -> Option<Failure> {
        if !self.is_due() {
            return None;
        }
        let reading = read(&self.store, &self.place, self.table.as_deref());
        let problem = match timeout(PATIENCE, reading).await {
            Ok(Ok(routes)) => {
                scaler.replace_routes(routes);
                return None;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        };
        Some(Failure::RoutesNotRefreshed { place: self.place.to_string(), problem })
    }

    /// Whether it is time for the next attempt. If so, this call counts as the attempt.
    fn is_due(&self) -> bool {
        let now = self.clock.now();
        let mut tried_at = self.tried_at.lock().unwrap_or_else(PoisonError::into_inner);
        let age = now.duration_since(*tried_at);
        // If the clock was set back, the routes count as old.
        let due = age >= FRESH || age < SignedDuration::ZERO;
        if due {
            *tried_at = now;
        }
        due
    }
}

async fn read(
    store: &impl Store,
    place: &Place,
    table: Option<&str>,
) -> Result<Vec<Route>, StoredRoutesError> {
    let text = store.read(place).await.map_err(StoredRoutesError::Unreadable)?;
    // The text at a wrong address can be a secret, and the errors of the parser quote the text.
    let routes = match text.trim_start().starts_with('[') {
        true => routes_from_json(&text),
        false => Err(ConfigError::Form {
            field: "the text".into(),
            problem: "it is not a JSON array".into(),
        }),
    };
    let routes = routes.and_then(|routes| check_table(&routes, table).map(|()| routes));
    routes.map_err(|problem| StoredRoutesError::Bad { place: place.to_string(), problem })
}
