//! The timeline of one endpoint: its backlog, alarms, lease, and instances on one time axis. The laboratory draws it of
//! simulated runs, and the page of `scalerctl aws` while things happen.
//!
//! | file | contents |
//! |---|---|
//! | `data` | what is drawn |
//! | `drawing` | the SVG document with its panels |
//! | `lines` | the time axis, and the lines on it |
//! | `bands` | the states of alarms, and the lease |
//! | `keys` | the keys of the panels |

mod bands;
mod data;
mod drawing;
mod keys;
mod lines;

pub use data::{AlarmBand, BandState, DesiredChange, Moment, Timeline};
pub use drawing::svg;
