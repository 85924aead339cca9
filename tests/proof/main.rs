//! Worlds from seeds, played by the real scaler on the model of AWS, with faults, and judged by the
//! rules of `docs/internals/design.md`. `docs/internals/testing.md` tells how to run, replay and extend this.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod asked;
mod broken;
mod call;
mod deeds;
mod desk;
mod faults;
mod generate;
mod generate_fleet;
mod history;
mod oracles;
mod past;
mod payload;
mod plan;
mod play;
mod port;
mod random;
mod report;
mod run;
mod sensitivity;
mod shrink;
mod story;
mod worlds;
