//! The commands of `scalerctl` that work with an AWS account.
//!
//! | folder | contents |
//! |---|---|
//! | `account` | credentials, and the calls to AWS, one file for each service |
//! | `clock` | the clock of `control` and `verify` |
//! | `local_scaler` | the function's own code, run in this process for one endpoint |
//! | `control` | `wake`, `sleep`, `hold`, `release`, `pause`, `resume` |
//! | `verify` | measures on an endpoint what AWS does not document |
//! | `monitoring` | what `status`, `plot` and `report` share |
//! | `status`, `plot`, `report` | the state of endpoints now, the last hours as a chart, totals of
//! the last weeks |
//! | `logs` | the function's decisions as they are made |
//! | `doctor` | why an endpoint does not scale |
//! | `watch` | `--watch`: what a command that only reads shows, once or repeatedly |
//! | `smoke` | whether an upload reaches a deployed function, and whether the function has its permissions |

pub mod account;
mod clock;
pub mod control;
pub mod doctor;
mod local_scaler;
pub mod logs;
mod monitoring;
pub mod plot;
pub mod report;
pub mod smoke;
pub mod status;
pub mod verify;
mod watch;
