//! What the commands of `scalerctl` share. It calls no AWS service and knows no command.
//!
//! | file | contents |
//! |---|---|
//! | `failure` | why a command fails, and its exit code |
//! | `output`, `style` | text and JSON on stdout, files, colors |
//! | `progress` | the spinner on stderr |
//! | `runtime` | the tokio runtime |
//! | `times` | lengths of time in arguments |
//! | `loopback` | port and HTTP client of the simulated AWS on this machine |
//! | `page`, `font` | HTML pages, and the font of pictures |

mod failure;
pub mod font;
pub mod loopback;
pub mod output;
pub mod page;
pub mod progress;
pub mod runtime;
pub mod style;
pub mod times;

pub use failure::Failure;
