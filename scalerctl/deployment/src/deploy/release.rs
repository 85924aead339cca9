//! The packaged template of the release, and where it is.

use std::{
    env,
    path::{Path, PathBuf},
};

use scalerctl_console::Failure;

use crate::program;

/// The folder of the release's files, from the folder above that of the program.
const INSTALLED: &str = "share/reactive-scaler";

/// The folder of a checkout that `.ci/package` writes to.
const PACKAGED: &str = "target/package";

/// The architectures, the cheaper one first.
const ARCHITECTURES: [&str; 2] = ["arm64", "x86_64"];

/// The template: the one that the user named, else the one that was installed with the program, else that of the checkout
/// that the program is in, or that the command runs in.
///
/// # Errors
///
/// [`Failure::Usage`] if there is none.
pub fn template(named: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(named) = named {
        return match named.is_file() {
            true => Ok(named.to_owned()),
            false => Err(Failure::Usage(format!("{} is no file", named.display()))),
        };
    }
    let program = program::path()?;
    let installed = program.parent().and_then(Path::parent).map(|prefix| prefix.join(INSTALLED));
    // target/debug/scalerctl
    let checkout = program.ancestors().nth(3).map(|root| root.join(PACKAGED));
    let here = env::current_dir().ok().map(|folder| folder.join(PACKAGED));
    let folders: Vec<PathBuf> = [installed, checkout, here].into_iter().flatten().collect();
    folders.iter().find_map(|folder| in_folder(folder)).ok_or_else(|| {
        let folders: Vec<_> = folders.iter().map(|it| it.display().to_string()).collect();
        Failure::Usage(format!(
            "there is no packaged template in {} (what to do: name it with --template, or in a checkout make it with \
             `.ci/package`)",
            folders.join(", ")
        ))
    })
}

fn in_folder(folder: &Path) -> Option<PathBuf> {
    let version = env!("CARGO_PKG_VERSION");
    let files = ARCHITECTURES.map(|it| folder.join(format!("reactive-scaler-{version}-{it}.yaml")));
    files.into_iter().find(|file| file.is_file())
}
