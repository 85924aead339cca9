//! The speed of the function, compared with a minimal Rust function with the same SDK (`peers/floor`) and a usual
//! function with boto3 (`peers/boto3`).
//!
//!     cargo bench --workspace --bench speed [-- cold|tls|quota|warm|storm|decode]...
//!
//! The bench builds both with the release profile, or uses those next to the program that `SCALER_PROGRAM` names.
//! Each program is a separate process with a Runtime API and an AWS on loopback. Samples are taken in turn (A, B, C,
//! A, B, C), and each ratio is calculated within one turn.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[allow(dead_code, unused_imports)]
#[path = "../../tests/harness/mod.rs"]
mod harness;

#[path = "../released/mod.rs"]
mod released;

mod cold;
mod contender;
mod decode;
mod figures;
mod quota;
mod storm;
mod warm;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // cargo adds `--bench` of its own.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    if wants("cold") {
        cold::over_http().await;
    }
    if wants("tls") {
        cold::over_tls().await;
        cold::prewarmed_or_not().await;
    }
    if wants("quota") {
        cold::under_quota().await;
    }
    if wants("warm") {
        warm::side_by_side().await;
    }
    if wants("storm") {
        storm::table().await;
    }
    if wants("decode") {
        decode::table();
    }
}
