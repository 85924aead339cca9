//! The clock, and waiting.

use std::{future::Future, time::Duration};

use jiff::Timestamp;

/// A clock. The function uses the machine's clock, the laboratory a simulated one.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;

    /// Waits until reads return what was written before. Returns immediately if reads are always up to date.
    fn wait(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
