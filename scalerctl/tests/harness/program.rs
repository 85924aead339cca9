//! The built `scalerctl`, with an AWS at a loopback address and without the settings of the machine.

use tokio::process::Command;

/// The command for this URL. Calls are not retried, because retries take time and hide faults.
pub fn scalerctl(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scalerctl"));
    command
        .env_clear()
        .envs([
            ("AWS_ENDPOINT_URL", url),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "1"),
        ])
        .kill_on_drop(true);
    command
}
