//! The SAM CLI, which deploys and deletes the stack.

use std::{
    env, fs, io,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scalerctl_console::{
    Failure,
    loopback::{LOCAL_REGION, local_url},
    shell_quoting::quoted,
    suggested::Suggested,
};
use scalerctl_operator::account::args::AccountArgs;

/// What `sam deploy --no-fail-on-empty-changeset` prints if the stack is as it should be.
const NOTHING: &str = "No changes to deploy";

/// What `sam list stack-outputs` prints if there is no such stack, and if the stack has no outputs.
const NO_STACK: &str = "does not exist on Cloudformation";
const WITHOUT_OUTPUTS: &str = "Outputs do not exist";

/// An environment that no samconfig.toml has: parameters in a file that happens to be in the folder would be deployed too.
const ENVIRONMENT: &str = "scalerctl";

/// The SAM CLI, with the account.
#[derive(Debug)]
pub struct Sam {
    program: PathBuf,
    account: AccountArgs,
    region: String,
}

impl Sam {
    /// The one beside this program's real path, because pipx and uv put none on PATH; else the one on PATH.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if there is none.
    pub fn find(program: &Path, account: &AccountArgs, region: &str) -> Result<Self, Failure> {
        let beside = program.parent().map(|folder| folder.join("sam"));
        let path = env::var_os("PATH").unwrap_or_default();
        let mut all = beside.into_iter().chain(env::split_paths(&path).map(|it| it.join("sam")));
        let found = all.find(|file| is_program(file)).ok_or_else(|| {
            Failure::Usage(
                "there is no SAM CLI beside scalerctl and on PATH; nothing was changed (what to do: install it with \
                 `pip install aws-sam-cli`)"
                    .to_owned(),
            )
        })?;
        Ok(Self { program: found, account: account.clone(), region: region.to_owned() })
    }

    /// Whether CloudFormation has a stack of this name, from `sam list stack-outputs`.
    ///
    /// # Errors
    ///
    /// [`Failure::NotOk`] if it does not say.
    pub fn has_stack(&self, stack: &str) -> Result<bool, Failure> {
        let arguments = ["list", "stack-outputs", "--stack-name", stack, "--output", "json"];
        let output = self.command(&arguments.map(str::to_owned)).output();
        let output = output.map_err(|error| self.failed(&error))?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.success() || said.contains(WITHOUT_OUTPUTS) {
            true => Ok(true),
            false if said.contains(NO_STACK) => Ok(false),
            false => Err(Failure::NotOk(format!(
                "`sam list stack-outputs` does not say whether there is a stack {stack}: {} (what to do: correct what \
                 it says; to see it again: `{}`)",
                said.trim(),
                Suggested::sam(format!("list stack-outputs --stack-name {}", quoted(stack)))
            ))),
        }
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::NotOk(format!("{} cannot be run: {error}", self.program.display()))
    }

    fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--config-env", ENVIRONMENT, "--region", &self.region]);
        if let Some(profile) = &self.account.profile {
            command.args(["--profile", profile]);
        }
        if self.account.local {
            command.envs([
                ("AWS_ENDPOINT_URL", local_url().as_str()),
                ("AWS_ACCESS_KEY_ID", "local"),
                ("AWS_SECRET_ACCESS_KEY", "local"),
                ("AWS_REGION", LOCAL_REGION),
            ]);
        }
        command
    }

    /// Runs it. Its output goes to stderr, because stdout is for the result. Returns whether it said that there is
    /// nothing to deploy.
    ///
    /// # Errors
    ///
    /// [`Failure::NotOk`] if it cannot be run, or fails.
    pub fn run(&self, arguments: &[String]) -> Result<bool, Failure> {
        let failed = |error| self.failed(&error);
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
        let mut is_up_to_date = false;
        let lines =
            child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).split(b'\n'));
        for line in lines {
            let line = line.map_err(failed)?;
            let line = String::from_utf8_lossy(&line);
            is_up_to_date |= line.contains(NOTHING);
            anstream::eprintln!("{line}");
        }
        match child.wait().map_err(failed)? {
            status if status.success() => Ok(is_up_to_date),
            status => Err(Failure::NotOk(format!(
                "`sam {}` failed with {status}; its output says why",
                arguments.first().map_or("", String::as_str)
            ))),
        }
    }
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}
