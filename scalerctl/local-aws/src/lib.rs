//! `scalerctl aws`: the simulated AWS on a port of this machine, for the user's own tools.
//!
//! | module | content |
//! |---|---|
//! | `command` | the arguments, and the server |

pub mod command;
