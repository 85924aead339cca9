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
};
use scalerctl_operator::account::args::AccountArgs;

/// What `sam deploy --no-fail-on-empty-changeset` prints if the stack is as it should be.
const NOTHING: &str = "No changes to deploy";

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
                 `pip install 'reactive-scaler[deploy]'`)"
                    .to_owned(),
            )
        })?;
        Ok(Self { program: found, account: account.clone(), region: region.to_owned() })
    }

    /// Runs it. Its output goes to stderr, because stdout is for the result. Returns whether it said that there is
    /// nothing to deploy.
    ///
    /// # Errors
    ///
    /// [`Failure::NotOk`] if it cannot be run, or fails.
    pub fn run(&self, arguments: &[String]) -> Result<bool, Failure> {
        let failed = |error: io::Error| {
            Failure::NotOk(format!("{} cannot be run: {error}", self.program.display()))
        };
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--region", &self.region]).stdout(Stdio::piped());
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
        let mut child = command.spawn().map_err(failed)?;
        let mut is_up_to_date = false;
        for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line.map_err(failed)?;
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
