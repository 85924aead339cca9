//! The gate of one container. Each call waits here twice: for its effect, and for its response. The
//! runner decides when it continues, so that other events can occur before, between and after.

use std::{
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
};

use jiff::Timestamp;
use simulator::Fault;

use crate::call::{Request, Response};

/// The fault of a call. The default is no fault.
#[derive(Debug, Clone, Default)]
pub struct CallFault {
    pub fault: Option<Fault>,
    /// A read returns the state at this time.
    pub as_of: Option<Timestamp>,
}

#[derive(Debug)]
enum Stage {
    Requested,
    Granted(CallFault),
    Happened(Response),
    Answered,
}

struct PendingCall {
    request: Request,
    stage: Stage,
    /// Whether the scaler no longer waits for the call.
    abandoned: bool,
    waker: Option<Waker>,
}

#[derive(Default)]
struct CallTable {
    tickets: Vec<PendingCall>,
    /// The number of calls that `new_calls` has returned.
    noticed: usize,
}

#[derive(Clone, Default)]
pub struct CallGate(Arc<Mutex<CallTable>>);

impl CallGate {
    fn with<T>(&self, look: impl FnOnce(&mut CallTable) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Starts a new invocation.
    pub fn clear(&self) {
        self.with(|table| *table = CallTable::default());
    }

    /// Adds a call. Returns its number.
    pub fn request(&self, request: Request) -> usize {
        self.with(|table| {
            table.tickets.push(PendingCall {
                request,
                stage: Stage::Requested,
                abandoned: false,
                waker: None,
            });
            table.tickets.len() - 1
        })
    }

    /// Marks the call as abandoned when the scaler stops waiting for it.
    pub fn watch(&self, ticket: usize) -> AbandonGuard {
        AbandonGuard { gate: self.clone(), ticket }
    }

    /// Whether the scaler still waits for a call.
    pub fn is_waited_for(&self, ticket: usize) -> bool {
        self.with(|table| table.tickets.get(ticket).is_some_and(|ticket| !ticket.abandoned))
    }

    /// Waits until the runner allows the effect of the call.
    pub async fn granted(&self, ticket: usize) -> CallFault {
        std::future::poll_fn(|context| {
            self.with(|table| {
                let ticket = &mut table.tickets[ticket];
                if let Stage::Granted(call_fault) = &ticket.stage {
                    return Poll::Ready(call_fault.clone());
                }
                ticket.waker = Some(context.waker().clone());
                Poll::Pending
            })
        })
        .await
    }

    pub fn happened(&self, ticket: usize, shown: Response) {
        self.with(|table| table.tickets[ticket].stage = Stage::Happened(shown));
    }

    /// Waits until the runner allows the response to the call.
    pub async fn answered(&self, ticket: usize) {
        std::future::poll_fn(|context| {
            self.with(|table| {
                let ticket = &mut table.tickets[ticket];
                if matches!(ticket.stage, Stage::Answered) {
                    return Poll::Ready(());
                }
                ticket.waker = Some(context.waker().clone());
                Poll::Pending
            })
        })
        .await;
    }

    /// The calls since the last time, with their numbers.
    pub fn new_calls(&self) -> Vec<(usize, Request)> {
        self.with(|table| {
            let from = std::mem::replace(&mut table.noticed, table.tickets.len());
            let new = table.tickets.iter().enumerate().skip(from);
            new.map(|(number, ticket)| (number, ticket.request.clone())).collect()
        })
    }

    pub fn grant(&self, ticket: usize, call_fault: CallFault) {
        self.go_on(ticket, Stage::Granted(call_fault));
    }

    /// The response, if the call has taken effect.
    pub fn outcome(&self, ticket: usize) -> Option<Response> {
        self.with(|table| match &table.tickets[ticket].stage {
            Stage::Happened(shown) => Some(shown.clone()),
            _ => None,
        })
    }

    pub fn answer(&self, ticket: usize) {
        self.go_on(ticket, Stage::Answered);
    }

    fn go_on(&self, ticket: usize, stage: Stage) {
        let waker = self.with(|table| {
            let ticket = &mut table.tickets[ticket];
            ticket.stage = stage;
            ticket.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Dropped together with the future of the call.
pub struct AbandonGuard {
    gate: CallGate,
    ticket: usize,
}

impl Drop for AbandonGuard {
    fn drop(&mut self) {
        self.gate.with(|table| {
            // If a whole invocation was dropped, the next invocation might have cleared the table.
            if let Some(ticket) = table.tickets.get_mut(self.ticket) {
                ticket.abandoned = true;
            }
        });
    }
}
