//! The commands of `scalerctl` that need no AWS account: they use the simulated AWS.
//!
//! | folder | contents |
//! |---|---|
//! | `demo` | the function on a simulated AWS |
//! | `simulate` | `simulate` and `explain`: scaling policies compared on a workload |
//! | `local_aws` | the simulated AWS on a port |

pub mod demo;
pub mod local_aws;
pub mod simulate;
