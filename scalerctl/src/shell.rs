//! Completions and manual pages, made from the arguments themselves.

use clap::{Command, CommandFactory};

use crate::{
    Failure,
    cli::{Cli, CompletionsArgs, ManArgs},
    output::print,
};

/// `scalerctl completions`.
///
/// # Errors
///
/// [`Failure::Story`] where stdout cannot be written.
pub fn completions(arguments: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "scalerctl", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// `scalerctl man`.
///
/// # Errors
///
/// [`Failure::Story`] where a page cannot be written.
pub fn man(arguments: &ManArgs) -> Result<(), Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &arguments.dir else { return print(&page(command)?) };
    clap_mangen::generate_to(command, folder).map_err(|error| {
        Failure::Story(format!("no page can be written to {}: {error}", folder.display()))
    })
}

fn page(command: Command) -> Result<String, Failure> {
    let mut roff = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut roff)
        .map_err(|error| Failure::Story(format!("the manual page cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&roff).into_owned())
}
