//! `scalerctl aws`: the simulated AWS on a port of this machine, for the user's own tools.
//!
//! | module | content |
//! |---|---|
//! | `args` | the arguments |
//! | `command` | what runs |
//! | `initial_world` | what exists at the start |
//! | `opened` | the simulated AWS that is served: new, with a past, or from a state file |
//! | `state`, `stored_objects` | the state file |
//! | `function` | the function: invocations, retries, destinations, its log |
//! | `history` | a past, before it is served |
//! | `inference` | the results of InvokeEndpointAsync |
//! | `objects` | the objects of S3 |
//! | `s3` | Amazon S3 |
//! | `server` | connections |
//! | `page` | the page for a browser |
//! | `fault` | faults that doctor finds |
//! | `output` | what is printed |

pub mod args;
pub mod command;
pub mod fault;
mod function;
pub mod history;
pub mod inference;
mod initial_world;
pub mod objects;
mod opened;
mod output;
mod page;
pub mod s3;
mod server;
mod state;
mod stored_objects;
