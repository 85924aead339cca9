//! The results of requests are connected: the endpoint is scaled in when its work is done, and never over work that the
//! ledger knows (`docs/internals/ledger.md`).

mod alarms_and_people;
mod burst;
mod deleted_items;
mod late_reads;
mod outstanding;
pub mod setup;
mod sleeps_when_done;
mod unreadable_ledger;
mod unwritable_ledger;
mod upgrade;
