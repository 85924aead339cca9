//! The ledger: which uploads of an endpoint have a result.
//!
//! An upload without a result is work. The ledger is a DynamoDB table with one item for each input location. This
//! module has the item, and says what the items of an endpoint mean: [`Verdict`]. It does no I/O: see
//! [`port::Ledger`](crate::port::Ledger). `docs/internals/ledger.md` has the rules and the reasons for them.
//!
//! | file | content |
//! |---|---|
//! | `location` | the input location of an upload and of a result, in one form |
//! | `item` | one item, and whether it is outstanding |
//! | `summary` | what all items of an endpoint say |
//! | `verdict` | done, outstanding, or unknown |
//! | `retention` | which items are deleted or forgotten, and when |
//! | `invocation` | whether the ledger explains an invocation that CloudTrail reports |
//! | `reading` | the pages that were read, and whether more are needed |

mod invocation;
mod item;
mod location;
mod reading;
mod retention;
mod summary;
mod verdict;

pub use invocation::{INVOCATION_SPAN, explains};
pub use item::{Item, MAX_MEMBERS, RequestResult, Standing, Upload};
pub use location::Location;
pub use reading::{MAX_PAGES, Reading};
pub use retention::{DELETED_PER_TICK, EXPIRES, KEEP, to_delete, to_forget};
pub use summary::Summary;
pub use verdict::{UnknownWhy, Verdict};
