//! `scalerctl aws`: the simulated AWS on a port of this machine, for the user's own tools.
//!
//! | module | content |
//! |---|---|
//! | `command` | the arguments, and the server |
//! | `s3` | the protocol of S3 |
//! | `objects` | the objects of S3, for the services that read and write them |

pub mod command;
pub mod objects;
pub mod s3;
