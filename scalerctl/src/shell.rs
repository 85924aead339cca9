//! Shell completions and manual pages, generated from the arguments.

use std::path::PathBuf;

use clap::{Args, Command, ValueHint};
use clap_complete::Shell;

use scalerctl_console::{Failure, output::print};

/// Arguments of `scalerctl completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Arguments of `scalerctl man`.
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// Write a page for scalerctl and one for each command to FOLDER
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

/// `scalerctl completions`.
///
/// # Errors
///
/// [`Failure::NotOk`] if stdout cannot be written.
pub fn completions(arguments: &CompletionsArgs, command: &Command) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut visible(command), "scalerctl", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// A copy without what the help does not show. clap_complete offers hidden options.
fn visible(command: &Command) -> Command {
    let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let subcommands = command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set());
    let copy = Command::new(command.get_name().to_owned())
        .about(command.get_about().cloned().unwrap_or_default())
        .args(arguments.cloned())
        .subcommands(subcommands.map(visible));
    match command.get_version() {
        Some(version) => copy.version(version.to_owned()),
        None => copy,
    }
}

/// `scalerctl man`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a page cannot be written.
pub fn man(arguments: &ManArgs, mut command: Command) -> Result<(), Failure> {
    command.build();
    let Some(folder) = &arguments.dir else { return print(&page(command)?) };
    clap_mangen::generate_to(command, folder).map_err(|error| {
        Failure::NotOk(format!("no page can be written to {}: {error}", folder.display()))
    })
}

fn page(command: Command) -> Result<String, Failure> {
    let mut roff = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut roff)
        .map_err(|error| Failure::NotOk(format!("the manual page cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&roff).into_owned())
}

/// Examples and exit codes in `scalerctl completions --help`.
pub const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  scalerctl completions bash > ~/.local/share/bash-completion/completions/scalerctl
  scalerctl completions zsh > ~/.zfunc/_scalerctl
  scalerctl completions fish > ~/.config/fish/completions/scalerctl.fish";

/// Examples and exit codes in `scalerctl man --help`.
pub const MAN_EXAMPLES: &str = "\
Examples:
  scalerctl man | man -l -
  scalerctl man --dir ~/.local/share/man/man1

Exit codes:
  0  done
  1  a page cannot be written";
