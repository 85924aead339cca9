//! The commands of `scalerctl` that work with an AWS account.
//!
//! | folder | contents |
//! |---|---|
//! | `account` | how the account is reached, and what the commands read there |
//! | `clock` | the time that `control` and `verify` use |
//! | `control` | `wake`, `sleep`, `hold`, `release`, `pause`, `resume`: the function's own code, run by a person |
//! | `verify` | measures on an endpoint what AWS does not document |
//! | `monitoring` | what `status`, `plot` and `report` share |
//! | `status`, `plot`, `report` | the state of endpoints now, the last hours as a picture, the last weeks as figures |
//! | `doctor` | why an endpoint does not scale as it should |
//! | `smoke` | whether an upload reaches a deployed function, and whether the function has its permissions |

mod account;
mod clock;
pub mod control;
pub mod doctor;
mod local_scaler;
mod monitoring;
pub mod plot;
pub mod report;
pub mod smoke;
pub mod status;
pub mod verify;
