//! The programs that are compared, as commands.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::{quota::Quota, released::released};

/// One of the programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contender {
    /// The function.
    Scaler,
    /// The function without prewarming, as it starts if no event follows immediately.
    NotPrewarmed,
    /// The minimal Rust function.
    Floor,
    /// The usual function.
    Boto3,
}

/// What Lambda always sets.
const LAMBDA: [(&str, &str); 4] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "reactive-scaler"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_REGION", "eu-west-1"),
];

impl Contender {
    pub fn name(self) -> &'static str {
        match self {
            Self::Scaler => "reactive-scaler",
            Self::NotPrewarmed => "the same, not prewarmed",
            Self::Floor => "Rust floor",
            Self::Boto3 => "boto3",
        }
    }

    fn arguments(self) -> Vec<OsString> {
        match self {
            Self::Scaler | Self::NotPrewarmed => vec![released("reactive-scaler").into()],
            Self::Floor => vec![released("floor").into()],
            Self::Boto3 => {
                vec![root(".venv-boto3/bin/python").into(), root("peers/boto3/runtime.py").into()]
            }
        }
    }

    /// The command that starts it, with a share of the processor if one is given.
    pub fn command(self, quota: Option<&Quota>) -> Command {
        let mut arguments = self.arguments();
        if let Some(quota) = quota {
            arguments = quota.held(arguments);
        }
        let mut command = Command::new(&arguments[0]);
        command.args(&arguments[1..]);
        command
    }

    /// Its additional variables, with the trusted certificates.
    pub fn variables(self, certificates: Option<&str>) -> Vec<(&'static str, String)> {
        let mut variables: Vec<_> =
            LAMBDA.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        if self == Self::NotPrewarmed {
            variables.push(("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency".into()));
        }
        if let Some(file) = certificates {
            variables.push(("SSL_CERT_FILE", file.to_owned()));
            variables.push(("AWS_CA_BUNDLE", file.to_owned()));
        }
        variables
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Creates the environment for boto3.
pub fn prepare() {
    let made = std::process::Command::new(root("peers/boto3/run")).arg("--prepare").status();
    assert!(made.unwrap().success(), "peers/boto3/run --prepare");
}
