//! What a container with a broken ledger remembers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use reactive_scaler::port::ItemPage;

/// What a container with a broken ledger remembers.
#[derive(Clone, Default)]
pub struct BrokenLedger {
    /// The items that were read last, by endpoint and start of the page.
    pub(crate) last: Arc<Mutex<HashMap<PageKey, ItemPage>>>,
    /// Held while an upload is written.
    pub(crate) write: Arc<tokio::sync::Mutex<()>>,
}

type PageKey = (String, Option<String>);
