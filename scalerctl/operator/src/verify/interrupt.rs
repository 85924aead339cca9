//! Ctrl-C. It is heard between two calls: a call that is under way is never left half known.

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::PacedClock;

/// How often the person has asked to stop.
#[derive(Debug)]
pub struct Interrupt(watch::Receiver<u32>);

impl Interrupt {
    /// Listens from now on.
    pub fn listen() -> Self {
        let (tell, hear) = watch::channel(0);
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                tell.send_modify(|times| *times += 1);
            }
        });
        Self(hear)
    }

    /// Whether it was asked for at least so many times.
    pub fn asked(&self, times: u32) -> bool {
        *self.0.borrow() >= times
    }

    /// Lets time pass, or less where the person asks for the `times`-th stop; the answer is whether
    /// that is so.
    pub async fn nap(&self, clock: PacedClock, time: Duration, times: u32) -> bool {
        let mut hear = self.0.clone();
        let asked = async {
            // Without a listener there is nobody to ask: the nap ends it.
            if hear.wait_for(|asked| *asked >= times).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = clock.nap(time) => self.asked(times),
            () = asked => true,
        }
    }
}
