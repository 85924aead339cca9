//! What a user sees of a command of `scalerctl`: output, progress, pages, and errors. It calls no AWS service and
//! depends on no command.
//!
//! | file | contents |
//! |---|---|
//! | `failure` | the error of a command, and its exit code |
//! | `input_file` | files that a user names as input |
//! | `output`, `style` | text and JSON on stdout, files, colors |
//! | `columns`, `wrapped` | lines with aligned columns, and long lines |
//! | `browser` | opens a page in the user's browser |
//! | `advice`, `suggested`, `shell_quoting` | what a user can do, with commands that can be pasted |
//! | `confirmation` | a question before a change |
//! | `progress` | the spinner on stderr |
//! | `runtime` | the tokio runtime |
//! | `times` | times and durations in arguments and in answers |
//! | `numbers` | numbers in arguments |
//! | `loopback` | address and HTTP client for the simulated AWS on this machine |
//! | `page`, `chart`, `timeline` | HTML pages, what charts share, and the timeline of an endpoint |

pub mod advice;
pub mod browser;
pub mod chart;
pub mod columns;
pub mod confirmation;
mod failure;
pub mod input_file;
pub mod loopback;
pub mod numbers;
pub mod output;
pub mod page;
pub mod progress;
pub mod runtime;
pub mod shell_quoting;
pub mod style;
pub mod suggested;
pub mod timeline;
pub mod times;
pub mod wrapped;

pub use failure::{Failure, advice_apart};
