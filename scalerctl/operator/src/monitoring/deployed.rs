//! The settings of a deployed function, and whether the results of an endpoint are connected.

use jiff::SignedDuration;

use crate::account::{lambda::Function, routes::Routes};

/// The settings of a deployed function.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployed {
    routes: Routes,
    /// `SCALER_LEDGER`.
    pub table: Option<String>,
}

/// Whether the results of an endpoint are connected (`"results": true`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// They are.
    Connected {
        /// `idle_minutes`: the time from the last result to the scale in.
        done_after: SignedDuration,
    },
    /// They are not.
    NotConnected,
    /// The routes are stored, or cannot be used.
    Unknown,
}

impl Deployed {
    /// Reads the settings as the function does.
    pub fn of(function: &Function) -> Self {
        Self { routes: Routes::of(function), table: function.ledger.clone() }
    }

    /// Whether the results of this endpoint are connected.
    pub fn connection(&self, endpoint: &str) -> Connection {
        match &self.routes {
            Routes::Here(_) => {
                let route = self.routes.covering(endpoint);
                match route.and_then(|route| route.policy().done_after) {
                    Some(done_after) => Connection::Connected { done_after },
                    None => Connection::NotConnected,
                }
            }
            Routes::Stored(_) | Routes::Unusable(_) => Connection::Unknown,
        }
    }
}
