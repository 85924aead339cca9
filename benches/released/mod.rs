//! The measured programs. They are always built with the release profile.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// This variable names the program to measure, for example the artifact of `sam build`. The others are in the same
/// folder.
const OTHER_PROGRAM: &str = "SCALER_PROGRAM";

/// The path of one of the programs, `reactive-scaler` or `floor`.
pub fn released(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let program = match std::env::var_os(OTHER_PROGRAM).map(PathBuf::from) {
        Some(other) if name == "reactive-scaler" => other,
        Some(other) => other.with_file_name(name),
        None => FOLDER.get_or_init(build).join(name),
    };
    assert!(program.exists(), "{} is missing", program.display());
    program
}

/// Builds them into a separate folder, because the folder of the benches contains a function of the benches' profile.
/// The first build takes minutes.
fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/released");
    eprintln!("Building what is measured, as it is released (minutes, the first time).");
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "-p", "reactive-scaler", "-p", "floor", "--bins"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root)
        .status();
    assert!(built.unwrap().success(), "cargo build --release");
    target.join("release")
}
