//! The commands of `scalerctl` that need no AWS account: they use the simulated AWS.
//!
//! | file or folder | contents |
//! |---|---|
//! | `demo` | the function on a simulated AWS |
//! | `simulate` | `simulate` and `explain`: scaling policies compared on a workload |
//! | `function` | the code of the function, invoked in simulated time |
//! | `progress` | the progress bar on stderr |

pub mod demo;
mod function;
mod progress;
pub mod simulate;
