//! Ctrl-C. It takes effect between two calls, so the result of each call is known.

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::PacedClock;

/// The number of times that Ctrl-C was pressed.
#[derive(Debug)]
pub struct Interrupt(watch::Receiver<u32>);

impl Interrupt {
    /// Starts to listen.
    pub fn listen() -> Self {
        let (sender, receiver) = watch::channel(0);
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                sender.send_modify(|times| *times += 1);
            }
        });
        Self(receiver)
    }

    /// Whether it was pressed at least this many times.
    pub fn asked(&self, times: u32) -> bool {
        *self.0.borrow() >= times
    }

    /// Waits for this time, or until Ctrl-C was pressed `times` times. Returns whether it was.
    pub async fn nap(&self, clock: PacedClock, time: Duration, times: u32) -> bool {
        let mut receiver = self.0.clone();
        let asked = async {
            // Without a listener, only the time ends the wait.
            if receiver.wait_for(|asked| *asked >= times).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = clock.nap(time) => self.asked(times),
            () = asked => true,
        }
    }
}
