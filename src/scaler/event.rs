//! What the signals of one event share.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::deadline::Waits;
use crate::{
    config::{Mode, Route},
    port::{AwsFailure, ScalableTarget},
    signal::Signal,
};

/// What an event's signals share: the listing is made once.
pub(super) struct Event<'a> {
    pub(super) signals: &'a [Signal],
    pub(super) routes: &'a [Route],
    pub(super) mode: Mode,
    pub(super) waits: Waits,
    /// Of all scalable targets.
    pub(super) listing: OnceCell<Result<Arc<[ScalableTarget]>, AwsFailure>>,
}

impl<'a> Event<'a> {
    pub(super) fn new(
        signals: &'a [Signal],
        routes: &'a [Route],
        mode: Mode,
        waits: Waits,
    ) -> Self {
        Self { signals, routes, mode, waits, listing: OnceCell::new() }
    }
}
