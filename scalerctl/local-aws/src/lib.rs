//! `scalerctl aws`: the simulated AWS on a port of this machine, for the user's own tools.
//!
//! | module | content |
//! |---|---|
//! | `command` | the arguments, and the server |
//! | `inference` | the results of InvokeEndpointAsync |
//! | `objects` | the objects of S3 |
//! | `s3` | Amazon S3 |

pub mod command;
pub mod inference;
pub mod objects;
pub mod s3;
