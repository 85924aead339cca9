//! The routes of a deployed function.

use reactive_scaler::{
    config::{ConfigError, Route, Selector, routes_from_json},
    fleet,
    stored_routes::Place,
};

use super::Function;

/// The value of `SCALER_ROUTES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routes {
    /// The routes are in the variable.
    Here(Vec<Route>),
    /// The routes are in Parameter Store or Amazon S3.
    Stored(Place),
    /// The function cannot use the value.
    Unusable(String),
}

impl Routes {
    /// Reads the routes as the function does.
    pub fn of(function: &Function) -> Self {
        if let Some(problem) = &function.variables_unreadable {
            return Self::Unusable(format!("the variables cannot be read: {problem}"));
        }
        match function.routes.as_deref() {
            Some(text) => Self::read(text),
            None => Self::Unusable(ConfigError::RoutesMissing.to_string()),
        }
    }

    /// Parses `SCALER_ROUTES`.
    pub fn read(text: &str) -> Self {
        let read = || match Place::of(text)? {
            Some(place) => Ok(Self::Stored(place)),
            None => routes_from_json(text).map(Self::Here),
        };
        read().unwrap_or_else(|error: ConfigError| Self::Unusable(error.to_string()))
    }

    /// The route of an endpoint's inputs: of those that cover the endpoint, the first with a
    /// bucket.
    pub fn covering(&self, endpoint: &str) -> Option<&Route> {
        let Self::Here(routes) = self else { return None };
        let covering = || routes.iter().filter(|route| fleet::covers(route, endpoint));
        covering().find(|route| route.bucket.is_some()).or_else(|| covering().next())
    }

    /// The first route.
    pub fn first(&self) -> Option<&Route> {
        match self {
            Self::Here(routes) => routes.first(),
            Self::Stored(_) | Self::Unusable(_) => None,
        }
    }
}

/// Why a route does not name a single endpoint; `None` if it does.
pub fn several(route: &Route) -> Option<String> {
    match &route.selector {
        Selector::Named => None,
        Selector::SdkKey => Some("has the preset sagemaker-sdk".to_owned()),
        Selector::InKey(_) | Selector::Matching { .. } => {
            Some(format!("has the endpoint {:?}", route.endpoint))
        }
    }
}
