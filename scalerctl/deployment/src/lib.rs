//! The commands of `scalerctl` that deploy the function and register endpoints.
//!
//! | folder | contents |
//! |---|---|
//! | `calls` | the calls to AWS, one file for each service; the reading ones that other commands have are in [`scalerctl_operator::account`] |
//! | `clients` | the AWS clients |
//! | `covering` | the deployed functions, and which one covers an endpoint |
//! | `owner` | who set `MinCapacity` |
//! | `names` | the endpoints that names and patterns mean |
//! | `change`, `write`, `carry_out` | what a command does with one endpoint or bucket: planned as values, then carried out |
//! | `change_report`, `change_text`, `change_json`, `change_output` | the result as text and as JSON, and the exit code |
//! | `preflight` | whether an endpoint can be registered |
//! | `connect_bucket` | EventBridge for a bucket |
//! | `dashboard` | the link of the stack's dashboard |
//! | `deploy` | the stack, its bucket, and an endpoint |
//! | `undeploy` | the reverse |
//! | `program` | where this program is |
//! | `sam`, `stacks` | the SAM CLI, and the stacks by their functions |
//! | `registration` | `register`, `unregister` |

mod calls;
mod carry_out;
mod change;
mod change_json;
mod change_output;
mod change_report;
mod change_text;
mod clients;
pub mod connect_bucket;
mod covering;
pub mod dashboard;
pub mod deploy;
mod names;
mod owner;
pub mod preflight;
mod program;
pub mod registration;
mod sam;
mod stacks;
pub mod undeploy;
mod write;
