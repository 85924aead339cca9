//! Opens a page in the user's browser.

use std::{
    env,
    process::{Command, Stdio},
};

/// Starts the program that opens a page: that of `BROWSER`, else the one of the desktop. Returns its name. `None`: there
/// is no desktop, or the program does not start.
pub fn open(url: &str) -> Option<String> {
    let program = program()?;
    let mut command = Command::new(&program);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().ok().map(|_| program)
}

/// Without a desktop, `xdg-open` could start a browser in the terminal.
fn program() -> Option<String> {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let of_desktop = || match env::consts::OS {
        "macos" => Some("open"),
        "windows" => Some("explorer"),
        _ => set("DISPLAY").or_else(|| set("WAYLAND_DISPLAY")).map(|_| "xdg-open"),
    };
    set("BROWSER").or_else(|| of_desktop().map(str::to_owned))
}
