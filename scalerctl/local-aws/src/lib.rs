//! `scalerctl aws`: the simulated AWS on a port of this machine, for the user's own tools.
//!
//! | module | content |
//! |---|---|
//! | `command` | the arguments, and what runs |
//! | `initial_world` | what exists at the start |
//! | `function` | the function: invocations, retries, destinations, its log |
//! | `server` | connections |
//! | `output` | what is printed |

pub mod command;
mod function;
mod initial_world;
mod output;
mod server;
