//! `scalerctl aws`: the simulated AWS on a port of this machine, for the user's own tools.
//!
//! | module | content |
//! |---|---|
//! | `command` | the arguments, and what runs |
//! | `fault` | faults of the account that doctor finds |
//! | `initial_world` | what exists at the start |
//! | `function` | the function: invocations, retries, destinations, its log |
//! | `history` | a past, before it is served |
//! | `inference` | the results of InvokeEndpointAsync |
//! | `objects` | the objects of S3 |
//! | `s3` | Amazon S3 |
//! | `server` | connections |
//! | `page` | the page for a browser |
//! | `fault` | faults that doctor finds |
//! | `output` | what is printed |

pub mod command;
pub mod fault;
mod function;
pub mod history;
pub mod inference;
mod initial_world;
pub mod objects;
mod output;
mod page;
pub mod s3;
mod server;
